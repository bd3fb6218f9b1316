"""From what readers yield to rows of the store: identifiers, times and keyed hashes, no text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
from siphashc import siphash

from landed.attribution.sessions.folders import normalised_remote
from landed.ledger.hashing import LineHasher
from landed.records import TABLES, TIMESTAMP
from landed.sources.agents.contract import Edit, Reading

_LARGEST_TIME = 253_402_300_799_000_000
"""The last microsecond of the year 9999: what Arrow, DuckDB and Python can all show."""
_LARGEST_COUNT = 2**53
_LARGEST_LINE = 2**31 - 1
"""A line number beyond it, which only a damaged log has, is told as none."""


@dataclass
class Batch:
    """Readings of one or more agents, waiting to be written together."""

    key: bytes
    machine_user: str
    readings: list[tuple[str, Reading]] = field(default_factory=list)
    lines: int = 0

    def add(self, agent: str, reading: Reading) -> None:
        """Take a reading in; times and counts that no store can hold are counted as faults."""
        _sanitise(reading)
        self.readings.append((agent, reading))
        self.lines += sum(
            len(change.added) + len(change.removed)
            for edit in reading.edits
            for change in edit.changes
        )
        self.lines += sum(edit.before.count("\n") for edit in reading.edits if edit.before)
        self.lines += len(reading.calls) + len(reading.turns)

    def edit_id(self, agent: str, name: str) -> int:
        """The id of an edit: the same wherever and whenever its log is read."""
        text = f"{agent}\0{name}".encode("utf-8", "surrogatepass")
        return int(siphash(self.key, text))

    def tables(self) -> dict[str, pa.Table]:
        """The rows of every table but those of the edits, by table."""
        agents = [agent for agent, _ in self.readings]
        found = {
            "session": _columns("session", agents, [r.sessions for _, r in self.readings]),
            "turn": _columns("turn", agents, [r.turns for _, r in self.readings]),
            "model_call": _columns("model_call", agents, [r.calls for _, r in self.readings]),
            "tool_decision": _columns(
                "tool_decision", agents, [r.decisions for _, r in self.readings]
            ),
            "activity": _columns("activity", agents, [r.activities for _, r in self.readings]),
            "session_reference": _columns(
                "session_reference", agents, [r.references for _, r in self.readings]
            ),
        }
        users = pa.repeat(pa.scalar(self.machine_user), found["session"].num_rows)
        found["session"] = found["session"].append_column("machine_user", users)
        return found

    def edits(self) -> list[tuple[int, str, Edit]]:
        """Every edit with its id and agent, the earliest of those that have one id first."""
        every = [
            (self.edit_id(agent, edit.edit), agent, edit)
            for agent, reading in self.readings
            for edit in reading.edits
        ]
        every.sort(key=lambda row: (row[2].at, row[2].session))
        first = {number: (number, agent, edit) for number, agent, edit in reversed(every)}
        return list(first.values())[::-1]


_CONTRACT_NAMES = {"happened_at": "at", "actor": "by"}


def _columns(table: str, agents: Sequence[str], parts: Sequence[Sequence[Any]]) -> pa.Table:
    """Records of the contract as columns of the table of the same meaning."""
    every = list(chain.from_iterable(parts))
    counts = [len(part) for part in parts]
    columns: dict[str, pa.Array] = {}
    for column in TABLES[table].columns:
        if column.name in ("repository", "machine_user"):
            continue
        if column.name == "agent":
            names = pa.array(agents, pa.string()).dictionary_encode()
            columns["agent"] = names.take(pa.array(np.repeat(np.arange(len(counts)), counts)))
            continue
        name = _CONTRACT_NAMES.get(column.name, column.name)
        values = [getattr(record, name) for record in every]
        columns[column.name] = _array(values, column.type)
    return pa.table(columns)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if kind == TIMESTAMP:
        return pa.array(values, pa.int64()).cast(TIMESTAMP)
    if pa.types.is_string(kind):
        try:
            return pa.array(values, kind)
        except UnicodeEncodeError:
            return pa.array([_speakable(value) for value in values], kind)
    return pa.array(values, kind)


def _speakable(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def edit_rows(edits: Sequence[tuple[int, str, Edit]]) -> pa.Table:
    """Rows of the table `edit`."""
    records = [edit for _, _, edit in edits]
    columns: dict[str, pa.Array] = {
        "edit": pa.array([number for number, _, _ in edits], pa.uint64()),
        "agent": pa.array([agent for _, agent, _ in edits], pa.string()),
        "name": _array([edit.edit for edit in records], pa.string()),
        "lines_added": pa.array(
            [sum(len(change.added) for change in edit.changes) for edit in records], pa.int32()
        ),
        "lines_removed": pa.array(
            [sum(len(change.removed) for change in edit.changes) for edit in records], pa.int32()
        ),
        "before_lines": pa.array([_line_count(edit.before) for edit in records], pa.int32()),
    }
    for column in TABLES["edit"].columns:
        if column.name not in columns and column.name != "repository":
            name = _CONTRACT_NAMES.get(column.name, column.name)
            values = [getattr(edit, name) for edit in records]
            columns[column.name] = _array(values, column.type)
    return pa.table(columns)


def _line_count(text: str | None) -> int | None:
    return None if text is None else len(_lines(text))


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def edit_line_rows(edits: Iterable[tuple[int, str, Edit]], hasher: LineHasher) -> pa.Table:
    """Rows of the table `edit_line`."""
    number: list[int] = []
    added: list[bool] = []
    ordinal: list[int] = []
    change_of: list[int] = []
    line_number: list[int | None] = []
    texts: list[bytes] = []
    for edit_number, _, edit in edits:
        position = {True: 0, False: 0}
        for place, change in enumerate(edit.changes):
            for side, lines, start in (
                (False, change.removed, change.old_start),
                (True, change.added, change.new_start),
            ):
                count = len(lines)
                number += [edit_number] * count
                added += [side] * count
                change_of += [place] * count
                ordinal += range(position[side], position[side] + count)
                position[side] += count
                if start is None or abs(start) + count > _LARGEST_LINE:
                    line_number += [None] * count
                else:
                    line_number += range(start, start + count)
                texts += encoded(lines)
    text_hash, token_hash, trivial = hasher.hash_lines(texts)
    return pa.table(
        {
            "edit": pa.array(number, pa.uint64()),
            "added": pa.array(added, pa.bool_()),
            "ordinal": pa.array(ordinal, pa.int32()),
            "change": pa.array(change_of, pa.int32()),
            "line_number": pa.array(line_number, pa.int32()),
            "text_hash": pa.array(text_hash),
            "token_hash": pa.array(token_hash),
            "trivial": pa.array(trivial),
        }
    )


def edit_before_rows(edits: Iterable[tuple[int, str, Edit]], hasher: LineHasher) -> pa.Table:
    """Rows of the table `edit_before`: every line of the files that edits found."""
    number: list[int] = []
    line_number: list[int] = []
    texts: list[bytes] = []
    for edit_number, _, edit in edits:
        if edit.before:
            lines = _lines(edit.before)
            number += [edit_number] * len(lines)
            line_number += range(1, len(lines) + 1)
            texts += encoded(lines)
    text_hash, trivial = hasher.hash_texts(texts)
    return pa.table(
        {
            "edit": pa.array(number, pa.uint64()),
            "line_number": pa.array(line_number, pa.int32()),
            "text_hash": pa.array(text_hash),
            "trivial": pa.array(trivial),
        }
    )


def encoded(lines: Sequence[str]) -> list[bytes]:
    """Lines as bytes, one each: what git would hash of them."""
    if not lines:
        return []
    whole = "\n".join(lines).encode("utf-8", "surrogatepass").split(b"\n")
    if len(whole) == len(lines):
        return whole
    # a plug-in's line with a newline inside is one line all the same
    return [line.encode("utf-8", "surrogatepass").replace(b"\n", b" ") for line in lines]


def _sanitise(reading: Reading) -> None:
    """Take out what no table can hold; counted, so that nothing is lost in silence.

    Credentials in the addresses of remotes are dropped without a word.
    """
    for session in reading.sessions:
        session.remote = session.remote and normalised_remote(session.remote)
    for reference in reading.references:
        if reference.kind == "remote":
            reference.value = normalised_remote(reference.value)
    for name in ("sessions", "turns", "activities"):
        kept = [
            record
            for record in getattr(reading, name)
            if 0 <= record.started_at <= _LARGEST_TIME and 0 <= record.ended_at <= _LARGEST_TIME
        ]
        _replace(reading, name, kept, "bad-time")
    for name in ("calls", "edits", "decisions", "references"):
        kept = [record for record in getattr(reading, name) if 0 <= record.at <= _LARGEST_TIME]
        _replace(reading, name, kept, "bad-time")
    counts = (
        "input_tokens",
        "cache_read_tokens",
        "cache_write_5m_tokens",
        "cache_write_1h_tokens",
        "output_tokens",
        "reasoning_tokens",
        "web_searches",
    )
    sound = [
        call
        for call in reading.calls
        if all(0 <= getattr(call, name) <= _LARGEST_COUNT for name in counts)
    ]
    _replace(reading, "calls", sound, "bad-count")


def _replace(reading: Reading, name: str, kept: list[Any], fault: str) -> None:
    lost = len(getattr(reading, name)) - len(kept)
    if lost:
        reading.fault(fault, lost)
        setattr(reading, name, kept)
