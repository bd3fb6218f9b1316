"""What stands between matched lines: laid out anew, or changed before it was committed.

Between two matched lines, generated lines that are left and committed lines that are left are
compared: first by equal tokens, then by what a formatter makes of them, then by similarity. Above
the first and below the last matched line, and where nothing was matched, only lines that stand
about where they should are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from landed.attribution.generated.births import Births
from landed.attribution.generated.edits import Flags, Hashes, Numbers
from landed.attribution.generated.similarity import Scores, best_assignment
from landed.attribution.lineage.alignment import align

_SLACK = 10
"""So many lines from its expected place a line may stand where no matched line is on one side."""


@dataclass(frozen=True)
class Anchors:
    """Line numbers in a file, and of the same lines in a commit, both rising."""

    here: Numbers
    there: Numbers


@dataclass
class Filled:
    """Pairs of piece, birth (row) and score; and births that go on from a split piece."""

    pairs: list[tuple[int, int, float]] = field(default_factory=list)
    continued: list[tuple[int, int]] = field(default_factory=list)


def fill_gaps(
    pieces: Numbers,
    numbers: Numbers,
    rows: Numbers,
    births: Births,
    anchors: Anchors,
    tokens: Hashes,
    compare: Callable[[list[int], list[int]], Scores],
) -> Filled:
    """Pair pieces, which stand at `numbers` of a file, with the births in `rows`.

    `tokens` has the token hash of every generated line; `compare` scores pieces against births.
    """
    found = Filled()
    gap_of_piece = np.searchsorted(anchors.here, numbers)
    gap_of_birth = np.searchsorted(anchors.there, births.number[rows])
    for gap in np.intersect1d(gap_of_piece, gap_of_birth).tolist():
        inside = gap_of_piece == gap
        there = rows[gap_of_birth == gap]
        near = _near(gap, anchors, numbers[inside], births.number[there])
        _fill(found, pieces[inside], there, near, births, tokens, compare)
    return found


def _near(gap: int, anchors: Anchors, here: Numbers, there: Numbers) -> Flags:
    """Tell for each piece (row) and birth (column) whether their places agree."""
    if 0 < gap < len(anchors.here):
        return np.ones((len(here), len(there)), dtype=np.bool_)
    shift = 0
    if len(anchors.here):
        nearest = min(gap, len(anchors.here) - 1)
        shift = int(anchors.there[nearest] - anchors.here[nearest])
    close: Flags = np.abs(here[:, None] + shift - there[None, :]) <= _SLACK
    return close


def _fill(
    found: Filled,
    pieces: Numbers,
    rows: Numbers,
    near: Flags,
    births: Births,
    tokens: Hashes,
    compare: Callable[[list[int], list[int]], Scores],
) -> None:
    same, at = align(tokens[pieces], births.token[rows])
    good = near[same, at] & ~births.trivial[rows[at]]
    same, at = same[good], at[good]
    for left, right in zip(same.tolist(), at.tolist(), strict=True):
        found.pairs.append((int(pieces[left]), int(rows[right]), 1.0))
    bounds = [(-1, -1), *zip(same.tolist(), at.tolist(), strict=True), (len(pieces), len(rows))]
    for (left, top), (right, bottom) in pairwise(bounds):
        part, others = pieces[left + 1 : right], rows[top + 1 : bottom]
        if not len(part) or not len(others):
            continue
        scores = compare(part.tolist(), others.tolist())
        scores[~near[left + 1 : right, top + 1 : bottom]] = 0.0
        taken = set()
        for row, column in best_assignment(scores):
            found.pairs.append((int(part[row]), int(others[column]), float(scores[row, column])))
            taken.add(column)
        for column in range(len(others)):
            if column not in taken and scores[:, column].max() == 1.0:
                row = int(scores[:, column].argmax())
                found.continued.append((int(others[column]), int(part[row])))
