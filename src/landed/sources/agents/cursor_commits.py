"""Cursor's own tracking database: which commits it saw made, with how many lines by whom."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Reading, Reference
from landed.sources.agents.databases import Changed, columns, newest_row, opened
from landed.sources.agents.fields import moment, text, whole

NO_CONVERSATION = "ai-code-tracking"
"""Stands for the session of these commits, of which Cursor does not say in which they were made."""

_TABLE = "scored_commits"


def read_commits(path: Path, state: dict[str, Any] | None) -> Iterator[Reading]:
    """Yield, as references, the commits with lines of Cursor's agent or its completions.

    The state is the highest row number read.
    """
    since = whole(state, "row")
    try:
        with opened(path) as database:
            reading = Reading(state={"row": since})
            known = columns(database, _TABLE)
            if {"commitHash", "scoredAt", "composerLinesAdded", "tabLinesAdded"} <= known:
                newest = newest_row(database, _TABLE)
                since = since if since <= newest else 0
                for row in database.execute(
                    f"SELECT commitHash, scoredAt, composerLinesAdded, tabLinesAdded FROM {_TABLE}"
                    " WHERE rowid > ? ORDER BY rowid",
                    [since],
                ):
                    _take(row, reading)
                reading.state = {"row": newest}
            yield reading
    except (OSError, sqlite3.Error) as error:
        failed = Reading(state=state)
        failed.fault("changed-while-read" if isinstance(error, Changed) else "unreadable-database")
        yield failed


def _take(row: tuple[Any, ...], reading: Reading) -> None:
    found = dict(zip(("commit", "at", "composer", "tab"), row, strict=True))
    commit, at = text(found, "commit"), moment(found["at"])
    if commit is None:
        reading.fault("missing-field")
    elif at is None:
        reading.fault("bad-time")
    elif whole(found, "composer") or whole(found, "tab"):
        reading.references.append(Reference(NO_CONVERSATION, "commit", commit, at))
