"""Who is who, for `landed people`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import IO, Any

from rich.console import Console

from landed.records import AGENTS
from landed.reports.wording import count, day, printable
from landed.store import Store

_UNSETTLED = ("suggested", "unmatched")
_KINDS = {
    "git-author": "git author",
    "session-user": "agent account",
    "machine-user": "login",
    "forge-login": "forge login",
}
_SHOWN = 40
"""So many unmatched identities are printed: at a forge there may be thousands."""


@dataclass(frozen=True)
class IdentityShown:
    """One identity, whose it is, and how that is known; of a suggestion, whose it may be."""

    kind: str
    value: str
    person: str | None
    how: str


@dataclass(frozen=True)
class CaptureShown:
    """Whose use of an agent is seen in a repository, and since when."""

    person: str
    agent: str
    repository: str
    first_at: datetime
    last_at: datetime
    complete_since: date | None


@dataclass(frozen=True)
class PeopleShown:
    """All identities and captures; `names` has the names to show by canonical address."""

    names: dict[str, str]
    identities: list[IdentityShown]
    captures: list[CaptureShown]

    @property
    def unsettled(self) -> list[IdentityShown]:
        """The identities that belong to nobody known."""
        return [identity for identity in self.identities if identity.how in _UNSETTLED]

    def as_json(self) -> dict[str, Any]:
        """The content of `landed people --json`."""
        return {
            "people": [{"person": p, "name": n} for p, n in self.names.items()],
            "identities": [asdict(identity) for identity in self.identities],
            "captures": [asdict(capture) for capture in self.captures],
            "unmatched": len(self.unsettled),
        }


def people_shown(store: Store) -> PeopleShown:
    """Read who is who from the store."""
    names = store.query(
        "select person, name from person where repository = ? order by person", [AGENTS]
    )
    identities = store.query(
        "select kind, value, person, how from identity where repository = ? order by kind, value",
        [AGENTS],
    )
    captures = store.query(
        "select person, agent, coalesce(min(location.name), capture.belongs_to) as repository,"
        " min(first_at) as first_at, max(last_at) as last_at, min(complete_since) as complete_since"
        " from capture left join location on location.repository = capture.belongs_to"
        " where capture.repository = ? group by person, agent, belongs_to order by 1, 2, 3",
        [AGENTS],
    )
    return PeopleShown(
        dict(zip(names["person"].to_pylist(), names["name"].to_pylist(), strict=True)),
        [IdentityShown(**row) for row in identities.to_pylist()],
        [CaptureShown(**row) for row in captures.to_pylist()],
    )


def print_people(shown: PeopleShown, file: IO[str] | None = None) -> None:
    """Print who is unmatched first, then whose agents are seen, then how many are known."""
    console = Console(file=file, highlight=False, soft_wrap=True, markup=False)
    unsettled = shown.unsettled
    if unsettled:
        console.print(f"{count(len(unsettled), 'identity', 'identities')} unmatched")
        for row in _identity_rows(unsettled[:_SHOWN]):
            console.print(row)
        if len(unsettled) > _SHOWN:
            console.print(f"  and {len(unsettled) - _SHOWN:,} more: --json has all", style="dim")
        first = unsettled[0]
        whose = shlex.quote(printable(first.person)) if first.person else "EMAIL"
        console.print(
            f"  Settle one: landed people confirm {shlex.quote(printable(first.value))} {whose}",
            style="dim",
        )
    else:
        console.print("Everybody is matched.")
    if shown.captures:
        console.print()
        console.print("Whose agents are seen")
        for row in _capture_rows(shown.captures):
            console.print(row)
        if not any(capture.complete_since for capture in shown.captures):
            console.print(
                "  Nobody's tools are declared to be all captured: what no log shows stays unknown",
                style="dim",
            )
    settled = len(shown.identities) - len(unsettled)
    console.print(
        f"\n{count(settled, 'identity', 'identities')} of "
        f"{count(len(shown.names), 'person', 'people')} matched; --json lists them",
        style="dim",
    )


def _identity_rows(identities: list[IdentityShown]) -> Iterator[str]:
    for identity in identities:
        perhaps = f"perhaps {identity.person}" if identity.person else "nobody alike"
        yield printable(f"  {_KINDS[identity.kind]:<14} {identity.value:<36} {perhaps}")


def _capture_rows(captures: list[CaptureShown]) -> Iterator[str]:
    for capture in captures:
        since = capture.complete_since
        complete = f"; all their tools since {since}" if since else ""
        yield printable(
            f"  {capture.person:<28} {capture.agent:<14} {capture.repository}, "
            f"{day(capture.first_at)} to {day(capture.last_at)}{complete}"
        )
