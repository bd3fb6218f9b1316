"""The appendix on how changes fare: DORA's five, failures, rework and survival, with n."""

from __future__ import annotations

from landed.compare import Amount
from landed.reports import wording
from landed.reports.board.board import Board
from landed.reports.board.document import Section, Table
from landed.reports.dashboard.quality import Delivered, QualityPage
from landed.reports.wording import count

_HOUR, _DAY = 3600.0, 86_400.0


def delivery_section(board: Board) -> Section:
    """DORA and quality."""
    page = board.quality
    paragraphs = []
    if "changes" in page.hidden:
        paragraphs.append(f"Changes and deployments are not shown: {page.hidden['changes']}.")
    elif page.delivered is None:
        paragraphs.append(
            "No forge, deployment or incident is connected: landed connect github --organisation "
            "NAME."
        )
    if "commits" in page.hidden:
        paragraphs.append(f"Survival and rework are not shown: {page.hidden['commits']}.")
    tables = [] if page.delivered is None else _delivered_tables(page.delivered)
    tables += _lasting_tables(page)
    lead = (
        "AI-heavy is a change or deployment at least half of whose lines are AI’s. Differences go "
        "together with AI and need not be caused by it."
    )
    return Section("Delivery and quality", lead, paragraphs, tables=tables)


def _delivered_tables(found: Delivered) -> list[Table]:
    dora = found.dora
    rows = [
        ["Lead time for changes", one.of, duration_told(one.time), count(one.time.number)]
        for one in dora.change_lead_time
    ]
    rows += [
        [
            "Deployments a week",
            one.of,
            "–" if one.per_week is None else f"{one.per_week:.1f}",
            count(one.deployments),
        ]
        for one in dora.deployment_frequency
    ]
    rows += [
        ["Failed deployment recovery time", one.of, duration_told(one.time), count(one.time.number)]
        for one in dora.failed_deployment_recovery_time
    ]
    for title, rates in (
        ("Change fail rate", dora.change_fail_rate),
        ("Deployment rework rate", dora.deployment_rework_rate),
    ):
        rows += [
            [title, rate.of, wording.figure(rate.figure, 1, "deployment"), count(rate.total)]
            for rate in rates
        ]
    failures = [
        [kind, wording.figure(figure, 1), count(figure.changes)]
        for kind, figure in (("AI-heavy", found.failures.heavy), ("others", found.failures.others))
    ]
    counts = [
        [one.kind, count(one.merged), wording.figure(one.merge_rate, 1), count(one.finished)]
        for one in found.changes
    ]
    brought = [
        [f"{one.kind}, {one.basis}", one.side, f"{one.low:,.1f}–{one.high:,.1f}",
         count(one.lines_landed)]
        for one in found.incidents
    ]  # fmt: skip
    tables = [
        Table("DORA’s five", ["Metric", "Of", "Value (95 %)", "n"], rows, text=(0, 1)),
        Table("Merged changes that failed", ["Changes", "Share (95 %)", "n"], failures),
        Table("Finished changes", ["Changes", "Merged", "Share (95 %)", "n"], counts),
        Table(
            "Incidents and bugs that lines brought",
            ["Kind", "Lines of", "Without – with declared", "Lines landed"],
            brought,
            text=(0, 1),
        ),
    ]
    return [table for table in tables if table.rows]


def _lasting_tables(page: QualityPage) -> list[Table]:
    lasting = page.lasting
    if lasting is None or not lasting.survival:
        return []
    days = [point.days for point in lasting.survival[0].points]
    rows = [
        [
            group.group.label,
            *(wording.short_figure(point.figure) for point in group.points),
            wording.short_figure(group.rework),
            count(group.changes),
        ]
        for group in lasting.survival
    ]
    headings = [
        "Lines of",
        *(f"{number} days" for number in days),
        f"Reworked, {lasting.rework_days} days",
        "Changes",
    ]
    title = "Lines still on the default branch after so many days (95 %)"
    return [Table(title, headings, rows)]


def duration_told(amount: Amount) -> str:
    """A median of seconds with its interval, or why there is none."""
    if amount.estimate is None or amount.low is None or amount.high is None:
        return amount.missing or "–"
    return f"{_written(amount.estimate)} ({_written(amount.low)}–{_written(amount.high)})"


def _written(seconds: float) -> str:
    if seconds < 2 * _HOUR:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.1f} days"
