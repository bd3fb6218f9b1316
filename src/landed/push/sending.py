"""Reading sessions for a server, and sending what it does not have yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.attribution.sessions.ingest import read_sessions
from landed.config import Settings
from landed.errors import UsageError
from landed.progress import Progress, quiet
from landed.push.batch import Batch, schema_of
from landed.push.client import ServerClient
from landed.push.connection import Connection
from landed.push.outgoing import SMALL, Outgoing, outgoing_rows
from landed.push.resolving import Names, Resolver
from landed.push.sent import Digests, Sent, digests
from landed.records import AGENTS
from landed.store import DATABASE_NAME, Store

ROWS_AT_ONCE = 20_000
"""So many rows are sent at once; the lines of one edit stay together."""
MOST_LINES = 150_000
"""An edit that has more lines is told of without them."""


@dataclass
class Pushed:
    """What was sent, or would be.

    `rows` counts by table; `batches` were sent. `left_out` counts rows that stay on this machine
    because they cannot be told in the words of the list, `without_lines` edits that are too large
    to be told with their lines. `new_key` says that the server hashes with another key than
    before, so that everything was read and is sent anew.
    """

    rows: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    without_lines: int = 0
    new_key: bool = False

    def add(self, batch: Batch) -> None:
        """Count one more batch."""
        self.batches += 1
        for name, count in batch.counts.items():
            self.rows[name] = self.rows.get(name, 0) + count


@dataclass(frozen=True)
class _Part:
    """A batch, and the numbers of its rows that are to be acknowledged with it."""

    batch: Batch
    rows: list[Digests]


def push(
    settings: Settings,
    connection: Connection,
    client: ServerClient,
    *,
    progress: Progress = quiet,
) -> Pushed:
    """Send what the server does not have of the sessions on this machine.

    What it acknowledged is not sent again, also where a run was interrupted.

    Raises:
        PushFailed: the server does not take it; what it took counts.
        StoreError: the store cannot be opened.
    """
    progress("asking the server for its key")
    result = Pushed(new_key=connection.keep_key(client.organisation_key()))
    sent = Sent(connection.directory)
    with _Work(settings, connection, sent, result, progress) as work:
        for part in work.parts():
            client.send(part.batch)
            sent.acknowledge(part.rows)
            result.add(part.batch)
    return result


def preview(
    settings: Settings, connection: Connection, result: Pushed, *, progress: Progress = quiet
) -> Iterator[Batch]:
    """Yield every batch that `push` would send now, counted in `result`; nothing is sent.

    Raises:
        UsageError: the server's key is not known yet.
    """
    sent = Sent(connection.directory)
    with _Work(settings, connection, sent, result, progress) as work:
        for part in work.parts():
            result.add(part.batch)
            yield part.batch


class _Work:
    """One reading of the logs for one server, and what is new in it."""

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        sent: Sent,
        result: Pushed,
        progress: Progress,
    ) -> None:
        key = connection.key()
        if key is None:
            raise UsageError(
                f"the key of {connection.host} is not known yet: run landed connect server "
                f"{connection.url} again"
            )
        self._own = settings
        self._settings = connection.settings(settings, key)
        self._names = Names(key, connection.machine)
        self._only = connection.only
        self._sent = sent
        self._result = result
        self._progress = progress
        read_sessions(self._settings, self._open, progress=progress)
        self._store = self._open()

    def __enter__(self) -> _Work:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def _open(self) -> Store:
        return Store.for_settings(self._settings, on_wait=self._progress)

    def parts(self) -> Iterator[_Part]:
        """What the server does not have, sessions first."""
        self._progress("finding where sessions belong")
        found = self._outgoing()
        self._result.left_out = found.left_out
        new: dict[str, tuple[pa.Table, Digests]] = {}
        for name in (*SMALL, "edit"):
            numbers = digests(name, found.tables[name])
            fresh = self._sent.unknown(numbers)
            new[name] = found.tables[name].filter(pa.array(fresh)), numbers[fresh]
        total = sum(rows.num_rows for rows, _ in new.values())
        done = 0
        for part in (*_small(new), *self._edits(*new["edit"])):
            self._progress("sending sessions", done, total)
            yield part
            done += sum(map(len, part.rows))

    def _outgoing(self) -> Outgoing:
        if not (self._own.workspace / DATABASE_NAME).is_file():
            resolver = Resolver(self._store, self._own, self._names, self._only)
            return outgoing_rows(self._store, resolver)
        with Store.for_settings(self._own, read_only=True, on_wait=self._progress) as own:
            resolver = Resolver(own, self._own, self._names, self._only)
            return outgoing_rows(self._store, resolver)

    def _edits(self, edits: pa.Table, numbers: Digests) -> Iterator[_Part]:
        """Edits with their lines, as many at a time as fit."""
        sizes = self._sizes(edits)
        start = 0
        while start < edits.num_rows:
            ends = np.cumsum(sizes[start:])
            count = max(1, int(np.searchsorted(ends, ROWS_AT_ONCE, side="right")))
            chosen = edits.slice(start, count)
            tables = {"edit": chosen}
            large = sizes[start] > MOST_LINES
            if large:
                self._result.without_lines += 1
            else:
                tables |= self._lines(chosen.select(["edit"]))
            yield _Part(Batch(tables), [numbers[start : start + count]])
            start += count

    def _sizes(self, edits: pa.Table) -> npt.NDArray[np.int64]:
        """How many rows each edit has, its lines among them."""
        counted = self._store.query(
            "select count(edit_line.edit) as lines from chosen left join"
            " (select edit from edit_line union all select edit from edit_before) as edit_line"
            " using (edit) group by chosen.position order by chosen.position",
            beside={
                "chosen": pa.table(
                    {"edit": edits["edit"], "position": pa.array(range(edits.num_rows), pa.int64())}
                )
            },
        )
        lines: npt.NDArray[np.int64] = counted["lines"].to_numpy()
        return lines + 1

    def _lines(self, edits: pa.Table) -> dict[str, pa.Table]:
        found = {}
        for name in ("edit_line", "edit_before"):
            schema = schema_of(name)
            columns = ", ".join(f'"{column}"' for column in schema.names)
            order = "edit, added, ordinal" if name == "edit_line" else "edit, line_number"
            found[name] = self._store.query(
                f"select {columns} from {name} where repository = ? and edit in"
                f" (select edit from chosen) order by {order}",
                [AGENTS],
                beside={"chosen": edits},
            ).cast(schema)
        return found


def _small(new: dict[str, tuple[pa.Table, Digests]]) -> Iterator[_Part]:
    """The rows of the small tables in batches, sessions first: what others rest on."""
    tables: dict[str, pa.Table] = {}
    numbers: list[Digests] = []
    room = ROWS_AT_ONCE
    for name in SMALL:
        rows, known = new[name]
        start = 0
        while start < rows.num_rows:
            count = min(room, rows.num_rows - start)
            tables[name] = rows.slice(start, count)
            numbers.append(known[start : start + count])
            start += count
            room -= count
            if not room:
                yield _Part(Batch(tables), numbers)
                tables, numbers, room = {}, [], ROWS_AT_ONCE
    if tables:
        yield _Part(Batch(tables), numbers)
