"""The changes of a repository, as pull or merge requests stood at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey.carriers import Carriers
from landed.journey.columns import (
    NEVER,
    NONE,
    Flags,
    Integers,
    Positions,
    Times,
    flags,
    integers,
    limit_of,
    times,
)
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store

OPEN, MERGED, CLOSED = range(3)
"""States of a change."""
UNTOLD, NOT_GREEN, GREEN = -1, 0, 1
"""What the checks of a commit say; untold where none ran."""

_HEAD_OF_CHANGE = re.compile(r"refs/(?:pull|merge-requests)/(\d+)/head")
_SEPARATOR = "\0"


@dataclass(frozen=True)
class Changes:
    """The changes that had been opened by then, one row for each, in columns.

    Attributes:
        project, number: which it is.
        state: `OPEN`, `MERGED` or `CLOSED`, by then.
        opened_at: when.
        head: the last commit of its branch; `NONE` where it was not there by then, or not read.
        to_main: it goes to the default branch.
        unread: it was merged by a commit that has not been read.
        reviewed: somebody else, no program, reviewed it in time.
        green: what its checks say: those of its head, else those of the commit that merged it.
        commits: row of a change and commit on its branch, ordered by commit.
        former: the same of the tips of former versions of its branch.
        landings: row of a change and step by which it landed, ordered by step.
        forge_known: whether the repository is a project of a forge that was read.
        checks: what the checks of each commit say, by `commit_index`.
    """

    project: pa.Array
    number: pa.Array
    state: Integers
    opened_at: Times
    head: Integers
    to_main: Flags
    unread: Flags
    reviewed: Flags
    green: Integers
    commits: tuple[Positions, Integers]
    former: tuple[Positions, Integers]
    landings: tuple[Positions, Integers]
    forge_known: bool
    checks: Integers

    def __len__(self) -> int:
        return len(self.state)

    @classmethod
    def of_none(cls) -> Changes:
        """The changes of a repository of which nothing is known."""
        number, truth = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_)
        none = np.zeros(0, dtype=np.int64), number
        return cls(
            project=pa.array([], pa.string()),
            number=pa.array([], pa.int64()),
            state=number,
            opened_at=none[0],
            head=number,
            to_main=truth,
            unread=truth,
            reviewed=truth,
            green=number,
            commits=none,
            former=none,
            landings=none,
            forge_known=False,
            checks=number,
        )

    @property
    def checks_known(self) -> bool:
        """Whether any check of this repository's commits is known."""
        return bool((self.checks != UNTOLD).any())


def read_changes(store: Store, settings: Settings, history: History) -> Changes:
    """Read the changes of a repository as they stood at the history's time.

    A change counts as merged once the main line has the step by which it landed.
    """
    asked = {"repository": history.repository}
    limit = {"until": limit_of(history.until)}
    bots = [name.lower() for name in settings.forges.bots]
    rows = store.query(statement("changes"), asked | limit | {"bots": bots})
    keys = _keys(rows)
    commits = _placed(store.query(statement("change_commits"), asked), keys, history)
    landing_rows = store.query(statement("change_landings"), asked)
    landings = _of_known(_row(landing_rows, keys), integers(landing_rows, "step"))
    merged_at = _merged_at(times(rows, "merged_at"), landings, history)
    merge = _indices(rows["merge_commit"], history)
    head = _indices(rows["head_commit"], history)
    checks = _checks(store, history)
    told = np.append(checks, UNTOLD)
    landed = np.zeros(rows.num_rows, dtype=np.bool_)
    landed[landings[0]] = True
    named = np.asarray(pc.is_valid(rows["merge_commit"]))
    return Changes(
        project=rows["project"].combine_chunks(),
        number=rows["number"].combine_chunks(),
        state=_states(merged_at, times(rows, "closed_at"), history.until),
        opened_at=times(rows, "opened_at"),
        head=np.where(np.append(history.exists, False)[head], head, NONE).astype(np.int32),
        to_main=flags(rows, "to_main"),
        unread=named & (merge == NONE) & ~landed,
        reviewed=flags(rows, "reviewed"),
        green=np.where(told[head] != UNTOLD, told[head], told[merge]).astype(np.int32),
        commits=commits,
        former=_former(store, history, rows),
        landings=landings,
        forge_known=bool(store.query(statement("forges"), asked)["projects"][0].as_py()),
        checks=checks,
    )


def _keys(rows: pa.Table) -> pa.Array:
    number = rows["number"].cast(pa.string())
    joined = pc.binary_join_element_wise(rows["project"], number, _SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _row(rows: pa.Table, keys: pa.Array) -> Positions:
    """The row of each one's change; `NONE` for changes that were not opened by then."""
    return np.asarray(pc.index_in(_keys(rows), value_set=keys).fill_null(NONE)).astype(np.int64)


def _indices(ids: pa.ChunkedArray, history: History) -> Integers:
    """The places of commits; `NONE` for null and for those that have not been read."""
    place = pc.index_in(ids, value_set=history.ids, skip_nulls=True)
    return np.asarray(place.combine_chunks().fill_null(NONE)).astype(np.int32)


def _of_known(row: Positions, value: Integers) -> tuple[Positions, Integers]:
    """Pairs that name a row, ordered by value, then row; each once."""
    known = (row != NONE) & (value != NONE)
    pairs = np.unique(value[known].astype(np.int64) << 32 | row[known])
    return pairs & 0xFFFF_FFFF, (pairs >> 32).astype(np.int32)


def _placed(rows: pa.Table, keys: pa.Array, history: History) -> tuple[Positions, Integers]:
    return _of_known(_row(rows, keys), _indices(rows["commit"], history))


def _merged_at(told: Times, landings: tuple[Positions, Integers], history: History) -> Times:
    """When the forge merged each, and no earlier than the step that brought it."""
    found = told.copy()
    row, step = landings
    merged = found[row] != NEVER
    np.maximum.at(found, row[merged], history.step_times(step[merged]))
    return found


def _states(merged_at: Times, closed_at: Times, until: int) -> Integers:
    merged = (merged_at <= until) & (merged_at != NEVER)
    closed = (merged_at == NEVER) & (closed_at <= until) & (closed_at != NEVER)
    return np.select([merged, closed], [MERGED, CLOSED], OPEN).astype(np.int32)


def _checks(store: Store, history: History) -> Integers:
    rows = store.query(
        statement("checks"),
        {"repository": history.repository, "until": limit_of(history.until)},
    )
    found = np.full(len(history.parents), UNTOLD, dtype=np.int32)
    place = _indices(rows["commit"], history)
    found[place[place != NONE]] = flags(rows, "green")[place != NONE]
    return found


def _former(store: Store, history: History, rows: pa.Table) -> tuple[Positions, Integers]:
    """The tips of former versions of the branches, as mirrors of the forge had them."""
    tips = store.query(statement("branch_tips"), {"repository": history.repository})
    gone = tips.filter(pc.is_valid(tips["gone_at"]))
    named = [_HEAD_OF_CHANGE.fullmatch(ref) for ref in gone["ref"].to_pylist()]
    commits = _indices(gone["commit"], history)
    of_number: dict[int, list[int]] = {}
    for row, number in enumerate(rows["number"].to_pylist()):
        of_number.setdefault(number, []).append(row)
    pairs = [
        (row, commit)
        for found, commit in zip(named, commits.tolist(), strict=True)
        if found
        for row in of_number.get(int(found[1]), [])
    ]
    told = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return _of_known(told[:, 0], told[:, 1].astype(np.int32))


def change_of(changes: Changes, carriers: Carriers, landed_with: Integers) -> Positions:
    """The row of each owner's change; `NONE` where there is none.

    `landed_with` is the step of the main line that each owner landed with, or `NONE`. Of several
    changes the one that both landed by that step and bears a commit of the owner goes first, then
    one that landed by it, then one that bears a commit: merged before open before closed ones for
    owners that landed, open ones first for others; the one that was opened first decides.
    """
    number = len(landed_with)
    bearer, bears = _matched(changes.commits, carriers.commit)
    lander, lands = _matched(changes.landings, landed_with)
    scale = max(len(changes), 1)
    borne = np.unique(carriers.owner[bearer] * scale + bears)
    landed = np.unique(lander * scale + lands)
    pairs = np.union1d(borne, landed)
    owner, row = pairs // scale, pairs % scale
    by_branch, by_step = np.isin(pairs, borne), np.isin(pairs, landed)
    order_of_states = np.where(
        (landed_with != NONE)[owner],
        np.array([1, 0, 2])[changes.state[row]],
        np.array([0, 1, 2])[changes.state[row]],
    )
    rank = np.select([by_step & by_branch, by_step], [0, 1], 2 + order_of_states)
    best = np.lexsort((row, changes.opened_at[row], rank, owner))
    owner, row = owner[best], row[best]
    first = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
    found = np.full(number, NONE, dtype=np.int64)
    found[owner[first]] = row[first]
    return found


def _matched(pairs: tuple[Positions, Integers], values: Integers) -> tuple[Positions, Positions]:
    """Of each of `values` that pairs name: its place, and the row of every such pair."""
    row, known = pairs
    begin = np.searchsorted(known, values, side="left")
    count = np.searchsorted(known, values, side="right") - begin
    count = np.where(values == NONE, 0, count)
    place = np.repeat(np.arange(len(values)), count)
    within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return place, row[begin[place] + within]
