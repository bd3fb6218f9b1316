"""Captured work beside what was paid, by month and vendor, as far as it may be shown.

What was paid is a matter between a company and its vendors. What captured work bears of it is the
work of people: it is shown for a month, and for a vendor in a month, of enough of them only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from landed.reports.cost_reconcile import VendorMonth, reconcile
from landed.reports.dashboard.look import Look
from landed.rollups import Filter


@dataclass(frozen=True)
class Reconciled:
    """One month of one vendor, or of all (`vendor` null); micro-dollars.

    `paid_microdollars` is null where nothing that was paid is told. The captured figures are null
    where too few people's work is in them. `why` says why list price and payment differ.
    """

    month: str
    vendor: str | None
    paid_microdollars: int | None
    list_microdollars: int | None
    cash_microdollars: int | None
    unallocated_microdollars: int | None
    why: str | None


@dataclass(frozen=True)
class Reconciliation:
    """Months and vendors of everything that was captured and paid, and the sum of all."""

    months: list[Reconciled]
    vendors: list[Reconciled]
    total: Reconciled | None


def reconciliation_of(look: Look) -> Reconciliation:
    """What was captured beside what was paid, in the whole months that are looked at."""
    everybody = look.asking(Filter())
    rows = reconcile(look.store, look.since, look.until)
    spans = everybody.privacy.cells(Filter(), "sessions", unit="month")
    by_month: dict[str, list[VendorMonth]] = {}
    for row in rows:
        by_month.setdefault(_span_name(row.month, spans), []).append(row)
    shown = everybody.decision("sessions").shown and bool(spans)
    whole = look.asked.since is None and look.asked.until is None
    months = [_joined(name, own, shown=shown and _within(name, look)) for name, own in by_month.items()]
    return Reconciliation(
        months=months,
        vendors=[_of_vendor(everybody, row) for row in rows],
        total=_joined("all", rows, shown=shown and (whole or _all_shown(months))) if rows else None,
    )


def _within(name: str, look: Look) -> bool:
    """Joined months are shown where all of them are looked at."""
    first, _, last = name.partition(" … ")
    begun = f"{look.since:%Y-%m}" <= first
    return begun and (last or first) <= f"{look.until:%Y-%m}"


def _all_shown(months: list[Reconciled]) -> bool:
    return all(month.list_microdollars is not None for month in months)


def _span_name(month: str, spans: list[tuple[date, date]]) -> str:
    """The name of the joined months that a month lies in."""
    for first, last in spans:
        ends = f"{first:%Y-%m}", f"{last:%Y-%m}"
        if ends[0] <= month <= ends[1]:
            return ends[0] if ends[0] == ends[1] else f"{ends[0]} … {ends[1]}"
    return month


def _joined(name: str, rows: list[VendorMonth], *, shown: bool) -> Reconciled:
    """All vendors' rows of some months as one."""
    told = [row.paid_microdollars for row in rows if row.paid_microdollars is not None]
    captured = any(row.calls for row in rows)
    shown = shown or not captured
    return Reconciled(
        month=name,
        vendor=None,
        paid_microdollars=sum(told) if told else None,
        list_microdollars=sum(row.list_microdollars for row in rows) if shown else None,
        cash_microdollars=sum(row.cash_microdollars for row in rows) if shown else None,
        unallocated_microdollars=sum(row.unallocated_microdollars for row in rows)
        if shown
        else None,
        why=None,
    )


def _of_vendor(look: Look, row: VendorMonth) -> Reconciled:
    shown = not row.calls or _vendor_shown(look, row.vendor, row.month)
    return Reconciled(
        month=row.month,
        vendor=row.vendor,
        paid_microdollars=row.paid_microdollars,
        list_microdollars=row.list_microdollars if shown else None,
        cash_microdollars=row.cash_microdollars if shown else None,
        unallocated_microdollars=row.unallocated_microdollars if shown else None,
        why=row.why if shown else None,
    )


def _vendor_shown(look: Look, vendor: str, month: str) -> bool:
    """Whether a filter for this month and this vendor's models would be answered, and each other
    vendor's too: what is left of a month's sum would tell of the last."""
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    vendors: dict[str, list[str]] = {}
    for known in look.store.query(
        "select distinct model, vendor from rollup.model_vendor order by vendor, model"
    ).to_pylist():
        vendors.setdefault(known["vendor"] or "", []).append(known["model"] or "")
    if vendor not in vendors:
        return False
    asked = look.privacy.window(Filter(since=first, until=last), "sessions")
    if asked.since != first or (asked.until is not None and asked.until != last):
        return False
    decided = [
        look.privacy.decision(asked.having("model", *models), "sessions")
        for models in vendors.values()
    ]
    return all(one.shown or one.people == 0 for one in decided)
