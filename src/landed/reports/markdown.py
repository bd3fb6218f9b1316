"""The report as Markdown: tables that read well in a pull request, a wiki or a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landed.reports import wording
from landed.reports.delivery_markdown import delivery_markdown, holding_markdown
from landed.reports.groups import broad_class
from landed.reports.journeys_markdown import answer_markdown, details_markdown, whose_markdown
from landed.reports.markdown_layout import plain, table
from landed.reports.model import Report
from landed.reports.wording import count, figure, percent, percent_range

MONTHS = 24
FILES = 10
REWORK_ROWS = 12


def markdown(report: Report) -> str:
    """The whole report, ending with a newline."""
    parts = (
        _header,
        _answer,
        _rework,
        _whose,
        _coverage,
        _delivery,
        _details,
        _fate,
        _months,
        _releases,
        _survival,
        _ages,
        _files,
        _unseen,
        _definitions,
    )
    shown = wording.printable_record(report)
    return "\n".join(line for part in parts for line in part(shown)).rstrip("\n") + "\n"


def _header(report: Report) -> Iterator[str]:
    yield f"# {plain(wording.title(report))}: which lines AI wrote, and what became of them"
    yield ""
    if len(report.repositories) == 1:
        only = report.repositories[0]
        place = f"Branch `{only.branch}` at `{only.head[:12]}`, "
    else:
        place = ""
    commits = sum(repository.commits for repository in report.repositories)
    yield f"{place}{wording.period(report)}, {count(commits, 'commit')}."
    if narrowed := wording.narrowing(report):
        yield f"Narrowed: {narrowed}."
    coverage = report.coverage
    yield ""
    yield (
        f"**{percent_range(coverage.ai)} of {count(coverage.alive, 'line')} alive are known to be "
        f"written by AI** (without and with evidence that is only declared). There is evidence "
        f"for {percent(coverage.evidence_share)} of them; the rest is unknown, which is not the "
        "same as human."
    )
    yield ""
    if len(report.repositories) > 1:
        yield from table(
            ("Repository", "Branch", "Tip", "Lines alive", "AI", "Evidence", "Newest release"),
            (
                (
                    repository.name,
                    repository.branch,
                    repository.head[:7],
                    count(repository.alive),
                    percent_range(repository.ai),
                    percent(repository.evidence_share),
                    repository.live_release or "–",
                )
                for repository in report.repositories
            ),
            numbers=(3, 4, 5),
        )


def _answer(report: Report) -> Iterator[str]:
    if report.journeys is not None:
        yield from answer_markdown(report.journeys)


def _whose(report: Report) -> Iterator[str]:
    if report.journeys is not None:
        yield from whose_markdown(report.journeys)


def _delivery(report: Report) -> Iterator[str]:
    yield from delivery_markdown(report.delivery)


def _details(report: Report) -> Iterator[str]:
    if report.journeys is not None:
        yield from details_markdown(report.journeys)


def _coverage(report: Report) -> Iterator[str]:
    yield "## How sure are we? Who wrote the lines alive now?"
    yield ""
    yield from table(
        ("Who", "Agent", "Grade", "Lines", "Share"),
        (
            (
                wording.WHO[row.who],
                row.agent or "–",
                f"{row.grade} ({wording.GRADES[row.grade]})",
                count(row.lines),
                percent(row.lines / report.coverage.alive),
            )
            for row in report.coverage.authorship
        ),
        numbers=(3, 4),
    )


def _months(report: Report) -> Iterator[str]:
    months = sorted({row.month for row in report.months})[-MONTHS:]
    if not months:
        return
    yield f"## Lines added and landed by month{', the last 24' if len(months) == MONTHS else ''}"
    yield ""
    classes = [
        who
        for who in ("ai", "human", "automation", "unknown")
        if any(broad_class(row.who) == who for row in report.months)
    ]

    def row(month: str) -> tuple[str, ...]:
        own = [found for found in report.months if found.month == month]
        by_class = (
            count(sum(found.landed for found in own if broad_class(found.who) == who))
            for who in classes
        )
        return (
            month,
            count(sum(found.added for found in own)),
            count(sum(found.landed for found in own)),
            *by_class,
        )

    yield from table(
        ("Month", "Added", "Landed", *(f"of these {wording.WHO[who]}" for who in classes)),
        (row(month) for month in months),
        numbers=range(1, 3 + len(classes)),
    )


def _releases(report: Report) -> Iterator[str]:
    yield "## What did each release introduce?"
    yield ""
    yield f"{_sentence(report.releases.note)}"
    yield ""
    if not report.releases.parts:
        return
    several = len(report.repositories) > 1
    yield from table(
        ("Release", "After", "Date", "Lines introduced", "AI", "By AI agent"),
        (
            (
                f"{f'{part.repository}: ' if several else ''}{part.tag or 'in no release yet'}",
                part.previous or "–",
                wording.day(part.released_at) if part.released_at else "–",
                count(part.introduced),
                percent_range(part.ai),
                _agents(part.authorship),
            )
            for part in report.releases.parts
        ),
        numbers=(3, 4),
    )


def _agents(authorship: Iterable[object]) -> str:
    by_agent: dict[str, int] = {}
    for row in authorship:
        who, agent, lines = (getattr(row, name) for name in ("who", "agent", "lines"))
        if broad_class(who) == "ai":
            by_agent[agent or "unnamed"] = by_agent.get(agent or "unnamed", 0) + lines
    names = sorted(by_agent, key=lambda name: (-by_agent[name], name))
    return ", ".join(f"{name} {count(by_agent[name])}" for name in names) or "–"


def _fate(report: Report) -> Iterator[str]:
    yield "## What became of the lines that landed?"
    yield ""
    yield f"{_sentence(report.fate.note)}"
    yield ""
    yield from table(
        ("Lines of", "Landed", *(label.capitalize() for label in wording.BUCKETS.values())),
        (
            (
                found.group.label,
                count(found.landed),
                *(
                    "–"
                    if bucket == "live" and report.fate.basis == "none"
                    else f"{count(getattr(found, bucket))} "
                    f"({percent(getattr(found, bucket) / found.landed)})"
                    for bucket in wording.BUCKETS
                ),
            )
            for found in report.fate.groups
            if found.landed
        ),
        numbers=(1, 2, 3, 4, 5),
    )


def _rework(report: Report) -> Iterator[str]:
    days = report.asked.rework_window_days
    yield f"## Is it holding? Reworked within {days} days"
    yield ""
    yield _sentence(wording.comparison_sentence(report.comparison, days))
    if report.comparison is not None:
        yield (
            f"AI {figure(report.comparison.ai, 1)}, others of the same repositories and quarters "
            f"{figure(report.comparison.others, 1)}; {percent(report.comparison.covered)} of the "
            "AI lines have others to be compared with."
        )
    yield ""
    yield from table(
        ("Lines of", "Reworked", "Changes"),
        (
            (found.group.label, figure(found.rework, 1), count(found.rework.changes))
            for found in report.survival
        ),
        numbers=(1, 2),
    )
    if report.rework_by:
        yield "Who removed the reworked lines:"
        yield ""
        yield from table(
            ("Written by", "Removed by", "Lines", "Of these by a revert"),
            (
                (
                    _author(row.who, row.agent),
                    _author(row.by_who, row.by_agent),
                    count(row.lines),
                    count(row.reverted),
                )
                for row in report.rework_by[:REWORK_ROWS]
            ),
            numbers=(2, 3),
        )
    yield from holding_markdown(report.delivery)


def _survival(report: Report) -> Iterator[str]:
    if not report.survival:
        return
    yield "## How long do lines stay?"
    yield ""
    yield "Share of lines still on the default branch so many days after they entered it."
    yield ""
    days = [point.days for point in report.survival[0].points]
    yield from table(
        ("Lines of", *(f"{day} days" for day in days), "Changes"),
        (
            (
                found.group.label,
                *(figure(point.figure) for point in found.points),
                count(found.changes),
            )
            for found in report.survival
        ),
        numbers=range(1, len(days) + 2),
    )


def _ages(report: Report) -> Iterator[str]:
    ages = list(dict.fromkeys(row.age for row in report.alive_by_age))
    if not ages:
        return
    yield "## How old are the lines alive?"
    yield ""
    classes = [
        who
        for who in ("ai", "human", "automation", "unknown")
        if any(broad_class(row.who) == who for row in report.alive_by_age)
    ]
    yield from table(
        ("Age", *(wording.WHO[who] for who in classes)),
        (
            (
                age,
                *(
                    count(
                        sum(
                            row.lines
                            for row in report.alive_by_age
                            if row.age == age and broad_class(row.who) == who
                        )
                    )
                    for who in classes
                ),
            )
            for age in ages
        ),
        numbers=range(1, len(classes) + 1),
    )


def _files(report: Report) -> Iterator[str]:
    several = len(report.repositories) > 1

    def name(repository: str, path: str) -> str:
        return f"`{f'{repository}: ' if several else ''}{path}`"

    most_ai = [
        (
            name(file.repository, file.path),
            count(file.ai_lines),
            count(file.alive),
            percent(file.ai_share),
        )
        for file in report.files_with_most_ai[:FILES]
    ]
    most_reworked = [
        (
            name(file.repository, file.path),
            count(file.reworked),
            count(file.ai_reworked),
            count(file.landed),
        )
        for file in report.files_most_reworked[:FILES]
    ]
    for title, heads, rows in (
        ("Files with most AI lines alive", ("File", "AI lines", "Lines", "AI share"), most_ai),
        (
            "Files most reworked",
            ("File", "Lines reworked", "Of these AI", "Lines landed"),
            most_reworked,
        ),
    ):
        if rows:
            yield f"## {title}"
            yield ""
            yield from table(heads, rows, numbers=(1, 2, 3))


def _unseen(report: Report) -> Iterator[str]:
    yield "## What this could not see"
    yield ""
    for notice in report.unseen:
        where = (
            f"{notice.repository}: " if notice.repository and len(report.repositories) > 1 else ""
        )
        remedy = f" To add it: {plain(notice.remedy)}." if notice.remedy else ""
        yield f"- {plain(_sentence(where + notice.what))}{remedy}"
    yield ""


def _definitions(report: Report) -> Iterator[str]:
    yield "## What the figures mean"
    yield ""
    for metric in report.definitions:
        yield f"- **{metric.title}** ({metric.unit}; `{metric.name}`). {metric.definition}"
    yield ""
    yield f"{report.generator}, {report.generated_at:%Y-%m-%d %H:%M} UTC."


def _author(who: str, agent: str | None) -> str:
    return f"{wording.WHO[who]}, {agent}" if agent else wording.WHO[who]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}."
