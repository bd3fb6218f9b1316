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
from landed.reports.wording import GRADES, count, day, printable_record

_LABEL = 12
_ID = 7
_WIDTH = 80
_SHORTEST = 16
_SOURCES = {
    "author": "author of the commit",
    "committer": "committer",
    "trailer": "commit trailer",
    "subject": "commit subject",
    "body": "commit message",
    "git-ai": "git-ai note",
    "agent-trace": "Agent Trace record",
    "date": "date of the commit",
    "configuration": "landed.toml",
}
_RULES = {
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


def print_story(story: Story, file: IO[str] | None = None) -> None:
    """Print a line's story; colours only on a terminal."""
    console = Console(file=file, highlight=False, soft_wrap=True)
    for row in story_rows(story):
        console.print(row)


def story_rows(story: Story) -> Iterator[Text]:
    """Yield the rows of the story."""
    story = printable_record(replace(story, text=story.text.expandtabs(TAB).strip()))
    yield Text.assemble((f"{story.file}:{story.line}", "bold"), "    ", story.text)
    written = author_label(story.authorship)
    if story.authorship.model:
        written += f", {story.authorship.model}"
    style = palette.WHO[broad_class(story.authorship.who)]
    yield _row("written by", Text(written, style))
    yield _row("grade", Text(_grade(story)))
    for statement in story.evidence:
        if statement.decided:
            yield _row("known by", Text(_evidence(statement, story)))
            if statement.session:
                yield _row("session", Text(statement.session))
    yield _row("born in", Text(_commit(story.commit)))
    if (story.path, story.born_line) != (story.file, story.line):
        yield _row("", Text(f"there at {story.path}:{story.born_line}"))
    for ancestor in story.lineage:
        yield _row(
            "lineage",
            Text(f"{_RULES[ancestor.rule]} {ancestor.path}:{ancestor.line}"),
        )
        yield _row("", Text(_commit(ancestor.commit)))
    if not story.known:
        yield _row("main line", Text("no branch or tag reaches this commit: nothing is known"))
        return
    yield from _stays(story)
    yield _row("releases", Text(_releases(story)))
    yield from _others(story)


def _row(label: str, content: Text) -> Text:
    return Text.assemble("  ", (f"{label:<{_LABEL}}", "dim"), content)


def _grade(story: Story) -> str:
    grade = story.authorship.grade
    return GRADES[grade] if grade == "none" else f"{grade}: {GRADES[grade]}"


def _evidence(statement: Statement, story: Story) -> str:
    rule = f"entry {statement.rule}" if statement.about == "line" else statement.rule
    return f"{_source(statement, story)}, {rule}"


def _source(statement: Statement, story: Story) -> str:
    """Return where a statement stands, with its commit where that is not the line's own."""
    source = _SOURCES[statement.source]
    if statement.commit == story.commit.commit:
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
    return f"{_source(statement, story)}: {said}{grade}"
