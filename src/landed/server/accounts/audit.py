"""The audit: what admins did, kept for good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from landed.server.accounts.database import Database, moment, seconds

SETTINGS = "settings in force"


@dataclass(frozen=True)
class Act:
    """One act: `who` did `what` to `about`, with details as they were written."""

    at: datetime
    who: str
    what: str
    about: str
    details: dict[str, Any]

    @property
    def told(self) -> str:
        """The details in words; empty where there are none."""
        each = (f"{name.replace('_', ' ')} {_word(value)}" for name, value in self.details.items())
        return "; ".join(each)


class Audit:
    """The acts; they are only ever added to."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def write(self, who: str, what: str, about: str, details: Mapping[str, Any]) -> None:
        """Add an act; inside a transaction of the database it is part of that."""
        values = (seconds(self._clock()), who, what, about, orjson.dumps(details).decode())
        with self._database.writing() as connection:
            connection.execute(
                "insert into act (at, who, what, about, details) values (?, ?, ?, ?, ?)", values
            )

    def settings(self, values: Mapping[str, Any]) -> None:
        """Add the settings that hold from now on, where they are not those that held before."""
        text = orjson.dumps(values).decode()
        with self._database.writing():
            last = self._database.row(
                "select details from act where what = ? order by id desc limit 1", (SETTINGS,)
            )
            if last is None or last["details"] != text:
                self.write("server", SETTINGS, "server", values)

    def acts(self, limit: int = 200, skip: int = 0) -> list[Act]:
        """At most `limit` acts, the newest first, leaving out the newest `skip`."""
        rows = self._database.rows(
            "select at, who, what, about, details from act order by id desc limit ? offset ?",
            (limit, skip),
        )
        return [
            Act(moment(row["at"]), row["who"], row["what"], row["about"], _details(row["details"]))
            for row in rows
        ]


def _word(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _details(text: str) -> dict[str, Any]:
    details: dict[str, Any] = orjson.loads(text)
    return details
