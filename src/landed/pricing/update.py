"""Bringing the prices of all calls up to date: list prices first, then what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from landed.config import Settings
from landed.pricing import calls as of_calls
from landed.pricing import paid
from landed.pricing.allocation import allocate
from landed.pricing.state import (
    Months,
    PricingState,
    cash_digest,
    months_now,
    prices_digest,
    read_state,
    sql,
    write_state,
)
from landed.records import AGENTS, TABLES
from landed.store import Store


@dataclass(frozen=True)
class PricingSummary:
    """What a run did: calls there are, calls that got a price in this run, those without one.

    `changed` is whether prices or cash were made anew. `told_twice` names seats and invoices of
    the settings that an imported file has as well: the file's count.
    """

    calls: int
    priced: int
    unpriced: int
    changed: bool = False
    told_twice: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Work:
    known: PricingState
    now: PricingState

    @property
    def prices_changed(self) -> bool:
        return (self.known.prices, self.known.months) != (self.now.prices, self.now.months)

    @property
    def cash_changed(self) -> bool:
        return self.prices_changed or self.known.cash != self.now.cash

    @property
    def months(self) -> list[str] | None:
        """The months to price again; None: all of them."""
        if self.known.prices != self.now.prices:
            return None
        return [
            month for month, seen in self.now.months.items() if self.known.months.get(month) != seen
        ]


def price_calls(store: Store, settings: Settings, today: date | None = None) -> PricingSummary:
    """Give every call its list price and its share of what was paid; all in one transaction.

    Only what changed is priced again: all calls when the list, our own rules or the user's table
    did, else those of the months in which a call is new or another. `today` decides up to which
    month seats are paid; None is the present day in UTC.

    Raises:
        StoreError: the store cannot be written.
    """
    work = _look(store, settings, today)
    priced = 0
    twice: tuple[str, ...] = ()
    if work.cash_changed:
        with store.transaction():
            if work.prices_changed:
                priced = _price(store, settings, work.months, work.now.months)
            twice = _spread_payments(store, settings, today or _today())
            cash = cash_digest(store, settings, today or _today())
            write_state(store, PricingState(work.now.prices, work.now.months, cash))
    counts = store.query(
        "select count(*) as calls, count(*) - count(list_microdollars) as unpriced from call_price"
    ).to_pylist()[0]
    return PricingSummary(counts["calls"], priced, counts["unpriced"], work.cash_changed, twice)


def _look(store: Store, settings: Settings, today: date | None) -> _Work:
    now = PricingState(
        prices_digest(settings), months_now(store), cash_digest(store, settings, today or _today())
    )
    return _Work(read_state(store), now)


def _price(store: Store, settings: Settings, months: list[str] | None, now: Months) -> int:
    # what costs a tenth of a second to import is imported where there is something to price
    from landed.pricing.list_prices import ListPrices

    columns = ", ".join(of_calls.COLUMNS)
    wanted = list(now) if months is None else months
    calls = store.query(
        f"select {columns} from model_call where strftime(happened_at, '%Y-%m') in "
        "(select unnest($months)) order by call",
        {"months": wanted},
    )
    found = of_calls.list_prices(calls, settings.prices, ListPrices)
    rows = found.append_column("cash_microdollars", pa.array(np.zeros(len(found), np.int64)))
    if months is None:
        store.replace("call_price", rows, AGENTS)
        return len(rows)
    store.merge("call_price", rows, AGENTS)
    _forget_gone(store)
    return len(rows)


def _forget_gone(store: Store) -> None:
    """Take out the prices of calls that are no more: telemetry's give way to those of logs."""
    gone = store.query("select call from call_price anti join model_call using (repository, call)")
    if gone.num_rows:
        kept = [field for field in TABLES["call_price"].schema if field.name != "repository"]
        store.replace_within("call_price", pa.schema(kept).empty_table(), AGENTS, gone)


def _spread_payments(store: Store, settings: Settings, today: date) -> tuple[str, ...]:
    seats, seats_twice = _with_imported(store, "seat", paid.seats_of(settings))
    lines, lines_twice = _with_imported(store, "invoice_line", paid.invoice_lines_of(settings))
    people = store.query(
        "select lower(value) as value, min(person) as person from identity "
        "where person is not null and how <> 'suggested' group by lower(value)"
    ).to_pylist()
    known = {row["value"]: row["person"] for row in people}
    held = [seat | {"holder": known.get(seat["holder"], seat["holder"])} for seat in seats]
    payments = paid.payments(held, lines, today)
    calls = store.query(sql("calls_paid_for"))
    spread = allocate(calls, payments)
    store.replace("cash_allocation", spread.rows, AGENTS)
    if spread.cash.any() or _some_cash(store):
        prices = calls.select(["call", "vendor", "list_microdollars", "basis"])
        store.replace(
            "call_price", prices.append_column("cash_microdollars", pa.array(spread.cash)), AGENTS
        )
    return seats_twice + lines_twice


def _with_imported(
    store: Store, table: str, told: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The settings' rows beside those of imported files, which win where both tell of one thing."""
    what = ("vendor", "holder", "since") if table == "seat" else ("vendor", "invoice")
    imported = [
        row for row in store.read(table, AGENTS).to_pylist() if row["source"] != paid.FROM_SETTINGS
    ]
    known = {tuple(row[name] for name in what) for row in imported}
    new = [row for row in told if tuple(row[name] for name in what) not in known]
    twice = {tuple(row[name] for name in what) for row in told} & known
    schema = TABLES[table].schema
    own = pa.schema([column for column in schema if column.name != "repository"])
    rows = [*imported, *new]
    plain = [{name: row[name] for name in own.names} for row in rows]
    store.replace(table, pa.Table.from_pylist(plain, schema=own), AGENTS)
    return rows, tuple(sorted(" ".join(str(part) for part in key) for key in twice))


def _some_cash(store: Store) -> bool:
    found = store.query("select count(*) as calls from call_price where cash_microdollars <> 0")
    return bool(found["calls"].to_pylist()[0])


def _today() -> date:
    return datetime.now(UTC).date()
