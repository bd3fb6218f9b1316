"""The inbox: what many producers tell, kept safe until the owner of the store reads it in.

A SQLite file in the workspace. What `put` returned from is on the disk; what was put before, waits
or was read in, is not taken again. Rows are read in order by one reader, which says when it is
done with them.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Self

from landed.errors import StoreError

NAME = "inbox.db"
"""Name of the file in a workspace."""
REMEMBERED = timedelta(days=14)
"""So long keys of rows that were read in are known, so that a repetition is not taken again."""
WAITING_BYTES = 64 * 1024 * 1024
"""Payloads of so many bytes, more or less, are handed out at once."""

_BUSY_SECONDS = 30.0
_BUSY_PAUSE = 0.01
_FORMAT = 1
_PRAGMAS = (
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    "pragma journal_size_limit = 67108864",
)
_TABLES = """
create table if not exists waiting (
    position integer primary key autoincrement,
    digest blob not null unique,
    source text not null,
    key text not null,
    payload blob not null,
    received_at integer not null
);
create table if not exists taken (
    digest blob primary key,
    day integer not null
) without rowid;
create table if not exists set_aside (
    position integer primary key,
    digest blob not null unique,
    source text not null,
    key text not null,
    payload blob not null,
    received_at integer not null,
    reason text not null
);
create table if not exists held (
    rows integer not null,
    bytes integer not null
);
insert into held select 0, 0 where not exists (select 1 from held);
create trigger if not exists waiting_more after insert on waiting begin
    update held set rows = rows + 1, bytes = bytes + length(new.payload);
end;
create trigger if not exists waiting_less after delete on waiting begin
    update held set rows = rows - 1, bytes = bytes - length(old.payload);
end;
"""
_PUT = """
insert or ignore into waiting (digest, source, key, payload, received_at)
select ?1, ?2, ?3, ?4, ?5
where not exists (select 1 from taken where digest = ?1)
  and not exists (select 1 from set_aside where digest = ?1)
"""
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row to put: `source` names who reads it in, `key` is the same whenever it is told again.

    `payload` holds normalised records, as JSON; never text of prompts, code or commands.
    """

    source: str
    key: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits; `position` grows with the order of arrival, `received_at` is UTC."""

    position: int
    source: str
    key: str
    payload: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read in, and why; it is kept until it is put back or dropped."""

    row: Waiting
    reason: str


class Inbox:
    """One inbox; many processes and threads may put into it at once.

    Every method may raise StoreError: the file cannot be read or written, as on a full disk; what
    was asked for then did not happen, or happened whole.
    """

    def __init__(self, path: Path) -> None:
        """Open the inbox, and make it where there is none.

        Raises:
            StoreError: the file cannot be made or is no inbox.
        """
        self.path = path
        self._lock = threading.Lock()
        self._swept = 0
        self._last_size = 0
        try:
            path.touch(mode=0o600)
            self._database = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error
        try:
            self._prepare()
        except BaseException:
            self._database.close()
            raise

    def put(self, rows: Sequence[Incoming]) -> int:
        """Keep rows durably, all or none; return how many of them were not known yet.

        A row whose source and key were put before, within `REMEMBERED` of being read in, is
        known: the former payload stays.
        """
        if not rows:
            return 0
        now = time.time_ns() // 1000
        with self._writing() as database:
            before = _held(database)[0]
            database.executemany(
                _PUT,
                (
                    (_digest(row.source, row.key), row.source, _text(row.key), row.payload, now)
                    for row in rows
                ),
            )
            return _held(database)[0] - before

    def waiting(
        self, limit: int, *, after: int = 0, limit_bytes: int = WAITING_BYTES
    ) -> list[Waiting]:
        """The first rows that wait, in order of arrival, of positions beyond `after`.

        At most `limit` rows, and no more of them once their payloads come to `limit_bytes`.
        """
        found, size = [], 0
        with self._reading() as database:
            rows = database.execute(
                "select position, source, key, payload, received_at from waiting "
                "where position > ? order by position limit ?",
                (after, limit),
            )
            for row in rows:
                found.append(_waiting(row))
                size += len(row[3])
                if size >= limit_bytes:
                    break
            rows.close()
        return found

    def done(self, positions: Iterable[int]) -> None:
        """Forget rows that were read in; their keys stay known for a while."""
        today = _today()
        chosen = [(position,) for position in positions]
        with self._writing() as database:
            database.executemany(
                "insert or ignore into taken select digest, "
                f"{today} from waiting where position = ?",
                chosen,
            )
            database.executemany("delete from waiting where position = ?", chosen)
            if self._swept != today:
                oldest = today - REMEMBERED.days
                database.execute("delete from taken where day < ?", (oldest,))
                self._swept = today

    def set_aside(self, position: int, reason: str) -> None:
        """Take a row that cannot be read in out of the way of the others, and keep it."""
        with self._writing() as database:
            database.execute(
                "insert or ignore into set_aside "
                "select position, digest, source, key, payload, received_at, ? "
                "from waiting where position = ?",
                (reason, position),
            )
            database.execute("delete from waiting where position = ?", (position,))

    def aside(self) -> list[SetAside]:
        """All rows that were set aside, in order of arrival."""
        with self._reading() as database:
            found = database.execute(
                "select position, source, key, payload, received_at, reason "
                "from set_aside order by position"
            ).fetchall()
        return [SetAside(_waiting(row[:5]), row[5]) for row in found]

    def put_back(self) -> int:
        """Let all rows that were set aside wait again, last of all; return how many.

        For when what hindered them is mended, as by a newer version.
        """
        with self._writing() as database:
            moved = database.execute(
                "insert into waiting (digest, source, key, payload, received_at) "
                "select digest, source, key, payload, received_at from set_aside order by position"
            ).rowcount
            database.execute("delete from set_aside")
        return moved

    def count(self) -> int:
        """How many rows wait."""
        with self._reading() as database:
            return _held(database)[0]

    def size_bytes(self) -> int:
        """Bytes of the payloads that wait."""
        with self._reading() as database:
            self._last_size = _held(database)[1]
        return self._last_size

    @property
    def last_size(self) -> int:
        """Bytes of the payloads that waited after the last change by this object; never blocks."""
        return self._last_size

    def count_aside(self) -> int:
        """How many rows were set aside."""
        with self._reading() as database:
            return int(database.execute("select count(*) from set_aside").fetchone()[0])

    def oldest(self) -> datetime | None:
        """When the row came that waits longest (UTC); None where none waits."""
        with self._reading() as database:
            found = database.execute(
                "select received_at from waiting order by position limit 1"
            ).fetchone()
        return None if found is None else _moment(found[0])

    def close(self) -> None:
        """Give the file free."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _prepare(self) -> None:
        with self._failing():
            self._set_up()
            found = int(self._database.execute("pragma user_version").fetchone()[0])
        if found > _FORMAT:
            raise StoreError(f"{self.path} was written by a newer version of Landed: update Landed")
        if found < _FORMAT:
            with self._failing():
                self._database.executescript(
                    f"begin immediate; {_TABLES} pragma user_version = {_FORMAT}; commit;"
                )
        self.size_bytes()

    def _set_up(self) -> None:
        """Say how the file is to be written.

        Where several processes make it at once, SQLite refuses all but one of them without waiting.
        """
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                for pragma in _PRAGMAS:
                    self._database.execute(pragma)
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(_BUSY_PAUSE)
            else:
                return

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._failing():
            yield self._database

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on the disk at the end, or nothing of it."""
        with self._lock, self._failing():
            self._database.execute("begin immediate")
            try:
                yield self._database
                size = _held(self._database)[1]
                self._database.execute("commit")
                self._last_size = size
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("rollback")
                raise

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


def _digest(source: str, key: str) -> bytes:
    return blake2b(f"{source}\0{key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _text(key: str) -> str:
    """A key as SQLite can hold it: JSON may hold halves of characters, which no text may."""
    return key.encode("utf-8", "backslashreplace").decode()


def _held(database: sqlite3.Connection) -> tuple[int, int]:
    rows, size = database.execute("select rows, bytes from held").fetchone()
    return rows, size


def _waiting(row: tuple[int, str, str, bytes, int]) -> Waiting:
    position, source, key, payload, received_at = row
    return Waiting(position, source, key, payload, _moment(received_at))


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


def _today() -> int:
    """Days since 1970, UTC."""
    return int(time.time() // 86400)


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"cannot use the inbox {path}: {error}; see whether the disk is full or the file "
        "is damaged, and move a damaged one away"
    )
