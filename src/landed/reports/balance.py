"""The balance of lines and dollars: bring the store up to date, reckon, and tell it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from landed.config import Settings
from landed.journey import Balance, read_balance
from landed.progress import Progress, quiet
from landed.store import DATABASE_NAME, Store
from landed.sync import Ask, read_logs, sync_all

_PLACES = "select distinct path from location order by path"


@dataclass(frozen=True)
class NamedBalance:
    """A balance, and what it is about.

    Attributes:
        balance: both ledgers.
        names: names of the repositories by id.
        everything: whether it is about all that was ever read, not only these repositories.
    """

    balance: Balance
    names: dict[str, str]
    everything: bool

    @property
    def is_even(self) -> bool:
        """Whether nothing is lost or counted twice."""
        found = self.balance
        return not (found.lines.residual or found.dollars.residual or found.dollars.cash.residual)


def make_balance(
    paths: Sequence[Path],
    settings: Settings,
    *,
    everything: bool = False,
    at: datetime | None = None,
    ask: Ask = "stale",
    progress: Progress = quiet,
) -> NamedBalance:
    """Read what is new in the repositories at `paths`, and reckon their balance at the time `at`.

    With `everything` all that was ever read counts, sessions outside of any repository too; then
    `paths` only adds to the repositories that are brought up to date. `ask` tells whether forges
    are asked. Raises LandedError for whatever a person can put right.
    """
    wanted = list(paths)
    if everything:
        wanted += [place for place in _known_places(settings, progress) if place not in wanted]
    if everything and not wanted:
        read_logs(settings, progress=progress)
        results = []
    else:
        results = sync_all(wanted or [Path()], settings, ask=ask, progress=progress)
    names = {result.repository: result.name for result in results}
    progress("reckoning the balance")
    with Store.for_settings(settings, read_only=True, on_wait=progress) as store:
        balance = read_balance(store, settings, None if everything else names, at)
    return NamedBalance(balance, names, everything)


def _known_places(settings: Settings, progress: Progress) -> list[Path]:
    """Where repositories that were read before still lie on this machine."""
    if not (settings.workspace / DATABASE_NAME).is_file():
        return []
    with Store.for_settings(settings, read_only=True, on_wait=progress) as store:
        places = store.query(_PLACES)["path"].to_pylist()
    return [Path(place) for place in places if Path(place).is_dir()]


def balance_document(named: NamedBalance) -> dict[str, Any]:
    """The balance as JSON: lines, and micro-dollars, by bucket."""
    found = named.balance
    return {
        "at": found.at,
        "repositories": None if named.everything else list(named.names.values()),
        "lines": asdict(found.lines),
        "dollars": asdict(found.dollars),
        "unlinked": asdict(found.unlinked),
        "missing": [missing._asdict() for missing in found.missing],
    }
