"""Figures by repository, team, agent, model or feature: groups of too few people stand together."""

from __future__ import annotations

from collections.abc import Sequence

from landed.reports.dashboard.look import Look, Row
from landed.rollups import Dimension
from landed.rollups.privacy import Population

OTHERS = "others"
"""The name of all groups of too few people together."""
UNTOLD = {
    "team": "in no team",
    "model": "untold model",
    "feature": "no feature",
    "agent": "untold agent",
    "repository": "no repository",
}
"""What a group is called of which the dimension is not told."""
PLACES = {"outside": "outside any repository", "unread": "repositories that were not read"}
TOLD_AS = {"team": "no team", "model": "untold model"}
"""What metrics call those of whom nothing is told."""


def folded(
    look: Look,
    dimension: Dimension,
    rows: Sequence[Row],
    column: str,
    population: Population = "sessions",
) -> dict[str, list[Row]]:
    """The rows by the name to show of their group; `OTHERS`, if there is one, comes last."""
    shown = {
        group.value
        for group in look.privacy.groups(look.asked, dimension, population)
        if group.shown
    }
    members: dict[str, list[Row]] = {}
    rest: list[Row] = []
    for row in rows:
        value = row[column] or ""
        if value == TOLD_AS.get(dimension):
            value = ""
        if value in shown:
            members.setdefault(name_of(look, dimension, value), []).append(row)
        else:
            rest.append(row)
    return members | ({OTHERS: rest} if rest else {})


def name_of(look: Look, dimension: Dimension, value: str) -> str:
    """How a value of a dimension is shown."""
    if dimension == "repository":
        return look.names.get(value) or PLACES.get(value, value or UNTOLD[dimension])
    return value or UNTOLD[dimension]


def value_named(look: Look, dimension: str, name: str) -> str:
    """The value of a dimension that is shown as `name`; empty for those of whom it is not told."""
    if dimension == "repository":
        known = {shown: value for value, shown in (look.names | PLACES).items()}
        return known.get(name, name)
    return "" if name == UNTOLD.get(dimension) else name
