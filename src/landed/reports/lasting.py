"""How long lines stay: survival and rework by group, and AI lines against the others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from landed.compare import (
    HORIZON,
    Comparison,
    Exits,
    Resampling,
    compare_matched,
    figure_at,
    figures_at,
    resampled_curves,
)
from landed.compare.exits import Integers, Numbers
from landed.compare.figures import COVERED, FEWEST_CHANGES
from landed.metrics import Answers
from landed.reports.groups import Author, Membership, comparable, is_ai, memberships
from landed.reports.model import CurvePoint, GroupSurvival, SurvivalPoint

MILESTONES = (30, 90, 180, 365)
_CURVE_DAYS = sorted({*range(15), *range(21, HORIZON, 7), *MILESTONES})


def lasting_of(bench: Answers, rework_days: int) -> tuple[list[GroupSurvival], Comparison | None]:
    """Survival of each group, and the matched comparison of rework (null where it cannot be)."""
    rows = bench.run("survival")
    if not rows.num_rows:
        return [], None
    exits = Exits.from_table(rows)
    resampling = Resampling.over(int(exits.change.max()) + 1)
    authors, numbers = authors_of(rows)
    lines = np.bincount(numbers, exits.lines, len(authors)).astype(int)

    def of(holds: list[bool]) -> Exits:
        return exits.where(np.array(holds, bool)[numbers])

    survival = [
        _group_survival(
            member, of([member.holds(*author) for author in authors]), resampling, rework_days
        )
        for member in memberships(zip(authors, lines.tolist(), strict=True))
    ]
    comparison = compare_matched(
        of([is_ai(who) for who, _, _ in authors]),
        of([comparable(who, grade) for who, _, grade in authors]),
        resampling,
        rework_days,
    )
    return survival, comparison


def authors_of(rows: pa.Table) -> tuple[list[Author], Integers]:
    """The different authors among `rows`, and the number of each row's author."""
    codes = np.zeros(rows.num_rows, np.int64)
    for name in ("who", "agent", "grade"):
        column = rows[name].combine_chunks().dictionary_encode("encode")
        codes = codes * (len(column.dictionary) + 1) + np.asarray(column.indices, np.int64)
    _, firsts, numbers = np.unique(codes, return_index=True, return_inverse=True)
    found = rows.select(["who", "agent", "grade"]).take(pa.array(firsts)).to_pylist()
    return [(row["who"], row["agent"], row["grade"]) for row in found], numbers.astype(np.int64)


def _group_survival(
    member: Membership, exits: Exits, resampling: Resampling, rework_days: int
) -> GroupSurvival:
    curves = resampled_curves(exits, resampling)
    return GroupSurvival(
        group=member.group,
        stays=int(exits.lines.sum()),
        changes=exits.changes,
        points=[
            SurvivalPoint(day, found)
            for day, found in zip(MILESTONES, figures_at(exits, curves, MILESTONES), strict=True)
        ],
        curve=_curve(exits, curves),
        rework=figure_at(exits, curves, rework_days).complement(),
    )


def _curve(exits: Exits, curves: Numbers) -> list[CurvePoint]:
    """The curve up to the last day that can be told, with the bounds of the samples."""
    figures = figures_at(exits, curves, _CURVE_DAYS)
    told = [
        day for day, found in zip(_CURVE_DAYS, figures, strict=True) if found.estimate is not None
    ]
    lows, highs = np.percentile(curves[1:, _CURVE_DAYS], COVERED, axis=0).tolist()
    points = []
    for day, low, high in zip(_CURVE_DAYS, lows, highs, strict=True):
        if not told or day > told[-1] or exits.changes_watched(day) < FEWEST_CHANGES:
            break
        points.append(CurvePoint(day, float(curves[0, day]), low, high))
    return points
