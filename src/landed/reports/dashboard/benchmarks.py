"""Figures of others to stand beside one's own: dated and cited, for people to judge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Benchmark:
    """What somebody else reported, whose word it is, and of when.

    `metric` is the metric beside which it stands; `low` and `high` bound it in dollars where it is
    an amount.
    """

    metric: str
    told: str
    source: str
    year: int
    low: float | None = None
    high: float | None = None


BENCHMARKS = (
    Benchmark(
        "spend_per_developer",
        "median of $86 a developer and month; top quarter above $195, highest above $28,000",
        "Stanford AI Spend Index, 140 companies, 113,000 developers",
        2026,
        86.0,
        195.0,
    ),
    Benchmark(
        "spend_per_developer",
        "about $13 a developer and active day, $150 to $250 a month",
        "Anthropic, Claude Code costs page",
        2026,
        150.0,
        250.0,
    ),
    Benchmark(
        "rework",
        "2.5 times the rework after adoption, in one case of 350 engineers",
        "Stanford",
        2026,
    ),
)
"""In the order of showing."""
