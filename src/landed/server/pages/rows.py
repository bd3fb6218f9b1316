"""Rows for the components of a page, from the records of the models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from landed.compare import Figure
from landed.reports import wording
from landed.reports.journeys_model import BucketLines, FunnelGroup, Stage
from landed.server.pages.listing import Column

BUCKET_ORDER = (
    "live",
    "merged",
    "unmerged",
    "pending",
    "replaced",
    "rewritten_in_review",
    "reworked",
    "closed",
    "discarded",
    "rejected",
    "excluded",
    "outside",
    "untraced",
)
"""Buckets from what stands to what is gone."""

FUNNEL_COLUMNS = (
    Column("name", "Group", kind="wide", link="href"),
    Column("generated", "Generated", "count"),
    Column("committed", "Committed", "percent"),
    Column("merged", "Merged", "percent"),
    Column("deployed", "Deployed", "percent"),
    Column("live", "Live now", "percent"),
    Column("list", "List price", "dollars"),
    Column(
        "per_live_line", "A live line", "dollars", hint="List price of its lines, per live line"
    ),
)
"""Of tables whose rows are GroupRows."""


@dataclass(frozen=True)
class StageRow:
    """A row of the funnel; dollars in micro-dollars."""

    stage: str
    lines: int
    share: float | None
    list: int | None
    cash: int | None
    href: str | None = None


@dataclass(frozen=True)
class BucketRow:
    """A band of the flow into buckets."""

    bucket: str
    lines: int
    list: int | None
    href: str | None = None


@dataclass(frozen=True)
class SideRow:
    """A row of a comparison: a share with its interval, or why there is none."""

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    n: str
    missing: str | None
    tone: str
    href: str | None = None


def stage_rows(stages: Iterable[Stage]) -> list[StageRow]:
    """The funnel; cash only where anything was paid."""
    shown = list(stages)
    paid = any(stage.cost.cash_microdollars for stage in shown)
    return [
        StageRow(
            stage.stage,
            stage.lines,
            stage.share,
            stage.cost.list_microdollars,
            stage.cost.cash_microdollars if paid else None,
        )
        for stage in shown
    ]


def bucket_rows(buckets: Iterable[BucketLines]) -> list[BucketRow]:
    """Lines and dollars of each bucket, whatever the reason, in the order of showing."""
    lines: dict[str, int] = {}
    dollars: dict[str, int | None] = {}
    for one in buckets:
        lines[one.bucket] = lines.get(one.bucket, 0) + one.lines
        listed = one.cost.list_microdollars
        before = dollars.get(one.bucket, 0)
        dollars[one.bucket] = None if listed is None or before is None else before + listed
    return [
        BucketRow(bucket, lines[bucket], dollars[bucket])
        for bucket in BUCKET_ORDER
        if lines.get(bucket)
    ]


def side_row(
    label: str, found: Figure, tone: str, noun: str = "change", href: str | None = None
) -> SideRow:
    """One side of a comparison; `noun` is what the interval was drawn over."""
    n = wording.count(found.changes, noun)
    return SideRow(label, found.estimate, found.low, found.high, n, found.missing, tone, href)


@dataclass(frozen=True)
class GroupRow:
    """The funnel of one group as shares of what it generated."""

    name: str
    generated: int
    committed: float | None
    merged: float | None
    deployed: float | None
    live: float | None
    list: int | None
    cash: int
    per_live_line: float | None
    href: str | None


def group_rows(
    groups: Iterable[FunnelGroup], address: Callable[[FunnelGroup], str | None]
) -> list[GroupRow]:
    """Groups of one kind; `address` is where each leads, null where nowhere."""
    return [_group_row(group, address(group)) for group in groups]


def _group_row(group: FunnelGroup, href: str | None) -> GroupRow:
    listed = group.cost.list_microdollars
    return GroupRow(
        name=group.name,
        generated=group.generated,
        committed=_share(group.committed, group.generated),
        merged=_share(group.merged, group.generated),
        deployed=_share(group.deployed, group.generated),
        live=_share(group.live, group.generated),
        list=listed,
        cash=group.cost.cash_microdollars,
        per_live_line=listed / group.live if listed is not None and group.live else None,
        href=href,
    )


def _share(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole else None
