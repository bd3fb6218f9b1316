"""From evidence to decisions: the strongest statement decides, for commits and for lines.

A statement about lines counts only for lines that were born in its commit, at its path and line
number. Where a commit has line-level evidence for an agent, the commit's own signals for that
agent add no line: what the record does not attest falls to the next evidence, or to nobody.

At equal grade, for a commit: AI before automation before human (a trailer on the commit is more
specific than what the configuration says of a person), then author, trailer, subject, body,
committer, the pull request that brought it, then the order of the message. For a line: the entry
that the record lists last, as git-ai itself reads its notes. `none` never decides.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

GRADES = ("recorded", "matched", "similar", "declared", "dated", "inferred", "none")
"""Evidence grades, strongest first."""

_WHO = ("ai", "mixed", "automation", "human", "unknown")
_SOURCES = (
    "git-ai",
    "agent-trace",
    "session",
    "author",
    "trailer",
    "subject",
    "body",
    "committer",
    "change",
    "configuration",
    "date",
    "capture",
)
_DECISION = ("who", "agent", "model", "grade", "evidence")
_NONE = GRADES.index("none")

Integers = npt.NDArray[np.int64]


class Decisions(NamedTuple):
    """Rows of `commit_attribution` and `line_attribution`, and how the line evidence fared.

    `covered` tells for each row of the evidence whether it covers any line (false for statements
    about a whole commit).
    """

    commits: pa.Table
    lines: pa.Table
    covered: npt.NDArray[np.bool_]


def decide(evidence: pa.Table, lines: pa.Table) -> Decisions:
    """Decide for every commit and line that `evidence` speaks of.

    `evidence` has the columns of the table `evidence`; `lines` has line, commit_index, path_index
    and line_number of all lines born in the commits that line-level statements name.
    """
    about_lines = _bools(pc.is_valid(evidence["path_index"]))
    grade = _ranks(evidence["grade"], GRADES)
    by_line = np.flatnonzero(about_lines)
    statement, place = covering(evidence.take(by_line), lines)
    statement = by_line[statement]
    covered = np.zeros(evidence.num_rows, dtype=bool)
    covered[statement] = True
    deciding = grade[statement] != _NONE
    line_rows = _decide_lines(
        evidence, _integers(lines["line"])[place[deciding]], statement[deciding], grade
    )
    recorded = np.unique(statement[deciding])
    candidates = np.flatnonzero(~about_lines & (grade != _NONE))
    candidates = candidates[~_outdone(evidence, candidates, recorded)]
    return Decisions(_decide_commits(evidence, candidates, grade), line_rows, covered)


def covering(statements: pa.Table, lines: pa.Table) -> tuple[Integers, Integers]:
    """Return pairs (row of `statements`, row of `lines`) where the statement covers the line."""
    born = _places(lines["commit_index"], lines["path_index"])
    stated = _places(statements["commit_index"], statements["path_index"])
    known, born_at = np.unique(born, return_inverse=True)
    slot = np.searchsorted(known, stated)
    slot[slot == len(known)] = 0
    there = known[slot] == stated if len(known) else np.zeros(len(stated), dtype=bool)
    keys = (born_at.astype(np.int64) << 32) | _integers(lines["line_number"])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    base = slot.astype(np.int64) << 32
    first = np.searchsorted(keys, base | _integers(statements["first_line"]), "left")
    end = np.searchsorted(keys, base | _integers(statements["last_line"]), "right")
    count = np.where(there, np.maximum(end - first, 0), 0)
    statement = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(statement)) - np.repeat(np.cumsum(count) - count, count)
    return statement, order[np.repeat(first, count) + within]


def _decide_lines(
    evidence: pa.Table, line: Integers, statement: Integers, grade: Integers
) -> pa.Table:
    source = _ranks(evidence["source"], _SOURCES)
    number = _integers(evidence["evidence"])
    order = np.lexsort((-number[statement], source[statement], grade[statement], line))
    chosen = order[_firsts(line[order])]
    rows = evidence.select(_DECISION).take(statement[chosen])
    return rows.add_column(0, "line", pa.array(line[chosen], pa.int32()))


def _decide_commits(evidence: pa.Table, candidates: Integers, grade: Integers) -> pa.Table:
    commit = _integers(evidence["commit_index"])[candidates]
    order = np.lexsort(
        (
            _integers(evidence["evidence"])[candidates],
            _ranks(evidence["source"], _SOURCES)[candidates],
            _ranks(evidence["who"], _WHO)[candidates],
            grade[candidates],
            commit,
        )
    )
    chosen = order[_firsts(commit[order])]
    return evidence.select(("commit_index", *_DECISION)).take(candidates[chosen])


def _outdone(evidence: pa.Table, candidates: Integers, recorded: Integers) -> npt.NDArray[np.bool_]:
    """True for commit-wide statements for an agent of which the commit has line-level evidence."""
    agent = _integers(pc.fill_null(_encoded(evidence["agent"]).indices, -1))
    pair = (_integers(evidence["commit_index"]) << 32) | (agent + 1)
    outdone: npt.NDArray[np.bool_] = np.isin(pair[candidates], pair[recorded])
    return outdone & (agent[candidates] >= 0)


def _places(commit: pa.ChunkedArray, path: pa.ChunkedArray) -> Integers:
    return (_integers(commit) << 32) | _integers(path)


def _ranks(values: pa.ChunkedArray, order: tuple[str, ...]) -> Integers:
    codes = _encoded(values)
    rank = pc.index_in(codes.dictionary, value_set=pa.array(order))
    return _integers(rank)[_integers(codes.indices)] if len(codes) else np.empty(0, dtype=np.int64)


def _encoded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a text column as one dictionary array."""
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()
    return values.unify_dictionaries().combine_chunks()


def _firsts(ordered: Integers) -> Integers:
    """Return where each run of equal values begins."""
    if not len(ordered):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _integers(values: pa.ChunkedArray | pa.Array) -> Integers:
    integers: Integers = values.to_numpy(zero_copy_only=False).astype(np.int64)
    return integers


def _bools(values: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    bools: npt.NDArray[np.bool_] = values.to_numpy(zero_copy_only=False).astype(bool)
    return bools
