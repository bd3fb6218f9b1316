"""What a month cost: seats by the day, invoice lines as they stand."""

from __future__ import annotations

from datetime import date

from landed.config import CashSettings, InvoiceSettings, PersonSettings, SeatSettings, Settings
from landed.pricing.paid import Payment, in_microdollars, invoice_lines_of, payments, seats_of

TODAY = date(2026, 11, 22)
ANN = PersonSettings(emails=("ann@example.org", "ann@home.example"), accounts=("ann-ai",))


def settings(
    seats: tuple[SeatSettings, ...] = (), invoices: tuple[InvoiceSettings, ...] = ()
) -> Settings:
    return Settings(people=(ANN,), cash=CashSettings(seats=seats, invoices=invoices))


def test_a_seat_costs_its_price_a_month_up_to_the_present_one() -> None:
    seat = SeatSettings(
        vendor="Claude", holder="Ann@Home.example", monthly=100, since=date(2026, 9, 1)
    )

    found = payments(seats_of(settings((seat,))), [], TODAY)

    assert found == [
        Payment("anthropic", month, "seat", "ann@example.org", 100_000_000)
        for month in ("2026-09", "2026-10", "2026-11")
    ]


def test_part_of_a_month_is_counted_by_the_day() -> None:
    seat = SeatSettings(
        vendor="cursor",
        holder="ann-ai",
        monthly=31,
        since=date(2026, 8, 31),
        until=date(2026, 10, 10),
    )

    found = payments(seats_of(settings((seat,))), [], TODAY)

    assert [(paid.month, paid.microdollars) for paid in found] == [
        ("2026-08", 1_000_000),
        ("2026-09", 31_000_000),
        ("2026-10", 10_000_000),
    ]


def test_a_seat_of_the_future_costs_nothing_yet() -> None:
    seat = SeatSettings(vendor="cursor", holder="ann-ai", monthly=31, since=date(2026, 12, 1))

    assert payments(seats_of(settings((seat,))), [], TODAY) == []


def test_a_change_of_plan_within_a_month_adds_up() -> None:
    small = SeatSettings(
        vendor="anthropic",
        holder="ann-ai",
        monthly=20,
        since=date(2026, 11, 1),
        until=date(2026, 11, 15),
    )
    large = SeatSettings(vendor="anthropic", holder="ann-ai", monthly=100, since=date(2026, 11, 16))

    found = payments(seats_of(settings((small, large))), [], TODAY)

    assert found == [Payment("anthropic", "2026-11", "seat", "ann@example.org", 60_000_000)]


def test_lines_of_one_kind_add_up_and_discounts_are_below_zero() -> None:
    lines = tuple(
        InvoiceSettings(vendor="OpenAI", month="2026-10", kind=kind, amount=amount)
        for kind, amount in (("usage", 12.5), ("usage", 0.000001), ("discount", -2.5))
    )

    found = payments([], invoice_lines_of(settings(invoices=lines)), TODAY)

    assert found == [
        Payment("openai", "2026-10", "share", "discount", -2_500_000),
        Payment("openai", "2026-10", "share", "usage", 12_500_001),
    ]


def test_dollars_are_taken_as_they_are_written() -> None:
    assert in_microdollars(0.1) == 100_000
    assert in_microdollars(4.35) == 4_350_000
    assert in_microdollars(0.0000005) == 0
    assert in_microdollars(0.0000015) == 2
