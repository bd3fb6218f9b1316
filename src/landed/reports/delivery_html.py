"""What the page needs to show delivery: cells, words and legends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from landed.compare import Amount
from landed.reports.charts.delivery import KIND_COLOURS, OUTCOME_COLOURS
from landed.reports.delivery_model import DeliveryPart, Dora, Rate
from landed.reports.delivery_terminal import incidents_told, rework_told
from landed.reports.delivery_words import (
    CONNECT,
    RULE_WORDS,
    STAGE_WORDS,
    WEEKLY,
    basis,
    minutes_told,
    points_difference,
    rate_told,
    short_missing,
    time_difference,
    time_told,
    verdict,
    weighed,
)
from landed.reports.wording import count, figure, missing, short_figure

SHARES = ("all", "AI-heavy", "other", "no new lines")

FILTERS: dict[str, Callable[..., Any]] = {
    "basis": basis,
    "minutes_told": minutes_told,
    "points_difference": points_difference,
    "rate_told": rate_told,
    "time_difference": time_difference,
    "time_told": time_told,
    "verdict": verdict,
    "weighed": weighed,
}
"""How the page writes what is of delivery."""


@dataclass(frozen=True)
class Cell:
    """A figure in few words, of how many it is, and why it is not there."""

    told: str
    of: str
    missing: bool
    title: str


def delivery_context(part: DeliveryPart | None) -> dict[str, Any]:
    """The names that the templates of delivery ask for."""
    context: dict[str, Any] = {
        "connect": CONNECT,
        "rule_words": RULE_WORDS,
        "stage_times": STAGE_WORDS,
        "dora_shares": SHARES,
        "lead_legend": list(KIND_COLOURS.items()),
        "outcome_legend": list(OUTCOME_COLOURS.items()),
        "dora_rows": [],
        "incidents_told": [],
        "rework_told": "",
        "whole_stage": "",
    }
    if part is None:
        return context
    stages = {one.stage for one in part.stages}
    return context | {
        "dora_rows": dora_rows(part.dora),
        "incidents_told": [incidents_told(part, kind) for kind in ("incident", "bug")],
        "rework_told": "" if part.rework is None else "".join(rework_told(part.rework)),
        "whole_stage": "until_deploy" if "until_deploy" in stages else "until_merge",
    }


def dora_rows(dora: Dora) -> list[tuple[str, dict[str, Cell]]]:
    """The five metrics of DORA with their names, each by `SHARES`."""
    return [
        ("Change lead time", {one.of: _time(one.time) for one in dora.change_lead_time}),
        (
            "Deployment frequency",
            {
                one.of: Cell(
                    f"{one.per_week:.1f} {WEEKLY}", f"of {count(one.deployments)}", False, ""
                )
                for one in dora.deployment_frequency
                if one.per_week is not None
            },
        ),
        (
            "Failed deployment recovery time",
            {one.of: _time(one.time) for one in dora.failed_deployment_recovery_time},
        ),
        ("Change fail rate", {one.of: _rate(one) for one in dora.change_fail_rate}),
        ("Deployment rework rate", {one.of: _rate(one) for one in dora.deployment_rework_rate}),
    ]


def _time(found: Amount) -> Cell:
    of = f"of {count(found.number)}" if found.number else ""
    if found.estimate is None:
        return Cell(short_missing(found), of, True, found.missing or "")
    return Cell(time_told(found), of, False, "")


def _rate(found: Rate) -> Cell:
    of = f"of {count(found.total)}"
    if found.figure.estimate is None:
        return Cell(short_figure(found.figure), of, True, missing(found.figure, "deployment"))
    return Cell(figure(found.figure), of, False, "")
