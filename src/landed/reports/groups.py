"""The groups of lines that a report tells apart, and their names for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from landed.reports.model import Group

AI_CLASSES = ("ai", "mixed")
LABELS = {
    "ai": "AI",
    "mixed": "AI, changed by a human",
    "human": "human",
    "dated": "human (dated)",
    "automation": "automation",
    "unknown": "unknown",
    "ai_without_declared": "AI, line evidence only",
}
MOST_AGENTS = 6
"""Agents shown on their own; the rest stands in the group of all AI lines."""

Author = tuple[str, str | None, str]
"""who, agent, grade."""


@dataclass(frozen=True)
class Membership:
    """A group and which authors belong to it."""

    group: Group
    holds: Callable[[str, str | None, str], bool]


def is_ai(who: str) -> bool:
    """Whether lines of this class count as written by AI."""
    return who in AI_CLASSES


def broad_class(who: str) -> str:
    """The class by which charts are coloured: ai, human, automation or unknown."""
    return "ai" if is_ai(who) else who


def memberships(authors: Iterable[tuple[Author, int]]) -> list[Membership]:
    """The groups that these authors (each with a number of lines) call for, in order of showing.

    All AI lines, AI lines without the declared ones where that is a difference, the agents with
    most lines, human lines with evidence of their own, those from before AI agents, automation,
    unknown.
    """
    known = list(authors)
    by_agent: dict[str, int] = {}
    for (who, agent, _), lines in known:
        if is_ai(who) and agent is not None:
            by_agent[agent] = by_agent.get(agent, 0) + lines
    agents = sorted(by_agent, key=lambda agent: (-by_agent[agent], agent))[:MOST_AGENTS]
    found = [
        _membership("ai", "ai", None, lambda who, _, __: is_ai(who)),
        _membership(
            "ai_without_declared",
            "ai",
            None,
            lambda who, _, grade: is_ai(who) and grade != "declared",
        ),
        *(_agent_membership(agent) for agent in agents),
        _membership(
            "human", "human", None, lambda who, _, grade: who == "human" and grade != "dated"
        ),
        _membership(
            "dated", "human", None, lambda who, _, grade: who == "human" and grade == "dated"
        ),
        _membership("automation", "automation", None, lambda who, _, __: who == "automation"),
        _membership("unknown", "unknown", None, lambda who, _, __: who == "unknown"),
    ]
    declared_ai = any(is_ai(who) and grade == "declared" for (who, _, grade), _ in known)
    return [
        member
        for member in found
        if any(member.holds(*author) for author, _ in known)
        and (member.group.key != "ai_without_declared" or declared_ai)
    ]


def comparable(who: str, grade: str) -> bool:
    """Whether lines stand on the other side when AI lines are compared: not AI, not automation,
    and not from before there were AI agents."""
    return who in ("human", "unknown") and grade != "dated"


def _membership(
    key: str, who: str, agent: str | None, holds: Callable[[str, str | None, str], bool]
) -> Membership:
    return Membership(Group(key, LABELS[key], who, agent), holds)


def _agent_membership(agent: str) -> Membership:
    def holds(who: str, other: str | None, _: str) -> bool:
        return is_ai(who) and other == agent

    return Membership(Group(f"agent:{agent}", agent, "ai", agent), holds)
