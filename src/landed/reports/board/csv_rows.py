"""One row of the tidy table, and rows of what comes often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from landed.compare import Amount, Figure
from landed.reports.journeys_model import Money


@dataclass(frozen=True)
class Tidy:
    """A value and what it is: amounts in micro-dollars have the unit dollars."""

    section: str
    metric: str
    group: str
    value: float | str | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""


def money_rows(
    section: str, metric: str, group: str, money: Money, n: int | None = None
) -> Iterator[Tidy]:
    """An amount at list price, and in cash."""
    yield Tidy(section, f"{metric}_list", group, money.list_microdollars, "dollars", n=n)
    yield Tidy(section, f"{metric}_cash", group, money.cash_microdollars, "dollars", n=n)


def figure_row(section: str, metric: str, group: str, figure: Figure, noun: str) -> Tidy:
    """A share with its interval, or why there is none; `noun` is what n counts."""
    note = figure.missing or noun
    return Tidy(section, metric, group, figure.estimate, "share", figure.low, figure.high,
                figure.changes, note)  # fmt: skip


def time_row(section: str, metric: str, group: str, amount: Amount) -> Tidy:
    """A median of seconds with its interval, or why there is none."""
    return Tidy(section, metric, group, amount.estimate, "seconds", amount.low, amount.high,
                amount.number, amount.missing or "")  # fmt: skip
