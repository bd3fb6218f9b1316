"""Figures by repository, team, agent, model or feature: groups of too few people stand together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from landed.reports.dashboard.look import Look, Row
from landed.rollups import UNTOLD as NOTHING_TOLD
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
USING: Population = "changes"
"""Those whose landed lines are known by agent: commits alone do not tell it of people."""


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


def agents_of_few(look: Look) -> set[str]:
    """Agents whose lines may not be told apart: too few people use them, as far as is known."""
    known = look.store.query(
        "select distinct agent from rollup.presence where population = ? and agent <> ''", [USING]
    )
    groups = look.privacy.groups(look.asked, "agent", USING)
    return set(known["agent"].to_pylist()) - {one.value for one in groups if one.shown}


def without_few_agents(
    look: Look, rows: Sequence[Row], columns: Iterable[str] = ("agent",)
) -> list[Row]:
    """Rows of lines that name no agent of too few people; add them up, as several become alike."""
    few = agents_of_few(look)
    return [row | {column: None for column in columns if row[column] in few} for row in rows]


def without_agents(rows: Sequence[Row]) -> list[Row]:
    """Lines by class and grade alone: an agent may be that of a few people."""
    return [row | {"agent": None} for row in rows]


def subject_shown(look: Look, row: Row) -> bool:
    """Whether a row of the metric leaks may be shown: a feature, else a branch, in a repository.

    A branch is one person's as a rule, and nothing tells whose: it is shown where all work without
    a feature is the viewer's own.
    """
    asked = look.asked
    if row["repository"] is not None:
        asked = asked.having("repository", row["repository"])
    known = look.store.query("select distinct feature from rollup.presence where feature <> ''")
    if row["subject"] in known["feature"].to_pylist():
        return look.privacy.decision(asked.having("feature", row["subject"]), "sessions").shown
    untold = look.privacy.decision(asked.having("feature", NOTHING_TOLD), "sessions")
    if row["subject"] == UNTOLD["feature"]:
        return untold.shown
    return untold.shown and (untold.people or 0) < look.settings.privacy.smallest_group
