"""The text of generated lines, on this machine only, until they are found in a commit.

Similarity needs text; the store has none. The spool is a SQLite file of the workspace, readable by
its owner only, that no export, report or server reads. It keeps a text until all its lines are
found, at most for some days, and can be switched off (`sessions.keep_text`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from landed.config import Settings
from landed.store import Store

FILE_NAME = "spool.sqlite"
_AT_ONCE = 500
_SIGNED = 1 << 63


class Spool:
    """The spool of one workspace; the file is made when the first text comes."""

    def __init__(self, workspace: Path) -> None:
        self.path = workspace / FILE_NAME

    def put(self, texts: Iterable[tuple[int, int, Sequence[str]]]) -> None:
        """Keep the + lines of edits: (edit, time in microseconds, lines by ordinal)."""
        rows = [(_signed(edit), at, orjson.dumps(_plain(lines))) for edit, at, lines in texts]
        if not rows:
            return
        if not self.path.exists():
            self.path.touch(mode=0o600)
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute(
                "create table if not exists text"
                " (edit integer primary key, happened_at integer not null, lines blob not null)"
            )
            file.executemany("insert or ignore into text values (?, ?, ?)", rows)

    def texts(self, edits: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The + lines, by ordinal, of those of the edits whose text is still kept."""
        if not self.path.exists():
            return {}
        found: dict[int, tuple[str, ...]] = {}
        with closing(sqlite3.connect(self.path, timeout=30)) as file:
            for start in range(0, len(edits), _AT_ONCE):
                asked = [_signed(edit) for edit in edits[start : start + _AT_ONCE]]
                marks = ",".join("?" * len(asked))
                rows = file.execute(f"select edit, lines from text where edit in ({marks})", asked)
                found.update((edit % (2 * _SIGNED), tuple(orjson.loads(t))) for edit, t in rows)
        return found

    def forget(self, before: int, edits: Sequence[int] = ()) -> None:
        """Drop what is older than `before` (microseconds), and the texts of these edits."""
        if not self.path.exists():
            return
        with closing(sqlite3.connect(self.path, timeout=30)) as file, file:
            file.execute("delete from text where happened_at < ?", [before])
            file.executemany("delete from text where edit = ?", [[_signed(e)] for e in edits])


def prune(store: Store, settings: Settings, *, now: datetime | None = None) -> None:
    """Drop the texts that are of no more use: too old, or each of their lines found or gone.

    Where texts are not to be kept at all, the whole spool goes.
    """
    spool = Spool(settings.workspace)
    if not spool.path.exists():
        return
    if not settings.sessions.keep_text:
        spool.path.unlink()
        return
    days = timedelta(days=settings.sessions.keep_text_days)
    oldest = (now or datetime.now(UTC)) - days
    spool.forget(int(oldest.timestamp() * 1_000_000), store.query(_SETTLED)["edit"].to_pylist())


_SETTLED = """
    select edit from generated_line group by edit
    having bool_and(line is not null or state = 'superseded')
"""


def _signed(edit: int) -> int:
    """SQLite's integers are signed."""
    return edit - 2 * _SIGNED if edit >= _SIGNED else edit


def _plain(lines: Sequence[str]) -> list[str]:
    """Text as JSON can hold it: lone surrogates, which hostile logs may have, are replaced."""
    return [line.encode("utf-8", "replace").decode() for line in lines]
