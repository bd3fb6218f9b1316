"""`landed invoice import` as people call it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from landed import cli

LINES = """vendor,month,kind,amount,invoice
anthropic,2026-10,usage,100.50,INV-1
anthropic,2026-10,discount,-0.50,INV-1
"""


def invoice(tmp_path: Path, text: str) -> str:
    (tmp_path / "bill.csv").write_text(text)
    return str(tmp_path / "bill.csv")


def test_a_file_is_taken_in_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = invoice(tmp_path, LINES)

    assert cli.run(["invoice", "import", file]) == 0
    assert capsys.readouterr().out == "bill.csv: 2 new invoice lines\n"
    assert cli.run(["invoice", "import", file]) == 0
    assert capsys.readouterr().out == "bill.csv: 0 new invoice lines, 2 known before\n"


def test_bad_rows_are_told_and_the_others_count(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = invoice(tmp_path, LINES + "anthropic,soon,usage,1,INV-1\n")

    assert cli.run(["invoice", "import", file]) == 1

    said = capsys.readouterr().out.splitlines()
    assert said == [
        "bill.csv: 2 new invoice lines",
        "  line 4 left out: soon is no month: write it as 2026-11",
    ]


def test_json_tells_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = invoice(tmp_path, "holder,monthly,since\nann@x.org,20,2026-10-01\nann@x.org,?,?\n")

    assert cli.run(["invoice", "import", file, "--vendor", "Cursor", "--json"]) == 1

    assert orjson.loads(capsys.readouterr().out) == {
        "table": "seat",
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "bad_rows": [{"line": 3, "reason": "? is no amount of dollars"}],
        "told_twice": [],
    }


def test_what_the_settings_tell_too_counts_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "paid.toml").write_text(
        '[[cash.invoices]]\nvendor = "Claude"\ninvoice = "INV-1"\nmonth = "2026-10"\namount = 99\n'
    )
    chosen = ["--config", str(tmp_path / "paid.toml")]

    assert cli.run(["invoice", "import", invoice(tmp_path, LINES), *chosen]) == 0
    assert "anthropic INV-1 is in the settings too: the file counts" in capsys.readouterr().out

    assert cli.run(["cost", "--reconcile", "--json", *chosen]) == 0
    total = orjson.loads(capsys.readouterr().out)["total"]
    assert total["paid_microdollars"] == total["unallocated_microdollars"] == 100_000_000


def test_a_file_that_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["invoice", "import", str(tmp_path / "none.csv")]) == 2

    assert "cannot read" in capsys.readouterr().err
