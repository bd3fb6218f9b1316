"""Which lines a fix took out: they are what was wrong.

Śliwerski, Zimmermann and Zeller's rule (SZZ): the lines that a fix removes tell who introduced the
bug. Left out are trivial lines, lines that the fix only moved or laid out anew, and those that came
with the fix itself; removals in tests and documentation count only where there are no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from landed.journey.columns import NONE, Flags, Integers, Positions, among, integers
from landed.journey.contributions import Contributions
from landed.journey.ledger_lines import LedgerLines
from landed.journey.statements import statement
from landed.store import Store

_BESIDE_CODE = re.compile(
    r"(?:.*/)?(?:tests?|testing|spec|specs|__tests__|docs?|documentation|examples?)/.*"
    r"|(?:.*/)?(?:test_[^/]*|conftest\.py|[^/]*[._-](?:test|tests|spec)\.[^/.]+)"
    r"|(?:.*/)?(?:changelog|changes|news|history|readme|license)[^/]*"
    r"|.*\.(?:md|rst|txt|adoc)",
    re.IGNORECASE,
)


def beside_code(path: str) -> bool:
    """Whether a path is of tests or of documentation."""
    return _BESIDE_CODE.fullmatch(path) is not None


@dataclass(frozen=True)
class Removals:
    """The lines that some commits took out, in columns ordered by commit.

    Attributes:
        commit: the commit that took it out.
        owner: the lineage of the line.
        trivial: fewer than three letters or digits.
        aside: the path that held it is of tests or documentation.
    """

    lines: LedgerLines
    commit: Integers
    owner: Positions
    trivial: Flags
    aside: Flags

    def introduced(self, commits: Integers) -> Positions:
        """The lineages, each once, that had what these commits, a fix together, put right."""
        first = np.searchsorted(self.commit, commits, side="left").tolist()
        last = np.searchsorted(self.commit, commits, side="right").tolist()
        spans = [np.arange(begin, end) for begin, end in zip(first, last, strict=True)]
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *spans])
        rows = rows[~self.trivial[rows]]
        carried_on = self.lines.owner[self.lines.born_in(commits)]
        rows = rows[~np.isin(self.owner[rows], carried_on)]
        rows = rows[~np.isin(self.lines.root_commit[self.owner[rows]], commits)]
        code = rows[~self.aside[rows]]
        return np.unique(self.owner[code if len(code) else rows])


def read_removals(
    store: Store, contributions: Contributions, lines: LedgerLines, fixes: Iterable[Integers]
) -> Removals:
    """Read what the commits of all `fixes` took out."""
    asked = {"repository": contributions.history.repository}
    commits = np.unique(np.concatenate([np.zeros(0, dtype=np.int32), *fixes]))
    rows = store.query(statement("removed_lines"), asked | {"commits": commits.tolist()})
    paths = store.query(statement("every_path"), asked)
    aside = np.array([beside_code(path) for path in paths["path"].to_pylist()], dtype=np.bool_)
    held = among(integers(rows, "path_index"), integers(paths, "path_index"))
    place = among(integers(rows, "line"), lines.line)
    known = place != NONE
    place = place[known]
    return Removals(
        lines=lines,
        commit=integers(rows, "commit_index")[known],
        owner=lines.owner[place],
        trivial=lines.trivial[place],
        aside=np.append(aside, False)[held[known]],
    )
