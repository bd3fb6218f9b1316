"""List price beside what was paid, by vendor and month, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

from landed.reports.cost_terminal import dollars
from landed.reports.wording import count, printable

if TYPE_CHECKING:
    from landed.store import Store


@dataclass(frozen=True)
class VendorMonth:
    """A vendor's month in micro-dollars.

    `list_microdollars` is of the captured calls that have a price; `paid_microdollars` is None
    where nothing that was paid is told; it is `cash_microdollars` (borne by captured calls) plus
    `unallocated_microdollars`. `seats_microdollars` are part of what was paid, and
    `idle_seats_microdollars` the part of them without captured usage.
    """

    vendor: str
    month: str
    calls: int
    unpriced_calls: int
    list_microdollars: int
    paid_microdollars: int | None
    cash_microdollars: int
    unallocated_microdollars: int
    seats_microdollars: int
    idle_seats_microdollars: int

    @property
    def difference_microdollars(self) -> int | None:
        """Paid less list; None where nothing that was paid is told."""
        if self.paid_microdollars is None:
            return None
        return self.paid_microdollars - self.list_microdollars

    @property
    def why(self) -> str:
        """Why list price and payment differ, in a sentence."""
        difference = self.difference_microdollars
        if difference is None:
            return f"nothing paid to {self.vendor} is told: add its seats or invoices"
        parts = list(self._reasons(difference))
        return "; ".join(parts) if parts else "paid what the captured usage costs at list price"

    def _reasons(self, difference: int) -> Iterator[str]:
        if not self.calls:
            yield "no usage of this vendor was captured"
        elif self.seats_microdollars and difference < 0:
            yield "seats cost the same however much is used"
        elif difference < 0:
            yield "less was paid than list: discounts, credits, or usage not billed yet"
        elif difference > 0 and not self.idle_seats_microdollars:
            yield (
                "more was paid than the captured usage is worth: usage on machines or accounts "
                "that are not read, seats beyond what was used, or taxes"
            )
        if self.idle_seats_microdollars and self.calls:
            idle = dollars(self.idle_seats_microdollars)
            yield f"seats for ${idle} have no captured usage of their holders"
        if self.unpriced_calls:
            yield f"{count(self.unpriced_calls, 'call')} without a price not in list"


def reconcile(
    store: Store, since: date | None = None, until: date | None = None
) -> list[VendorMonth]:
    """Every vendor's months, oldest first; `since` and `until` choose whole months (UTC)."""
    sql = resources.files("landed.reports").joinpath("cost_reconcile.sql").read_text("utf-8")
    months = {
        "first": since and f"{since:%Y-%m}",
        "last": until and f"{until:%Y-%m}",
    }
    return [VendorMonth(**row) for row in store.query(sql, months).to_pylist()]


def reconcile_document(found: Sequence[VendorMonth]) -> dict[str, Any]:
    """The comparison for `--json`."""
    rows = [
        asdict(one) | {"difference_microdollars": one.difference_microdollars, "why": one.why}
        for one in found
    ]
    return {"rows": rows, "total": _total(found)}


def reconcile_lines(found: Sequence[VendorMonth]) -> Iterator[str]:
    """The comparison for a terminal, 80 columns wide."""
    if not found:
        yield "No calls of agents, and nothing paid."
        return
    yield _line("Month", "Vendor", "list $", "paid $", "cash $", "unalloc. $", "difference")
    for one in found:
        yield _line(
            one.month,
            printable(one.vendor),
            dollars(one.list_microdollars),
            dollars(one.paid_microdollars),
            dollars(one.cash_microdollars),
            dollars(one.unallocated_microdollars),
            dollars(one.difference_microdollars),
        )
        yield f"        {printable(one.why)}"
    total = _total(found)
    yield _line(
        "Total",
        "",
        *(
            dollars(total[f"{name}_microdollars"])
            for name in ("list", "paid", "cash", "unallocated", "difference")
        ),
    )
    yield ""
    yield "cash: what captured calls bear of what was paid; the rest is unallocated."


def _total(found: Sequence[VendorMonth]) -> dict[str, int | None]:
    told = [one for one in found if one.paid_microdollars is not None]
    paid = sum(one.paid_microdollars or 0 for one in told) if told else None
    worth = sum(one.list_microdollars for one in found)
    return {
        "list_microdollars": worth,
        "paid_microdollars": paid,
        "cash_microdollars": sum(one.cash_microdollars for one in found),
        "unallocated_microdollars": sum(one.unallocated_microdollars for one in found),
        "difference_microdollars": None if paid is None else paid - worth,
    }


def _line(month: str, vendor: str, *cells: str) -> str:
    shown = vendor if len(vendor) <= 14 else f"{vendor[:13]}…"
    return f"{month:<8}{shown:<15}{''.join(f'{cell:>11}' for cell in cells)}".rstrip()
