"""The charts of the page Quality."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from landed.reports import palette, wording
from landed.reports.delivery_model import MonthDeployments
from landed.reports.groups import broad_class
from landed.reports.model import AgeLines, GroupSurvival
from landed.server.pages.chart_kinds import bars_over_time, model_series, survival_curves
from landed.server.pages.charts import Drawn, Series, drawn
from landed.server.pages.listing import Column

_WRITERS = {
    "ai": Series("AI", palette.WHO["ai"]),
    "human": Series("human", palette.WHO["human"]),
    "automation": Series("automation", palette.WHO["automation"]),
    "unknown": Series("unknown", palette.WHO["unknown"]),
}
_OUTCOMES = (
    Series("held", palette.FATE["live"]),
    Series("failed", palette.FATE["reworked"]),
)
_CURVE_COLUMNS = (
    Column("group", "Lines of", kind="wide"),
    Column("day", "Days", "count"),
    Column("share", "Still there", "percent"),
    Column("interval", "95 % of samples", kind="text"),
)
_MONTH_COLUMNS = (
    Column("month", "Month", "month", kind="text"),
    Column("deployments", "Deployments", "count"),
    Column("failed", "Failed", "count"),
    Column("unplanned", "Unplanned", "count"),
)
_TOLD_DAYS = (7, 14, 28, 56, 91, 182, 273, 364)


def by_writer(survival: Sequence[GroupSurvival]) -> Drawn | None:
    """How long lines stay by who wrote them; null where no curve can be told."""
    chosen = [(one, _WRITERS[one.group.key]) for one in survival if one.group.key in _WRITERS]
    return _curves("survival", "How long do lines stay?", chosen)


def by_agent(survival: Sequence[GroupSurvival]) -> Drawn | None:
    """How long agents' lines stay; null where it cannot be told of two."""
    agents = [one for one in survival if one.group.agent is not None and one.curve]
    if len(agents) < 2:
        return None
    series = model_series([one.group.label for one in agents])
    chosen = list(zip(agents, series, strict=False))
    return _curves("agents", "And those of each agent?", chosen)


def _curves(
    name: str, question: str, chosen: Sequence[tuple[GroupSurvival, Series]]
) -> Drawn | None:
    told = [(one, series) for one, series in chosen if one.curve]
    if not told:
        return None
    rows = [
        {
            "day": point.day,
            "series": series.name,
            "value": point.estimate,
            "low": point.low,
            "high": point.high,
        }
        for one, series in told
        for point in one.curve
    ]
    table = [
        {
            "group": series.name,
            "day": point.day,
            "share": point.estimate,
            "interval": f"{100 * point.low:.0f}–{100 * point.high:.0f} %",
        }
        for one, series in told
        for point in one.curve
        if point.day in _TOLD_DAYS
    ]
    numbers = (f"{series.name} {wording.count(one.changes, 'change')}" for one, series in told)
    return drawn(
        name,
        question,
        survival_curves(rows, [series for _, series in told]),
        columns=_CURVE_COLUMNS,
        rows=table,
        series=[series for _, series in told],
        answer=f"Shares on the default branch, 95 % intervals over {wording.listed(numbers)}",
        height=260,
    )


def by_age(ages: Sequence[AgeLines]) -> list[dict[str, Any]]:
    """Lines alive by the age of their stay, youngest first: rows with one part a writer."""
    found: dict[str, dict[str, int]] = {}
    for row in ages:
        own = found.setdefault(row.age, {})
        who = broad_class(row.who)
        own[who] = own.get(who, 0) + row.lines
    return [
        {
            "age": age,
            "parts": [
                {"label": _WRITERS[who].name, "value": own[who], "tone": f"tone-{who}"}
                for who in _WRITERS
                if own.get(who)
            ],
        }
        for age, own in found.items()
    ]


def by_month(months: Sequence[MonthDeployments]) -> Drawn | None:
    """Deployments to production by month, and those that failed; null where there are none."""
    if not months:
        return None
    rows: list[dict[str, Any]] = []
    for one in months:
        amounts = (one.deployments - one.failed, one.failed)
        rows += [
            {"date": f"{one.month[:7]}-01", "series": series.name, "value": amount}
            for series, amount in zip(_OUTCOMES, amounts, strict=True)
        ]
    total, failed = (
        sum(getattr(one, name) for one in months) for name in ("deployments", "failed")
    )
    first, last = (
        date.fromisoformat(f"{month}-01") for month in (months[0].month[:7], months[-1].month[-7:])
    )
    return drawn(
        "deployments",
        "How many deployments, and how many failed?",
        bars_over_time(rows, list(_OUTCOMES), step="month", what="deployments"),
        columns=_MONTH_COLUMNS,
        rows=list(months)[::-1],
        series=list(_OUTCOMES),
        answer=(
            f"{wording.count(total, 'deployment')} to production from {first:%b %Y} to"
            f" {last:%b %Y}; {wording.count(failed)} were rolled back, hotfixed or led to an"
            " incident"
        ),
    )
