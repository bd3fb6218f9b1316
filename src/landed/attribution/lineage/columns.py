"""The columns that lineage works on: lines at a place in one commit's patch, and links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Integers = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PlacedLines:
    """Lines where a commit added or removed them, one row each, in columns of equal length.

    Rows are ordered by commit, path and line number.

    Attributes:
        line: line ids.
        commit: commit_index of the commit that added (removed) the line.
        path: path_index of the file.
        number: line number in the file after (before) the commit, from 1.
        text: keyed hash of the normalised text.
        trivial: fewer than three letters or digits.
    """

    line: Integers
    commit: Integers
    path: Integers
    number: Integers
    text: Hashes
    trivial: Flags

    def __len__(self) -> int:
        return len(self.line)

    @classmethod
    def from_arrow(cls, rows: pa.Table) -> PlacedLines:
        """Take the columns line, commit_index, path_index, line_number, text_hash, trivial."""
        unordered = cls(
            *(
                rows[name].to_numpy().astype(type_, copy=False)
                for name, type_ in (
                    ("line", np.int32),
                    ("commit_index", np.int32),
                    ("path_index", np.int32),
                    ("line_number", np.int32),
                    ("text_hash", np.uint64),
                    ("trivial", np.bool_),
                )
            )
        )
        order = np.lexsort((unordered.number, unordered.path, unordered.commit))
        return unordered.take(order)

    @classmethod
    def joined(cls, parts: Sequence[PlacedLines]) -> PlacedLines:
        """Return the rows of all parts, in their order."""
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, rows: npt.NDArray[np.integer] | Flags) -> PlacedLines:
        """Return the rows at these positions, or where the mask holds."""
        return PlacedLines(*(getattr(self, field.name)[rows] for field in fields(self)))

    def part(self, start: int, stop: int) -> PlacedLines:
        """Return rows `start` to `stop`, without copying."""
        return PlacedLines(*(getattr(self, field.name)[start:stop] for field in fields(self)))

    def of_commit(self, commit: int) -> PlacedLines:
        """Return the rows of one commit."""
        start, stop = range_of(self.commit, commit)
        return self.part(start, stop)

    def follows(self) -> Flags:
        """Tell for each row whether it stands directly below the row before it."""
        below = np.zeros(len(self), dtype=np.bool_)
        below[1:] = (
            (self.commit[1:] == self.commit[:-1])
            & (self.path[1:] == self.path[:-1])
            & (self.number[1:] == self.number[:-1] + 1)
        )
        return below

    def by_path(self) -> dict[int, tuple[int, int]]:
        """Return where each path's rows begin and end, for the rows of one commit."""
        paths, starts = np.unique(self.path, return_index=True)
        stops = [*starts[1:].tolist(), len(self)][: len(paths)]
        return dict(zip(paths.tolist(), zip(starts.tolist(), stops, strict=True), strict=True))


@dataclass(frozen=True)
class Links:
    """Lines and the earlier lines they continue: two columns of line ids."""

    line: Integers
    predecessor: Integers

    def __len__(self) -> int:
        return len(self.line)

    @classmethod
    def joined(cls, parts: Iterable[Links]) -> Links:
        """Return the links of all parts, in their order."""
        every = [cls(_NO_LINES, _NO_LINES), *parts]
        return cls(
            np.concatenate([part.line for part in every]),
            np.concatenate([part.predecessor for part in every]),
        )

    def take(self, rows: npt.NDArray[np.integer] | Flags) -> Links:
        """Return the links at these positions, or where the mask holds."""
        return Links(self.line[rows], self.predecessor[rows])


_NO_LINES = np.empty(0, dtype=np.int32)
NO_LINKS = Links(_NO_LINES, _NO_LINES)


def range_of(column: Integers, value: int) -> tuple[int, int]:
    """Return where a sorted column has `value`: the first such position, and one after the last.

    The bounds have the column's type, for otherwise NumPy would convert all of it first.
    """
    start, stop = np.searchsorted(column, np.array([value, value + 1], dtype=column.dtype))
    return int(start), int(stop)


def rows_of(column: Integers, values: npt.ArrayLike) -> Positions:
    """Return the positions at which a sorted column has one of `values`, themselves distinct."""
    wanted = np.asarray(values, dtype=column.dtype)
    starts = np.searchsorted(column, wanted)
    counts = np.searchsorted(column, wanted, side="right") - starts
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mixed(*columns: npt.NDArray[np.integer]) -> Hashes:
    """Return one well-spread 64-bit value for each row of several integer columns."""
    value = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            value = (value + column.astype(np.uint64) + _GOLDEN) * np.uint64(0xBF58476D1CE4E5B9)
            value ^= value >> np.uint64(27)
            value *= np.uint64(0x94D049BB133111EB)
            value ^= value >> np.uint64(31)
    return value
