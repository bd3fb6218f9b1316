"""The first line of every lineage."""

from __future__ import annotations

import numpy as np

from landed.attribution.lineage.columns import Integers, Links


def find_roots(links: Links) -> Links:
    """Return each linked line with the first line of its lineage.

    Every line stands at most once on the left of `links`, and following predecessors never
    comes back to a line. The answer has the same lines, sorted; roots are in `predecessor`.
    """
    order = np.argsort(links.line, kind="stable")
    line, root = links.line[order], links.predecessor[order]
    while len(line):
        place = np.minimum(np.searchsorted(line, root), len(line) - 1)
        further = line[place] == root
        if not further.any():
            break
        root = np.where(further, root[place], root)
    return Links(line, root)


def roots_of(lines: Integers, roots: Links) -> Integers:
    """Return the root of each of `lines`; a line without one is its own."""
    if not len(roots):
        return lines
    place = np.minimum(np.searchsorted(roots.line, lines), len(roots) - 1)
    return np.where(roots.line[place] == lines, roots.predecessor[place], lines).astype(np.int32)
