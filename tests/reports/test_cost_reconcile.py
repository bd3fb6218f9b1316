"""List price beside what was paid: every dollar in its place, and a reason for each difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.pricing.captured import CLAUDE_SESSION, add_calls, add_place

from landed.config import CashSettings, InvoiceSettings, SeatSettings, Settings
from landed.pricing import price_calls
from landed.reports.cost_reconcile import (
    VendorMonth,
    reconcile,
    reconcile_document,
    reconcile_lines,
)
from landed.store import Store

SEAT = SeatSettings(vendor="anthropic", holder="ann@x.org", monthly=0.1, since=date(2026, 10, 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        add_calls(opened, CLAUDE_SESSION)
        yield opened


def compared(store: Store, *paid: SeatSettings | InvoiceSettings) -> list[VendorMonth]:
    cash = CashSettings(
        seats=tuple(one for one in paid if isinstance(one, SeatSettings)),
        invoices=tuple(one for one in paid if isinstance(one, InvoiceSettings)),
    )
    price_calls(store, Settings(cash=cash), date(2026, 11, 22))
    return reconcile(store)


def invoice(amount: float, vendor: str = "anthropic") -> InvoiceSettings:
    return InvoiceSettings(vendor=vendor, month="2026-11", amount=amount)


def test_a_seat_that_is_used_costs_less_than_list(store: Store) -> None:
    add_place(store, "s1", "ann@x.org")

    october, november = compared(store, SEAT)

    assert (october.month, october.calls, october.unallocated_microdollars) == (
        "2026-10",
        0,
        100_000,
    )
    assert october.why == "no usage of this vendor was captured"
    assert (november.list_microdollars, november.cash_microdollars) == (125_450, 100_000)
    assert november.difference_microdollars == -25_450
    assert november.why == "seats cost the same however much is used"


def test_a_seat_that_its_holder_does_not_use(store: Store) -> None:
    november = compared(store, SEAT, invoice(0.2))[1]

    assert (november.cash_microdollars, november.unallocated_microdollars) == (200_000, 100_000)
    assert november.why == "seats for $0.10 have no captured usage of their holders"


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        (0.1, "less was paid than list: discounts, credits, or usage not billed yet"),
        (0.12545, "paid what the captured usage costs at list price"),
        (5, "more was paid than the captured usage is worth: usage on machines or accounts"),
    ],
)
def test_an_invoice_beside_the_usage(store: Store, amount: float, why: str) -> None:
    (found,) = compared(store, invoice(amount))

    assert found.why.startswith(why)


def test_nothing_paid_is_told(store: Store) -> None:
    (found,) = compared(store)

    assert found.paid_microdollars is None
    assert found.difference_microdollars is None
    assert found.why == "nothing paid to anthropic is told: add its seats or invoices"


def test_calls_without_a_price_are_named(store: Store) -> None:
    add_calls(
        store, [{"call": "x", "speed": "fast", "model": "claude-opus-4-5", "input_tokens": 1}]
    )

    (found,) = compared(store, invoice(0.12545))

    assert found.why == "1 call without a price not in list"


def test_months_can_be_chosen(store: Store) -> None:
    add_calls(
        store,
        [{"call": "old", "happened_at": datetime(2026, 9, 3, tzinfo=UTC), "input_tokens": 1}],
    )
    compared(store, SEAT)

    chosen = reconcile(store, since=date(2026, 10, 15), until=date(2026, 10, 20))

    assert [one.month for one in reconcile(store)] == ["2026-09", "2026-10", "2026-11"]
    assert [one.month for one in chosen] == ["2026-10"]


def test_sums_and_lines(store: Store) -> None:
    found = compared(store, invoice(0.1), invoice(39, "github"))

    document = reconcile_document(found)
    lines = list(reconcile_lines(found))

    assert document["total"] == {
        "list_microdollars": 125_450,
        "paid_microdollars": 39_100_000,
        "cash_microdollars": 100_000,
        "unallocated_microdollars": 39_000_000,
        "difference_microdollars": 38_974_550,
    }
    assert [row["vendor"] for row in document["rows"]] == ["anthropic", "github"]
    assert document["rows"][1]["why"] == "no usage of this vendor was captured"
    assert lines[-3].split() == ["Total", "0.13", "39.10", "0.10", "39.00", "38.97"]


def test_nothing_to_compare(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty") as store:
        assert list(reconcile_lines(reconcile(store))) == ["No calls of agents, and nothing paid."]
