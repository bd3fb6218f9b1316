"""The file `accounts.db`: who may do what, and who has looked at what.

A file of its own, so that accounts can be changed while the server runs and while it does not, and
so that nobody who is given the store is given them.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from landed.config import prepare_directory
from landed.errors import StoreError

DATABASE_NAME = "accounts.db"
WAIT_SECONDS = 10.0
_SCHEMA = ("0001_accounts.sql",)


class Database:
    """The open file; safe to use from several threads, and from several processes at once."""

    def __init__(self, path: Path) -> None:
        """Open `path`, making or upgrading it; readable by this user only.

        Raises StoreError where it cannot be opened, or a newer Landed wrote it.
        """
        self.path = path
        self._lock = threading.RLock()
        prepare_directory(path.parent)
        try:
            # made with its rights, rather than given them afterwards
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot open {path}: {error}") from error
        try:
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = full")
            self._connection.execute("pragma foreign_keys = on")
            self._upgrade()
        except sqlite3.Error as error:
            self._connection.close()
            raise StoreError(f"cannot open {path}: {error}") from error
        except BaseException:
            self._connection.close()
            raise

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """The rows that a statement finds."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Row | None:
        """The first row that a statement finds."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All statements inside happen together or, on any error, not at all.

        Inside another one it is part of that one.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def close(self) -> None:
        """Let go of the file. Closing twice does nothing."""
        with self._lock:
            self._connection.close()

    def _upgrade(self) -> None:
        with self.writing() as connection:
            (version,) = connection.execute("pragma user_version").fetchone()
            if version > len(_SCHEMA):
                raise StoreError(
                    f"{self.path} was written by a newer Landed: upgrade this one to open it"
                )
            for number, name in enumerate(_SCHEMA[version:], start=version + 1):
                text = resources.files(__package__).joinpath(name).read_text("utf-8")
                for statement in text.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version = {number}")


def seconds(moment: datetime) -> int:
    """A moment as whole seconds since 1970, as it is stored."""
    return int(moment.timestamp())


def moment(stored: int) -> datetime:
    """A stored number of seconds since 1970 as a moment."""
    return datetime.fromtimestamp(stored, UTC)


def moment_or_none(stored: int | None) -> datetime | None:
    """As `moment`, where there may be none."""
    return None if stored is None else moment(stored)
