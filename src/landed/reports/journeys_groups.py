"""The funnel and the yield of generated lines by agent, model, team, repository and month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from landed.compare import FEWEST_PEOPLE, share_of
from landed.reports.journeys_model import FunnelGroup, ModelShipped, Money

SMALL_TEAMS = "smaller teams, and people in none"
_COUNTED = ("accepted", "committed", "reviewed", "green", "merged", "deployed", "live")

Row = dict[str, Any]


def groups_of(
    rows: Sequence[Row], funnel: Sequence[Row], names: dict[str, str], known: bool
) -> list[FunnelGroup]:
    """The funnel of every group; `rows` are of funnel_by, `funnel` of the metric funnel.

    Groups of one kind are told only where there are several; of several repositories sums are of
    those of which something is told. Without `known` prices there are none.
    """
    found: list[FunnelGroup] = []
    for kind in ("agent", "model", "team"):
        own = [row for row in rows if row["kind"] == kind]
        members = _team_members(own) if kind == "team" else _named_members(own)
        groups = [group_of(kind, member, part, known) for member, part in members.items()]
        found += sorted(groups, key=lambda one: (-one.generated, one.name)) if groups[1:] else []
    if len(funnel) > 1:
        found += [group_of("repository", _shown(row, names), [row], known) for row in funnel]
    by_month = _named_members([row for row in rows if row["kind"] == "month"])
    found += [group_of("month", month, by_month[month], known) for month in sorted(by_month)]
    return found


def shipped_of(rows: Sequence[Row]) -> list[ModelShipped]:
    """The yield of each agent, and where it ran several models of each of these."""
    by_agent: dict[str, list[Row]] = {}
    for row in rows:
        by_agent.setdefault(row["agent"], []).append(row)
    found = []
    for agent, own in sorted(by_agent.items(), key=lambda item: (-_mature(item[1]), item[0])):
        found.append(_shipped(agent, None, own))
        models: dict[str, list[Row]] = {}
        for row in own:
            models.setdefault(row["model"] or "untold", []).append(row)
        if len(models) > 1:
            ordered = sorted(models.items(), key=lambda item: (-_mature(item[1]), item[0]))
            found += [_shipped(agent, model, part) for model, part in ordered]
    return found


def _shown(row: Row, names: dict[str, str]) -> str:
    repository: str = row["repository"]
    return names.get(repository, repository)


def _mature(rows: Iterable[Row]) -> int:
    return int(sum(row["mature"] for row in rows))


def _shipped(agent: str, model: str | None, rows: Sequence[Row]) -> ModelShipped:
    by_session: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row["mature"]:
            sums = by_session.setdefault((row["repository"], row["session"]), [0, 0])
            sums[0] += row["shipped"]
            sums[1] += row["mature"]
    counted = np.array([sums[0] for sums in by_session.values()], np.int64)
    total = np.array([sums[1] for sums in by_session.values()], np.int64)
    vendors = {row["vendor"] for row in rows}
    return ModelShipped(
        vendor=vendors.pop() if len(vendors) == 1 else None,
        agent=agent,
        model=model,
        sessions=len(by_session),
        mature=int(total.sum()),
        shipped=int(counted.sum()),
        figure=share_of(counted, total),
    )


def _named_members(rows: Sequence[Row]) -> dict[str, list[Row]]:
    members: dict[str, list[Row]] = {}
    for row in rows:
        members.setdefault(row["member"], []).append(row)
    return members


def _team_members(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Teams of enough people; the others stand together."""
    people: dict[str, int] = {}
    for row in rows:
        people[row["member"]] = max(people.get(row["member"], 0), row["people"])
    members: dict[str, list[Row]] = {}
    for row in rows:
        small = row["member"] == "no team" or people[row["member"]] < FEWEST_PEOPLE
        members.setdefault(SMALL_TEAMS if small else row["member"], []).append(row)
    return members


def group_of(kind: str, name: str, rows: Sequence[Row], known: bool) -> FunnelGroup:
    """The funnel of one group, of its rows of funnel_by."""
    counts: dict[str, int | None] = {}
    for column in (*_COUNTED, "live_list"):
        told = [row[column] for row in rows if row[column] is not None]
        counts[column] = sum(told) if told else None
    return FunnelGroup(
        kind=kind,
        name=name,
        generated=sum(row["generated"] for row in rows),
        accepted=counts["accepted"] or 0,
        committed=counts["committed"] or 0,
        reviewed=counts["reviewed"],
        green=counts["green"],
        merged=counts["merged"] or 0,
        deployed=counts["deployed"],
        live=counts["live"],
        cost=Money(
            sum(row["generated_list"] for row in rows) if known else None,
            sum(row["generated_cash"] for row in rows),
        ),
        live_list_microdollars=counts["live_list"] if known else None,
    )
