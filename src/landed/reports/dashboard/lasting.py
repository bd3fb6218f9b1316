"""How long lines stay, estimated from roll-ups as a report estimates it from single lines."""

from __future__ import annotations

import numpy as np

from landed.compare import Comparison, Exits, Resampling, compare_matched
from landed.reports.dashboard.look import Look
from landed.reports.groups import comparable, is_ai
from landed.reports.lasting import authors_of


def comparison_of(look: Look, days: int) -> Comparison | None:
    """AI lines against the others: what was reworked within so many days; null without both."""
    rows = look.run("survival")
    if not rows.num_rows:
        return None
    exits = Exits.from_table(rows)
    authors, numbers = authors_of(rows)
    ai = np.array([is_ai(who) for who, _, _ in authors], bool)[numbers]
    others = np.array([comparable(who, grade) for who, _, grade in authors], bool)[numbers]
    resampling = Resampling.over(int(exits.change.max()) + 1)
    return compare_matched(exits.where(ai), exits.where(others), resampling, days)
