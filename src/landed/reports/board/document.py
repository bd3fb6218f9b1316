"""The report in words: what every form of it prints, each number written once.

Forms that are read by people (PDF, HTML, Markdown) draw these records and write no number of their
own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["ai", "live", "merged", "reworked", "waste", "waiting", "unknown", "human", "ink"]
"""A colour by its meaning; see `landed.reports.palette`."""


@dataclass(frozen=True)
class Key:
    """One of the big numbers: what it is, and in one or two lines what it rests on."""

    label: str
    value: str
    details: list[str]
    tone: Tone = "ink"
    missing: bool = False


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart: `share` of the full length, from 0 to 1; null draws none."""

    label: str
    value: str
    detail: str
    share: float | None
    tone: Tone


@dataclass(frozen=True)
class Table:
    """A table: headings, rows of as many cells, and what there is to say below it.

    Columns that `text` names by place hold words; the others hold numbers.
    """

    title: str
    headings: list[str]
    rows: list[list[str]]
    note: str = ""
    text: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Fact:
    """A short statement under a name."""

    name: str
    told: str


@dataclass(frozen=True)
class Band:
    """What a month comes to on a scale from nothing to `full`, all as shares of it."""

    so_far: float
    low: float
    high: float
    expected: float
    budget: float | None
    note: str


@dataclass(frozen=True)
class Entry:
    """A figure of the report defined: what it means, and the sums it is made of."""

    name: str
    unit: str
    meaning: str
    formula: str
    sums: list[str]


@dataclass(frozen=True)
class Section:
    """A part of the appendix."""

    title: str
    lead: str
    paragraphs: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Front:
    """The one page for the board. A part that cannot be told says why in its `…_note`."""

    headline: str
    keys: list[Key]
    funnel: list[Bar]
    funnel_note: str
    unit_costs: Table
    trend_title: str
    trend_note: str
    trend_svg: str | None
    waste: list[Bar]
    waste_note: str
    forecast: list[str]
    band: Band | None
    leak: str
    benchmarks: list[Fact]
    sure: list[Bar]
    sure_notes: list[str]
    assumptions: list[str]
    missing: list[str]


@dataclass(frozen=True)
class Document:
    """The whole report in words; `widened` says why the time is longer than asked for, if it is."""

    title: str
    period: str
    widened: str
    scope: str
    as_of: str
    made_on: str
    notice: str | None
    front: Front
    sections: list[Section]
