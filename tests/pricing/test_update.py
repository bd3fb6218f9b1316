"""Prices in the store: the captured sessions, what is new, what changed, what was paid."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from tests.pricing.captured import CLAUDE_SESSION, PLAIN, add_calls, add_place, prices

from landed.config import (
    CashSettings,
    InvoiceSettings,
    PersonSettings,
    PriceSettings,
    SeatSettings,
    Settings,
)
from landed.pricing import price_calls
from landed.pricing.state import PricingState, read_state, write_state
from landed.records import AGENTS
from landed.store import Store

TODAY = date(2026, 11, 22)


def test_the_captured_session_costs_what_the_client_told(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)

    summary = price_calls(store, Settings())

    assert (summary.calls, summary.priced, summary.unpriced) == (4, 4, 0)
    found = prices(store).values()
    assert sum(row["list_microdollars"] for row in found) == 125_450
    assert {(row["vendor"], row["basis"]) for row in found} == {("anthropic", "genai-prices")}


def test_an_unknown_model_has_no_price_rather_than_none_to_pay(store: Store) -> None:
    add_calls(
        store,
        [
            {"call": "unknown", "model": "house-model", "input_tokens": 10, "reported_cost": 7500},
            {"call": "untold", "model": None, "input_tokens": 10},
            {"call": "empty"},
            {"call": "aborted", "reported_cost": 0},
            {"call": "stand-in", "model": "<synthetic>"},
            {"call": "absurd", "input_tokens": 10**15},
            {"call": "below zero", "output_tokens": -1},
        ],
    )

    summary = price_calls(store, Settings())

    told = {name: (row["list_microdollars"], row["basis"]) for name, row in prices(store).items()}
    assert told == {
        "unknown": (None, "unknown model"),
        "untold": (None, "no model told"),
        "empty": (None, "no tokens told"),
        "aborted": (0, "nothing used"),
        "stand-in": (0, "nothing used"),
        "absurd": (None, "token counts not credible"),
        "below zero": (None, "token counts not credible"),
    }
    assert summary.unpriced == 5


@pytest.mark.parametrize(
    ("agent", "provider", "vendor"),
    [
        ("claude-code", None, "anthropic"),
        ("copilot-cli", None, "github"),
        ("cursor", "anthropic", "cursor"),
        ("opencode", "amazon-bedrock", "aws"),
        ("opencode", "github-copilot", "github"),
        ("codex", "mock", "anthropic"),
    ],
)
def test_the_vendor_is_who_is_paid(
    store: Store, agent: str, provider: str | None, vendor: str
) -> None:
    add_calls(store, [CLAUDE_SESSION[0] | {"agent": agent, "provider": provider}])

    price_calls(store, Settings())

    assert prices(store)["req_1"]["vendor"] == vendor


def test_a_second_run_finds_nothing_to_do(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())

    again = price_calls(store, Settings())

    assert (again.changed, again.priced, again.calls) == (False, 0, 4)


def test_only_the_months_in_which_something_is_new_are_priced_again(store: Store) -> None:
    old = {"call": "old", "happened_at": datetime(2026, 9, 1, tzinfo=UTC), "input_tokens": 100}
    add_calls(store, [old, *CLAUDE_SESSION])
    price_calls(store, Settings())
    add_calls(store, [{"call": "new", "input_tokens": 100}])

    assert price_calls(store, Settings()).priced == 5
    assert prices(store)["new"]["list_microdollars"] == 500


def test_a_call_that_grew_is_priced_anew(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())
    add_calls(store, [CLAUDE_SESSION[0] | {"output_tokens": 1320}])

    price_calls(store, Settings())

    assert sum(row["list_microdollars"] for row in prices(store).values()) == 125_450 + 25_000


def test_a_call_that_another_one_replaced_has_no_price_left(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())
    store.delete("model_call", AGENTS)
    add_calls(store, [*CLAUDE_SESSION[:3], {"call": "req_4b", "input_tokens": 1}])

    price_calls(store, Settings())

    assert set(prices(store)) == {"req_1", "req_2", "req_3", "req_4b"}


def test_another_price_table_prices_everything_again(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())
    own = Settings(prices=(PriceSettings(model="*", input=0, output=1),))

    assert price_calls(store, own).priced == 4
    assert sum(row["list_microdollars"] for row in prices(store).values()) == 486
    assert price_calls(store, Settings()).priced == 4


def test_a_state_that_cannot_be_read_prices_everything_again(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())
    write_state(store, PricingState(prices="of another version"))

    assert price_calls(store, Settings()).priced == 4
    assert set(read_state(store).months) == {"2026-11"}


def test_cash_stands_beside_list_prices_and_adds_up(store: Store) -> None:
    add_calls(
        store,
        [*CLAUDE_SESSION, {"call": "codex", "agent": "codex", "model": "gpt-5.5", "session": "s2"}],
    )
    add_calls(store, [PLAIN | {"call": "gpt", "model": "gpt-5.5", "input_tokens": 9}])
    add_place(store, "s1", "ann@example.org")
    settings = Settings(
        people=(PersonSettings(emails=("ann@example.org",), accounts=("ann-ai",)),),
        cash=CashSettings(
            seats=(
                SeatSettings(
                    vendor="anthropic", holder="ann-ai", monthly=100, since=date(2026, 10, 1)
                ),
            ),
            invoices=(
                InvoiceSettings(vendor="openai", month="2026-11", amount=3),
                InvoiceSettings(vendor="github", month="2026-11", amount=39, kind="credits"),
            ),
        ),
    )

    price_calls(store, settings, TODAY)

    found = prices(store)
    assert sum(found[f"req_{n}"]["cash_microdollars"] for n in range(1, 5)) == 100_000_000
    assert found["gpt"]["cash_microdollars"] == 3_000_000
    assert found["codex"]["cash_microdollars"] == 0
    left = {
        (row["vendor"], row["month"], row["rule"], row["subject"]): row["unallocated_microdollars"]
        for row in store.read("cash_allocation", AGENTS).to_pylist()
    }
    assert left == {
        ("anthropic", "2026-10", "seat", "ann@example.org"): 100_000_000,
        ("anthropic", "2026-11", "seat", "ann@example.org"): 0,
        ("openai", "2026-11", "share", "usage"): 0,
        ("github", "2026-11", "share", "credits"): 39_000_000,
    }


def test_cash_follows_when_a_session_is_found_to_be_somebody_elses(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    add_place(store, "s1", None)
    seat = SeatSettings(vendor="anthropic", holder="ann@x.org", monthly=9, since=date(2026, 11, 1))
    settings = Settings(cash=CashSettings(seats=(seat,)))
    price_calls(store, settings, TODAY)
    assert not any(row["cash_microdollars"] for row in prices(store).values())

    add_place(store, "s1", "ann@x.org")

    assert price_calls(store, settings, TODAY).changed
    assert sum(row["cash_microdollars"] for row in prices(store).values()) == 9_000_000
    assert not price_calls(store, settings, TODAY).changed


def test_cash_goes_when_nothing_is_paid_any_more(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    line = InvoiceSettings(vendor="anthropic", month="2026-11", amount=3)
    price_calls(store, Settings(cash=CashSettings(invoices=(line,))), TODAY)

    price_calls(store, Settings(), TODAY)

    assert not any(row["cash_microdollars"] for row in prices(store).values())
    assert store.read("cash_allocation", AGENTS).num_rows == 0
    assert store.read("invoice_line", AGENTS).num_rows == 0


def test_the_list_is_not_even_imported_where_nothing_is_to_be_priced(store: Store) -> None:
    add_calls(store, CLAUDE_SESSION)
    price_calls(store, Settings())
    workspace = store.path.parent
    store.close()
    look = (
        "import sys; from pathlib import Path; from landed.config import Settings\n"
        "from landed.pricing import price_calls; from landed.store import Store\n"
        "with Store.open(Path(sys.argv[1])) as store: price_calls(store, Settings())\n"
        "print('genai_prices' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", look, str(workspace)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
