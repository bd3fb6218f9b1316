"""Every line of a repository as the lineages that they are, and who wrote each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.journey.carriers import Carriers
from landed.journey.columns import NONE, Flags, Integers, Positions, among, flags, integers
from landed.journey.columns import steps as steps_of
from landed.journey.contributions import Contributions
from landed.journey.history import History
from landed.journey.statements import statement
from landed.journey.stays import Stays
from landed.store import Store

WRITERS = ("ai", "human", "automation", "unknown")
"""Who can have written a line; a mixed one counts as ai, one only inferred as unknown."""
GRADES = ("recorded", "matched", "similar", "declared", "dated", "inferred", "none")
_AI, _UNKNOWN = WRITERS.index("ai"), WRITERS.index("unknown")
_DECLARED, _INFERRED = GRADES.index("declared"), GRADES.index("inferred")
_CODES = {"ai": _AI, "mixed": _AI, "human": 1, "automation": 2}


@dataclass(frozen=True)
class LedgerLines:
    """All lines of one repository, and the lineages that they belong to.

    The first four arrays are by line, ordered by line id; the others by lineage, ordered by the
    id of its first line. A lineage is meant by its place among them: its owner number.

    Attributes:
        line: the ids.
        commit: the commit in which each was born.
        trivial: fewer than three letters or digits.
        owner: the lineage of each.
        root: the first line of each lineage.
        root_commit, root_path: where that was born.
        writer: place in `WRITERS`.
        grade: place in `GRADES`.
        agent: place in `agents`; `NONE` where ai did not write it, or which is not told.
        agents: names of agents, sorted.
    """

    line: Integers
    commit: Integers
    trivial: Flags
    owner: Positions
    root: Integers
    root_commit: Integers
    root_path: Integers
    writer: Integers
    grade: Integers
    agent: Integers
    agents: list[str]

    def __len__(self) -> int:
        return len(self.root)

    @cached_property
    def ai(self) -> Flags:
        """Whether ai wrote each lineage, by evidence that is declared or stronger."""
        return np.asarray((self.writer == _AI) & (self.grade <= _DECLARED))

    @cached_property
    def ai_traced(self) -> Flags:
        """Whether ai wrote each lineage, by evidence that is stronger than declared."""
        return np.asarray(self.ai & (self.grade < _DECLARED))

    @property
    def carriers(self) -> Carriers:
        """Every line as a carrier of its lineage, ordered by lineage."""
        every = Carriers(self.owner, self.line, self.commit)
        return every.take(np.argsort(self.owner, kind="stable"))

    def born_in(self, commits: Integers) -> Positions:
        """The places, among lines, of those born in these commits."""
        order, born = self._by_commit
        begin = np.searchsorted(born, commits, side="left").tolist()
        end = np.searchsorted(born, commits, side="right").tolist()
        parts = [order[first:last] for first, last in zip(begin, end, strict=True)]
        return np.concatenate([order[:0], *parts])

    @cached_property
    def _by_commit(self) -> tuple[Positions, Integers]:
        order = np.argsort(self.commit, kind="stable")
        return order, self.commit[order]


def read_ledger_lines(store: Store, history: History) -> LedgerLines:
    """Read every line of the history's repository that had been committed by then."""
    asked = {"repository": history.repository}
    rows = store.query(statement("every_line"), asked)
    line, commit = integers(rows, "line"), integers(rows, "commit_index")
    place_of_root = among(integers(rows, "root_line"), line)
    known = history.exists[commit]
    first = np.zeros(len(line), dtype=np.bool_)
    first[place_of_root[known]] = True
    number = np.cumsum(first) - 1
    root = line[first]
    writer, grade, agent, agents = _decisions(store, history, root, commit[first])
    return LedgerLines(
        line=line[known],
        commit=commit[known],
        trivial=flags(rows, "trivial")[known],
        owner=number[place_of_root[known]],
        root=root,
        root_commit=commit[first],
        root_path=integers(rows, "path_index")[first],
        writer=writer,
        grade=grade,
        agent=agent,
        agents=agents,
    )


def _decisions(
    store: Store, history: History, root: Integers, commit: Integers
) -> tuple[Integers, Integers, Integers, list[str]]:
    """Writer, grade and agent of each root: its own decision, else that of its commit."""
    asked = {"repository": history.repository}
    own = store.query(statement("line_decisions"), asked)
    whole = store.query(statement("commit_decisions"), asked)
    named = pa.chunked_array([*own["agent"].chunks, *whole["agent"].chunks], pa.string())
    agents = sorted(pc.unique(named.drop_null()).to_pylist())
    place = among(root, integers(own, "line"))
    of_commit = np.full(len(history.ids), whole.num_rows, dtype=np.int64)
    of_commit[integers(whole, "commit_index")] = np.arange(whole.num_rows)
    words = (("who", list(_CODES)), ("grade", list(GRADES)), ("agent", agents))
    found = []
    for name, known in words:
        value_set = pa.array(known, pa.string())
        codes = [
            np.append(np.asarray(pc.index_in(rows[name], value_set).fill_null(NONE)), NONE)
            for rows in (own, whole)
        ]
        found.append(np.where(place != NONE, codes[0][place], codes[1][of_commit[commit]]))
    writer = np.array([*_CODES.values(), _UNKNOWN], dtype=np.int32)[found[0]]
    grade = np.where(found[1] == NONE, GRADES.index("none"), found[1])
    writer = np.where(grade >= _INFERRED, _UNKNOWN, writer)
    agent = np.where(writer == _AI, found[2], NONE)
    return (
        writer.astype(np.int32),
        grade.astype(np.int32),
        agent.astype(np.int32),
        agents,
    )


def read_every_stay(store: Store, history: History, branch: str, lines: LedgerLines) -> Stays:
    """Read every stay of every line on `branch`, whenever it was, as `read_stays` does for some."""
    asked = {"repository": history.repository, "branch": branch}
    rows = store.query(statement("every_stay"), asked)
    place = among(integers(rows, "line"), lines.line)
    known = place != NONE
    found = Stays(
        lines.owner[place[known]],
        integers(rows, "line")[known],
        integers(rows, "entered")[known],
        steps_of(rows, "left")[known],
        integers(rows, "left_by")[known],
    )
    return found.take(np.lexsort((found.line, found.entered, found.owner)))


@dataclass(frozen=True)
class Held:
    """Which lineages count for which contribution, as pairs in two columns.

    A lineage counts for the contribution with which it landed first. One also counts for
    a change that did not land, if it was born on that change's branch.

    Attributes:
        contribution: ascending.
        owner: the lineage.
        landed: by lineage, the contribution with which it landed first; `NONE` where with none.
    """

    contribution: Integers
    owner: Positions
    landed: Integers

    def of(self, contribution: int) -> Positions:
        """The lineages of one contribution; none of `NONE`."""
        begin = self._begins
        if not 0 <= contribution < len(begin) - 1:
            return self.owner[:0]
        return self.owner[begin[contribution] : begin[contribution + 1]]

    @cached_property
    def _begins(self) -> Positions:
        last = int(self.contribution[-1]) if len(self.contribution) else NONE
        return np.searchsorted(self.contribution, np.arange(last + 2, dtype=np.int32))


def held_lines(contributions: Contributions, lines: LedgerLines, stays: Stays) -> Held:
    """Tell which lineages count for which contribution; `stays` are those of carriers."""
    history = contributions.history
    first = stays.by(history.last_step).first_of_owner()
    born = lines.commit[among(first.line, lines.line)]
    own_commit = contributions.shared[first.entered] & (history.change[born] == first.entered)
    landed = np.full(len(lines), NONE, dtype=np.int32)
    landed[first.owner] = np.where(
        own_commit, contributions.of_commit[born], contributions.of_step[first.entered]
    )
    branch = contributions.of_commit[lines.root_commit]
    open_or_closed = (branch != NONE) & ~np.append(contributions.landed, True)[branch]
    beside = np.flatnonzero(open_or_closed & ~history.landed[lines.root_commit])
    contribution = np.concatenate([landed[first.owner], branch[beside]]).astype(np.int32)
    owner = np.concatenate([first.owner, beside])
    order = np.argsort(contribution, kind="stable")
    return Held(contribution[order], owner[order], landed)
