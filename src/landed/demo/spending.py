"""What the made-up sessions cost by month, roughly: invoices follow it, list prices do not."""

from __future__ import annotations

from datetime import datetime

from landed.demo.calls import prompts_of
from landed.demo.clock import MONTH, beginning_of
from landed.demo.company import MONTHS, Tool
from landed.demo.script import Session

_CACHED, _WRITTEN, _OUTPUT = 0.4e-6, 5e-6, 2e-5
"""Dollars a token, about the middle of the models used."""


def spent_by_month(sessions: list[Session], end: datetime, seed: int) -> dict[Tool, list[float]]:
    """Dollars of each month of the story, by agent."""
    begin = beginning_of(end.date(), MONTHS)
    found: dict[Tool, list[float]] = {}
    for session in sessions:
        months = found.setdefault(session.person.tool, [0.0] * MONTHS)
        for prompt in prompts_of(session, seed):
            month = min(max(int((prompt.at - begin) / MONTH), 0), MONTHS - 1)
            months[month] += sum(
                call.cached * _CACHED + call.written * _WRITTEN + call.output * _OUTPUT
                for call in prompt.calls
            )
    return found
