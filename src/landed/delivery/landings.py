"""By which commits of the main line each merged change landed.

A forge names one commit of a merged change: the merge, the squashed commit, or the tip after a
rebase. How the change was merged it does not tell; the commits do:

- `merge`: that commit has two parents; or it lies beside the main line (the change went to another
  branch) and came with a merge of that branch;
- `fast-forward`: it is the branch's own, and so are those of the branch that the main line has;
- `rebase`: the commits before it on the main line, as many as the branch has, repeat those of the
  branch in order: the ledger has found so by their lines, or author and author date are the same
  (and the subject, where both are known);
- `squash`: anything else with one parent.

A change that went to another change's branch lands when that one does, unless its own commit says
more. Where none of a change's commits is in the ledger, as after a history was rewritten, the one
commit of the main line whose subject names its number counts (`subject`), if it was made within a
day of the merge. Commits of changes that are not merged are the forge's tests; they say nothing.
Repositories that no forge tells of get no rows: each step of theirs is a change of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.delivery.statements import statement
from landed.delivery.states import read_state, write_states
from landed.records import TABLES
from landed.store import Store

SOURCE = "landings"

_RULES = 1
"""Raised whenever the same history and changes would give other landings."""
_NONE = -1
_LONGEST_CHAIN = 50
_NAMES_NUMBER = re.compile(r"Merge pull request #(\d+) from |.* \(#(\d+)\)\Z|.* \(!(\d+)\)\Z")
_NEAR = timedelta(days=1)

_Key = tuple[str, int]
_Steps = npt.NDArray[np.int64]


class Landing(NamedTuple):
    """The steps by which a change landed, the rule that says so, and when."""

    steps: tuple[int, ...]
    rule: str
    merged_at: datetime


def note_landings(store: Store, repository: str) -> int:
    """Bring `change_landing` of one repository up to date; return the number of its rows.

    Expects its ledger, the links of lineages and `project.belongs_to` to be up to date. Where
    nothing of that has changed since the last time, nothing is done.
    """
    digest = repr(
        (_RULES, store.query(statement("landings_digest"), {"repository": repository}).to_pylist())
    )
    if read_state(store, SOURCE, repository) == digest:
        found = store.query(
            "select count(*) as n from change_landing where repository = ?", [repository]
        )
        return int(found["n"][0].as_py())
    main = _MainLine.read(store, repository)
    rows = _rows(_Landings(store, repository, main).found(), main)
    with store.transaction():
        store.replace("change_landing", rows, repository)
        write_states(store, {SOURCE: digest}, datetime.now(UTC), repository)
    return int(rows.num_rows)


@dataclass(frozen=True)
class _MainLine:
    """The main line by step, and for each commit the step it is and the step that brought it in."""

    ids: Sequence[str]
    index: Sequence[int]
    email: Sequence[str]
    authored: Sequence[int]
    subject: Sequence[str]
    landed_at: Sequence[datetime]
    merges: Sequence[bool]
    step: _Steps
    change: _Steps

    @classmethod
    def read(cls, store: Store, repository: str) -> _MainLine:
        asked = {"repository": repository}
        main = store.query(statement("main_line"), asked)
        commits = store.query(statement("landed_by"), asked)
        names = ("commit", "commit_index", "email", "authored", "subject", "landed_at", "merges")
        return cls(
            *(main[name].to_pylist() for name in names),
            *(np.asarray(commits[name]).astype(np.int64) for name in ("step", "change")),
        )


class _BranchCommit(NamedTuple):
    """A commit of a change's branch; what is not known is null."""

    email: str | None
    authored: int | None
    subject: str | None
    position: int | None


class _Landings:
    """Looks for the landings of all merged changes of one repository."""

    def __init__(self, store: Store, repository: str, main: _MainLine) -> None:
        asked = {"repository": repository}
        self._main = main
        self._changes: dict[_Key, dict[str, Any]] = {
            (row["project"], row["number"]): row
            for row in store.query(statement("merged_changes"), asked).to_pylist()
        }
        self._tips = {
            int(main.step[row["merge_index"]])
            for row in self._changes.values()
            if row["merge_index"] is not None
        }
        self._branches: dict[_Key, list[_BranchCommit]] = {}
        branches = store.query(statement("branch_commits"), asked)
        columns = (branches[name].to_pylist() for name in branches.column_names)
        for project, number, *commit in zip(*columns, strict=True):
            self._branches.setdefault((project, number), []).append(_BranchCommit(*commit))
        links = store.query(statement("rebased"), asked)
        self._rebased = set(
            zip(links["later"].to_pylist(), links["former"].to_pylist(), strict=True)
        )

    def found(self) -> dict[_Key, Landing]:
        """Return the landing of each change that landed."""
        found = {}
        for key, change in self._changes.items():
            landing = self._by_commit(key, change)
            if landing is not None:
                found[key] = landing
        self._with_their_base(found)
        self._by_subject(found)
        return found

    def _by_commit(self, key: _Key, change: Mapping[str, Any]) -> Landing | None:
        """The landing that the change's own commits tell."""
        tip = change["merge_index"] if change["merge_index"] is not None else change["head_index"]
        if tip is None:
            return None
        main = self._main
        step = int(main.step[tip])
        if step == _NONE:
            by = int(main.change[tip])
            return None if by == _NONE else Landing((by,), "merge", change["merged_at"])
        branch = self._branches.get(key, [])
        own = [commit.position for commit in branch if commit.position is not None]
        if tip in own or tip == change["head_index"]:
            steps = [int(main.step[position]) for position in own]
            along = sorted({at for at in steps if at != _NONE and at <= step} | {step})
            return Landing(tuple(along), "fast-forward", change["merged_at"])
        if main.merges[step]:
            return Landing((step,), "merge", change["merged_at"])
        repeated = self._repeated(step, branch, change["commits"])
        rule = "rebase" if len(repeated) > 1 else "squash"
        return Landing(repeated, rule, change["merged_at"])

    def _repeated(
        self, step: int, branch: Sequence[_BranchCommit], commits: int
    ) -> tuple[int, ...]:
        """The steps up to `step` that repeat commits of the branch one by one; it alone if none do.

        A rebase leaves out merges and commits that change nothing any more, so that commits of
        the branch may be passed over.
        """
        at = step
        steps: list[int] = []
        for commit in reversed(branch):
            if at < 0 or len(steps) >= max(commits, len(branch)) or self._main.merges[at]:
                break
            if steps and at in self._tips:
                break  # of a stack of branches, the lower one landed by itself
            if self._repeats(at, commit):
                steps.append(at)
                at -= 1
        return tuple(reversed(steps)) if steps else (step,)

    def _repeats(self, step: int, commit: _BranchCommit) -> bool:
        main = self._main
        if commit.position is not None and (main.index[step], commit.position) in self._rebased:
            return True
        return (
            commit.authored is not None
            and commit.authored == main.authored[step]
            and commit.email == main.email[step]
            and commit.subject in (None, main.subject[step])
        )

    def _with_their_base(self, found: dict[_Key, Landing]) -> None:
        """Let changes that went to another change's branch land with that one."""
        by_branch: dict[tuple[str, str], list[_Key]] = {}
        for key, change in self._changes.items():
            if not change["fork"]:
                by_branch.setdefault((key[0], change["head_ref"]), []).append(key)
        for key, change in self._changes.items():
            chain = [change]
            at = key
            while at not in found and len(chain) < _LONGEST_CHAIN:
                merged = chain[-1]["merged_at"]
                later = [
                    other
                    for other in by_branch.get((at[0], chain[-1]["base_ref"]), [])
                    if other != at and self._changes[other]["merged_at"] >= merged
                ]
                if not later:
                    break
                at = min(later, key=lambda other: (self._changes[other]["merged_at"], other))
                chain.append(self._changes[at])
            if at != key and at in found:
                base = found[at]
                found[key] = Landing(
                    base.steps, base.rule, max(base.merged_at, change["merged_at"])
                )

    def _by_subject(self, found: dict[_Key, Landing]) -> None:
        """Take subjects' word for changes none of whose commits are known."""
        lost: dict[int, list[_Key]] = {}
        for key, change in self._changes.items():
            if key not in found and change["merge_index"] is None and change["head_index"] is None:
                lost.setdefault(key[1], []).append(key)
        if not lost:
            return
        named: dict[int, list[int]] = {}
        for step, subject in enumerate(self._main.subject):
            match = _NAMES_NUMBER.match(subject)
            if match is not None:
                named.setdefault(int(match[match.lastindex or 0]), []).append(step)
        for number, keys in lost.items():
            steps = named.get(number, [])
            if len(keys) == len(steps) == 1:
                merged = self._changes[keys[0]]["merged_at"]
                if abs(self._main.landed_at[steps[0]] - merged) <= _NEAR:
                    found[keys[0]] = Landing((steps[0],), "subject", merged)


def _rows(found: Mapping[_Key, Landing], main: _MainLine) -> pa.Table:
    def each() -> Iterator[tuple[Any, ...]]:
        for (project, number), landing in found.items():
            for step in landing.steps:
                place = main.ids[step], main.index[step], step
                yield project, number, *place, landing.rule, landing.merged_at

    schema = pa.schema(
        [column for column in TABLES["change_landing"].schema if column.name != "repository"]
    )
    columns = list(zip(*each(), strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
