"""Rows of CSV, JSON and JSON Lines files, alike: the number of each, and its columns as text.

A CSV file begins with the names of its columns, separated by comma, semicolon or tabulator. A JSON
file is a list of objects, or an object that holds one list; JSON Lines has an object on each line.
Names of columns are told in lower case with `_` for blanks and dashes. A row that cannot be read is
told as a fault, and the others are read. The name `-` stands for standard input.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from landed.errors import UsageError

_LARGEST_FILE = 1 << 30
_LONGEST_TEXT = 10_000
_EPOCH = re.compile(r"\d{9,10}(\.\d+)?|\d{13}", re.ASCII)
_CLOCKS_DIFFER = timedelta(hours=1)
"""So far clocks of machines may go ahead of this one's."""
_MILLISECONDS = 13
"""So many digits have milliseconds since 1970."""

_TOO_MANY = ""
"""Under this name the reader puts cells that have no column; a column without name is none."""

Row = Mapping[str, str]
Record = TypeVar("Record")


class BadRow(ValueError):
    """A row that cannot be understood; the message says why."""


@dataclass
class FileRows(Generic[Record]):
    """What a file holds.

    Attributes:
        rows: what was understood, with the number of its line (CSV, JSON Lines) or its place in
            the list (JSON), from 1.
        faults: numbers of what was left out, and why.
        ignored: columns that mean nothing here.
    """

    rows: list[tuple[int, Record]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def read_file(
    path: Path,
    understand: Callable[[Row], Record],
    *,
    columns: Iterable[str],
    needed: Iterable[str],
) -> FileRows[Record]:
    """Read every row of a file with `understand`, which raises BadRow for one that is none.

    Raises:
        UsageError: the file cannot be read, is no such file, or lacks a column of `needed`.
    """
    found: FileRows[Record] = FileRows()
    known, seen = set(columns), dict[str, None]()
    for number, cells in _cells(path, set(needed)):
        try:
            if isinstance(cells, BadRow):
                raise cells
            row = {_column(name): _text(value) for name, value in cells.items()}
            seen |= dict.fromkeys(row)
            found.rows.append((number, understand(row)))
        except BadRow as fault:
            found.faults.append((number, str(fault)))
    found.ignored = tuple(name for name in seen if name not in known)
    return found


def moment(row: Row, column: str) -> datetime | None:
    """The time in a column: ISO 8601, in UTC where it has no zone, or seconds or
    milliseconds since 1970.

    None where it is empty. Raises BadRow for anything else.
    """
    text = row.get(column, "")
    if not text:
        return None
    try:
        if _EPOCH.fullmatch(text):
            seconds = float(text) / (1000 if len(text) == _MILLISECONDS else 1)
            return datetime.fromtimestamp(seconds, UTC)
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRow(f"{column} {text} is no time: write it as 2026-01-31T14:05:00Z") from None


def past_moment(row: Row, column: str) -> datetime | None:
    """As `moment`; BadRow too for a time to come, which no event has that is told of."""
    found = moment(row, column)
    if found is not None and found > datetime.now(UTC) + _CLOCKS_DIFFER:
        raise BadRow(f"{column} {row[column]} is yet to come: look at its year and time zone")
    return found


def needed_moment(row: Row, column: str) -> datetime:
    """As `past_moment`; BadRow where it is empty."""
    found = past_moment(row, column)
    if found is None:
        raise BadRow(f"no {column}")
    return found


def needed_text(row: Row, column: str) -> str:
    """The text in a column; BadRow where it is empty."""
    if not row.get(column):
        raise BadRow(f"no {column}")
    return row[column]


def optional_text(row: Row, column: str) -> str | None:
    """The text in a column; None where it is empty."""
    return row.get(column) or None


def _cells(path: Path, needed: set[str]) -> Iterator[tuple[int, Mapping[Any, Any] | BadRow]]:
    text = _content(path)
    start = text.lstrip()[:1]
    if start == "[":
        return _listed(path, text)
    if start == "{":
        return _lines(text)
    return _separated(path, text, needed)


def _content(path: Path) -> str:
    try:
        content = _bytes(path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > _LARGEST_FILE:
        raise UsageError(f"{path} is larger than 1 GiB: split it")
    # some programs export tables as UTF-16; what begins so is no UTF-8
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    if not text.strip():
        raise UsageError(f"{path} is empty: write CSV with a line of column names, or JSON")
    return text


def _bytes(path: Path) -> bytes:
    """The file, or standard input, up to one byte more than may be."""
    if str(path) == "-":
        return sys.stdin.buffer.read(_LARGEST_FILE + 1)
    with path.open("rb") as file:
        return file.read(_LARGEST_FILE + 1)


def _separated(
    path: Path, text: str, needed: set[str]
) -> Iterator[tuple[int, Mapping[Any, Any] | BadRow]]:
    delimiter = max(",;\t", key=text.lstrip("\n").partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey=_TOO_MANY)
    try:
        names = {_column(name) for name in reader.fieldnames or ()}
    except csv.Error as error:
        raise UsageError(f"{path} is no CSV file: {error}") from None
    missing = sorted(needed - names)
    if missing:
        raise UsageError(f"{path} has no column {', '.join(missing)}")
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield reader.line_num, BadRow(f"the rest is no CSV: {error}")
            return
        if cells is None:
            return
        if _TOO_MANY in cells:
            yield reader.line_num, BadRow("more cells than columns")
        else:
            yield reader.line_num, cells


def _listed(path: Path, text: str) -> Iterator[tuple[int, Mapping[Any, Any] | BadRow]]:
    yield from _objects(_parsed(path, text))


def _lines(text: str) -> Iterator[tuple[int, Mapping[Any, Any] | BadRow]]:
    """One object over the whole file, or one on each line."""
    try:
        whole = orjson.loads(text)
    except orjson.JSONDecodeError:
        whole = None
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list)]
        if len(lists) == 1 and all(isinstance(one, dict) for one in lists[0]):
            yield from _objects(lists[0])
        else:
            yield 1, whole
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield number, _object(orjson.loads(line))
            except orjson.JSONDecodeError:
                yield number, BadRow("no JSON")


def _parsed(path: Path, text: str) -> list[Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path} is no JSON: {error}") from None
    return found if isinstance(found, list) else [found]


def _objects(values: list[Any]) -> Iterator[tuple[int, Mapping[Any, Any] | BadRow]]:
    for number, value in enumerate(values, start=1):
        yield number, _object(value)


def _object(value: Any) -> Mapping[Any, Any] | BadRow:
    return value if isinstance(value, dict) else BadRow("no object with columns")


def _column(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _text(value: Any) -> str:
    """A cell as text; of JSON numbers, and lists of texts or numbers, as a CSV file has them."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(_text(one) for one in value)
    if isinstance(value, bool | dict):
        raise BadRow("a column holds what is no text")
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT:
        raise BadRow(f"a column holds more than {_LONGEST_TEXT:,} characters")
    return text
