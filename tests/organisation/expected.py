"""The figures of the organisation's report, from what is true of its lines, requests and times."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median

from tests.organisation.plan import Attempt, Request, Trouble, requests_of, troubles
from tests.organisation.truth import Line, Truth


def landed_with(request: Request) -> Request:
    """The request that brought its lines to the main line: of a stacked one, the one below."""
    if request.method != "stacked":
        return request
    return requests_of(request.repository)[request.number - 2]


STAGES = {
    "generated": lambda _: True,
    "accepted": lambda line: line.accepted,
    "committed": lambda line: line.committed,
    "reviewed": lambda line: line.committed and landed_with(line.request).reviewed is not None,
    "green": lambda line: line.committed and landed_with(line.request).green,
    "merged": lambda line: line.merged,
    "deployed": lambda line: line.deployed is not None,
    "live": lambda line: line.bucket == "live",
}


def funnel(lines: Sequence[Line]) -> dict[str, tuple[int, int]]:
    """Lines and micro-dollars that got so far, by stage."""
    found = {}
    for stage, holds in STAGES.items():
        inside = [line for line in lines if holds(line)]
        found[stage] = len(inside), sum(line.cost for line in inside)
    return found


def direct(lines: Sequence[Line], stage: str) -> int:
    """Micro-dollars of the lines that got so far; of requests also of those closed unmerged."""
    abandoned = sum(line.cost for line in lines if line.bucket == "closed")
    return funnel(lines)[stage][1] + (abandoned if stage == "merged" else 0)


def standing(truth: Truth) -> tuple[int, int]:
    """Lines by agents that are in production now, and those whose request nobody reviewed."""
    now = truth.in_production()
    found = unreviewed = 0
    for landed in truth.requests():
        request = landed.request
        if request.agent and request.merged is not None:
            lines = sum(text in now for text in landed.tip.tree.get(request.path, ()))
            found += lines
            unreviewed += lines if landed_with(request).reviewed is None else 0
    return found, unreviewed


def lasting(lines: Sequence[Line], days: int) -> tuple[int, int]:
    """Lines in production so many days after they first were, and those old enough to tell."""
    told = [line.live_after(days) for line in lines]
    return told.count(True), len(told) - told.count(None)


def yielded(lines: Sequence[Line]) -> tuple[int, int, int]:
    """Lines of the yield, those old enough, and those too young."""
    told = [line.yielded() for line in lines]
    return told.count(True), len(told) - told.count(None), told.count(None)


def written_by_agent(request: Request) -> int:
    """Lines by an agent that it landed, logged or by trailer."""
    if not request.agent or request.merged is None:
        return 0
    return request.kind.lines - request.kind.dropped


def by_hand(request: Request) -> int:
    """Other lines that it landed: the two of its test, and what people wrote."""
    kind = request.kind
    if request.merged is None:
        return 0
    if kind.by == "logged":
        return 2
    return kind.lines if kind.by in ("hand", "bot") else 0


def landings(truth: Truth) -> list[tuple[Request, int, int]]:
    """Requests that landed lines, with those by agents and the others.

    What was merged into another request's branch lands with that one.
    """
    found: dict[int, tuple[Request, int, int]] = {}
    for landed in truth.requests():
        request = landed.request
        if request.merged is None:
            continue
        if request.method == "stacked":
            below, agent, hand = found[request.number - 1]
            found[below.number] = (
                below,
                agent + written_by_agent(request),
                hand + by_hand(request),
            )
        else:
            found[request.number] = request, written_by_agent(request), by_hand(request)
    return [(request, agent, hand) for request, agent, hand in found.values() if agent + hand]


def heavy(agent: int, hand: int) -> bool:
    """At least half of its lines are by agents."""
    return 2 * agent >= agent + hand


def lead_times(truth: Truth, *, agents: bool | None = None) -> list[float]:
    """Seconds from the first commit to production of people's requests that landed lines."""
    found = []
    for request, agent, hand in landings(truth):
        at = truth.deployed(request)
        if request.kind.by == "bot" or at is None:
            continue
        if agents is None or heavy(agent, hand) == agents:
            found.append((at - request.written).total_seconds())
    return found


def finished(truth: Truth, agents: bool) -> list[Request]:
    """People's requests with lines that were merged or closed, by whether agents wrote most."""
    found = [
        request
        for request, agent, hand in landings(truth)
        if request.kind.by != "bot" and heavy(agent, hand) == agents
    ]
    closed = [one.request for one in truth.requests() if one.request.method == "closed"]
    return [*found, *(request for request in closed if request.agent == agents)]


def median_of(times: Iterable[float]) -> float:
    """The median."""
    return median(times)


def rolled_back(truth: Truth) -> Attempt | None:
    """The deployment that was taken back."""
    attempts = truth.successes()
    for before, after in pairwise(attempts):
        if after.of == "previous":
            return before
    return None


def deployments(truths: Iterable[Truth]) -> dict[str, int]:
    """How many deployments there were, and of them those that failed, by what."""
    found = {"attempts": 0, "successes": 0, "failures": 0, "rolled back": 0, "hotfixes": 0}
    for truth in truths:
        found["attempts"] += len(truth.attempts())
        found["successes"] += len(truth.successes())
        found["failures"] += len(truth.attempts()) - len(truth.successes())
        found["rolled back"] += rolled_back(truth) is not None
        found["hotfixes"] += sum(attempt.of == "hotfix" for attempt in truth.attempts())
    return found


def failed(truth: Truth) -> int:
    """Deployments that failed: at once, taken back, mended by a hotfix, or traced to an incident.

    An incident that only its time ties to a deployment counts for none.
    """
    attempts = truth.attempts()
    found = {attempt.number for attempt in attempts if attempt.state == "failure"}
    for before, after in pairwise(truth.successes()):
        if after.of in ("previous", "hotfix"):
            found.add(before.number)
    for trouble in troubles():
        if (trouble.repository, trouble.kind) == (truth.name, "incident"):
            at = _brought_at(truth, trouble)
            found |= {one.number for one in truth.successes() if one.at == at}
    return len(found)


def _brought_at(truth: Truth, trouble: Trouble) -> datetime | None:
    """When what caused a trouble was first in production."""
    if trouble.rule == "deployment":
        bad = rolled_back(truth)
        return None if bad is None else bad.at
    if trouble.rule == "time":
        return None
    number = trouble.about - 1 if trouble.rule == "fix" else trouble.about
    return truth.deployed(truth.repository.requests[number].request)


def shares_of_agents(truth: Truth, rules: Collection[str]) -> float:
    """Incidents by lines of agents: each by their share of the lines that brought it about."""
    total = 0.0
    for trouble in troubles():
        if (trouble.repository, trouble.kind) == (truth.name, "incident") and trouble.rule in rules:
            lines = culprit(truth, trouble)
            total += sum(agent for agent, _ in lines) / sum(agent + hand for agent, hand in lines)
    return total


def culprit(truth: Truth, trouble: Trouble) -> list[tuple[int, int]]:
    """Lines by agents and others that brought a trouble about, as its rule tells."""
    landed = {request.number: (agent, hand) for request, agent, hand in landings(truth)}
    if trouble.rule in ("link", "root-cause"):
        return [landed[trouble.about]]
    if trouble.rule == "fix":
        # the fix takes three lines of what the request before it had written
        return [(3, 0)]
    bad = rolled_back(truth)
    if trouble.rule == "time":
        bad = [attempt for attempt in truth.successes() if attempt.at < trouble.started][-1]
    assert bad is not None
    brought = [landed[one.number] for one, _, _ in landings(truth) if truth.deployed(one) == bad.at]
    return [*brought, (0, _noted(truth, bad))]


def _noted(truth: Truth, attempt: Attempt) -> int:
    """Lines that came to a deployment without a request: a note is one line."""
    before = [other for other in truth.successes() if other.at < attempt.at][-1]
    new = _notes(truth, attempt) - _notes(truth, before)
    return len(new)


def _notes(truth: Truth, attempt: Attempt) -> set[str]:
    tree = truth.repository.deployed[attempt.number].tree
    return {path for path in tree if path.startswith("notes/")}
