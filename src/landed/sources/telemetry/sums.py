"""Points of metrics: which are kept, and what they count.

A point of a delta says what was added; a point of a total says what was added since a start. What a
series (resource, scope, name, attributes) has added over restarts is reckoned where all its points
are, in whatever order they came: in the store.
"""

from __future__ import annotations

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


_MODEL = ("gen_ai.response.model", "gen_ai.request.model")
_LARGEST = float(1 << 53)
"""No count is as large: what claims to be is none."""


def take(point: Point, agent: str, taking: Taking) -> bool:
    """Take a point in; return whether it is kept."""
    told = point.attributes
    kind = _class_of(point)
    if kind is None or not point.monotonic or not 0 <= point.value < _LARGEST:
        return False
    family = next(name for name in _FAMILIES if point.name.startswith(name))
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


def _class_of(point: Point) -> str | None:
    by_type = _CLASSES.get(point.name)
    if by_type is None:
        return _WHOLE.get(point.name)
    return by_type.get(word(point.attributes, "type", "gen_ai.token.type") or "")
