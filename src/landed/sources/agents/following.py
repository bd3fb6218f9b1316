"""Following a file of JSON lines: what is new, with the reader's memory carried along.

A follower sees one record after the other and writes rows into the reading. Its memory is plain
JSON that goes into the store: it holds identifiers, numbers, times and paths, and never a text of
a prompt or a line of code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import orjson

from landed.sources.agents.contract import Log, Reading
from landed.sources.agents.jsonlines import new_lines, object_of


class Follower(Protocol):
    """What one reader makes of the records of one file."""

    def see(self, record: dict[str, Any], reading: Reading) -> None:
        """Take one record in."""
        ...

    def close(self, reading: Reading) -> None:
        """Write the rows that go on growing (sessions, turns, spans), as far as they are."""
        ...

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on, of JSON values."""
        ...


Begin = Callable[[dict[str, Any], int], Follower]


def file_log(path: Path) -> Log | None:
    """Return a file as a log, or None where it is gone or not to be seen."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Log(path, f"{status.st_size}:{status.st_mtime_ns}")


def follow(
    log: Log,
    state: dict[str, Any] | None,
    version: int,
    begin: Begin,
) -> Iterator[Reading]:
    """Yield the readings of a log's new lines.

    `begin` makes a follower from its memory (empty at the beginning of a file) and the byte from
    which it goes on. A state of another `version` of the reader is not understood: the file is
    read from its beginning.

    A last line without a newline is seen if it is whole, in a reading of its own whose state
    stands before it.
    """
    known = state if state is not None and state.get("version") == version else {}
    position = known.get("position")
    follower = begin(known.get("memory", {}), position["offset"] if position else 0)
    try:
        for part in new_lines(log.path, position):
            if part.restarted:
                follower = begin({}, 0)
            reading = Reading()
            if part.overlong:
                reading.fault("overlong-line", part.overlong)
            for line in part.lines:
                record = object_of(line, reading)
                if record is not None:
                    follower.see(record, reading)
            follower.close(reading)
            reading.state = {
                "version": version,
                "position": part.position,
                "memory": orjson.loads(orjson.dumps(follower.memory())),
            }
            yield reading
            if part.unfinished.strip():
                yield _of_last_line(part.unfinished, reading.state, begin)
    except OSError:
        reading = Reading(state=state)
        reading.fault("unreadable-file")
        yield reading


def _of_last_line(line: bytes, state: dict[str, Any], begin: Begin) -> Reading:
    reading = Reading(state=state)
    record = object_of(line, reading)
    if record is None:
        reading.faults = {"torn-line": 1}
    else:
        follower = begin(state["memory"], state["position"]["offset"])
        follower.see(record, reading)
        follower.close(reading)
    return reading
