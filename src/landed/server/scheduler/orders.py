"""What a process of the scheduler is told to do, and what it says when it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from landed.config import Settings

What = Literal["forges", "repository", "logs", "rollup", "delivery"]
Counts: TypeAlias = dict[str, int | float]
Outcome = Literal["ok", "failed", "skipped", "interrupted"]


@dataclass(frozen=True)
class Order:
    """What to do, with these settings; `subject` is a path, or a delivery and its period."""

    what: What
    settings: Settings
    subject: str = ""


@dataclass(frozen=True)
class Result:
    """How something ended.

    Attributes:
        outcome: what became of it.
        message: what happened and what to do, in words for people; null where all is well.
        counts: what was done, by kind.
        places: where the projects of forges can be read.
        crashed: nothing was done at all: the next attempt waits longer each time.
    """

    outcome: Outcome
    message: str | None = None
    counts: Counts = field(default_factory=dict)
    places: tuple[str, ...] = ()
    crashed: bool = False
