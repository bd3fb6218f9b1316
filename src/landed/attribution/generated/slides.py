"""A block whose place two differences tell in two ways.

Where the line before an inserted block equals its last line, the block may as well begin one line
earlier: `} … {` or `… { }`. An edit's difference and git's may choose differently. Both blocks are
then runs of equal length, and the one is the other turned round.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from landed.attribution.generated.edits import Hashes, Numbers

Runs = list[range]


def runs_of(numbers: Sequence[int]) -> Runs:
    """Return the runs of consecutive numbers in a rising sequence, as positions in it."""
    if not len(numbers):
        return []
    edges = [at for at, (one, next_) in enumerate(pairwise(numbers), 1) if next_ != one + 1]
    return [range(start, stop) for start, stop in pairwise([0, *edges, len(numbers)])]


def turned(ours: Hashes, theirs: Hashes) -> list[int] | None:
    """Return for each of our lines the position of its equal among theirs, if theirs are ours
    turned round; None where they are not.
    """
    count = len(ours)
    left, right = ours.tolist(), theirs.tolist()
    if count != len(right) or sorted(left) != sorted(right):
        return None
    for turn in range(1, count):
        if left[turn:] + left[:turn] == right:
            return [(at - turn) % count for at in range(count)]
    return None


def slid_pairs(
    positions: Numbers,
    our_text: Hashes,
    numbers: Numbers,
    their_text: Hashes,
    matched: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Return further pairs that complete blocks which differ by a slide.

    `positions` are the line numbers in the file of the pieces that the commit may hold, `numbers`
    those of the commit's births that nobody else has, both rising, each with its texts. `matched`
    are the pairs (index of a piece, index of a birth) that are known; so are the answer's.
    """
    known, taken = dict(matched), {birth for _, birth in matched}
    runs = {at: run for run in runs_of(numbers.tolist()) for at in run}
    found = []
    for ours in runs_of(positions.tolist()):
        theirs = next((runs[known[at]] for at in ours if at in known), None)
        if theirs is None or all(at in known for at in ours):
            continue
        turn = turned(our_text[ours.start : ours.stop], their_text[theirs.start : theirs.stop])
        for at, place in zip(ours, turn or (), strict=False):
            birth = theirs.start + place
            if at not in known and birth not in taken:
                found.append((at, birth))
                taken.add(birth)
    return found
