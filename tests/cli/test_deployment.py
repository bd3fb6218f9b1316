"""`landed deployment` as pipelines and people call it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from tests.histories.builder import History

from landed import cli

FILE = """id,repository,environment,commit,finished_at,state
1,acme/shop,production,abcdef1,2026-03-01T12:00:00Z,success
2,acme/shop,staging,abcdef2,2026-03-02T12:00:00Z,failed
"""


@pytest.fixture
def shop(tmp_path: Path) -> History:
    history = History(tmp_path / "shop")
    history.write("cart.py", "total = 0\n")
    history.commit("Add the cart")
    return history


def test_a_pipeline_records_what_it_deployed(
    capsys: pytest.CaptureFixture[str], shop: History
) -> None:
    head = shop.git("rev-parse", "HEAD").decode().strip()
    asked = ["deployment", "record", str(shop.path), "--environment", "production", "--id", "9"]

    assert cli.run([*asked, "--state", "pending"]) == 0
    said = f"shop {head[:12]} in production, pending: recorded\n"
    assert capsys.readouterr().out == said
    assert cli.run(asked) == 0
    assert capsys.readouterr().out.endswith("success: told further\n")
    assert cli.run([*asked, "--json"]) == 0
    told = orjson.loads(capsys.readouterr().out)
    assert told == {
        "id": "9",
        "repository": "shop",
        "environment": "production",
        "service": None,
        "commit": head,
        "state": "success",
        "new": False,
        "changed": False,
    }


def test_a_clone_that_was_read_is_known_by_its_commit(
    capsys: pytest.CaptureFixture[str], shop: History
) -> None:
    assert cli.run(["sync", str(shop.path)]) == 0
    asked = ["deployment", "record", str(shop.path), "--environment", "production"]
    assert cli.run([*asked, "--repository", "something/else"]) == 0
    capsys.readouterr()

    assert cli.run(["deployment", "list", "--json"]) == 0

    (row,) = orjson.loads(capsys.readouterr().out)["deployments"]
    assert row["project"] == "something/else"
    assert row["repository"]


def test_a_file_is_taken_in_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text(FILE)
    asked = ["deployment", "import", str(tmp_path / "all.csv")]

    assert cli.run(asked) == 0
    assert capsys.readouterr().out == "all.csv: 2 new deployments\n"
    assert cli.run(asked) == 0
    assert capsys.readouterr().out == "all.csv: 0 new deployments, 2 known before\n"

    assert cli.run(["deployment", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-03-02 12:00  abcdef2  acme/shop  staging  failure",
        "2026-03-01 12:00  abcdef1  acme/shop  production  success",
    ]
    assert cli.run(["deployment", "list", "--environment", "production", "--most", "1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_bad_rows_are_told_and_the_others_count(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = "".join(f"{number},a/b,production,x,,\n" for number in range(12))
    (tmp_path / "all.csv").write_text(FILE.replace("state", "state,colour") + rows)

    assert cli.run(["deployment", "import", str(tmp_path / "all.csv")]) == 1

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "all.csv: 2 new deployments"
    assert said[1].startswith("  row 4 left out: x is no commit id")
    assert said[-2:] == [
        "  2 more rows left out: --json tells all",
        "  columns that mean nothing here: colour",
    ]

    assert cli.run(["deployment", "import", str(tmp_path / "all.csv"), "--json"]) == 1
    told = orjson.loads(capsys.readouterr().out)
    assert (told["unchanged"], len(told["bad_rows"]), told["ignored_columns"]) == (
        2,
        12,
        ["colour"],
    )


def test_what_cannot_be_recorded_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ["deployment", "record", str(tmp_path), "--environment", "production"]

    assert cli.run(asked) == 2
    assert "name it with --repository" in capsys.readouterr().err


def test_names_of_strangers_do_not_reach_the_terminal_raw(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "all.csv").write_text(FILE.replace("production", "\x1b[31mproduction"))
    cli.run(["deployment", "import", str(tmp_path / "all.csv")])

    assert cli.run(["deployment", "list"]) == 0

    assert "\\x1b[31mproduction" in capsys.readouterr().out


def test_none_is_known(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text(FILE)
    cli.run(["deployment", "import", str(tmp_path / "all.csv")])
    capsys.readouterr()

    assert cli.run(["deployment", "list", "--environment", "nowhere"]) == 0

    assert "no deployment is known" in capsys.readouterr().out
