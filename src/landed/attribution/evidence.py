"""Collecting statements into rows of the table `evidence`.

Text columns are dictionary-encoded: a repository with line-level notes has a million statements
and a few thousand different texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from landed.attribution.matching import Statement
from landed.attribution.signals import SignalTable
from landed.sources.claims import Claim, Contributor

_TEXT = ("who", "agent", "model", "grade", "source", "rule", "session")
_PLACE = ("commit_index", "path_index", "first_line", "last_line")
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [(name, pa.int32()) for name in _PLACE] + [(name, _DICTIONARY) for name in _TEXT]
)
"""The columns of `evidence` without repository and number."""


class EvidenceRows:
    """Statements in the order in which they were found."""

    def __init__(self, signals: SignalTable) -> None:
        self._signals = signals
        self._places: dict[str, list[int | None]] = {name: [] for name in _PLACE}
        self._spans: list[int] = []
        self._texts: dict[str, list[str | None]] = {name: [] for name in _TEXT}

    def add_statement(self, commit_index: int, statement: Statement) -> None:
        """Add what a signal says of a whole commit."""
        self._add_place(commit_index, None, None, None)
        self._add_texts(1, statement)

    def add_claim(self, commit_index: int, path_index: int, claim: Claim, source: str) -> None:
        """Add what a record says of lines of a path at a commit."""
        for first, last in claim.ranges:
            self._add_place(commit_index, path_index, first, last)
        self._add_texts(len(claim.ranges), self._of_contributor(claim, source))

    def table(self) -> pa.Table:
        """Return the rows with the columns of `SCHEMA`."""
        spread = np.repeat(np.arange(len(self._spans)), self._spans)
        columns: dict[str, Any] = {
            name: pa.array(values, pa.int32()) for name, values in self._places.items()
        }
        for name, values in self._texts.items():
            columns[name] = pa.array(values, pa.string()).dictionary_encode().take(spread)
        return pa.table(columns, schema=SCHEMA)

    def _add_place(
        self, commit: int, path: int | None, first: int | None, last: int | None
    ) -> None:
        places = self._places
        places["commit_index"].append(commit)
        places["path_index"].append(path)
        places["first_line"].append(first)
        places["last_line"].append(last)

    def _add_texts(self, rows: int, statement: Statement) -> None:
        self._spans.append(rows)
        for name, value in zip(_TEXT, statement, strict=True):
            self._texts[name].append(value)

    def _of_contributor(self, claim: Claim, source: str) -> Statement:
        contributor = self._known(claim.contributor)
        agent = contributor.tool
        return Statement(
            who=contributor.who,
            agent=None if agent is None else self._signals.agent(agent),
            model=contributor.model,
            grade="none" if contributor.who == "unknown" else "recorded",
            source=source,
            rule=claim.key,
            session=contributor.session,
        )

    def _known(self, contributor: Contributor) -> Contributor:
        """Return the contributor; one that only stands in for an agent is unknown."""
        if (contributor.tool or "").lower() in self._signals.stand_ins:
            return Contributor("unknown", session=contributor.session)
        return contributor


def whole_commits(commits: Sequence[int] | np.ndarray[Any, Any], statement: Statement) -> pa.Table:
    """Return one row for each commit that all say the same."""
    rows = len(commits)
    columns: dict[str, Any] = {"commit_index": pa.array(commits, pa.int32())}
    columns |= {name: pa.nulls(rows, pa.int32()) for name in _PLACE[1:]}
    for name, value in zip(_TEXT, statement, strict=True):
        texts = pa.array([value], pa.string()).dictionary_encode()
        columns[name] = texts.take(pa.array(np.zeros(rows, dtype=np.int32)))
    return pa.table(columns, schema=SCHEMA)


def encoded(rows: pa.Table) -> pa.Table:
    """Return rows of `evidence` with their texts dictionary-encoded, columns in the given order."""
    for at, name in enumerate(rows.column_names):
        if pa.types.is_string(rows.schema.field(name).type):
            rows = rows.set_column(at, name, rows[name].dictionary_encode())
    return rows


def numbered(rows: Sequence[pa.Table], first: int) -> pa.Table:
    """Return all rows in one table with the column `evidence`, numbered from `first`."""
    table = pa.concat_tables(rows).unify_dictionaries().combine_chunks()
    numbers = np.arange(first, first + table.num_rows, dtype=np.int32)
    return table.append_column("evidence", pa.array(numbers))


def undecided(affected: pa.Array, decisions: pa.Table) -> pa.Table:
    """Return rows of `commit_attribution` for affected commits about which nothing decides.

    They take the place of an earlier decision that no longer holds.
    """
    left = np.setdiff1d(
        affected.to_numpy(zero_copy_only=False), decisions["commit_index"].to_numpy()
    )
    rows = len(left)
    return encoded(
        pa.table(
            {
                "commit_index": pa.array(left, pa.int32()),
                "who": pa.array(["unknown"] * rows, pa.string()),
                "agent": pa.nulls(rows, pa.string()),
                "model": pa.nulls(rows, pa.string()),
                "grade": pa.array(["none"] * rows, pa.string()),
                "evidence": pa.nulls(rows, pa.int32()),
            }
        )
    )
