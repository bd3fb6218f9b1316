"""Reading an agent's SQLite database beside the agent: no lock that it feels, no file left behind.

A database whose write-ahead log is in use is read as any other reader of it would, which never
makes a writer wait. One that nobody has open is read as an unchanging file. One whose log or
journal was left by a crash would have to be repaired in place, so a copy of it is.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

_WAIT_SECONDS = 2.0


class Changed(sqlite3.DatabaseError):
    """The database was written while it was read as an unchanging file."""


def stamp(*paths: Path) -> str:
    """Return what changes whenever one of these files (or a database's log) changes."""
    return " ".join(
        _signature(path.with_name(path.name + end)) for path in paths for end in ("", "-wal")
    )


def _signature(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return "-"
    return f"{status.st_size}.{status.st_mtime_ns}"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database at `path` for reading.

    Raises:
        OSError: it cannot be read or copied.
        sqlite3.Error: it is no database, or broken; `Changed` at the end where it was written
            meanwhile, so that what was read may not be true.
    """
    with ExitStack() as stack:
        with path.open("rb"):
            pass
        if _filled(path, "-wal") and _beside(path, "-shm").exists():
            yield stack.enter_context(_connected(path, "mode=ro"))
        elif _filled(path, "-wal") or _filled(path, "-journal"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="landed-")))
            yield stack.enter_context(_connected(_copied(path, folder), "mode=rw"))
        else:
            before = stamp(path)
            yield stack.enter_context(_connected(path, "mode=ro&immutable=1"))
            if stamp(path) != before:
                raise Changed(f"{path} was written while it was read")


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _filled(path: Path, end: str) -> bool:
    try:
        return _beside(path, end).stat().st_size > 0
    except OSError:
        return False


def _copied(path: Path, folder: Path) -> Path:
    for end in ("", "-wal", "-journal"):
        if end == "" or _filled(path, end):
            shutil.copyfile(_beside(path, end), folder / ("copy.db" + end))
    return folder / "copy.db"


@contextmanager
def _connected(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    name = f"{path.resolve().as_uri()}?{how}"
    with closing(sqlite3.connect(name, uri=True, timeout=_WAIT_SECONDS)) as connection:
        connection.text_factory = _text
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        yield connection


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """Return the names of a table's columns, none where there is no such table."""
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    return {str(name) for (name,) in rows}


def newest_row(connection: sqlite3.Connection, table: str) -> int:
    """Return the highest row number of `table` (a name of ours), 0 where it is empty."""
    (row,) = connection.execute(f'SELECT max(rowid) FROM "{table}"').fetchone()
    return int(row or 0)
