"""`landed incident` as people call it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import orjson
import pytest

from landed import cli

FILE = """id,repository,title,started_at,resolved_at,caused_by
OPS-1,acme/shop,Down,2026-03-01T12:00:00Z,2026-03-01T13:00:00Z,#12 abcdef1
OPS-2,,Slow,2026-03-02T12:00:00Z,,
"""


def test_a_file_is_taken_in_once_and_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "ops.csv").write_text(FILE)
    asked = ["incident", "import", str(tmp_path / "ops.csv")]

    assert cli.run(asked) == 0
    assert capsys.readouterr().out == "ops.csv: 2 new incidents\n"
    assert cli.run(asked) == 0
    assert capsys.readouterr().out == "ops.csv: 0 new incidents, 2 known before\n"

    assert cli.run(["incident", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-03-02 12:00  incident OPS-2  no repository told  Slow; not resolved",
        "2026-03-01 12:00  incident OPS-1  acme/shop  Down; resolved 2026-03-01 13:00",
        "  caused by change 12 (field)",
        "  caused by commit abcdef1 (field)",
    ]
    assert cli.run(["incident", "list", "--kind", "bug"]) == 0
    assert "no incident is known" in capsys.readouterr().out


def test_bad_rows_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "ops.csv").write_text(f"{FILE}OPS-3,,Slow,soon,,\n")

    assert cli.run(["incident", "import", str(tmp_path / "ops.csv"), "--json"]) == 1

    told = orjson.loads(capsys.readouterr().out)
    assert told["bad_rows"] == [
        {
            "row": 4,
            "reason": "started_at soon is no time: write it as 2026-01-31T14:05:00Z",
        }
    ]


def test_one_is_recorded_and_told_further(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["incident", "record", "--id", "7", "--repository", "acme/shop"]

    assert cli.run([*asked, "--title", "Down", "--caused-by", "#3", "--caused-by", "#4"]) == 0
    assert capsys.readouterr().out == "incident 7, Down: recorded\n"
    assert cli.run([*asked, "--resolved-at", "now", "--fixed-by", "abcdef1", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out) == {"id": "7", "new": False, "changed": True}

    assert cli.run(["incident", "list", "--json"]) == 0
    (row,) = orjson.loads(capsys.readouterr().out)["incidents"]
    assert (row["id"], row["title"], row["project"]) == ("file:7", "Down", "acme/shop")
    assert [link["target"] for link in row["links"]] == ["3", "4", "abcdef1"]
    assert row["resolved_at"]


def test_what_is_told_wrong_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["incident", "record", "--id", "7", "--started-at", "soon"]) == 2
    assert "started_at soon is no time" in capsys.readouterr().err


def test_in_a_clone_it_is_of_that_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", str(clone)], check=True)
    origin = ["remote", "add", "origin", "git@github.com:acme/shop.git"]
    subprocess.run(["git", "-C", str(clone), *origin], check=True)
    monkeypatch.chdir(clone)

    assert cli.run(["incident", "record", "--id", "8", "--title", "Slow"]) == 0
    capsys.readouterr()

    assert cli.run(["incident", "list", "--json"]) == 0
    (row,) = orjson.loads(capsys.readouterr().out)["incidents"]
    assert (row["id"], row["project"]) == ("file:8", "github.com:acme/shop")
