"""What part of everything a page shows: read from its address, and shown to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import QueryParams

from landed.errors import UsageError
from landed.rollups.filters import DIMENSIONS, UNTOLD, Dimension, Filter
from landed.server.pages.addresses import Address

PERIODS = {"this-month": 1, "3m": 3, "6m": 6, "12m": 12, "all": 0}
"""Months of the times that are offered, by their name in `period=`; 0 = everything.

They are whole months (UTC), as figures are only shown of whole ones; the last is the one that runs.
"""
PERIOD_WORDS = {
    "this-month": ("This month", "this month"),
    "3m": ("3 m", "this month and the two before"),
    "6m": ("6 m", "this month and the five before"),
    "12m": ("12 m", "this month and the eleven before"),
    "all": ("All", "all time"),
}
"""The words of each: on its button, and in a sentence."""
USUAL_PERIOD = "3m"
"""The time that is shown where the address names none."""
OTHER_PERIOD_NAMES = {"30d": "this-month", "90d": "3m"}
"""Names of periods that are understood too."""
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years of the days that can be asked for."""
UNTOLD_IN_ADDRESS = "-"
"""What stands in an address for those of whom nothing is told."""
PLURALS: dict[Dimension, str] = {
    "repository": "repositories",
    "team": "teams",
    "agent": "agents",
    "model": "models",
    "feature": "features",
}
UNTOLD_WORDS: dict[Dimension, str] = {
    "repository": "no repository",
    "team": "no team",
    "agent": "agent not told",
    "model": "model not told",
    "feature": "feature not told",
}


@dataclass(frozen=True)
class Choice:
    """A value that a dimension can be restricted to, and how it is called."""

    value: str
    label: str


@dataclass(frozen=True)
class Chip:
    """A filter that holds, and the address of the page without it."""

    what: str
    label: str
    remove: str


@dataclass(frozen=True)
class Pick:
    """One dimension of the bar: what can be chosen of it, and what is."""

    dimension: Dimension
    plural: str
    choices: tuple[Choice, ...]
    chosen: frozenset[str]


@dataclass(frozen=True)
class FilterBar:
    """The bar as the template shows it.

    Attributes:
        period: the name of the time that is shown; null where since and until say it.
        told: the time in words.
        periods: each offered time: its name, button, words, and address.
        since, until: the days in the two fields; empty where a period is chosen.
        carried: parameters that the form keeps.
        reset: the address of the page without filters.
    """

    period: str | None
    told: str
    periods: tuple[tuple[str, str, str, str], ...]
    since: str
    until: str
    picks: tuple[Pick, ...]
    chips: tuple[Chip, ...]
    carried: tuple[tuple[str, str], ...]
    reset: str


def filter_of(parameters: QueryParams, today: date) -> Filter:
    """The filter that an address asks for.

    `period` is one of PERIODS or OTHER_PERIOD_NAMES (where neither it nor `since` and `until` stand
    there: USUAL_PERIOD); `since` and `until` are days as 2026-11-21, both included, and outdo it.
    The dimensions may stand there several times; `-` is for those of whom nothing is told.

    Raises UsageError for a day or a period that is none.
    """
    since, until = _day(parameters, "since"), _day(parameters, "until")
    if since is None and until is None:
        months = PERIODS[_period(parameters)]
        since = _months_before(today, months - 1) if months else None
    chosen = {name: _values(parameters, name) for name in DIMENSIONS}
    return Filter(since=since, until=until, **chosen)


def bar_of(address: Address, choices: Mapping[Dimension, Sequence[Choice]]) -> FilterBar:
    """The bar for a page at `address`; dimensions without choices are not offered.

    What is chosen and not among the choices is offered too, so that it can be taken away.
    """
    parameters = QueryParams(address.pairs)
    period: str | None = _period(parameters)
    since, until = parameters.get("since", ""), parameters.get("until", "")
    if since or until:
        period = None
    picks = tuple(
        pick
        for name in DIMENSIONS
        if (pick := _pick(name, choices.get(name, ()), _values(parameters, name))).choices
    )
    chips = [
        Chip(pick.dimension, choice.label, address.without(pick.dimension, choice.value))
        for pick in picks
        for choice in pick.choices
        if choice.value in pick.chosen
    ]
    return FilterBar(
        period=period,
        told=PERIOD_WORDS[period][1] if period else _span(since, until),
        periods=tuple(
            (name, *words, address.here(period=name, since=None, until=None))
            for name, words in PERIOD_WORDS.items()
        ),
        since=since,
        until=until,
        picks=picks,
        chips=tuple(chips),
        carried=tuple(address.beside("since", "until", "period", *(p.dimension for p in picks))),
        reset=address.unfiltered(),
    )


def _pick(name: Dimension, offered: Sequence[Choice], chosen: tuple[str, ...]) -> Pick:
    inside = [
        Choice(one.value or UNTOLD_IN_ADDRESS, one.label or UNTOLD_WORDS[name]) for one in offered
    ]
    told = [value or UNTOLD_IN_ADDRESS for value in chosen]
    known = {one.value for one in inside}
    inside += [
        Choice(value, UNTOLD_WORDS[name] if value == UNTOLD_IN_ADDRESS else value)
        for value in told
        if value not in known
    ]
    return Pick(name, PLURALS[name], tuple(inside), frozenset(told))


def _values(parameters: QueryParams, name: str) -> tuple[str, ...]:
    told = dict.fromkeys(value for value in parameters.getlist(name) if value)
    return tuple(UNTOLD if value == UNTOLD_IN_ADDRESS else value for value in told)


def _period(parameters: QueryParams) -> str:
    period = parameters.get("period") or USUAL_PERIOD
    period = OTHER_PERIOD_NAMES.get(period, period)
    if period not in PERIODS:
        raise UsageError(f"there is no period {period}: it is one of {', '.join(PERIODS)}")
    return period


def _months_before(day: date, months: int) -> date:
    """The first of the month so many months before that of a day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)


def _day(parameters: QueryParams, name: str) -> date | None:
    told = parameters.get(name)
    if not told:
        return None
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise UsageError(f"{name} is {told}: write a day as 2026-11-21") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(f"{name} is {told}: write a day from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _span(since: str, until: str) -> str:
    if since and until:
        return f"{since} to {until}"
    return f"since {since}" if since else f"until {until}"
