"""A file as edits leave it: which of its lines are known, and which of them an agent generated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.attribution.generated.edits import Change, Found, Hashes, Numbers
from landed.attribution.lineage.alignment import align

UNKNOWN = np.uint64(0)
"""Stands for the text of a line that no edit has told."""
NOBODY = -1
"""Stands for the piece of a line that was there before, or that nobody is known to have made."""
LONGEST = 2_000_000
"""A line number beyond it, which only a damaged log has, is no place."""

_NO_PIECES: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FileState:
    """The lines of one file at one time.

    A piece is a generated line, or a line that a human is seen to have put in; both are numbered
    in one sequence. `text` and `piece` have one entry a line. `whole` is true where every line
    of the file is known. `loose` are pieces that are in the file at a place that is not known.
    """

    text: Hashes
    piece: Numbers
    whole: bool
    loose: frozenset[int] = _NO_PIECES

    @property
    def present(self) -> Numbers:
        """The pieces that are in the file."""
        placed = self.piece[self.piece >= 0]
        if not self.loose:
            return placed
        return np.concatenate([placed, np.array(sorted(self.loose), dtype=np.int64)])


NOTHING_KNOWN = FileState(np.empty(0, np.uint64), np.empty(0, np.int64), whole=False)
EMPTY = FileState(np.empty(0, np.uint64), np.empty(0, np.int64), whole=True)


@dataclass(frozen=True)
class Seen:
    """What a whole file shows beside what was known of it.

    `state` has the pieces that are still there; `gone` those that are not; `appeared` are the
    positions of lines that were not known. `gone_at` and `appeared_at` number the places: what
    went and what came at one place have one number (-1: at a place that is not known).
    """

    state: FileState
    gone: Numbers
    gone_at: Numbers
    appeared: Numbers
    appeared_at: Numbers


def look(state: FileState, found: Found) -> Seen:
    """Compare what was known of a file with the file as it was found."""
    known = np.flatnonzero(state.text != UNKNOWN)
    left, right = align(state.text[known], found.text)
    left = known[left]
    piece = np.full(len(found.text), NOBODY, dtype=np.int64)
    piece[right] = state.piece[left]
    kept = np.zeros(len(state.piece), dtype=np.bool_)
    kept[left] = True
    lost = np.flatnonzero(~kept & (state.piece >= 0))
    gone = state.piece[lost]
    # two lines are at one place where as many pairs stand before the one as before the other
    gone_at = np.searchsorted(left, lost)
    if state.loose:
        gone = np.concatenate([gone, np.array(sorted(state.loose), dtype=np.int64)])
        gone_at = np.concatenate([gone_at, np.full(len(state.loose), -1)])
    fresh = np.ones(len(found.text), dtype=np.bool_)
    fresh[right] = False
    appeared = np.flatnonzero(fresh)
    after = FileState(found.text, piece, whole=True)
    return Seen(after, gone, gone_at, appeared, np.searchsorted(right, appeared))


@dataclass(frozen=True)
class Applied:
    """A file after an edit, the pieces that the edit took out, and those it put in."""

    state: FileState
    removed: Numbers


def apply(state: FileState, changes: tuple[Change, ...], text: Hashes) -> Applied:
    """Apply the changes of one edit; `text` has the texts of all generated lines.

    A change is applied at its line number where the lines that it takes out stand there, else
    where they are found; a change that fits nowhere leaves its lines loose.
    """
    cells, pieces = _Parts(state.text), _Parts(state.piece)
    texts, owners = state.text, state.piece
    at = 0
    shift = 0
    removed = [np.empty(0, dtype=np.int64)]
    loose = set(state.loose)
    whole = state.whole
    for change in changes:
        count = change.stop - change.first
        start = _place(texts, change, at, shift, state.whole)
        if start is None:
            loose.update(range(change.first, change.stop))
            whole = False
            shift += count - len(change.removed)
            continue
        end = start + len(change.removed)
        if end > len(texts):
            lack = end - len(texts)
            texts = np.concatenate([texts, np.full(lack, UNKNOWN, dtype=np.uint64)])
            owners = np.concatenate([owners, np.full(lack, NOBODY, dtype=np.int64)])
        taken = owners[start:end]
        removed.append(taken[taken >= 0])
        cells.add(texts[at:start], text[change.first : change.stop])
        pieces.add(owners[at:start], np.arange(change.first, change.stop))
        at = end
        shift += count - len(change.removed)
    cells.add(texts[at:])
    pieces.add(owners[at:])
    after = FileState(cells.joined(), pieces.joined(), whole, frozenset(loose))
    return Applied(after, np.concatenate(removed))


class _Parts:
    """Parts of a column, to be joined once."""

    def __init__(self, like: np.ndarray) -> None:
        self._type = like.dtype
        self._parts: list[np.ndarray] = [np.empty(0, dtype=like.dtype)]

    def add(self, *parts: np.ndarray) -> None:
        self._parts += [part.astype(self._type, copy=False) for part in parts]

    def joined(self) -> np.ndarray:
        return np.concatenate(self._parts)


def _place(texts: Hashes, change: Change, at: int, shift: int, whole: bool) -> int | None:
    """Return the position at which a change takes place, from `at` on; None where there is none.

    `shift` is by how many lines the changes before this one have made the file longer.
    """
    wanted = None
    if change.old is not None:
        wanted = change.old - 1
    elif change.new is not None:
        wanted = change.new - 1 - shift
    if wanted is None or not at <= wanted < LONGEST:
        wanted = None
    elif _fits(texts, change.removed, wanted, whole):
        return wanted
    if not len(change.removed):
        return None
    return _nearest(texts, change.removed, at, wanted)


def _fits(texts: Hashes, removed: Hashes, start: int, whole: bool) -> bool:
    """Tell whether these lines stand at `start`, as far as the file is known."""
    if whole and start + len(removed) > len(texts):
        return False
    there = texts[start : start + len(removed)]
    return bool(((there == removed[: len(there)]) | (there == UNKNOWN)).all())


def _nearest(texts: Hashes, removed: Hashes, at: int, wanted: int | None) -> int | None:
    """Return where a run of lines stands, the place nearest to the one that is wanted."""
    last = len(texts) - len(removed)
    if last < at:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(texts[at:], len(removed))
    places = np.flatnonzero((windows == removed).all(axis=1)) + at
    if not len(places):
        return None
    return int(places[0] if wanted is None else places[np.argmin(np.abs(places - wanted))])
