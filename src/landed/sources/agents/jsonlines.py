"""Reading a file of lines that grows: only what is new, in parts, whole lines only.

A position says how far a file was read and how it began. A file that shrank or begins otherwise
is another file: it is read from its beginning, and the reader is told so.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from landed.sources.agents.contract import Reading

_PART_BYTES = 8 << 20
_HEAD_BYTES = 1024
_LARGEST = 1 << 62
_LOOK_BACK_BYTES = 64 << 10
_ESCAPE = re.compile(
    rb"\\\\"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
LONGEST_LINE = 256 << 20
"""A line longer than this is passed over: no agent writes one, and memory is finite."""


class Part(NamedTuple):
    """Some new lines of a file.

    `text` is those lines as they stand, each with its newline; `lines` parts them.
    `position` resumes after them. `unfinished` is what follows the last newline at the end of the
    file: it may still be growing, so the position does not pass it; read it if it is whole (keys
    make a second reading harmless), count it as torn if not. `restarted` is true for the first
    part of a file that is not the one read before. `overlong` counts lines passed over.
    """

    text: bytes
    unfinished: bytes
    position: dict[str, Any]
    restarted: bool
    overlong: int

    @property
    def lines(self) -> list[bytes]:
        """The lines without newlines, empty ones left out."""
        return [line for line in self.text.split(b"\n") if line and not line.isspace()]


def objects_of(text: bytes, reading: Reading) -> Iterator[dict[str, Any]]:
    """Yield the JSON object of each line of a text; a line that is none is a fault of `reading`."""
    loads, find, whole = orjson.loads, text.find, memoryview(text)
    begin, size = 0, len(text)
    while begin < size:
        end = find(b"\n", begin)
        if end < 0:
            end = size
        try:
            value = loads(whole[begin:end])
        except orjson.JSONDecodeError:
            line = text[begin:end]
            value = None if not line or line.isspace() else object_of(line, reading)
            if value is not None:
                yield value
        else:
            if type(value) is dict:
                yield value
            else:
                reading.fault("not-an-object")
        begin = end + 1


def object_of(line: bytes, reading: Reading) -> dict[str, Any] | None:
    """Return the JSON object that a line holds, or None and a fault of `reading` if it is none.

    Halves of characters outside the basic plane, which cut-off output leaves, are replaced.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            value = orjson.loads(_ESCAPE.sub(_whole_character, line))
        except orjson.JSONDecodeError:
            reading.fault("not-json")
            return None
    if isinstance(value, dict):
        return value
    reading.fault("not-an-object")
    return None


def _whole_character(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape["half"] else escape[0]


def new_lines(
    path: Path, position: dict[str, Any] | None, until: int | None = None
) -> Iterator[Part]:
    """Yield the whole lines of `path` since `position`.

    The size is taken once, at the beginning: what is written meanwhile is for the next reading.
    At least one part is yielded. The file is taken to end at the byte `until`, if given.

    Raises:
        OSError: the file cannot be opened or read.
    """
    with path.open("rb", buffering=0) as file:
        size = min(file.seek(0, 2), _LARGEST if until is None else until)
        offset = _resume(file, size, position)
        restarted = position is not None and offset == 0 and position["offset"] > 0
        file.seek(0)
        head = file.read(min(size, _HEAD_BYTES))
        file.seek(offset)
        carried = b""
        overlong = 0
        skipping = False
        at = offset
        while True:
            wanted = min(_PART_BYTES, size - at)
            block = file.read(wanted) if wanted > 0 else b""
            at += len(block)
            ended = not block or at >= size
            text = carried + block
            cut = text.rfind(b"\n") + 1
            whole, carried = text[:cut], text[cut:]
            if skipping and cut:
                whole = whole[whole.index(b"\n") + 1 :]
                skipping = False
            if skipping or (len(carried) > LONGEST_LINE and not ended):
                overlong += not skipping
                skipping, carried = True, b""
            if not whole and not ended:
                continue
            resume = at - len(carried)
            yield Part(
                whole,
                carried if ended and not skipping else b"",
                _position(resume, head),
                restarted,
                overlong,
            )
            restarted, overlong = False, 0
            if ended:
                return


def last_line_with(path: Path, text: bytes, until: int) -> bytes | None:
    """Return the last whole line before the byte `until` that holds `text`, None if none does.

    It is looked for from the end, so that what was written last is found at once.

    Raises:
        OSError: the file cannot be opened or read.
    """
    wanted = _LOOK_BACK_BYTES
    with path.open("rb", buffering=0) as file:
        while True:
            begin = max(0, until - wanted)
            file.seek(begin)
            block = file.read(until - begin)
            found = block.rfind(text)
            start = block.rfind(b"\n", 0, found) + 1 if found >= 0 else 0
            if found >= 0 and (start or not begin):
                end = block.find(b"\n", found)
                return block[start : end if end >= 0 else len(block)]
            if not begin:
                return None
            wanted *= 8


def _resume(file: Any, size: int, position: dict[str, Any] | None) -> int:
    """Return where to go on: 0 where the file is not the one that the position speaks of."""
    if position is None:
        return 0
    offset = int(position["offset"])
    if offset > size:
        return 0
    file.seek(0)
    head = file.read(int(position["head_bytes"]))
    return offset if _digest(head) == position["head"] else 0


def _position(offset: int, head: bytes) -> dict[str, Any]:
    known = head[:offset]
    return {"offset": offset, "head_bytes": len(known), "head": _digest(known)}


def _digest(head: bytes) -> str:
    return hashlib.blake2b(head, digest_size=8).hexdigest()
