"""The report for a terminal: one screen, 80 columns, readable without colours."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.text import Text

from landed.reports import palette, wording
from landed.reports.delivery_terminal import delivery_lines, holding_lines
from landed.reports.groups import broad_class
from landed.reports.journeys_terminal import (
    answer_lines,
    effort_lines,
    leak_lines,
    session_lines,
    whose_lines,
)
from landed.reports.model import GroupFate, GroupSurvival, Report
from landed.reports.terminal_layout import (
    BAR,
    INDENT,
    WIDTH,
    bar,
    beside,
    cell,
    clipped,
    cut,
    cut_front,
    section,
    wrapped,
)
from landed.reports.wording import count, percent, percent_between, percent_range, short_figure

MONTHS = 5
AGENTS = 3
FILES = 2
RELEASE = 18
NOTICES = 3


def print_report(report: Report, file: IO[str] | None = None) -> None:
    """Print `report` to `file`, standard output by default; colours only for a terminal."""
    console = Console(file=file, highlight=False, soft_wrap=True)
    for line in terminal_lines(report):
        line.rstrip()
        console.print(line)


def terminal_lines(report: Report) -> Iterator[Text]:
    """The lines of the report, none wider than 80 columns."""
    report = wording.printable_record(report)
    yield from _header(report)
    yield from _answer(report)
    yield from _details(report)
    yield from _unseen(report)
    yield from _next(report)


def _answer(report: Report) -> Iterator[Text]:
    """The first screen: how much got to production, its cost, is it holding, how sure are we."""
    journeys = report.journeys
    empty = not report.coverage.alive and not report.survival
    if journeys is not None:
        yield from answer_lines(journeys)
    elif not empty:
        yield from _fate(report)
    if not empty:
        yield from _holding(report)
    if journeys is not None:
        yield from whose_lines(journeys)
    yield from _authorship(report)
    if journeys is not None:
        yield from leak_lines(journeys)
    if empty:
        yield Text("No lines: nothing has landed in this window.")


def _details(report: Report) -> Iterator[Text]:
    """What stands behind the answer."""
    yield from delivery_lines(report.delivery)
    if report.journeys is not None:
        yield from effort_lines(report.journeys)
        yield from session_lines(report.journeys)
    if not report.coverage.alive and not report.survival:
        return
    if report.journeys is not None:
        yield from _fate(report)
    yield from _landed(report)
    yield from _survival(report)
    yield from _files(report)


def _header(report: Report) -> Iterator[Text]:
    repositories = report.repositories
    line = Text(wording.title(report), style="bold")
    if len(repositories) == 1:
        line.append(f"   {repositories[0].branch} @ {repositories[0].head[:7]}", style="not bold")
    line.append(f"   {wording.period(report)}", style="not bold")
    commits = sum(repository.commits for repository in repositories)
    yield beside(line, Text(count(commits, "commit"), style="dim"))
    if narrowed := wording.narrowing(report):
        yield Text(cut(narrowed, WIDTH), style="dim")
    if len(repositories) > 1:
        for repository in repositories:
            name = Text(f"{INDENT}{cut(repository.name, 30):<30} ")
            name.append(f"{repository.head[:7]}  {count(repository.alive, 'line'):>15}")
            name.append(f"   AI {percent_range(repository.ai):<9}")
            name.append(f"evidence {percent(repository.evidence_share)}", style="dim")
            yield name


def _authorship(report: Report) -> Iterator[Text]:
    coverage = report.coverage
    yield from section(
        f"How sure are we? Who wrote the {count(coverage.alive, 'line')} alive",
        f"evidence for {percent(coverage.evidence_share)}",
    )
    for who in ("ai", "human", "automation", "unknown"):
        rows = [row for row in coverage.authorship if broad_class(row.who) == who]
        lines = sum(row.lines for row in rows)
        if not lines and who != "ai":
            continue
        share = lines / coverage.alive if coverage.alive else None
        label = percent_range(coverage.ai) if who == "ai" else percent(share)
        line = Text(f"{INDENT}{who if who != 'ai' else 'AI':<11}{count(lines):>11}  {label:>8}  ")
        if who != "ai":
            line.append(bar(share), style=palette.WHO[who])
            dated = sum(row.lines for row in rows if row.grade == "dated")
            if dated:
                line.append(f" {percent(dated / lines)} dated", style="dim")
        else:
            solid = round((coverage.ai.share_without_declared or 0) * BAR)
            line.append("█" * solid, style=palette.WHO[who])
            line.append("░" * (round((share or 0) * BAR) - solid), style=palette.WHO[who])
        yield clipped(line)
    yield from _agents(report)
    grades = {row.grade: 0 for row in coverage.authorship}
    for row in coverage.authorship:
        grades[row.grade] += row.lines
    told = "  ".join(
        f"{grade} {percent(grades[grade] / coverage.alive)}"
        for grade in wording.GRADES
        if grades.get(grade)
    )
    if told:
        yield clipped(Text(f"{INDENT}by grade   {told}", style="dim"))


def _agents(report: Report) -> Iterator[Text]:
    """The agents that wrote most of the AI lines alive."""
    agents: dict[str, int] = {}
    for row in report.coverage.authorship:
        if broad_class(row.who) == "ai":
            agents[row.agent or "unnamed"] = agents.get(row.agent or "unnamed", 0) + row.lines
    if not agents:
        return
    head, tail = f"{INDENT}by agent   ", " of the AI lines"
    told = _fitting(agents, sum(agents.values()), WIDTH - len(head) - len(tail))
    if told:
        yield Text(f"{head}{told}{tail}", style="dim")


def _fitting(agents: dict[str, int], lines: int, room: int) -> str:
    """The agents with most lines and their shares, as many as there is room for."""
    told = ""
    for name in sorted(agents, key=lambda name: (-agents[name], name)):
        more = f"{told}{', ' if told else ''}{name} {percent(agents[name] / lines)}"
        if len(more) > room:
            break
        told = more
    return told


def _landed(report: Report) -> Iterator[Text]:
    left = _months(report)
    right = _releases(report)
    yield Text()
    head = Text(f"{'By month':<10}{'added':>9}{'landed':>9}{'AI':>8}", style="bold")
    if right:
        head.append(f"{'':4}{'Introduced by':<{RELEASE + 3}}{'lines':>10}{'AI':>9}")
    yield head
    for place in range(max(len(left), len(right))):
        line = Text(left[place] if place < len(left) else " " * 36)
        if place < len(right):
            name, lines, share = right[place]
            line.append(f"{'':4}{INDENT}{name:<{RELEASE + 1}}{count(lines):>10}{share:>9}")
        yield line


def _months(report: Report) -> list[str]:
    """The newest months: lines added, lines landed, and how many of these AI wrote."""
    told = []
    for month in sorted({row.month for row in report.months})[-MONTHS:]:
        rows = [row for row in report.months if row.month == month]
        added = sum(row.added for row in rows)
        landed = sum(row.landed for row in rows)
        ai = [row for row in rows if broad_class(row.who) == "ai"]
        with_declared = sum(row.landed for row in ai)
        without = sum(row.landed for row in ai if row.grade != "declared")
        share = percent_between(without / landed, with_declared / landed) if landed else "–"
        told.append(f"{INDENT}{month:<8}{count(added):>9}{count(landed):>9}{share:>8}")
    return told


def _releases(report: Report) -> list[tuple[str, int, str]]:
    """The newest releases; of several repositories the newest of each."""
    parts = report.releases.parts
    if len(report.repositories) > 1:
        newest = {part.repository: part for part in parts if part.tag}
        named = [(_release(name, part.tag or ""), part) for name, part in newest.items()]
    else:
        named = [(cut(part.tag or "no release yet", RELEASE), part) for part in parts]
    return [(name, part.introduced, percent_range(part.ai)) for name, part in named[-MONTHS:]]


def _release(repository: str, tag: str) -> str:
    """A repository's release, the repository's name cut so that the tag can be read."""
    short = repository.rsplit("/", 1)[-1]
    room = RELEASE - len(tag) - 1
    return cut(f"{cut(short, room)} {tag}" if room > 1 else tag, RELEASE)


def _fate(report: Report) -> Iterator[Text]:
    ai = next((found for found in report.fate.groups if found.group.key == "ai"), None)
    if ai is None:
        yield Text()
        yield Text("No AI line is known to have landed.")
        return
    yield from section(
        f"What became of the {count(ai.landed, 'AI line')} that landed?", _without(report, ai)
    )
    for bucket, label in wording.BUCKETS.items():
        if bucket == "live" and report.fate.basis == "none":
            continue
        lines = getattr(ai, bucket)
        share = lines / ai.landed if ai.landed else None
        line = Text(f"{INDENT}{label:<25}{count(lines):>11}  {percent(share):>5}  ")
        line.append(bar(share), style=palette.FATE[bucket])
        yield line
    for row in textwrap.wrap(report.fate.note, WIDTH - 2):
        yield Text(f"{INDENT}{row}", style="dim")


def _without(report: Report, ai: GroupFate) -> str:
    """How many of them rest on more than a declaration."""
    keys = {found.group.key: found.landed for found in report.fate.groups}
    if "ai_without_declared" in keys:
        return f"{count(keys['ai_without_declared'])} without declared"
    declared = report.coverage.ai.with_declared and not report.coverage.ai.without_declared
    return "all of them declared" if ai.landed and declared else ""


def _holding(report: Report) -> Iterator[Text]:
    groups = {found.group.key: found for found in report.survival}
    days = report.asked.rework_window_days
    if "ai" not in groups:
        if report.delivery is not None:
            yield from section("Is it holding?", "")
            yield from holding_lines(report.delivery)
        return
    yield from section(f"Is it holding? Reworked within {days} days", "")
    yield from wrapped(f"AI      {wording.figure(groups['ai'].rework, 1)}", _declared_aside(groups))
    if report.comparison is not None:
        yield from wrapped(
            f"others  {wording.figure(report.comparison.others, 1)}", ", in the same quarters"
        )
    yield from wrapped(wording.comparison_sentence(report.comparison, days), "")
    removed = [row for row in report.rework_by if broad_class(row.who) == "ai"]
    total = sum(row.lines for row in removed)
    if total:
        by: dict[str, int] = {}
        for row in removed:
            name = wording.WHO[broad_class(row.by_who)]
            by[name] = by.get(name, 0) + row.lines
        names = sorted(by, key=lambda name: -by[name])
        shares = wording.percents([by[name] for name in names])
        told = wording.listed(f"{name} {share}" for name, share in zip(names, shares, strict=True))
        reverted = sum(row.reverted for row in removed)
        aside = f"; {percent(reverted / total)} by a revert" if reverted else ""
        yield from wrapped(f"reworked by {told}", aside)
    yield from holding_lines(report.delivery)


def _declared_aside(groups: dict[str, GroupSurvival]) -> str:
    if "ai_without_declared" not in groups:
        return ""
    return f"; without declared {wording.figure(groups['ai_without_declared'].rework, 1)}"


def _survival(report: Report) -> Iterator[Text]:
    shown = _shown_groups(report.survival)
    if not shown:
        return
    yield Text()
    head = Text(f"{'Still there after':<18}", style="bold")
    head.append("".join(f"{f'{point.days} days':>13}" for point in shown[0].points))
    head.append("   changes", style="not bold dim")
    yield head
    for found in shown:
        label = f"{'  ' if found.group.agent else ''}{found.group.label}"
        line = Text(f"{INDENT}{cut(label, 15):<16}")
        line.append("".join(cell(short_figure(point.figure), 13) for point in found.points))
        line.append(f"{count(found.changes):>10}", style="dim")
        yield clipped(line)
    if any(point.figure.more_changes for found in shown for point in found.points):
        yield Text(f"{INDENT}needs +N: too few, about N more changes would tell", style="dim")


def _shown_groups(survival: Sequence[GroupSurvival]) -> list[GroupSurvival]:
    agents = [found for found in survival if found.group.agent][:AGENTS]
    return [
        found
        for found in survival
        if found in agents or found.group.key in ("ai", "human", "dated", "unknown")
    ]


def _files(report: Report) -> Iterator[Text]:
    most_ai = report.files_with_most_ai[:FILES]
    reworked = report.files_most_reworked[:FILES]
    several = len(report.repositories) > 1
    if most_ai:
        yield from section("Files with most AI lines alive", "AI lines of all alive")
        for ai_file in most_ai:
            name = f"{ai_file.repository}: {ai_file.path}" if several else ai_file.path
            yield _file_line(name, f"{count(ai_file.ai_lines)} of {count(ai_file.alive)}")
    if reworked:
        title = Text("Files most reworked", style="bold")
        yield beside(title, Text("lines reworked of all that landed", style="dim"))
        for file in reworked:
            name = f"{file.repository}: {file.path}" if several else file.path
            yield _file_line(name, f"{count(file.reworked)} of {count(file.landed)}")


def _file_line(name: str, told: str) -> Text:
    room = WIDTH - len(INDENT) - len(told) - 2
    return Text(f"{INDENT}{cut_front(name, room):<{room}}  {told}")


def _unseen(report: Report) -> Iterator[Text]:
    yield from section("What this could not see", "")
    for notice in report.unseen[:NOTICES]:
        name = (
            f"{notice.repository}: " if notice.repository and len(report.repositories) > 1 else ""
        )
        yield from wrapped(f"{name}{notice.what}", "", bullet="· ")
    if len(report.unseen) > NOTICES:
        yield Text(
            f"{INDENT}· {count(len(report.unseen) - NOTICES)} more; --markdown, --html and --json "
            "tell how to add each",
            style="dim",
        )


def _next(report: Report) -> Iterator[Text]:
    rest = " · landed why FILE:LINE · landed report --html FILE"
    first = "More: landed blame "
    example = report.files_with_most_ai[0].path if report.files_with_most_ai else "FILE"
    # Only a name that a shell takes as it stands is worth copying.
    if shlex.quote(example) != example or len(first + example + rest) > WIDTH:
        example = "FILE"
    yield Text()
    yield Text(f"{first}{example}{rest}")
