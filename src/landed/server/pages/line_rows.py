"""The story of one line as rows for its page: what decided, what competed, and its way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from landed.reports import wording
from landed.reports.why import CommitShown, Statement, Story
from landed.reports.why_delivery_rows import incident_cells, production_cells, request_cells
from landed.reports.why_requests import Requests
from landed.reports.why_session_rows import Cell, session_cells
from landed.reports.why_terminal import RULES, grade_told, source_told

_TITLE = 120
_ID = 10


@dataclass(frozen=True)
class Told:
    """One word with all that stands by it."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A part of the story."""

    title: str
    rows: tuple[Told, ...]


def story_parts(story: Story) -> list[Part]:
    """The story from what decided to what became of the line; parts without rows are left out."""
    parts = [
        Part("Who wrote it", _gathered(_written(story))),
        Part("Your session", _gathered(_session(story))),
        Part("What else says so, or otherwise", _gathered(_competing(story))),
        Part("Commit", _gathered(_commits(story))),
        Part("Change, review and checks", _gathered(_changes(story))),
        Part("Deployments and incidents", _gathered(_production(story))),
    ]
    return [part for part in parts if part.rows]


def _gathered(cells: Iterable[Cell]) -> tuple[Told, ...]:
    """Rows with their label; those without one belong to the row before."""
    found: list[tuple[str, list[str]]] = []
    for label, text in cells:
        if label or not found:
            found.append((label, [text]))
        else:
            found[-1][1].append(text)
    return tuple(
        Told(label[:1].upper() + label[1:], tuple(wording.printable(text) for text in lines))
        for label, lines in found
    )


def _written(story: Story) -> Iterator[Cell]:
    author = story.authorship
    names = [wording.WHO.get(author.who, author.who), author.agent, author.model]
    yield "written by", ", ".join(name for name in names if name)
    yield "evidence", grade_told(story)
    for statement in story.evidence:
        if statement.decided:
            yield "decided by", f"{source_told(statement, story)}: {statement.rule}"


def _session(story: Story) -> Iterator[Cell]:
    if story.generated is None:
        return
    for left, right in session_cells(story.generated):
        yield left
        if right is not None:
            yield right


def _competing(story: Story) -> Iterator[Cell]:
    others = [one for one in story.evidence if not one.decided]
    for text in dict.fromkeys(_said(one, story) for one in others):
        yield "also said" if text else "", text


def _said(statement: Statement, story: Story) -> str:
    who = wording.WHO.get(statement.who, statement.who)
    named = f"{who}, {statement.agent}" if statement.agent else who
    return f"{source_told(statement, story)}: {named} ({statement.grade})"


def _commits(story: Story) -> Iterator[Cell]:
    if story.commit is not None:
        yield "born in", _commit(story.commit)
    if (story.path, story.born_line) != (story.file, story.line):
        yield "", f"there at {story.path}:{story.born_line}"
    for ancestor in story.lineage:
        yield "before that", f"{RULES[ancestor.rule]} {ancestor.path}:{ancestor.line}"
        yield "", _commit(ancestor.commit)
    for stay in story.stays:
        yield "on the branch", f"since {wording.day(stay.entered.at)}"
        if stay.left is not None:
            yield "", f"until {wording.day(stay.left.at)}"
    if not story.known:
        yield "on the branch", "nothing is known: no branch or tag that was read reaches the commit"


def _commit(commit: CommitShown) -> str:
    by = f" by {commit.author}" if commit.author else ""
    return f'{commit.commit[:_ID]} "{commit.subject}"{by}, {wording.day(commit.at)}'


def _changes(story: Story) -> Iterator[Cell]:
    if story.requests is None:
        yield "request", "no forge tells of this repository"
        return
    yield from request_cells(Requests(story.requests, story.checks), None, _TITLE)


def _production(story: Story) -> Iterator[Cell]:
    if story.deployed is None:
        told = (
            f"in {wording.count(len(story.releases), 'release')}" if story.releases else "in none"
        )
        yield "releases", told
        return
    gone = bool(story.stays) and story.stays[-1].left is not None
    yield from production_cells(story.deployed, gone)
    if story.incidents is not None:
        yield from incident_cells(story.incidents, _TITLE)
