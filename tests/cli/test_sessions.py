"""`landed sessions` as people call it, over the shop that real agents wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.shop import Shop, build_shop

from landed import cli


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop; commands run beside it."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    return build_shop(tmp_path / "shop", home)


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What the command prints with --json."""
    assert cli.run(["sessions", *arguments, "--json"]) == 0
    found: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return found


def short(found: dict[str, Any]) -> list[str]:
    """The sessions by the beginning of their names."""
    return [row["session"][:8] for row in found["sessions"]]


def test_every_session_stands_with_its_dollars_and_lines(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, str(shop.path))

    assert found["total"] == 11
    assert found["spent"] == {"list_microdollars": 831_225, "cash_microdollars": 0}
    assert (found["lines"], found["standing"], found["wasted"]) == (60, 39, 8)
    assert found["waste_list_microdollars"] == 159_591
    assert short(found)[0] == "3c1db385"
    reverted = next(row for row in found["sessions"] if row["session"].startswith("08143267"))
    assert (reverted["landed"], reverted["standing"], reverted["gone"]) == (5, 0, 5)


def test_what_comes_first_can_be_chosen(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    at = str(shop.path)

    assert short(as_json(capsys, at, "--sort", "cost", "--limit", "2")) == ["de5eca79", "06436a8f"]
    assert short(as_json(capsys, at, "--sort", "lines", "--limit", "1")) == ["06436a8f"]
    assert short(as_json(capsys, at, "--sort", "waste", "--limit", "1")) == ["08143267"]
    limited = as_json(capsys, at, "--limit", "2")
    assert (len(limited["sessions"]), limited["total"], limited["lines"]) == (2, 11, 60)


def test_waste_shows_sessions_whose_lines_are_all_gone(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, str(shop.path), "--waste")

    assert short(found) == ["08143267", "39295b14"]
    assert found["waste_list_microdollars"] == 82_725 + 47_575


@pytest.mark.usefixtures("shop")
def test_without_paths_every_log_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys)

    assert found["total"] == 11
    assert {row["repository"] for row in found["sessions"]} == {"not read yet"}
    assert found["standing"] == 0


@pytest.mark.usefixtures("shop")
def test_days_narrow_it_and_none_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, "--since", "2026-11-22", "--until", "2026-11-22")["total"] == 11
    assert cli.run(["sessions", "--since", "2026-11-23"]) == 0
    assert capsys.readouterr().out.startswith("No sessions. landed doctor tells whose logs")
    assert cli.run(["sessions", "--since", "tomorrow"]) == 2


def test_the_table_tells_rows_and_sums(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sessions", str(shop.path), "--limit", "3"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert max(len(line) for line in lines[:-1]) <= 100
    assert " ".join(lines[1].split()[2:]) == "3c1db385-eebf claude-code master 1 4.8 ¢ 5 0 0"
    assert lines[-1] == (
        "11 sessions (8 more; --limit 0 shows all): 83 ¢ list; 60 lines generated, "
        "39 standing, 8 wasted (16 ¢)"
    )
