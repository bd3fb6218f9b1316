"""What agents cost: calls, tokens by class, and both prices, by whatever people ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landed.config import Settings
from landed.reports.cost_zone import EARLIEST, LATEST, Zone

if TYPE_CHECKING:
    from landed.store import Store

BY = (
    "model",
    "day",
    "week",
    "month",
    "session",
    "repository",
    "branch",
    "feature",
    "team",
    "agent",
)
"""What costs can be grouped by."""

_DATED = ("day", "week", "month")


@dataclass(frozen=True)
class Asked:
    """What the table is about. Days are inclusive; None = from the beginning, to the end.

    `places` are directories: None for all sessions, else those of the repositories there.
    """

    by: str
    zone: Zone
    since: date | None = None
    until: date | None = None
    places: tuple[Path, ...] | None = None


@dataclass(frozen=True)
class Amounts:
    """Calls, tokens and micro-dollars of a group.

    `output_tokens` include `reasoning_tokens`. Dollars are None where none are known: list where
    no call has a price, cash where nothing that was paid is known, reported where no agent told
    its own account, waste where no line was followed. `unpriced_calls` are not in the list price.
    """

    calls: int = 0
    unpriced_calls: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    web_searches: int = 0
    list_microdollars: int | None = None
    cash_microdollars: int | None = None
    reported_microdollars: int | None = None
    waste_microdollars: int | None = None

    @property
    def cached_share(self) -> float | None:
        """The share of the input that was read from a cache; None without input."""
        read = self.cache_read_tokens
        whole = self.input_tokens + read + self.cache_write_5m_tokens + self.cache_write_1h_tokens
        return read / whole if whole else None


@dataclass(frozen=True)
class CostRow:
    """One group: `key` is its value (None = not known), `name` what to show beside it.

    `agent` tells sessions of the same id apart, `home` (a repository) branches of the same name.
    """

    key: str | None
    name: str | None
    agent: str | None
    home: str | None
    first_at: datetime
    last_at: datetime
    amounts: Amounts


@dataclass(frozen=True)
class Unpriced:
    """Calls without a list price: why, and what to do about it."""

    model: str | None
    provider: str | None
    agent: str
    reason: str
    calls: int
    tokens: int
    reported_microdollars: int | None

    @property
    def advice(self) -> str:
        """What a person can do, in one sentence."""
        return _ADVICE.get(self.reason, _GIVE_A_PRICE)


_GIVE_A_PRICE = "give its price in landed.toml under [[prices]]"
_ADVICE = {
    "no model told": "the agent does not say which model answered",
    "no tokens told": "only the vendor's own usage report tells",
    "token counts not credible": "the log is damaged: these numbers are left out",
}


@dataclass(frozen=True)
class Cost:
    """The whole table."""

    asked: Asked
    rows: tuple[CostRow, ...]
    total: Amounts
    unpriced: tuple[Unpriced, ...]


def read_cost(store: Store, settings: Settings, asked: Asked) -> Cost:
    """Read the table that is asked for; calls must have been priced before."""
    chosen = chosen_calls(store, asked)
    known = _whether_cash_is_known(store)
    found = store.query(sql("cost"), chosen | _grouping(store, settings, asked)).to_pylist()
    rows = [_row(row, known) for row in found]
    if asked.by in _DATED:
        rows.sort(key=lambda row: row.key or "")
    unpriced = store.query(sql("cost_unpriced"), chosen).to_pylist()
    return Cost(
        asked,
        tuple(rows),
        total_of([row.amounts for row in rows], cash_known=known),
        tuple(Unpriced(**row) for row in unpriced),
    )


def total_of(parts: Sequence[Amounts], *, cash_known: bool) -> Amounts:
    """The sum of several groups; dollars are None only where they are None in all of them."""
    sums: dict[str, int | None] = {}
    for field in fields(Amounts):
        known = [value for part in parts if (value := getattr(part, field.name)) is not None]
        sums[field.name] = sum(known) if known or field.default == 0 else None
    if cash_known and sums["cash_microdollars"] is None:
        sums["cash_microdollars"] = 0
    return Amounts(**sums)  # type: ignore[arg-type]


def _row(row: dict[str, Any], cash_known: bool) -> CostRow:
    numbers = {field.name: row[field.name] for field in fields(Amounts) if field.name in row}
    if not cash_known:
        numbers["cash_microdollars"] = None
    outer = {name: row[name] for name in ("key", "name", "agent", "home", "first_at", "last_at")}
    return CostRow(**outer, amounts=Amounts(**numbers))


def _whether_cash_is_known(store: Store) -> bool:
    found = store.query("select count(*) as payments from cash_allocation")
    return bool(found["payments"].to_pylist()[0])


def chosen_calls(store: Store, asked: Asked) -> dict[str, Any]:
    """The parameters of the statements that say which calls are meant."""
    zone, until = asked.zone, asked.until
    ids, tops = (None, None) if asked.places is None else _repositories(store, asked.places)
    return {
        "since": EARLIEST if asked.since is None else zone.midnight(asked.since),
        "until": LATEST
        if until is None
        else zone.midnight(date.fromordinal(until.toordinal() + 1)),
        "repositories": ids,
        "tops": tops,
    }


def _grouping(store: Store, settings: Settings, asked: Asked) -> dict[str, Any]:
    """The parameters that say what belongs together."""
    starts, ends, offsets = [EARLIEST], [LATEST], [0]
    if asked.by in _DATED:
        span = store.query(
            "select min(happened_at) as first, max(happened_at) as last from model_call"
        ).to_pylist()[0]
        if span["first"] is not None:
            starts, ends, offsets = asked.zone.spans(span["first"], span["last"])
    teams = team_of(settings)
    return {
        "by": asked.by,
        "starts": starts,
        "ends": ends,
        "offsets": offsets,
        "emails": list(teams),
        "teams": list(teams.values()),
    }


def team_of(settings: Settings) -> dict[str, str]:
    """The team of every person who has one, by canonical address."""
    return {person.emails[0].lower(): person.team for person in settings.people if person.team}


def _repositories(store: Store, places: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The ids of the repositories at these places, as far as they were read, and their trees."""
    from landed.sources.git.location import locate

    locations = [locate(place) for place in places]
    directories = [
        str(directory) for found in locations for directory in (found.git_dir, found.common_dir)
    ]
    found = store.query(
        "select distinct repository from location where list_contains($directories, path)",
        {"directories": directories},
    )
    return found["repository"].to_pylist(), [str(location.top) for location in locations]


def sql(name: str) -> str:
    """A statement that stands beside this module."""
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
