"""What providers charge that genai-prices does not know: multipliers, each with its source.

They multiply the rates of tokens, caches included, never those of searches. One is applied only
where genai-prices has no price of its own for the context, so that nothing is charged twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

VERSION = 1
"""Raise with every change: calls are then priced again."""


@dataclass(frozen=True)
class Rule:
    """A multiplier for calls of one provider.

    `models` are beginnings of names in genai-prices, none for all models. `since` and `until` are
    the first and the last day (UTC).
    """

    name: str
    provider: str
    factor: Decimal
    source: str
    models: tuple[str, ...] = ()
    speed: str | None = None
    tier: str | None = None
    geography: str | None = None
    since: date = date.min
    until: date = date.max

    def holds(
        self, provider: str, model: str, day: date, context: dict[str, str], geography: str | None
    ) -> bool:
        """Whether a call of that day falls under it."""
        return (
            self.provider == provider
            and (not self.models or model.startswith(self.models))
            and self.since <= day <= self.until
            and (self.speed is None or self.speed == context.get("speed"))
            and (self.tier is None or self.tier == context.get("processing"))
            and (self.geography is None or self.geography == (geography or "").lower())
        )


RULES = (
    Rule(
        name="fast mode",
        provider="anthropic",
        models=("claude-opus-4-6", "claude-opus-4-7"),
        speed="fast",
        factor=Decimal(6),
        source="https://platform.claude.com/docs/en/build-with-claude/fast-mode",
    ),
    Rule(
        name="batch",
        provider="anthropic",
        tier="batch",
        factor=Decimal("0.5"),
        since=date(2024, 10, 8),
        source="https://platform.claude.com/docs/en/build-with-claude/batch-processing",
    ),
    Rule(
        name="inference in the US",
        provider="anthropic",
        geography="us",
        factor=Decimal("1.1"),
        since=date(2026, 2, 5),
        source="https://platform.claude.com/docs/en/manage-claude/data-residency",
    ),
)


def applying(
    provider: str,
    model: str,
    day: date,
    context: dict[str, str],
    geography: str | None,
    *,
    by_context: bool,
) -> list[Rule]:
    """The rules that hold for a call.

    `by_context`: genai-prices has a price of its own for the speed or tier of the call.
    """
    return [
        rule
        for rule in RULES
        if rule.holds(provider, model, day, context, geography)
        and not (by_context and rule.geography is None)
    ]


def periods(provider: str, moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each moment (microseconds): under one number the same rules are in force."""
    edges = {
        edge
        for rule in RULES
        if rule.provider == provider
        for edge in (rule.since.toordinal(), rule.until.toordinal() + 1)
    }
    days = moments // 86_400_000_000 + date(1970, 1, 1).toordinal()
    return np.searchsorted(np.array(sorted(edges), np.int64), days, side="right")
