"""The main line: which lines stand on it after each step of its first-parent chain.

A line that enters and leaves again has one stay for each time. Where a merge brings a line that
already stands elsewhere on the main line, the second place gets an id of its own, so that a line
id is never in two places of the main line's tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from landed.ledger.births import Births
from landed.ledger.marks import Marks
from landed.ledger.plain import Step
from landed.ledger.recorder import Segments
from landed.ledger.tree import NO_LINES, File, LineIds, Tree, lines_of

_ABSENT = -1
_BATCH_ROWS = 200_000


class Mainline:
    """Follows the steps of the first-parent chain and stages the stays that have ended."""

    def __init__(self, births: Births, segments: Segments, marks: Marks):
        """Begin with an empty main line."""
        self._births = births
        self._segments = segments
        self._entered = np.full(1 << 16, _ABSENT, dtype=np.int32)
        self._ended: list[tuple[LineIds, LineIds, int]] = []
        self._ended_rows = 0
        self.marks = marks

    def restore(self, lines: LineIds, entered: LineIds) -> None:
        """Go on from lines that stand on the main line, with the steps at which they entered."""
        self._reserve(int(lines.max()) + 1 if len(lines) else 0)
        self._entered[lines] = entered

    def alive(self) -> tuple[LineIds, LineIds]:
        """Return the lines that stand on the main line now and the steps at which they entered."""
        lines = np.flatnonzero(self._entered != _ABSENT).astype(np.int32)
        return lines, self._entered[lines]

    def plain(self, step: int, what: Step, tree: Tree) -> None:
        """Take a step made by a commit with one parent, which made `tree`."""
        self._reserve(self._births.next_id)
        entered = _joined(what.entered)
        if (self._entered[entered] != _ABSENT).any():
            # A file that became readable again may hold lines that stand elsewhere by now.
            self.merge(step, what, tree)
        else:
            self._move(step, entered, _joined(what.left))

    def merge(self, step: int, what: Step, tree: Tree) -> None:
        """Take a step made by a merge; `tree` gets new ids for lines in a second place."""
        before = _joined([lines_of(old) for _, old, _ in what.files])
        after = _joined([lines_of(new) for _, _, new in what.files])
        self._reserve(self._births.next_id)
        entered, left = self.marks.difference(before, after)
        if self.marks.repeats(after) or (self._entered[entered] != _ABSENT).any():
            after = self._separate(what, tree, before, left, standing=True)
            self._reserve(self._births.next_id)
            entered, left = self.marks.difference(before, after)
        self._move(step, entered, left)

    def overtake(self, step: int, what: Step) -> bool:
        """Take a step whose commit was mined beside the main line; what it made stays as it is.

        Nothing is taken, and False returned, where a line would come to stand in two places.
        """
        before = _joined([lines_of(old) for _, old, _ in what.files])
        after = _joined([lines_of(new) for _, _, new in what.files])
        self._reserve(self._births.next_id)
        entered, left = self.marks.difference(before, after)
        if self.marks.repeats(after) or (self._entered[entered] != _ABSENT).any():
            return False
        self._move(step, entered, left)
        return True

    def separate_beside(self, what: Step, tree: Tree) -> None:
        """Give lines that a merge beside the main line puts in two places an id for the second."""
        before = _joined([lines_of(old) for _, old, _ in what.files])
        after = _joined([lines_of(new) for _, _, new in what.files])
        self.marks.reserve(self._births.next_id)
        if self.marks.repeats(after):
            left = self.marks.difference(before, after)[1]
            self._separate(what, tree, before, left, standing=False)

    def _separate(
        self, what: Step, tree: Tree, before: LineIds, left: LineIds, *, standing: bool
    ) -> LineIds:
        """Give lines that would stand in two places an id for the second; return all lines after.

        `standing` says that lines standing on the main line in other files count as well.

        A second place that this step takes away under an id of its own keeps that id where the
        line comes back to it from a branch on which it has the first one.
        """
        spare: dict[int, list[int]] = {}
        for line in left.tolist():
            origin = self._births.origin_of.get(line)
            if origin is not None:
                spare.setdefault(origin, []).append(line)
        seen: set[int] = set()
        result: list[LineIds] = []
        for index, (path, old, new) in enumerate(what.files):
            lines = lines_of(new)
            outside = np.zeros(len(lines), dtype=np.bool_)
            if standing:
                outside = (self._entered[lines] != _ABSENT) & ~self.marks.among(lines, before)
            twice = []
            for position, line in enumerate(lines.tolist()):
                if outside[position] or line in seen:
                    twice.append(position)
                seen.add(line)
            if twice and isinstance(new, File):
                lines = lines.copy()
                for position in twice:
                    line = int(lines[position])
                    origin = self._births.origin_of.get(line, line)
                    reusable = spare.get(origin)
                    if reusable:
                        lines[position] = reusable.pop()
                    else:
                        lines[position] = self._births.duplicate(lines[position : position + 1])[0]
                    seen.add(int(lines[position]))
                file = File(new.blob, lines)
                tree.set(path, file)
                what.files[index] = (path, old, file)
            result.append(lines)
        return _joined(result)

    def _move(self, step: int, entered: LineIds, left: LineIds) -> None:
        self._reserve(self._births.next_id)
        if len(left):
            began = self._entered[left]
            stayed = began != _ABSENT
            self._ended.append((left[stayed], began[stayed], step))
            self._ended_rows += len(left)
            self._entered[left] = _ABSENT
        if len(entered):
            self._entered[entered] = step
        if self._ended_rows >= _BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Stage the stays that have ended."""
        if self._ended:
            counts = [len(row[0]) for row in self._ended]
            steps = np.array([row[2] for row in self._ended], dtype=np.int32)
            self._segments.write(
                "ended_interval",
                pa.table(
                    {
                        "line": _joined([row[0] for row in self._ended]),
                        "entered": _joined([row[1] for row in self._ended]),
                        "left": np.repeat(steps, counts),
                    }
                ),
            )
        self._ended.clear()
        self._ended_rows = 0

    def _reserve(self, size: int) -> None:
        if size > len(self._entered):
            grown = np.full(size + size // 4, _ABSENT, dtype=np.int32)
            grown[: len(self._entered)] = self._entered
            self._entered = grown
        self.marks.reserve(size)


class SideLines(NamedTuple):
    """How a commit beside the main line differs from where its chain left the main line.

    Sorted line ids: `present` stand there and not on the main line, `absent` the other way round.
    """

    present: LineIds
    absent: LineIds


class SideChain:
    """Follows a first-parent chain beside the main line."""

    def __init__(self, start: SideLines | None = None) -> None:
        """Begin where the chain leaves the main line, or at a commit where it was followed to."""
        self._present: set[int] = set(start.present.tolist()) if start is not None else set()
        self._absent: set[int] = set(start.absent.tolist()) if start is not None else set()

    def lines(self) -> SideLines:
        """Return the difference as it is now."""
        return SideLines(_sorted(self._present), _sorted(self._absent))

    def fork(self) -> SideChain:
        """Return an independent copy."""
        copy = SideChain()
        copy._present = set(self._present)
        copy._absent = set(self._absent)
        return copy

    def follow(self, what: Step, marks: Marks | None) -> None:
        """Take one more commit of the chain; `marks` for a merge, to compare all of its files."""
        if marks is not None:
            before = _joined([lines_of(old) for _, old, _ in what.files])
            after = _joined([lines_of(new) for _, _, new in what.files])
            came, went = (set(lines.tolist()) for lines in marks.difference(before, after))
        else:
            came, went = set(_joined(what.entered).tolist()), set(_joined(what.left).tolist())
        entered, left = came - went, went - came
        self._absent |= left - self._present
        self._present |= entered - self._absent
        self._present -= left
        self._absent -= entered


def _sorted(lines: set[int]) -> LineIds:
    return np.sort(np.fromiter(lines, dtype=np.int32, count=len(lines)))


def _joined(arrays: Sequence[LineIds]) -> LineIds:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else NO_LINES
