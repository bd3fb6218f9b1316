"""What a history is made of: changes of a forge, and steps of the main line that no change made."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa

from landed.journey.columns import NONE, Flags, Integers, integers
from landed.journey.history import History
from landed.journey.statements import statement
from landed.sources.forges.keys import NAMED
from landed.store import Store

_ELSEWHERE = re.compile(r"(?P<name>[^#!\s]+)[#!](?P<number>\d+)")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True)
class Contributions:
    """The contributions to one repository, in columns: its changes first, then direct steps.

    A contribution is meant by its place here. Of a step with several changes, commits on the
    branch of one of them are that one's, all others those of the change that the step merged, or
    the first one's.

    Attributes:
        changes: the changes, as `repository_changes.sql` tells them.
        step: the last step by which each had landed by then; `NONE` where it had not.
        of_step: the contribution of each step; `NONE` for steps after that time.
        shared: whether a step belongs to several changes.
        of_commit: the contribution that each commit belongs to; `NONE` where to none. A commit
            that landed is its step's; one on several branches that did not, is the first one's.
        projects: the projects that the repository is, by their full names in lower case.
    """

    history: History
    changes: pa.Table
    step: Integers
    of_step: Integers
    shared: Flags
    of_commit: Integers
    projects: dict[str, set[str]]
    _codes: dict[tuple[str, int], int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.step)

    @property
    def landed(self) -> Flags:
        """Whether each had reached the default branch by then."""
        return np.asarray(self.step != NONE)

    def commits_of(self, contribution: int) -> Integers:
        """The commits by which it landed, else those on its branch."""
        order, begin = self._by_contribution
        return order[begin[contribution] : begin[contribution + 1]]

    def having(self, commits: Integers) -> Flags:
        """Which contributions have one of these commits, as `commits_of` tells them."""
        order, begin = self._by_contribution
        chosen = np.append(0, np.cumsum(np.isin(order, commits)))
        return np.asarray(chosen[begin[1:]] > chosen[begin[:-1]])

    def change_of(self, project: str, number: int) -> int:
        """The change of that project and number; `NONE` where it is not known."""
        return self._codes.get((project, number), NONE)

    def commit_named(self, text: str) -> int:
        """The commit whose id begins so; `NONE` where there is none, or more than one."""
        ids, places = self._sorted_ids
        if not _COMMIT.fullmatch(text):
            return NONE
        place = bisect_left(ids, text)
        found = [near for near in range(place, place + 2) if near < len(ids)]
        alike = [near for near in found if ids[near].startswith(text)]
        return places[alike[0]] if len(alike) == 1 else NONE

    def change_named(self, project: str, text: str) -> int:
        """The change that `text`, said in `project`, means: a number, or `OWNER/NAME#N`.

        A project that only files and pipelines name has no changes: said there, a number means
        the only change that has it in any project of the repository. `NONE` for none.
        """
        elsewhere = _ELSEWHERE.fullmatch(text)
        number = elsewhere["number"] if elsewhere else text.lstrip("#!")
        if not number.isdecimal() or len(number) > 18:
            return NONE
        wanted = int(number)
        if elsewhere:
            return self._only(
                self.change_of(key, wanted)
                for key in self.projects.get(elsewhere["name"].lower(), ())
            )
        if not project.startswith(NAMED):
            return self.change_of(project, wanted)
        return self._only(code for (_, known), code in self._codes.items() if known == wanted)

    def meant(self, project: str, text: str) -> int:
        """The contribution that `text` means: by a commit id, else by a change."""
        commit = self.commit_named(text)
        return int(self.of_commit[commit]) if commit != NONE else self.change_named(project, text)

    @staticmethod
    def _only(codes: Iterable[int]) -> int:
        found = {code for code in codes if code != NONE}
        return found.pop() if len(found) == 1 else NONE

    @cached_property
    def _sorted_ids(self) -> tuple[list[str], list[int]]:
        named = sorted((name, place) for place, name in enumerate(self.history.ids.to_pylist()))
        return [name for name, _ in named], [place for _, place in named]

    @cached_property
    def _by_contribution(self) -> tuple[Integers, Integers]:
        """Commits ordered by contribution, and where those of each begin.

        Of contributions that landed, those alone by which they did.
        """
        own = self.of_commit
        counted = (own != NONE) & (self.history.landed | ~np.append(self.landed, True)[own])
        commits = np.flatnonzero(counted).astype(np.int32)
        order = commits[np.argsort(own[commits], kind="stable")]
        begin = np.searchsorted(own[order], np.arange(len(self) + 1))
        return order, begin.astype(np.int32)


def read_contributions(store: Store, history: History) -> Contributions:
    """Read the contributions to the history's repository as they stood at its time."""
    asked = {"repository": history.repository}
    changes = store.query(statement("repository_changes"), asked)
    keys = zip(changes["project"].to_pylist(), changes["number"].to_pylist(), strict=True)
    codes = {key: code for code, key in enumerate(keys)}
    landing, step = _coded(store.query(statement("landing_commits"), asked), codes, "step")
    taken = step <= history.last_step
    landing, step = landing[taken], step[taken]
    last = np.full(len(codes), NONE, dtype=np.int32)
    np.maximum.at(last, landing, step)
    of_step = np.full(len(history.step_at), NONE, dtype=np.int32)
    # backwards, so that the change that a step merged is written last
    of_step[step[::-1]] = landing[::-1]
    shared = np.bincount(step, minlength=len(of_step)) > 1
    direct = np.flatnonzero(of_step[: history.last_step + 1] == NONE).astype(np.int32)
    of_step[direct] = len(codes) + np.arange(len(direct), dtype=np.int32)
    owner, commit = _coded(store.query(statement("branch_commits"), asked), codes, "commit_index")
    branch = np.full(len(history.ids), NONE, dtype=np.int32)
    branch[commit[::-1]] = owner[::-1]
    landed = np.where(history.landed, history.change, NONE)
    of_commit = np.where(landed != NONE, np.append(of_step, NONE)[landed], branch)
    # of a step with several changes, each has the commits of its own branch
    together = set(zip(landing.tolist(), step.tolist(), strict=True))
    for code, place in zip(owner[::-1].tolist(), commit[::-1].tolist(), strict=True):
        at = int(landed[place])
        if at != NONE and shared[at] and (code, at) in together:
            of_commit[place] = code
    return Contributions(
        history=history,
        changes=changes,
        step=np.concatenate([last, direct]),
        of_step=of_step,
        shared=np.asarray(shared),
        of_commit=of_commit.astype(np.int32),
        projects=_projects(store, history),
        _codes=codes,
    )


def _projects(store: Store, history: History) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    rows = store.query(statement("projects"), {"repository": history.repository})
    for row in rows.to_pylist():
        found.setdefault(row["name"].lower(), set()).add(row["project"])
    return found


def _coded(
    rows: pa.Table, codes: dict[tuple[str, int], int], name: str
) -> tuple[Integers, Integers]:
    """The contribution of each row by its project and number, and a column; others left out."""
    keys = zip(rows["project"].to_pylist(), rows["number"].to_pylist(), strict=True)
    found = np.array([codes.get(key, NONE) for key in keys], dtype=np.int32)
    known = found != NONE
    return found[known], integers(rows, name)[known]
