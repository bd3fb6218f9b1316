"""What a report says, before anyone decides how it looks.

The JSON form of a report is these records, field by field; `docs/report-json.md` and the JSON
Schema in `schema/` describe it. A change that removes a field or alters a meaning raises the
first part of SCHEMA_VERSION, an addition the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from landed.compare import Comparison, Figure
from landed.reports.delivery_model import DeliveryPart
from landed.reports.journeys_model import JourneysPart

SCHEMA_VERSION = "1.2"


@dataclass(frozen=True)
class Asked:
    """What the report was asked for; null and empty mean everything."""

    since: date | None
    until: date | None
    ref: str | None
    paths: list[str]
    excludes: list[str]
    releases: str | None
    rework_window_days: int


@dataclass(frozen=True)
class Range:
    """A number of lines, and its share, without and with evidence of grade declared."""

    without_declared: int
    with_declared: int
    share_without_declared: float | None
    share_with_declared: float | None


@dataclass(frozen=True)
class Notice:
    """Something the report could not see: what, how often, and how to add it."""

    repository: str | None
    kind: str
    count: int
    what: str
    remedy: str | None


@dataclass(frozen=True)
class RepositoryPart:
    """One repository of the report. Times are of its main line inside the window."""

    repository: str
    name: str
    branch: str
    head: str
    shallow: bool
    first_commit_at: datetime
    last_commit_at: datetime
    commits: int
    changes: int
    alive: int
    with_evidence: int
    evidence_share: float | None
    ai: Range
    excluded_paths: int
    live_release: str | None


@dataclass(frozen=True)
class Authored:
    """Lines by who wrote them and the grade of the evidence that decides."""

    who: str
    agent: str | None
    grade: str
    lines: int


@dataclass(frozen=True)
class Coverage:
    """How much of the code alive has any evidence, and what that says."""

    alive: int
    with_evidence: int
    evidence_share: float | None
    inferred_only: int
    ai: Range
    authorship: list[Authored]


@dataclass(frozen=True)
class MonthLines:
    """Lines born and lines landed in one month (UTC) by who wrote them and the grade."""

    month: str
    who: str
    agent: str | None
    grade: str
    added: int
    landed: int


@dataclass(frozen=True)
class ReleasePart:
    """The lines alive at a release that were introduced after the one before it.

    `previous` is null for the first of the releases, of which all lines count. `tag` and
    `released_at` are null in the last part: what is on the main line and in no release yet.
    """

    repository: str
    tag: str | None
    previous: str | None
    released_at: datetime | None
    beside_main_line: bool
    introduced: int
    ai: Range
    authorship: list[Authored]


@dataclass(frozen=True)
class Releases:
    """The releases: which tags were taken, and what each introduced."""

    pattern: str | None
    tags: int
    note: str
    parts: list[ReleasePart]


@dataclass(frozen=True)
class CurvePoint:
    """Survival after `day`, with the interval of the samples."""

    day: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class SurvivalPoint:
    """Survival after so many days, or why it cannot be told."""

    days: int
    figure: Figure


@dataclass(frozen=True)
class Group:
    """Lines that are looked at together.

    `key` is stable: ai, ai_without_declared, agent:NAME, human, dated, automation, unknown.
    """

    key: str
    label: str
    who: str
    agent: str | None


@dataclass(frozen=True)
class GroupSurvival:
    """How long the lines of a group stay: figures, the curve, and the share reworked.

    `stays` counts stays on the default branch that the window saw, `changes` the changes that
    began them.
    """

    group: Group
    stays: int
    changes: int
    points: list[SurvivalPoint]
    curve: list[CurvePoint]
    rework: Figure


@dataclass(frozen=True)
class ReworkBy:
    """Lines reworked, by who wrote them and who made the commit that removed them."""

    who: str
    agent: str | None
    by_who: str
    by_agent: str | None
    lines: int
    reverted: int


@dataclass(frozen=True)
class AgeLines:
    """Lines alive by who wrote them and the age of their stay."""

    who: str
    agent: str | None
    age: str
    lines: int


@dataclass(frozen=True)
class GroupFate:
    """What became of the lines of a group that landed; live, merged, reworked and replaced add
    up to landed. Without a release `live` is 0 and means nothing: see `Fate.basis`."""

    group: Group
    landed: int
    live: int
    merged: int
    reworked: int
    replaced: int


@dataclass(frozen=True)
class Fate:
    """The fate of lines. `basis` is release, some (only some repositories have one) or none."""

    basis: str
    note: str
    groups: list[GroupFate]


@dataclass(frozen=True)
class AiFile:
    """A file and its lines alive."""

    repository: str
    path: str
    ai_lines: int
    alive: int
    ai_share: float


@dataclass(frozen=True)
class ReworkedFile:
    """A file and the lines of it that were reworked, of those that landed in the window."""

    repository: str
    path: str
    reworked: int
    ai_reworked: int
    landed: int


@dataclass(frozen=True)
class Definition:
    """A metric as the registry knows it."""

    name: str
    title: str
    unit: str
    definition: str
    file: str


@dataclass(frozen=True)
class Report:
    """Everything a report says."""

    schema_version: str
    generator: str
    generated_at: datetime
    asked: Asked
    repositories: list[RepositoryPart]
    coverage: Coverage
    unseen: list[Notice]
    months: list[MonthLines]
    releases: Releases
    survival: list[GroupSurvival]
    comparison: Comparison | None
    rework_by: list[ReworkBy]
    alive_by_age: list[AgeLines]
    fate: Fate
    files_with_most_ai: list[AiFile]
    files_most_reworked: list[ReworkedFile]
    journeys: JourneysPart | None
    delivery: DeliveryPart | None
    definitions: list[Definition]
