"""The three signals of OpenTelemetry as this package sees them, whatever they were encoded in.

Attributes are Python values by name: text, whole numbers, fractions, truth values, and lists and
mappings of these. Times are microseconds since 1970, UTC; 0 where none was told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """A log record; what its body says is not kept."""

    resource: Attributes
    scope: str
    name: str
    at: int
    attributes: Attributes
    trace: str = ""
    span: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a sum, a gauge, or the sum of a histogram.

    `delta`: the value is what was added since `started`, else it is the total since then.
    """

    resource: Attributes
    scope: str
    name: str
    delta: bool
    monotonic: bool
    started: int
    at: int
    value: float
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a trace."""

    resource: Attributes
    scope: str
    name: str
    started: int
    at: int
    attributes: Attributes
    trace: str
    span: str


@dataclass(slots=True)
class Decoded:
    """What a body holds: records, and how many could not be understood and why the first was not.

    Raises nothing: a record that cannot be understood is counted.
    """

    records: list[Event | Point | Span]
    rejected: int = 0
    message: str = ""

    def reject(self, why: str) -> None:
        """Count a record that could not be understood."""
        self.rejected += 1
        self.message = self.message or why
