"""How agents are taken up over the months of the story, and which models they run."""

from __future__ import annotations

from random import Random

from landed.demo.company import MONTHS, SWITCH_MONTH, Person, Tool

_FIRST, _LAST = 0.38, 0.66
"""The share of requests that an average team gives to agents, at the beginning and at the end."""
_MODELS: dict[Tool, tuple[tuple[int, str], ...]] = {
    "claude-code": (
        (0, "claude-sonnet-4-20250514"),
        (5, "claude-sonnet-4-5-20250929"),
        (SWITCH_MONTH, "claude-opus-4-5-20251101"),
        (13, "claude-opus-4-6"),
    ),
    "codex": ((0, "gpt-5"), (7, "gpt-5.2"), (11, "gpt-5.3-codex"), (15, "gpt-5.5")),
    "gemini-cli": ((0, "gemini-2.5-pro"), (13, "gemini-3.1-pro-preview")),
}
_STAY_BEHIND = 0.12
"""So often somebody still takes the model before the newest."""


def chance_of_agent(person: Person, month: float) -> float:
    """How likely somebody gives a piece of work in this month to an agent."""
    if person.starts is None or month < person.starts:
        return 0.0
    share = _FIRST + (_LAST - _FIRST) * min(month / (MONTHS - 1), 1.0)
    learning = min(1.0, 0.75 + 0.08 * (month - person.starts))
    return min(share * person.eager * learning, 0.93)


def model_of(tool: Tool, month: float, random: Random) -> str:
    """The model that an agent runs."""
    known = [name for since, name in _MODELS[tool] if since <= month]
    behind = len(known) > 1 and random.random() < _STAY_BEHIND
    return known[-2] if behind else known[-1]


def chance_of_rework(agent: bool, model: str | None) -> float:
    """How likely a block is changed again within weeks; the later models' blocks hold better."""
    if not agent:
        return 0.205
    if model is None:
        return 0.205
    return 0.16 if _holds_better(model) else 0.33


def _holds_better(model: str) -> bool:
    return model.startswith(("claude-opus", "gpt-5.3", "gpt-5.5", "gemini-3"))
