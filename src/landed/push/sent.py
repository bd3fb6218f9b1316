"""What a server has acknowledged: one number for each row, so that no row is sent twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from landed.records import TIMESTAMP

NAME = "sent.db"
Digests = npt.NDArray[np.int64]


def digests(table: str, rows: pa.Table) -> Digests:
    """A number for each row: another once anything in the row has changed."""
    columns = [
        (column.cast(pa.int64()) if column.type == TIMESTAMP else column).to_pylist()
        for column in rows.columns
    ]
    start = table.encode()
    found = [
        hashlib.blake2b(start + orjson.dumps(row), digest_size=8).digest()
        for row in zip(*columns, strict=True)
    ]
    return np.frombuffer(b"".join(found), dtype="<i8").astype(np.int64)


class Sent:
    """The rows that one server has acknowledged, in a file beside what was read for it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME

    def unknown(self, rows: Digests) -> npt.NDArray[np.bool_]:
        """Which of the rows have not been acknowledged."""
        return ~np.isin(rows, self._known())

    def acknowledge(self, rows: Sequence[Digests]) -> None:
        """Note that the server has these rows."""
        with closing(self._connect()) as connection, connection:
            connection.executemany("insert or ignore into sent values (?)", _values(rows))

    def _known(self) -> Digests:
        if not self._path.exists():
            return np.empty(0, dtype=np.int64)
        with closing(self._connect()) as connection:
            rows = connection.execute("select digest from sent").fetchall()
        return np.array([digest for (digest,) in rows], dtype=np.int64)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        self._path.chmod(0o600)
        connection.execute("create table if not exists sent (digest integer primary key)")
        return connection


def _values(rows: Sequence[Digests]) -> Iterable[tuple[int]]:
    return ((int(digest),) for part in rows for digest in part)
