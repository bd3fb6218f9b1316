"""DORA and quality as rows of the tidy table."""

from __future__ import annotations

from collections.abc import Iterator

from landed.reports.board.board import Board
from landed.reports.board.csv_rows import Tidy, figure_row, time_row
from landed.reports.dashboard.quality import Delivered, Lasting


def delivery_rows(board: Board) -> Iterator[Tidy]:
    """How changes fare, and how long lines stay."""
    if board.quality.delivered is not None:
        yield from _delivered(board.quality.delivered)
    if board.quality.lasting is not None:
        yield from _lasting(board.quality.lasting)


def _delivered(found: Delivered) -> Iterator[Tidy]:
    dora = found.dora
    for one in dora.change_lead_time:
        yield time_row("delivery", "change_lead_time", one.of, one.time)
    for often in dora.deployment_frequency:
        yield Tidy("delivery", "deployment_frequency", often.of, often.per_week, "a week",
                   n=often.deployments)  # fmt: skip
    for one in dora.failed_deployment_recovery_time:
        yield time_row("delivery", "failed_deployment_recovery_time", one.of, one.time)
    for rate in dora.change_fail_rate:
        yield figure_row("delivery", "change_fail_rate", rate.of, rate.figure, "deployments")
    for rate in dora.deployment_rework_rate:
        yield figure_row("delivery", "deployment_rework_rate", rate.of, rate.figure, "deployments")
    for kind, figure in (("AI-heavy", found.failures.heavy), ("others", found.failures.others)):
        yield figure_row("delivery", "change_failure", kind, figure, "changes")
    for changes in found.changes:
        yield figure_row("delivery", "merge_rate", changes.kind, changes.merge_rate, "changes")
    for incident in found.incidents:
        group = f"{incident.kind}, {incident.basis}, {incident.side}"
        yield Tidy("delivery", "incidents", group, incident.high, "incidents", incident.low,
                   incident.high, None, "low: without declared evidence")  # fmt: skip


def _lasting(found: Lasting) -> Iterator[Tidy]:
    for group in found.survival:
        name = group.group.label
        for point in group.points:
            yield figure_row("quality", f"survival_{point.days}", name, point.figure, "changes")
        yield figure_row("quality", f"rework_{found.rework_days}", name, group.rework, "changes")
