"""How alike a generated line and a committed one are.

Similarity needs both texts: the committed one is read from git, the generated one from the spool
of this machine while it is kept there. A score, once found, is stored, so that what follows from
it does not depend on how long texts are kept.

The measure is the normalised longest common subsequence of the two lines' tokens (words, numbers,
single other characters): twice its length by the number of tokens of both.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel

from landed.attribution.generated.replay import Replay
from landed.errors import GitError
from landed.ledger.hashing import is_trivial
from landed.ledger.reformat import layout_links
from landed.sources.git.blobs import Blobs
from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch

_TOKEN = re.compile(r"\w+|[^\w\s]")
_STORED_FROM = 0.4
"""Lower scores are not kept: no sensible setting would take them."""
_LARGEST_GAP = 40_000
"""Product of two numbers of lines up to which every line is compared with every other."""

Scores = npt.NDArray[np.float64]


class Place(NamedTuple):
    """A line of a commit: commit id, path, line number from 1."""

    commit: str
    path: str
    number: int


class Texts(Protocol):
    """Where generated text is kept for some time."""

    def texts(self, edits: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the + lines, by ordinal, of those of the edits whose text is still kept."""
        ...


class Similarity:
    """Scores generated lines against committed ones.

    `scores` holds what was scored before and now: (generated line, place of the committed line).
    """

    def __init__(
        self,
        replay: Replay,
        scratch: Scratch,
        kept: Texts,
        stored: Iterable[tuple[int, Place, float]],
        threshold: float,
    ) -> None:
        self.scores = {(piece, place): score for piece, place, score in stored}
        self.threshold = threshold
        self._replay = replay
        self._kept = kept
        self._blobs = Blobs(scratch)
        self._scratch = scratch
        self._generated: dict[int, tuple[str, ...]] = {}
        self._committed: dict[tuple[str, str], list[bytes] | None] = {}

    def compare(self, pieces: Sequence[int], places: Sequence[Place]) -> Scores:
        """Return the score of each piece (row) with each place (column); 0 where not alike.

        Both are in the order in which they stand in their file. 1 stands for equal token streams,
        also where a formatter has joined or split lines.
        """
        found = np.zeros((len(pieces), len(places)))
        if not len(pieces) or not len(places) or found.size > _LARGEST_GAP:
            return found
        ours = [self._text_of(piece) for piece in pieces]
        theirs = [self._line_at(place) for place in places]
        self._score(found, ours, theirs)
        for row, piece in enumerate(pieces):
            for column, place in enumerate(places):
                if ours[row] is not None and theirs[column] is not None:
                    if found[row, column] >= min(_STORED_FROM, self.threshold):
                        self.scores[piece, place] = float(found[row, column])
                else:
                    found[row, column] = self.scores.get((piece, place), 0.0)
        found[found < self.threshold] = 0.0
        return found

    def _score(self, found: Scores, ours: list[bytes | None], theirs: list[bytes | None]) -> None:
        left = [_tokens(text) for text in ours]
        right = [_tokens(text) for text in theirs]
        for row, tokens in enumerate(left):
            for column, others in enumerate(right):
                if tokens and others:
                    found[row, column] = Indel.normalized_similarity(tokens, others)
        if None not in ours and None not in theirs:
            links = layout_links(
                [text for text in ours if text is not None],
                [text for text in theirs if text is not None],
            )
            for link in links:
                if link.rank == 0:
                    found[link.old, link.new] = 1.0

    def _text_of(self, piece: int) -> bytes | None:
        edit = self._replay.edit_of(piece)
        if edit.edit not in self._generated:
            self._generated |= {edit.edit: ()} | self._kept.texts([edit.edit])
        lines = self._generated[edit.edit]
        ordinal = int(self._replay.generated.ordinal[piece])
        return lines[ordinal].encode() if ordinal < len(lines) else None

    def _line_at(self, place: Place) -> bytes | None:
        key = (place.commit, place.path)
        if key not in self._committed:
            self._committed[key] = self._read(*key)
        lines = self._committed[key]
        return lines[place.number - 1] if lines and place.number <= len(lines) else None

    def _read(self, commit: str, path: str) -> list[bytes] | None:
        blob = blob_at(self._scratch, self._blobs, commit, path)
        return None if blob is None else blob.split(b"\n")

    def close(self) -> None:
        """End the git processes."""
        self._blobs.close()


def blob_at(scratch: Scratch, blobs: Blobs, commit: str, path: str) -> bytes | None:
    """Return the file at a path of a commit; None where there is none, or it cannot be read."""
    name = text_to_path(path)
    if not name.split()[1:]:
        return blobs.read(f"{commit}:".encode() + name)
    # a name with white space cannot be asked for by itself
    try:
        row = scratch.run("ls-tree", "-z", commit, "--", os.fsdecode(name)).split(b"\0")[0]
    except GitError:
        return None
    head, _, listed = row.partition(b"\t")
    return blobs.read(head.split()[2]) if listed == name and b" blob " in head else None


def best_assignment(scores: Scores) -> list[tuple[int, int]]:
    """Return the pairs (row, column), in order on both sides, whose scores sum up highest."""
    rows, columns = scores.shape
    best = np.zeros((rows + 1, columns + 1))
    for row in range(rows - 1, -1, -1):
        taken = scores[row] + best[row + 1, 1:]
        taken[scores[row] == 0] = 0
        upper = np.maximum(best[row + 1, :-1], taken)
        # a cell is at least the one to its right
        best[row, :-1] = np.maximum.accumulate(upper[::-1])[::-1]
    pairs = []
    row = column = 0
    while row < rows and column < columns:
        score = scores[row, column]
        if score and np.isclose(best[row, column], score + best[row + 1, column + 1]):
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row, column] == best[row, column + 1]:
            column += 1
        else:
            row += 1
    return pairs


def _tokens(text: bytes | None) -> list[str]:
    if text is None or is_trivial(text):
        return []
    return _TOKEN.findall(text.decode("utf-8", "replace"))
