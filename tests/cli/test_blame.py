"""`landed blame` and `landed why` from the command line."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.histories.builder import History, lines

from landed.cli import run

CLAUDE = "\n\nCo-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>"


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    history = History(tmp_path / "repo")
    history.write("src/cart.py", lines("total = 0", "count = 0"))
    history.write("logo.png", b"\0")
    history.commit("Add the cart", when="2020-05-01")
    history.write("src/cart.py", lines("total = 0", "count = 1"))
    history.commit(f"Count from one{CLAUDE}")
    history.tag("v1")
    history.check_out_files()
    monkeypatch.chdir(history.path)
    return history


def test_blame_prints_who_wrote_each_line(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["blame", "src/cart.py"]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[1:3] == ["human", "dated"]
    assert second.split()[:4] == [str(history.tip())[:8], "AI", "claude-code", "declared"]
    assert second.endswith("2) count = 1")


def test_blame_as_json_has_full_commit_ids(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["blame", "cart.py", "--repo", str(history.path / "src"), "--json"]) == 2
    assert "there is no file cart.py" in capsys.readouterr().err
    assert run(["blame", "src/cart.py", "--repo", str(history.path), "--json"]) == 0

    document = orjson.loads(capsys.readouterr().out)
    assert list(document) == ["lines"]
    assert document["lines"][1] == {
        "line": 2,
        "commit": history.tip(),
        "path": "src/cart.py",
        "who": "ai",
        "agent": "claude-code",
        "model": "Claude Opus 4.8",
        "grade": "declared",
    }


def test_blame_at_an_older_revision(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["blame", "src/cart.py", "--rev", "HEAD~1", "--json"]) == 0

    rows = orjson.loads(capsys.readouterr().out)["lines"]
    assert [row["who"] for row in rows] == ["human", "human"]
    assert {row["commit"] for row in rows} == {history.resolve("HEAD~1")}


def test_why_tells_the_story(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "src/cart.py:2"]) == 0

    told = capsys.readouterr().out
    assert "src/cart.py:2    count = 1" in told
    assert "AI claude-code, Claude Opus 4.8" in told
    assert "in v1" in told
    assert str(history.tip())[:7] in told


def test_why_as_json(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "src/cart.py:1", "--json"]) == 0

    document = orjson.loads(capsys.readouterr().out)
    assert (document["who"], document["grade"], document["releases"]) == ("human", "dated", ["v1"])
    assert document["commit"]["commit"] == history.resolve("HEAD~1")
    assert len(document["stays"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["blame", "no.py"], "there is no file no.py at HEAD"),
        (["blame", "logo.png"], "logo.png is binary"),
        (["blame", "src/cart.py", "--rev", "v9"], "there is no revision v9"),
        (["blame", "src/cart.py", "--repo", "nowhere"], "nowhere"),
        (["why", "src/cart.py"], "write FILE:LINE"),
        (["why", "src/cart.py:3"], "has 2 lines at HEAD, not 3"),
    ],
)
def test_what_cannot_be_shown_is_one_line_and_exit_code_2(
    history: History, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert history.tip() is not None
    assert run(arguments) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert captured.err.count("\n") == 1
