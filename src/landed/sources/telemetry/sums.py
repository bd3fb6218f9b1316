"""Points of metrics: what is kept of them, and how points become what was added.

A point of a delta says what was added; a point of a total says what was added since a start. A
series (resource, scope, name, attributes) begins anew with another start, or when its value falls;
what is sent twice counts once, in whatever order points arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from landed.sources.telemetry.claude_code import plain_model
from landed.sources.telemetry.contract import digest
from landed.sources.telemetry.signals import Point
from landed.sources.telemetry.taking import Taking, series_of
from landed.sources.telemetry.words import word

_CLASSES: dict[str, dict[str, str]] = {
    "claude_code.token.usage": {
        "input": "input",
        "output": "output",
        "cacheRead": "cache_read",
        "cacheCreation": "cache_write",
    },
    "claude_code.lines_of_code.count": {"added": "lines_added", "removed": "lines_removed"},
    "gemini_cli.token.usage": {
        "input": "prompt",
        "output": "output",
        "thought": "thoughts",
        "cache": "cache_read",
        "tool": "input",
    },
    "gemini_cli.lines.changed": {"added": "lines_added", "removed": "lines_removed"},
    "gen_ai.client.token.usage": {"input": "prompt", "output": "output"},
    "copilot_chat.lines_of_code.count": {"added": "lines_added", "removed": "lines_removed"},
}
"""The class of a point by its metric and its type: tokens are told apart by an attribute.

`prompt` is all input, cached or not; `thoughts` are output that stands beside the output.
"""

_WHOLE = {
    "claude_code.cost.usage": "dollars",
    "claude_code.commit.count": "commits",
    "claude_code.pull_request.count": "pull_requests",
    "claude_code.active_time.total": "active_seconds",
    "gen_ai.client.inference.usage.input_tokens": "prompt",
    "gen_ai.client.inference.usage.output_tokens": "output",
    "gen_ai.client.inference.usage.cache_read.input_tokens": "cache_read",
    "gen_ai.client.inference.usage.cache_write.input_tokens": "cache_write",
    "gen_ai.client.inference.usage.reasoning.output_tokens": "reasoning",
}
"""Metrics whose points are all of one class."""

_FAMILIES = (
    "claude_code",
    "gemini_cli",
    "copilot_chat",
    "gen_ai.client.inference.usage",
    "gen_ai.client.token.usage",
)
"""Metrics that tell of the same usage are of different families: one of them counts."""


def take(point: Point, agent: str, taking: Taking) -> bool:
    """Take a point in; return whether it is kept."""
    told = point.attributes
    kind = _class_of(point)
    family = next((name for name in _FAMILIES if point.name.startswith(name)), None)
    if kind is None or family is None or not point.monotonic or point.value < 0:
        return False
    session = word(told, "session.id", "gen_ai.conversation.id")
    session = session or word(point.resource, "session.id")
    if session is not None:
        taking.session(agent, session, point)
    if point.delta and not point.value:
        return True
    series = digest(*series_of(point))
    taking.add(
        "point",
        f"point:{series}:{point.started}:{point.at}",
        {
            "series": series,
            "started_at": point.started,
            "at": point.at,
            "agent": agent,
            "session": session,
            "family": family,
            "model": plain_model(word(told, "model", *_MODEL)),
            "class": kind,
            "delta": point.delta,
            "value": point.value,
        },
    )
    return True


_MODEL = ("gen_ai.response.model", "gen_ai.request.model")


def _class_of(point: Point) -> str | None:
    by_type = _CLASSES.get(point.name)
    if by_type is None:
        return _WHOLE.get(point.name)
    return by_type.get(word(point.attributes, "type", "gen_ai.token.type") or "")


@dataclass(frozen=True, slots=True)
class Sample:
    """A point of one series: since when, told when, delta or total, how much."""

    started: int
    at: int
    delta: bool
    value: float


def added(samples: Iterable[Sample]) -> float:
    """Return what a series has added, whatever the order of its points and however often each came.

    A total that falls was begun anew without saying so: what it is then has been added since. This
    is the definition; the store does the same for all series at once.
    """
    once = {(sample.started, sample.at): sample for sample in samples}
    found = 0.0
    last: dict[int, float] = {}
    for _, sample in sorted(once.items()):
        if sample.delta:
            found += sample.value
            continue
        before = last.get(sample.started, 0.0)
        found += sample.value - before if sample.value >= before else sample.value
        last[sample.started] = sample.value
    return found
