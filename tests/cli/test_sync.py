"""`landed sync` and `landed verify` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.histories.builder import History, lines

from landed.cli import run


def repository(path: Path) -> History:
    history = History(path)
    history.write("shop.py", lines("one", path.name))
    history.commit()
    return history


def test_several_repositories_are_read_and_a_second_run_finds_nothing_new(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("first", "second"):
        repository(tmp_path / name)
    paths = [str(tmp_path / "first"), str(tmp_path / "second")]
    workspace = ["--workspace", str(tmp_path / "workspace")]

    assert run(["sync", *paths, "--json", *workspace]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in told] == ["first", "second"]

    assert run(["sync", paths[0], *workspace]) == 0
    assert capsys.readouterr().out == "first: nothing new\n"


def test_verify_prints_the_agreement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository(tmp_path / "repo")

    code = run(["verify", str(tmp_path / "repo"), "--workspace", str(tmp_path / "workspace")])

    assert code == 0
    assert capsys.readouterr().out == "100.0000 % of 2 lines equal to git blame (1 files at tip)\n"


def test_a_relative_workspace_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository(tmp_path / "repo")
    monkeypatch.chdir(tmp_path)

    assert run(["sync", "repo", "--workspace", "here"]) == 0
    assert (tmp_path / "here" / "landed.duckdb").is_file()


@pytest.mark.parametrize("path", ["nowhere", "."])
def test_what_is_no_repository_is_one_line_and_exit_code_two(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["sync", path, "--workspace", str(tmp_path / "workspace")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_connected_says_what_to_do_where_nothing_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sync", "--connected"]) == 2
    assert "landed connect github" in capsys.readouterr().err
