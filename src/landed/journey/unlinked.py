"""AI lines of the ledger that no generated line is linked to, in the same buckets.

Commits, notes and trailers tell of them: sessions of others, on other machines, or from before the
logs begin. They are never added to the generated lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from landed.config import Settings
from landed.journey.columns import NEVER, NONE, Integers, among, integers
from landed.journey.fates import read_fates
from landed.journey.history import History, read_history
from landed.journey.ledger_lines import read_ledger_lines
from landed.journey.model import BUCKETS, COMMITTED_BUCKETS
from landed.journey.reading import default_branches, moment_of
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class UnlinkedLines:
    """How many such lines there are, by bucket, and how many ever reached the default branch."""

    lines: int
    landed: int
    buckets: dict[str, int]


def read_unlinked(
    store: Store,
    settings: Settings,
    repositories: Collection[str] | None = None,
    at: datetime | None = None,
) -> UnlinkedLines:
    """Count the AI lines of the ledger that no generated line is linked to, as of the time `at`.

    A line with several carriers counts once. Lines of these repositories; None = of all.
    """
    moment = moment_of(at)
    counts: Counter[str] = Counter()
    landed = 0
    for repository, branch in default_branches(store).items():
        if repositories is not None and repository not in repositories:
            continue
        history = read_history(store, repository, moment.until)
        lines = _unlinked(store, history, moment.limit)
        if len(lines):
            fates = read_fates(store, settings, history, branch, lines, moment.now)
            found, number = np.unique(fates.bucket[fates.bucket != NONE], return_counts=True)
            counts.update(
                {BUCKETS[code]: int(many) for code, many in zip(found, number, strict=True)}
            )
            landed += int(np.count_nonzero(fates.merged_at != NEVER))
    buckets = {name: counts[name] for name in COMMITTED_BUCKETS}
    return UnlinkedLines(sum(buckets.values()), landed, buckets)


def _unlinked(store: Store, history: History, until: datetime) -> Integers:
    """The first lines of lineages that AI wrote and no generated line is linked to."""
    lines = read_ledger_lines(store, history)
    by_ai = lines.root[lines.ai]
    asked = {"repository": history.repository, "until": until}
    linked = integers(store.query(statement("linked"), asked), "root_line")
    unlinked: Integers = by_ai[among(by_ai, linked) == NONE]
    return unlinked
