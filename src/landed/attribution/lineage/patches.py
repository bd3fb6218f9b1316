"""What commits added and removed, for the few commits that a rule looks at closely."""

from __future__ import annotations

import numpy as np

from landed.attribution.lineage.columns import Integers, Links, PlacedLines


class Patches:
    """The added and removed lines of some commits."""

    def __init__(self, added: PlacedLines, removed: PlacedLines):
        """Take rows of all these commits together, ordered by commit, path, line number."""
        self._added = added
        self._removed = removed

    def added(self, commit: int) -> PlacedLines:
        """Return the lines born in a commit."""
        return self._added.of_commit(commit)

    def removed(self, commit: int) -> PlacedLines:
        """Return the lines that a commit removed."""
        return self._removed.of_commit(commit)

    def removed_by_any(self, commits: Integers) -> PlacedLines:
        """Return the lines that any of these commits removed, as if one commit had."""
        rows = self._removed.take(np.isin(self._removed.commit, commits))
        as_one = PlacedLines(
            rows.line, np.zeros_like(rows.commit), rows.path, rows.number, rows.text, rows.trivial
        )
        return as_one.take(np.lexsort((as_one.number, as_one.path)))


def same_texts(left: PlacedLines, right: PlacedLines) -> bool:
    """Tell whether two patches have the same texts at the same paths, in the same order."""
    return np.array_equal(left.path, right.path) and np.array_equal(left.text, right.text)


class TakenLines:
    """Which lines have a predecessor already: the first rule that finds one decides."""

    def __init__(self, lines: int):
        """Begin with none of `lines` lines, numbered from 0, taken."""
        self._taken = np.zeros(lines, dtype=np.bool_)

    def add(self, lines: Integers) -> None:
        """Mark lines as taken."""
        self._taken[lines] = True

    def free(self, lines: Integers) -> np.ndarray:
        """Tell which of `lines` are not taken."""
        return ~self._taken[lines]

    def claim(self, links: Links) -> Links:
        """Return the links whose line was free, one for each line, and mark those lines."""
        _, first = np.unique(links.line, return_index=True)
        kept = links.take(np.sort(first))
        kept = kept.take(self.free(kept.line))
        self.add(kept.line)
        return kept
