"""What was paid is spread by the named rules, and never lost."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from landed.pricing.allocation import allocate
from landed.pricing.paid import Payment

SCHEMA = pa.schema(
    {
        "vendor": pa.string(),
        "month": pa.string(),
        "person": pa.string(),
        "list_microdollars": pa.int64(),
        "tokens": pa.int64(),
    }
)
VENDORS, MONTHS = ("anthropic", "openai"), ("2026-10", "2026-11")
PEOPLE, KINDS = ("ann", "bob"), ("usage", "discount", "tax", "credits")


def call(person: str | None, price: int | None, tokens: int = 1, **told: Any) -> dict[str, Any]:
    place = {"vendor": "anthropic", "month": "2026-11"} | told
    return place | {"person": person, "list_microdollars": price, "tokens": tokens}


def spread(calls: list[dict[str, Any]], *payments: Payment) -> tuple[list[int], list[int]]:
    """The cash of each call, and what of each payment stays unallocated."""
    found = allocate(pa.Table.from_pylist(calls, schema=SCHEMA), payments)
    return found.cash.tolist(), found.rows["unallocated_microdollars"].to_pylist()


def seat(holder: str, amount: int, month: str = "2026-11") -> Payment:
    return Payment("anthropic", month, "seat", holder, amount)


def line(kind: str, amount: int) -> Payment:
    return Payment("anthropic", "2026-11", "share", kind, amount)


def test_a_seat_goes_to_its_holders_calls_by_their_list_price() -> None:
    calls = [call("ann", 30), call("bob", 500), call("ann", 10), call(None, 70)]

    assert spread(calls, seat("ann", 20_000)) == ([15_000, 0, 5_000, 0], [0])


def test_a_seat_without_captured_usage_stays_unallocated() -> None:
    calls = [call("bob", 500), call("ann", 5, month="2026-10"), call("ann", 5, vendor="openai")]

    assert spread(calls, seat("ann", 20_000)) == ([0, 0, 0], [20_000])


def test_calls_without_a_price_share_by_their_tokens() -> None:
    calls = [call("ann", None, tokens=300), call("ann", None, tokens=100)]

    assert spread(calls, seat("ann", 1_000)) == ([750, 250], [0])


def test_a_usage_line_goes_to_those_without_a_seat() -> None:
    calls = [call("ann", 100), call("bob", 300), call(None, 100)]

    assert spread(calls, seat("ann", 50), line("usage", 400)) == ([50, 300, 100], [0, 0])


def test_where_everybody_has_a_seat_a_usage_line_goes_to_all() -> None:
    calls = [call("ann", 100), call("ann", 300)]

    assert spread(calls, seat("ann", 0), line("usage", 400)) == ([100, 300], [0, 0])


def test_credits_taxes_and_discounts_go_to_all_calls() -> None:
    calls = [call("ann", 100), call("bob", 300)]

    assert spread(calls, seat("ann", 50), line("credits", 400)) == ([150, 300], [0, 0])
    assert spread(calls, line("usage", 400), line("discount", -40)) == ([90, 270], [0, 0])


def test_a_month_without_captured_usage_stays_unallocated() -> None:
    assert spread([], line("usage", 400), line("tax", 19)) == ([], [400, 19])


CALLS = st.lists(
    st.builds(
        call,
        st.sampled_from([*PEOPLE, None]),
        st.integers(0, 10**9) | st.none(),
        st.integers(0, 10**6),
        vendor=st.sampled_from(VENDORS),
        month=st.sampled_from(MONTHS),
    ),
    max_size=20,
)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        st.sampled_from(VENDORS),
        st.sampled_from(MONTHS),
        st.just("seat"),
        st.sampled_from(PEOPLE),
        st.integers(0, 10**10),
    )
    | st.builds(
        Payment,
        st.sampled_from(VENDORS),
        st.sampled_from(MONTHS),
        st.just("share"),
        st.sampled_from(KINDS),
        st.integers(-(10**10), 10**10),
    ),
    max_size=8,
)


@given(CALLS, PAYMENTS)
def test_every_micro_dollar_is_on_a_call_or_unallocated(
    calls: list[dict[str, Any]], payments: list[Payment]
) -> None:
    found = allocate(pa.Table.from_pylist(calls, schema=SCHEMA), payments)

    rows = found.rows.to_pylist()
    paid = sum(payment.microdollars for payment in payments)
    assert int(found.cash.sum()) + sum(row["unallocated_microdollars"] for row in rows) == paid
    assert all(
        row["allocated_microdollars"] + row["unallocated_microdollars"] == row["paid_microdollars"]
        for row in rows
    )
