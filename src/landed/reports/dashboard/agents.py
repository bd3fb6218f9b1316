"""Agents and models, compared by what shipped and survived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar

from landed.reports.dashboard.grouped import folded
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.spend import Spent, groups_of
from landed.reports.journeys import outcomes_of, price_known
from landed.reports.journeys_groups import group_of, shipped_of
from landed.reports.journeys_model import FunnelGroup, ModelOutcome, ModelShipped
from landed.rollups import Dimension

T = TypeVar("T")
Outcomes: TypeAlias = dict[tuple[str, str | None], T]
"""Something of each agent (its model null) and each of its models."""


@dataclass(frozen=True)
class Compared:
    """An agent (`model` null) or one of its models: its lines, what shipped, what stands.

    `shipped` is the yield, `standing` the share of settled lines that stand; null where there are
    none. Both are drawn over sessions.
    """

    agent: str
    model: str | None
    vendor: str | None
    shipped: ModelShipped | None
    standing: ModelOutcome | None


@dataclass(frozen=True)
class AgentsPage:
    """Agents and models; `hidden` says why nothing is shown.

    Those of too few people are left out of `compared` and counted in `left_out`; their lines and
    dollars stand in the groups as others.
    """

    since: date
    until: date
    hidden: str | None
    compared: list[Compared]
    left_out: int
    funnels: list[FunnelGroup]
    spent: list[Spent]


def agents_of(look: Look) -> AgentsPage:
    """What the page says."""
    decision = look.decision("sessions")
    if not decision.shown:
        return AgentsPage(look.since, look.until, decision.why, [], 0, [], [])
    compared, left_out = _compared(look)
    known = price_known(look.rows("turn_costs"))
    kinds: tuple[Dimension, ...] = ("agent", "model")
    return AgentsPage(
        since=look.since,
        until=look.until,
        hidden=None,
        compared=compared,
        left_out=left_out,
        funnels=[group for kind in kinds for group in _funnels(look, kind, known)],
        spent=[group for kind in kinds for group in groups_of(look, kind)],
    )


def _compared(look: Look) -> tuple[list[Compared], int]:
    # kept for everybody: whom it is shown is decided for each viewer anew
    shipped, standing = look.estimated("agents and models compared", lambda: _outcomes(look))
    agents = _shown(look, "agent")
    models = {
        agent: _shown(look.asking(look.asked.having("agent", agent)), "model") for agent in agents
    }
    found, left_out = [], 0
    for agent, model in dict.fromkeys((*shipped, *standing)):
        if agent not in agents or (model is not None and model not in models[agent]):
            left_out += 1
            continue
        one = shipped.get((agent, model))
        found.append(
            Compared(agent, model, one.vendor if one else None, one, standing.get((agent, model)))
        )
    return found, left_out


def _outcomes(look: Look) -> tuple[Outcomes[ModelShipped], Outcomes[ModelOutcome]]:
    """What shipped and what stands of each agent and model, whoever looks."""
    shipped = {(one.agent, one.model): one for one in shipped_of(look.rows("shipped_by_model"))}
    outcomes = outcomes_of(look.rows("outcome_by_model"))
    return shipped, {(one.agent, one.model): one for one in outcomes}


def _shown(look: Look, dimension: Dimension) -> set[str]:
    """The values of a dimension that may be shown; what is not told is `untold`."""
    groups = look.privacy.groups(look.asked, dimension, "sessions")
    return {group.value or "untold" for group in groups if group.shown}


def _funnels(look: Look, kind: Dimension, known: bool) -> list[FunnelGroup]:
    rows = [row for row in look.rows("funnel_by") if row["kind"] == kind]
    return [
        group_of(kind, name, own, known) for name, own in folded(look, kind, rows, "member").items()
    ]
