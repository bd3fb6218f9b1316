"""`landed report` and `landed explain` as people call them, on real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from tests.histories.builder import History, lines

from landed import cli
from landed.metrics import metrics
from landed.reports.as_json import shipped_schema


@pytest.fixture
def shop(tmp_path: Path) -> History:
    """Two releases; an agent says in the second commit that it wrote it."""
    history = History(tmp_path / "shop")
    history.write("cart.py", lines("total = 0", "items = []", "tax = 0.2"))
    history.commit("Add the cart")
    history.tag("v1.0")
    history.write("menu.py", lines("dishes = []", "prices = {}"))
    history.commit("Add the menu\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    history.tag("v1.1")
    history.write("cart.py", lines("total = 0", "items = []"))
    history.commit("Drop the tax")
    return history


def report(*arguments: str | Path) -> int:
    """Run `landed report` with these arguments."""
    return cli.run(["report", *(str(argument) for argument in arguments)])


def content(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What was printed, as JSON."""
    found: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return found


def test_the_answer_comes_first(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(shop.path) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("shop   main @ ")
    assert said[2].startswith("What became of the 2 AI lines that landed?")
    (sure,) = (line for line in said if line.startswith("How sure are we?"))
    assert sure.startswith("How sure are we? Who wrote the 4 lines alive")
    assert said[said.index(sure) + 1].startswith("  AI                   2    0–50 %")


def test_the_current_directory_is_the_default(
    shop: History, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop.path)
    assert report() == 0
    assert capsys.readouterr().out.startswith("shop ")


def test_nothing_is_written_into_the_repository(shop: History) -> None:
    before = sorted(shop.path.rglob("*"))
    assert report(shop.path, "--markdown") == 0
    assert sorted(shop.path.rglob("*")) == before


def test_json_is_valid_and_tells_what_each_release_introduced(
    shop: History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(shop.path, "--releases", "v*", "--json") == 0
    found = content(capsys)
    Draft202012Validator(shipped_schema()).validate(found)
    parts = found["releases"]["parts"]
    assert [(part["previous"], part["tag"], part["introduced"]) for part in parts] == [
        (None, "v1.0", 3),
        ("v1.0", "v1.1", 2),
        ("v1.1", None, 0),
    ]
    assert parts[1]["authorship"] == [
        {"who": "ai", "agent": "claude-code", "grade": "declared", "lines": 2}
    ]


def test_paths_narrow_the_report(shop: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(shop.path, "--path", "*.py", "--exclude", "menu*", "--json") == 0
    found = content(capsys)
    assert found["coverage"]["alive"] == 2
    assert found["asked"]["paths"] == ["*.py"] and found["asked"]["excludes"] == ["menu*"]


def test_html_is_written_to_the_file_that_was_named(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert report(shop.path, "--html", file) == 0
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert "one file that needs no network" in capsys.readouterr().out


def test_several_paths_are_one_report(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = History(tmp_path / "bank")
    other.write("vault.py", lines("gold = 1"))
    other.commit("Add the vault")
    assert report(shop.path, other.path, shop.path, "--json") == 0
    found = content(capsys)
    assert [repository["name"] for repository in found["repositories"]] == ["shop", "bank"]
    assert found["coverage"]["alive"] == 5


def test_repositories_of_one_name_are_told_apart(
    shop: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "uptown").mkdir()
    other = History(tmp_path / "uptown" / "shop")
    other.write("menu.py", lines("dishes = 12"))
    other.commit("Add the menu")
    assert report(shop.path, other.path, "--json") == 0
    found = content(capsys)
    names = [repository["name"] for repository in found["repositories"]]
    assert names == ["shop", "uptown/shop"]


def test_a_terminal_of_few_letters_is_no_reason_to_fail(shop: History, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "landed", "report", str(shop.path)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "HOME": str(tmp_path)},
        check=True,
    )
    assert done.stderr == b""
    assert done.stdout.startswith(b"shop   main @ ")


def test_a_detached_head_needs_the_branch_named(
    shop: History, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.detach(shop.resolve("main"))
    assert report(shop.path) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--ref" in said
    assert report(shop.path, "--ref", "main", "--json") == 0
    assert content(capsys)["coverage"]["alive"] == 4


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--since", "yesterday"], "--since yesterday is no date: write it as 2026-01-31"),
        (["--until", "2026-02-30"], "--until 2026-02-30 is no date"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "lies after --until 2026-01-01"),
        (["--path", "src/[a-"], "--path 'src/[a-' is no glob"),
        (["--path", "lib/**"], "--path 'lib/**' matches none of the 2 paths"),
        (["--exclude", ""], "--exclude '' is an empty glob"),
        (["--releases", "rel*"], "--releases rel* matches no tag; there are"),
        (
            ["--json", "--markdown"],
            "choose one of --json, --html FILE, --markdown, --pdf FILE and --board FILE",
        ),
        (["--html", "/nowhere/report.html"], "there is no directory /nowhere"),
        (["--html", "/"], "is a directory: name a file in it"),
        (["--ref", "no-such-branch"], "no-such-branch"),
        (["--colour"], "No such option: --colour"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_two(
    shop: History,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    complaint: str,
) -> None:
    assert report(shop.path, *options) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("landed: ") and said.err.count("\n") == 1
    assert complaint in said.err


def test_a_path_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path / "nowhere") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_directory_that_is_no_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plain").mkdir()
    assert report(tmp_path / "plain") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_repository_without_commits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = History(tmp_path / "empty")
    assert report(empty.path) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_repository_that_may_not_be_read(
    shop: History, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.path.chmod(0)
    try:
        assert report(shop.path) == 2
    finally:
        shop.path.chmod(0o700)
    assert capsys.readouterr().err.count("\n") == 1


def test_a_usage_line_has_single_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    ends = {"report": "[PATH]...", "sync": "[PATH]...", "verify": "[PATH]", "explain": "[METRIC]"}
    for command, end in ends.items():
        cli.run([command, "--help"])
        assert f"landed {command} [OPTIONS] {end} " in capsys.readouterr().out


def test_explain_lists_every_metric(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain"]) == 0
    said = capsys.readouterr().out
    assert all(f"{name} " in said for name in metrics())


def test_explain_tells_definition_formula_and_inputs(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "survival"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Survival   share of lines, quality\n")
    assert "Kaplan-Meier" in said
    assert "formula   landed/metrics/survival.sql" in said
    assert "inputs    observed_stay" in said


def test_explain_of_nothing_known_names_what_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["explain", "yields"]) == 2
    assert "known are" in capsys.readouterr().err
