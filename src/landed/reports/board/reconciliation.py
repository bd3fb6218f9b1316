"""Captured work beside what was paid, by month and vendor, as far as it may be shown.

What was paid is a matter between a company and its vendors. What captured work bears of it is the
work of people: it is shown for a month, and for a vendor in a month, of enough of them only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from landed.reports.cost_reconcile import VendorMonth, reconcile
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.times import Cells, spend_series
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
    """Months of all vendors together, and of each; of everything that was captured and paid."""

    months: list[Reconciled]
    vendors: list[Reconciled]


def reconciliation_of(look: Look) -> Reconciliation:
    """What was captured beside what was paid, in the whole months that are looked at."""
    everybody = look.asking(Filter())
    rows = reconcile(look.store, look.since, look.until)
    captured = _captured(everybody, look) if everybody.decision("sessions").shown else {}
    by_month: dict[str, list[VendorMonth]] = {}
    for row in rows:
        by_month.setdefault(_name_of(row.month, list(captured)), []).append(row)
    vendors = _models_by_vendor(look)
    return Reconciliation(
        months=[_month(name, own, captured.get(name)) for name, own in by_month.items()],
        vendors=[_of_vendor(everybody, row, vendors) for row in rows],
    )


def _captured(everybody: Look, look: Look) -> dict[str, int | None]:
    """List price by month, as trends show it; months that reach beyond the look have none."""
    found: dict[str, int | None] = {}
    for moment in spend_series(everybody, Cells.months(everybody)):
        name = named(moment.first, moment.last)
        first, last = f"{moment.first:%Y-%m}", f"{moment.last:%Y-%m}"
        inside = f"{look.since:%Y-%m}" <= first and last <= f"{look.until:%Y-%m}"
        found[name] = moment.cost.list_microdollars if inside else None
    return found


def named(first: date, last: date) -> str:
    """The name of a month, or of several that stand together."""
    months = f"{first:%Y-%m}", f"{last:%Y-%m}"
    return months[0] if months[0] == months[1] else f"{months[0]} … {months[1]}"


def _name_of(month: str, names: list[str]) -> str:
    """The name of the months with which a month stands together."""
    for name in names:
        first, _, last = name.partition(" … ")
        if first <= month <= (last or first):
            return name
    return month


def _month(name: str, rows: list[VendorMonth], captured: int | None) -> Reconciled:
    """All vendors' rows of a month as one."""
    told = [row.paid_microdollars for row in rows if row.paid_microdollars is not None]
    shown = captured is not None or not any(row.calls for row in rows)
    return Reconciled(
        month=name,
        vendor=None,
        paid_microdollars=sum(told) if told else None,
        list_microdollars=captured if shown else None,
        cash_microdollars=sum(row.cash_microdollars for row in rows) if shown else None,
        unallocated_microdollars=sum(row.unallocated_microdollars for row in rows)
        if shown
        else None,
        why=None,
    )


def _models_by_vendor(look: Look) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in look.store.query(
        "select distinct model, vendor from rollup.model_vendor order by vendor, model"
    ).to_pylist():
        found.setdefault(row["vendor"] or "", []).append(row["model"] or "")
    return found


def _of_vendor(look: Look, row: VendorMonth, vendors: dict[str, list[str]]) -> Reconciled:
    shown = not row.calls or (row.vendor in vendors and _apart(look, row.month, vendors))
    return Reconciled(
        month=row.month,
        vendor=row.vendor,
        paid_microdollars=row.paid_microdollars,
        list_microdollars=row.list_microdollars if shown else None,
        cash_microdollars=row.cash_microdollars if shown else None,
        unallocated_microdollars=row.unallocated_microdollars if shown else None,
        why=row.why if shown else None,
    )


def _apart(look: Look, month: str, vendors: dict[str, list[str]]) -> bool:
    """Whether a month may be shown by vendor: a filter for each one's models would be answered.

    All or none of them: what is left of a month's sum would tell of the last.
    """
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    asked = look.privacy.window(Filter(since=first, until=last), "sessions")
    if asked.since != first or asked.until not in (None, last):
        return False
    decided = [
        look.privacy.decision(asked.having("model", *models), "sessions")
        for models in vendors.values()
    ]
    return all(one.shown or one.people == 0 for one in decided)
