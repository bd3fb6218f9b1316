"""`landed why` for people: a line's story from top to bottom, what decided first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import IO

from rich.console import Console
from rich.text import Text

from landed.reports import palette
from landed.reports.blame import Authorship
from landed.reports.blame_terminal import TAB, author_label
from landed.reports.groups import broad_class
from landed.reports.why import CommitShown, Statement, Stay, Story
from landed.reports.why_delivery_rows import (
    incident_cells,
    production_cells,
    request_cells,
)
from landed.reports.why_requests import Requests
from landed.reports.why_session_rows import Cell, session_cells
from landed.reports.wording import GRADES, count, day, percent, printable_record

_LABEL = 12
_ID = 7
_WIDTH = 80
_SHORTEST = 16
SOURCES = {
    "author": "author of the commit",
    "committer": "committer",
    "trailer": "commit trailer",
    "subject": "commit subject",
    "body": "commit message",
    "git-ai": "git-ai note",
    "agent-trace": "Agent Trace record",
    "date": "date of the commit",
    "configuration": "landed.toml",
    "session": "agent's log",
    "capture": "declared in landed.toml",
}
RULES = {
    "format": "reformatted from",
    "indent": "re-indented from",
    "move": "moved from",
    "revert": "brought back by a revert from",
    "cherry-pick": "cherry-picked from",
    "rebase": "rebased from",
    "squash": "squashed from",
    "lineage": "first written as",
}
_OTHERS_SHOWN = 6
_TITLE = 32
"""So many characters of a title fit into a row beside who and when."""
_LEFT = 44
_WIDE = 110
_CHANGE = "change"
"""The source whose rules name the pull or merge request before the signal."""
BY_SOURCE = {
    ("session", "human"): "stood there between an agent's edits, which did not put it there",
    ("capture", "human"): "all AI tools of the author are read, and none shows it",
    **dict.fromkeys(
        [("change", "ai"), ("change", "human"), ("change", "automation")],
        "its pull request says so",
    ),
}
"""What a grade means where it does not come from an agent's text or a commit's words."""


def print_story(story: Story, file: IO[str] | None = None) -> None:
    """Print a line's story; colours only on a terminal."""
    console = Console(file=file, highlight=False, soft_wrap=True)
    for row in story_rows(story, console.width):
        console.print(row)


def story_rows(story: Story, width: int = _WIDTH) -> Iterator[Text]:
    """Yield the rows of the story; two columns where `width` has room for them."""
    story = printable_record(replace(story, text=story.text.expandtabs(TAB).strip()))
    yield Text.assemble((f"{story.file}:{story.line}", "bold"), "    ", story.text)
    written = author_label(story.authorship)
    if story.authorship.model:
        written += f", {story.authorship.model}"
    style = palette.WHO[broad_class(story.authorship.who)]
    yield from _pair(("written by", Text(written, style)), ("grade", grade_told(story)), width)
    yield from _known_by(story)
    if story.generated is not None:
        for (label, left), right in session_cells(story.generated, _live_since(story)):
            yield from _pair((label, Text(left)), right, width)
    if story.commit is None:
        yield _row("commit", Text("none yet: the line stands in the working tree only"))
        return
    yield _row("born in", Text(_commit(story.commit)))
    if (story.path, story.born_line) != (story.file, story.line):
        yield _row("", Text(f"there at {story.path}:{story.born_line}"))
    for ancestor in story.lineage:
        yield _row(
            "lineage",
            Text(f"{RULES[ancestor.rule]} {ancestor.path}:{ancestor.line}"),
        )
        yield _row("", Text(_commit(ancestor.commit)))
    if not story.known:
        yield _row("main line", Text("no branch or tag reaches this commit: nothing is known"))
        return
    yield from _stays(story)
    yield from _way(story)
    if story.releases or story.deployed is None:
        yield _row("releases", Text(_releases(story)))
    yield from _others(story)


def _way(story: Story) -> Iterator[Text]:
    """The requests, deployments and incidents of a line, as far as they are known."""
    rows: list[Cell] = []
    if story.requests is not None:
        rows += request_cells(Requests(story.requests, story.checks), _moved(story), _TITLE)
    if story.deployed is not None:
        gone = bool(story.stays) and story.stays[-1].left is not None
        rows += production_cells(story.deployed, gone)
    if story.incidents is not None:
        rows += incident_cells(story.incidents, _TITLE)
    for label, content in rows:
        yield _row(label, Text(content))


def _live_since(story: Story) -> datetime | None:
    """When the earliest of the stays in production that last began, if deployments tell it."""
    lasting = [stay.begun.at for stay in story.deployed or () if stay.ended is None]
    return min(lasting, default=None)


def _moved(story: Story) -> str | None:
    """Where evidence was moved from, if the line was squashed or rebased."""
    for ancestor in story.lineage:
        if ancestor.rule in ("squash", "rebase"):
            by = " by content" if ancestor.rule == "squash" else ""
            return f"evidence moved from {ancestor.commit.commit[:_ID]}{by}"
    return None


def _known_by(story: Story) -> Iterator[Text]:
    for statement in story.evidence:
        if statement.decided:
            yield _row("known by", Text(_evidence(statement, story)))
            if statement.session and story.generated is None:
                yield _row("session", Text(statement.session))


def _pair(first: tuple[str, Text], second: tuple[str, str] | None, width: int) -> Iterator[Text]:
    """One row with both where there is room, else one for each."""
    row = _row(*first)
    if second is None:
        yield row
    elif width >= _WIDE and len(first[1]) < _LEFT:
        row.pad_right(_LEFT - len(first[1]))
        yield row.append_text(Text.assemble((second[0], "dim"), " ", second[1]))
    else:
        yield row
        yield _row(second[0], Text(second[1]))


def _row(label: str, content: Text) -> Text:
    return Text.assemble("  ", (f"{label:<{_LABEL}}", "dim"), content)


def grade_told(story: Story) -> str:
    """The grade of the evidence that decides, and what it means."""
    grade = story.authorship.grade
    for statement in story.evidence:
        if statement.decided and (statement.source, statement.who) in BY_SOURCE:
            return f"{grade}: {BY_SOURCE[statement.source, statement.who]}"
    journey = story.generated.journey if story.generated is not None else None
    if grade == "similar" and journey is not None and journey.similarity is not None:
        return f"{grade}: {GRADES[grade]}, {percent(journey.similarity)} alike"
    return GRADES[grade] if grade == "none" else f"{grade}: {GRADES[grade]}"


def _evidence(statement: Statement, story: Story) -> str:
    entry = statement.about == "line" and statement.source != "session"
    rule = f"entry {statement.rule}" if entry else statement.rule
    if statement.source == _CHANGE:
        rule = rule.partition(": ")[2]
    return f"{source_told(statement, story)}, {rule}"


def source_told(statement: Statement, story: Story) -> str:
    """Where a statement stands, with its commit where that is not the line's own."""
    if statement.source == _CHANGE:
        source = statement.rule.partition(": ")[0]
    else:
        source = SOURCES[statement.source]
    own = story.commit is not None and statement.commit == story.commit.commit
    if own or statement.source in ("session", "capture"):
        return source
    return f"{source} of {statement.commit[:_ID]}"


def _commit(commit: CommitShown) -> str:
    return _told(
        f"{commit.commit[:_ID]} ", commit.subject, f" by {commit.author}, {day(commit.at)}"
    )


def _told(before: str, subject: str, after: str) -> str:
    """Return a row about a commit, its subject cut so that the row fits."""
    room = max(_WIDTH - 2 - _LABEL - len(before) - len(after) - 2, _SHORTEST)
    shown = subject if len(subject) <= room else f"{subject[: room - 1]}…"
    return f'{before}"{shown}"{after}'


def _stays(story: Story) -> Iterator[Text]:
    if not story.stays:
        yield _row("main line", Text("never entered it"))
    for stay in story.stays:
        yield _row("main line", Text(_stay(stay, story.observed_at)))
        if stay.left is not None:
            remover = stay.removed_by or stay.left
            removed = f"removed {day(stay.left.at)} by {remover.commit[:_ID]} "
            yield _row("", Text(_told(removed, remover.subject, "")))


def _stay(stay: Stay, observed_at: datetime | None) -> str:
    entered = f"entered {day(stay.entered.at)} with {stay.entered.commit[:_ID]}"
    until = stay.left.at if stay.left else observed_at
    length = f" {count(max((until - stay.entered.at).days, 0), 'day')}" if until else ""
    return f"{entered}, {'still there,' if stay.left is None else 'stayed'}{length}"


def _releases(story: Story) -> str:
    if not story.releases:
        return "in none"
    first, last = story.releases[0], story.releases[-1]
    if len(story.releases) == 1:
        return f"in {first}"
    return f"first {first}, last {last}, {len(story.releases):,} in all"


def _others(story: Story) -> Iterator[Text]:
    competing = (one for one in story.evidence if not one.decided)
    others = list(dict.fromkeys(_competing(one, story) for one in competing))
    for number, other in enumerate(others[:_OTHERS_SHOWN]):
        yield _row("" if number else "also says", Text(other))
    if len(others) > _OTHERS_SHOWN:
        yield _row("", Text(f"and {len(others) - _OTHERS_SHOWN:,} more: --json has all", "dim"))


def _competing(statement: Statement, story: Story) -> str:
    said = author_label(Authorship(statement.who, statement.agent))
    grade = f" ({statement.grade})" if statement.grade != "none" else ""
    return f"{source_told(statement, story)}: {said}{grade}"
