"""Invoices and seats from files: as people write them, and as FOCUS exports have them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from landed.config import PersonSettings, Settings
from landed.errors import UsageError
from landed.pricing.imports import PaidImport, import_paid
from landed.pricing.invoice_files import PaidFile, read_paid_file
from landed.records import AGENTS
from landed.store import Store

PLAIN = """vendor,month,kind,description,amount,invoice
Anthropic,2026-10,usage,API usage,"$1,234.56",INV-7
Anthropic,2026-10,discount,Commitment,-100,INV-7
GitHub Copilot,2026-10,seats,Business seats,190.00,GH-1
"""
FOCUS = """BilledCost,BillingPeriodStart,ChargeCategory,ChargeDescription,ProviderName,InvoiceId
12.000001,2026-10-01T00:00:00Z,Usage,claude-opus-4-8 output,Anthropic,A-1
-2,2026-10-01T00:00:00Z,Credit,Promotional credit,Anthropic,A-1
1.90,2026-10-01T00:00:00Z,Tax,VAT,Anthropic,A-1
"""


def read(tmp_path: Path, text: str, name: str = "bill.csv", vendor: str | None = None) -> PaidFile:
    (tmp_path / name).write_text(text, "utf-8")
    return read_paid_file(tmp_path / name, Settings(), vendor)


def test_a_plain_file(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN)

    assert found.faults == []
    assert [
        (row["vendor"], row["invoice"], row["item"], row["month"], row["kind"], row["microdollars"])
        for row in found.rows
    ] == [
        ("anthropic", "INV-7", 1, "2026-10", "usage", 1_234_560_000),
        ("anthropic", "INV-7", 2, "2026-10", "discount", -100_000_000),
        ("github", "GH-1", 1, "2026-10", "subscription", 190_000_000),
    ]


def test_a_focus_export(tmp_path: Path) -> None:
    found = read(tmp_path, FOCUS)

    assert found.faults == []
    assert [(row["kind"], row["microdollars"], row["description"]) for row in found.rows] == [
        ("usage", 12_000_001, "claude-opus-4-8 output"),
        ("discount", -2_000_000, "Promotional credit"),
        ("tax", 1_900_000, "VAT"),
    ]
    assert {(row["vendor"], row["month"]) for row in found.rows} == {("anthropic", "2026-10")}


def test_semicolons_a_byte_order_mark_and_a_vendor_for_all(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffDate;Cost\n2026-09-30;5\n\n2026-10-01;(0.5)\n", vendor="OpenAI")

    assert [(row["vendor"], row["month"], row["kind"]) for row in found.rows] == [
        ("openai", "2026-09", "usage"),
        ("openai", "2026-10", "discount"),
    ]
    assert {row["invoice"] for row in found.rows} == {"bill.csv"}


def test_seats(tmp_path: Path) -> None:
    (tmp_path / "seats.csv").write_text(
        "vendor,holder,plan,monthly,since,until\n"
        "anthropic,ann-ai,Max,200,2026-09-01,\n"
        "anthropic,Bob@Example.org,Pro,20,2026-09-01,2026-10-15\n"
    )
    ann = PersonSettings(emails=("ann@example.org",), accounts=("ann-ai",))

    found = read_paid_file(tmp_path / "seats.csv", Settings(people=(ann,)))

    assert found.table == "seat"
    assert [
        (row["holder"], row["plan"], row["monthly_microdollars"], row["since"], row["until"])
        for row in found.rows
    ] == [
        ("ann@example.org", "Max", 200_000_000, date(2026, 9, 1), None),
        ("bob@example.org", "Pro", 20_000_000, date(2026, 9, 1), date(2026, 10, 15)),
    ]


def test_rows_that_say_nothing_clear_are_told_by_their_line(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "vendor,month,amount,kind,currency,description\n"
        'openai,2026-10,1,usage,USD,"over\ntwo lines"\n'
        "openai,October,1,usage,USD,\n"
        "openai,2026-10,free,usage,USD,\n"
        "openai,2026-10,1,gift,USD,\n"
        "openai,2026-10,1,usage,EUR,\n"
        ",2026-10,1,usage,USD,\n"
        "openai,2026-10\n"
        "openai,2026-10,99999999999,,,\n",
    )

    assert len(found.rows) == 1
    assert [line for line, _ in found.faults] == [4, 5, 6, 7, 8, 9, 10]
    assert found.faults[0] == (4, "October is no month: write it as 2026-11")
    assert "EUR" in found.faults[3][1]


def test_seats_that_say_nothing_clear(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "vendor,holder,monthly,since,until\n"
        "cursor,ann@x.org,20,2026-09-01,\n"
        "cursor,ann@x.org,40,2026-09-01,\n"
        "cursor,,20,2026-09-01,\n"
        "cursor,bob@x.org,20,soon,\n"
        "cursor,bob@x.org,20,2026-09-01,2026-08-01\n"
        "cursor,bob@x.org,-20,2026-09-01,\n",
    )

    assert len(found.rows) == 1
    assert [line for line, _ in found.faults] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("vendor,amount\nx,1\n", "no column for month"),
        ("month,amount\n2026-10,1\n", "no column for vendor (or give --vendor)"),
        ("user,price\nann,1\n", "no column for since, vendor"),
    ],
)
def test_a_file_without_what_is_needed_is_refused(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)

    assert complaint in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_paid_file(tmp_path / "none.csv", Settings())


def test_the_same_file_again_changes_nothing(tmp_path: Path, store: Store) -> None:
    assert import_paid(store, read(tmp_path, PLAIN), "bill.csv") == PaidImport(3, 0, 0, 0)
    rows = store.read("invoice_line", AGENTS)

    assert import_paid(store, read(tmp_path, PLAIN), "bill.csv") == PaidImport(0, 0, 3, 0)
    assert store.read("invoice_line", AGENTS) == rows


def test_the_same_invoice_under_another_name_counts_once(tmp_path: Path, store: Store) -> None:
    import_paid(store, read(tmp_path, PLAIN), "bill.csv")

    again = import_paid(store, read(tmp_path, PLAIN, "copy.csv"), "copy.csv")

    assert again == PaidImport(0, 0, 3, 0)
    assert store.read("invoice_line", AGENTS).num_rows == 3


def test_a_corrected_file_replaces_what_it_said(tmp_path: Path, store: Store) -> None:
    import_paid(store, read(tmp_path, PLAIN), "bill.csv")
    import_paid(store, read(tmp_path, FOCUS, "focus.csv"), "focus.csv")
    corrected = PLAIN.replace("-100", "-110").replace("GitHub", "# GitHub").split("\n")[:3]

    done = import_paid(store, read(tmp_path, "\n".join(corrected)), "bill.csv")

    assert done == PaidImport(new=0, changed=1, known=1, removed=1)
    amounts = store.read("invoice_line", AGENTS)["microdollars"].to_pylist()
    assert sorted(amounts) == [-110_000_000, -2_000_000, 1_900_000, 12_000_001, 1_234_560_000]
