"""Which added lines of a commit are lines of given blocks: equal text, in order, one to one.

A block is a run of lines that stood together when they were generated, or the lines that an
earlier form of the commit added to a file. Blocks that come first are served first.

- A line of fewer than three letters or digits counts only beside a line that counts.
- Under another path, and where a block's line is `weak`, only a run of three counts, one of them
  not trivial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from landed.hook.commits import Added

_RUN = 3


@dataclass(frozen=True)
class Block:
    """Lines to find: their path and hashes; None is a line that may not be found.

    `weak` are indexes of lines that are found only in a run of three.
    """

    path: str
    hashes: Sequence[int | None]
    weak: frozenset[int] = frozenset()


class Found(NamedTuple):
    """A line of a commit that is a line of a block: the one at `within` of the block at `block`."""

    path: str
    line: int
    block: int
    within: int


def match(
    added: Mapping[str, Added],
    blocks: Sequence[Block],
    taken: Mapping[str, Iterable[int]] | None = None,
) -> list[Found]:
    """Return the added lines that are lines of `blocks`, none of the line numbers in `taken`."""
    files = {
        path: _File(lines, frozenset(taken.get(path, ())) if taken else frozenset())
        for path, lines in added.items()
    }
    homes: dict[str, _File] = {}
    for path, lines in added.items():
        if lines.old_path is not None:
            homes.setdefault(lines.old_path, files[path])
    homes.update(files)
    paths = {id(file): path for path, file in files.items()}
    found: list[Found] = []
    left: list[set[int]] = []
    for at, block in enumerate(blocks):
        indexes = {index for index, line in enumerate(block.hashes) if line is not None}
        file = homes.get(block.path)
        if file is not None:
            for position, index in file.take(block, indexes, anywhere=False):
                found.append(Found(paths[id(file)], file.added.numbers[position], at, index))
                indexes.discard(index)
        left.append(indexes)
    places = _places(files)
    for at, block in enumerate(blocks):
        near: dict[str, None] = {}
        for index in left[at]:
            near.update(dict.fromkeys(places.get(block.hashes[index] or 0, ())))
        for path in near:
            file = files[path]
            if file is homes.get(block.path):
                continue
            for position, index in file.take(block, left[at], anywhere=True):
                found.append(Found(path, file.added.numbers[position], at, index))
                left[at].discard(index)
    return found


def _places(files: Mapping[str, _File]) -> dict[int, list[str]]:
    """Return in which files each line that is free and not trivial stands."""
    places: dict[int, list[str]] = {}
    for path, file in files.items():
        for position in file.free:
            if not file.added.trivial[position]:
                paths = places.setdefault(file.added.hashes[position], [])
                if not paths or paths[-1] != path:
                    paths.append(path)
    return places


class _File:
    """The added lines of one file, and which of them are free."""

    def __init__(self, added: Added, taken: frozenset[int]) -> None:
        self.added = added
        self.free = {at for at, number in enumerate(added.numbers) if number not in taken}
        self.telling = added.telling()

    def take(self, block: Block, indexes: set[int], *, anywhere: bool) -> list[tuple[int, int]]:
        """Take the free lines that are lines of the block: pairs of position and index."""
        pairs = dict(self._in_order(block, indexes))
        self._extend(pairs, block, indexes)
        kept = [
            pair
            for run in self._runs(pairs)
            for pair in run
            if self._is_long(run) or not (anywhere or pair[1] in block.weak)
        ]
        kept = [pair for run in self._runs(dict(kept)) for pair in run if self._counts(run)]
        self.free.difference_update(position for position, _ in kept)
        return kept

    def _in_order(self, block: Block, indexes: set[int]) -> Iterator[tuple[int, int]]:
        """Yield a longest common subsequence of the lines that are not trivial."""
        wanted = {block.hashes[index] for index in indexes}
        if wanted.isdisjoint(self.telling):
            return
        here = [
            at
            for at in sorted(self.free)
            if not self.added.trivial[at] and self.added.hashes[at] in wanted
        ]
        hashes = [self.added.hashes[at] for at in here]
        standing = set(hashes)
        there = [index for index in sorted(indexes) if block.hashes[index] in standing]
        if not there:
            return
        for step in LCSseq.opcodes(hashes, [block.hashes[index] for index in there]):
            if step.tag == "equal":
                for offset in range(step.src_end - step.src_start):
                    yield here[step.src_start + offset], there[step.dest_start + offset]

    def _extend(self, pairs: dict[int, int], block: Block, indexes: set[int]) -> None:
        """Add the equal lines beside those that were found, from neighbour to neighbour."""
        used = set(pairs.values())
        for start, index in list(pairs.items()):
            for step in (-1, 1):
                position, other = start + step, index + step
                while (
                    position in self.free
                    and position not in pairs
                    and self.added.numbers[position] == self.added.numbers[position - step] + step
                    and other in indexes
                    and other not in used
                    and block.hashes[other] == self.added.hashes[position]
                ):
                    pairs[position] = other
                    used.add(other)
                    position, other = position + step, other + step

    def _runs(self, pairs: Mapping[int, int]) -> list[list[tuple[int, int]]]:
        """Return the pairs by runs of neighbours, on both sides."""
        runs: list[list[tuple[int, int]]] = []
        for position in sorted(pairs):
            index = pairs[position]
            if (
                runs
                and runs[-1][-1] == (position - 1, index - 1)
                and self.added.numbers[position] == self.added.numbers[position - 1] + 1
            ):
                runs[-1].append((position, index))
            else:
                runs.append([(position, index)])
        return runs

    def _counts(self, run: list[tuple[int, int]]) -> bool:
        return any(not self.added.trivial[position] for position, _ in run)

    def _is_long(self, run: list[tuple[int, int]]) -> bool:
        return len(run) >= _RUN and self._counts(run)
