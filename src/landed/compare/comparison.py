"""AI lines against the other lines that entered the same repository in the same quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landed.compare.exits import Exits, Numbers
from landed.compare.figures import COVERED, Figure, bounded
from landed.compare.resampling import Resampling
from landed.compare.survival import Totals


@dataclass(frozen=True)
class Comparison:
    """Two shares of lines gone after so many days, and whether they differ.

    It tells of an association, nothing more: who wrote a line goes together with what it is for.

    Attributes:
        days: after how many days.
        ai, others: shares gone; others are weighted so that each repository and quarter counts
            as much as it does among the AI lines.
        difference, low, high: AI less others, with its 95 % interval; null where not shown.
        covered: share of the AI lines in repositories and quarters that have other lines too.
        verdict: more, less, no clear difference, or too few.
    """

    days: int
    ai: Figure
    others: Figure
    difference: float | None
    low: float | None
    high: float | None
    covered: float
    verdict: str


def compare_matched(
    ai: Exits, others: Exits, resampling: Resampling, day: int
) -> Comparison | None:
    """Compare the shares gone after `day`; null where no repository and quarter has both."""
    both = np.intersect1d(ai.cell, others.cell)
    if not len(both):
        return None
    ai_there = ai.where(np.isin(ai.cell, both))
    others_there = others.where(np.isin(others.cell, both))
    ai_gone = 1 - Totals.of(ai_there, resampling, day).survival()[:, day]
    others_gone = 1 - _matched(ai_there, others_there, resampling, day).survival()[:, day]
    ai_figure = _figure(ai_there, ai_gone, day)
    others_figure = _figure(others_there, others_gone, day)
    covered = float(ai_there.lines.sum() / max(1, ai.lines.sum()))
    if ai_figure.estimate is None or others_figure.estimate is None:
        return Comparison(day, ai_figure, others_figure, None, None, None, covered, "too few")
    difference = ai_gone - others_gone
    low, high = (float(bound) for bound in np.percentile(difference[1:], COVERED))
    verdict = "more" if low > 0 else "less" if high < 0 else "no clear difference"
    return Comparison(
        day, ai_figure, others_figure, float(difference[0]), low, high, covered, verdict
    )


def _matched(ai: Exits, others: Exits, resampling: Resampling, day: int) -> Totals:
    """The others, each repository and quarter weighted as it is among the AI lines."""
    united: Totals | None = None
    for cell in np.unique(ai.cell):
        wanted = _lines(ai.where(ai.cell == cell), resampling)
        there = others.where(others.cell == cell)
        present = _lines(there, resampling)
        weight = np.divide(wanted, present, out=np.zeros_like(wanted), where=present > 0)
        totals = Totals.of(there, resampling, day).weighted(weight)
        united = totals if united is None else united + totals
    assert united is not None
    return united


def _lines(exits: Exits, resampling: Resampling) -> Numbers:
    """How many lines came in, in each sample."""
    members, place = np.unique(exits.change, return_inverse=True)
    by_change = np.bincount(place, exits.lines.astype(float), len(members))
    lines: Numbers = resampling.weights[:, members].astype(float) @ by_change
    return lines


def _figure(exits: Exits, gone: Numbers, day: int) -> Figure:
    low, high = np.percentile(gone[1:], COVERED)
    if exits.longest() < day:
        return Figure(
            None, None, None, exits.changes_watched(day), None, f"younger than {day} days"
        )
    return bounded(float(gone[0]), float(low), float(high), exits.changes_watched(day))
