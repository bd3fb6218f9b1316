"""Reading agents' logs in tests: all readings of a log as tables of rows by key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, settings

from landed.sources.agents.contract import (
    Activity,
    AgentReader,
    Call,
    Decision,
    Edit,
    Log,
    Reading,
    Reference,
    Session,
    Turn,
)

AT_LEISURE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""For properties that write files: each example overwrites what the last one wrote."""


@dataclass
class Rows:
    """What readings bring, one row a key: the last one counts."""

    sessions: dict[str, Session] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    edits: dict[str, Edit] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    activities: dict[tuple[str, str, int], Activity] = field(default_factory=dict)
    references: dict[tuple[str, str, str], Reference] = field(default_factory=dict)

    def add(self, readings: Iterable[Reading]) -> dict[str, Any] | None:
        """Take readings in and return the state of the last."""
        state = None
        for reading in readings:
            self.sessions |= {row.session: row for row in reading.sessions}
            self.turns |= {row.turn: row for row in reading.turns}
            self.calls |= {row.call: row for row in reading.calls}
            self.edits |= {row.edit: row for row in reading.edits}
            self.decisions |= {row.decision: row for row in reading.decisions}
            self.activities |= {
                (row.session, row.by, row.started_at): row for row in reading.activities
            }
            for row in reading.references:
                self.references.setdefault((row.session, row.kind, row.value), row)
            # A state is kept in the store as JSON.
            state = orjson.loads(orjson.dumps(reading.state))
        return state

    @property
    def tokens(self) -> tuple[int, int, int, int]:
        """Input read from no cache, input read from one, output, the reasoning in it."""
        calls = self.calls.values()
        return (
            sum(call.input_tokens for call in calls),
            sum(call.cache_read_tokens for call in calls),
            sum(call.output_tokens for call in calls),
            sum(call.reasoning_tokens for call in calls),
        )

    def edited(self) -> list[tuple[str, str, str, list[str], list[str]]]:
        """Return the edits in order: file name, kind, status, lines put in and taken out."""
        return [
            (
                Path(edit.path).name,
                edit.kind,
                edit.status,
                [line for change in edit.changes for line in change.added],
                [line for change in edit.changes for line in change.removed],
            )
            for edit in self.edits.values()
        ]


def rows_of(reader: AgentReader, *paths: Path) -> Rows:
    """Return what a reader finds in logs that it has not read before."""
    rows = Rows()
    for path in paths:
        rows.add(reader.read(Log(path, ""), None))
    return rows


def rows_in_two_steps(reader: AgentReader, text: bytes, cut: int, path: Path) -> Rows:
    """Return what a reader finds in a file that is read when it has `cut` bytes, then whole."""
    rows = Rows()
    path.write_bytes(text[:cut])
    state = rows.add(reader.read(Log(path, ""), None))
    path.write_bytes(text)
    rows.add(reader.read(Log(path, ""), state))
    return rows


def faults_of(reader: AgentReader, path: Path) -> dict[str, int]:
    """Return what could not be understood in a log, by kind."""
    faults: dict[str, int] = {}
    for reading in reader.read(Log(path, ""), None):
        for kind, count in reading.faults.items():
            faults[kind] = faults.get(kind, 0) + count
    return faults
