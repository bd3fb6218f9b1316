"""The access log: who looked at which figures, and about whom; its people can read it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from landed.server.accounts.database import Database, moment, seconds


@dataclass(frozen=True)
class Look:
    """One look at a page or figure.

    `people` is over how many persons the figures were; None: over everybody.
    """

    at: datetime
    who: str
    page: str
    figure: str | None
    filters: dict[str, list[str]]
    people: int | None


class AccessLog:
    """Who looked at what."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        who: str,
        page: str,
        filters: Mapping[str, Sequence[str]],
        *,
        figure: str | None = None,
        people: Iterable[str] | None = None,
    ) -> None:
        """Note that `who` looked at `page`, or at one figure of it.

        `people` are the e-mail addresses of those whom the filters leave in, such as one's own on
        the page about oneself; None where nobody is left out.
        """
        chosen = {name: list(values) for name, values in filters.items() if values}
        group = None if people is None else sorted({person.lower() for person in people})
        with self._database.writing() as connection:
            about = None if group is None else self._group(group)
            connection.execute(
                "insert into access (at, who, page, figure, filters, shown_group)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    seconds(self._clock()),
                    who,
                    page,
                    figure,
                    orjson.dumps(chosen, default=str).decode(),
                    about,
                ),
            )

    def about(self, people: Iterable[str], limit: int = 200) -> list[Look]:
        """Looks at figures that include one of these persons by choice, the newest first.

        Looks at everybody's figures are left out; `of_everybody` counts them.
        """
        wanted = sorted({person.lower() for person in people})
        marks = ", ".join("?" for _ in wanted)
        rows = self._database.rows(
            "select at, who, page, figure, filters, size from access"
            " join shown_group on shown_group.id = access.shown_group"
            " where shown_group in"
            f" (select shown_group from shown_person where person in ({marks}))"
            " order by access.id desc limit ?",
            (*wanted, limit),
        )
        return [_look(dict(row)) for row in rows]

    def of_everybody(self) -> list[tuple[str, int, datetime]]:
        """Who looked at figures over everybody: name, how often, when last; by name."""
        rows = self._database.rows(
            "select who, count(*) as looks, max(at) as last from access"
            " where shown_group is null group by who order by who"
        )
        return [(row["who"], row["looks"], moment(row["last"])) for row in rows]

    def all(self, limit: int = 200, skip: int = 0) -> list[Look]:
        """At most `limit` looks, the newest first, leaving out the newest `skip`."""
        rows = self._database.rows(
            "select at, who, page, figure, filters, size from access"
            " left join shown_group on shown_group.id = access.shown_group"
            " order by access.id desc limit ? offset ?",
            (limit, skip),
        )
        return [_look(dict(row)) for row in rows]

    def forget(self, older_than: timedelta) -> int:
        """Take out what is older; returns how many looks that were."""
        with self._database.writing() as connection:
            gone = connection.execute(
                "delete from access where at < ?", (seconds(self._clock() - older_than),)
            )
            connection.execute(
                "delete from shown_group where id not in"
                " (select shown_group from access where shown_group is not null)"
            )
            return gone.rowcount

    def _group(self, people: list[str]) -> int:
        """The id of this set of persons, kept once."""
        digest = hashlib.sha256("\n".join(people).encode()).digest()
        with self._database.writing() as connection:
            row = connection.execute(
                "select id from shown_group where digest = ?", (digest,)
            ).fetchone()
            if row is not None:
                return int(row["id"])
            made = connection.execute(
                "insert into shown_group (digest, size) values (?, ?)", (digest, len(people))
            )
            connection.executemany(
                "insert into shown_person values (?, ?)",
                [(person, made.lastrowid) for person in people],
            )
            return int(made.lastrowid or 0)


def _look(row: dict[str, object]) -> Look:
    filters: dict[str, list[str]] = orjson.loads(str(row["filters"]))
    size = row["size"]
    return Look(
        at=moment(int(str(row["at"]))),
        who=str(row["who"]),
        page=str(row["page"]),
        figure=None if row["figure"] is None else str(row["figure"]),
        filters=filters,
        people=size if isinstance(size, int) else None,
    )
