"""Who is who, for `landed people`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import IO, Any

from rich.console import Console
from rich.table import Table

from landed.records import AGENTS
from landed.reports.wording import count, day, printable
from landed.store import Store

_UNSETTLED = ("suggested", "unmatched")
_KINDS = {"git-author": "git author", "session-user": "agent account", "machine-user": "login"}


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
    console = Console(file=file, highlight=False)
    unsettled = shown.unsettled
    if unsettled:
        console.print(f"{count(len(unsettled), 'identity', 'identities')} unmatched")
        console.print(_identity_table(unsettled))
        first = unsettled[0]
        whose = first.person or "EMAIL"
        console.print(
            f"  Settle one: landed people confirm {printable(first.value)} {printable(whose)}",
            style="dim",
        )
    else:
        console.print("Everybody is matched.")
    if shown.captures:
        console.print()
        console.print("Whose agents are seen")
        console.print(_capture_table(shown.captures))
    settled = len(shown.identities) - len(unsettled)
    console.print(
        f"\n{count(settled, 'identity', 'identities')} of "
        f"{count(len(shown.names), 'person', 'people')} matched; --json lists them",
        style="dim",
    )


def _identity_table(identities: list[IdentityShown]) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim", show_edge=False)
    for heading in ("kind", "identity", "perhaps"):
        table.add_column(heading)
    for identity in identities:
        table.add_row(
            _KINDS[identity.kind],
            printable(identity.value),
            printable(identity.person or "nobody alike"),
        )
    return table


def _capture_table(captures: list[CaptureShown]) -> Table:
    table = Table(box=None, padding=(0, 2), header_style="dim", show_edge=False)
    for heading in ("person", "agent", "repository", "since", "last", "all their tools since"):
        table.add_column(heading)
    for capture in captures:
        table.add_row(
            printable(capture.person),
            printable(capture.agent),
            printable(capture.repository),
            day(capture.first_at),
            day(capture.last_at),
            str(capture.complete_since or "not declared"),
        )
    return table
