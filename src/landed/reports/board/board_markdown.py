"""The report as Markdown, for wikis and pull requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landed.reports.board.board import Board
from landed.reports.board.document import Bar, Document, Fact, Section, Table
from landed.reports.board.words import document_of
from landed.reports.markdown_layout import plain, table


def markdown(board: Board) -> str:
    """The whole report; words of strangers are escaped."""
    return "\n".join(_lines(document_of(board))) + "\n"


def _lines(document: Document) -> Iterator[str]:
    front = document.front
    yield f"# {plain(document.title)}"
    yield ""
    yield plain(f"{document.period}, {document.scope}. Figures as of {document.as_of}.")
    if document.widened:
        yield ""
        yield plain(document.widened)
    if document.notice:
        yield ""
        yield f"**{plain(document.notice)}**"
    yield ""
    yield f"**{plain(front.headline)}**"
    yield ""
    keys = [[key.label, key.value, "; ".join(key.details)] for key in front.keys]
    yield from _table(Table("", ["", "Figure", "What it rests on"], keys, text=(0, 2)))
    yield from _bars("How far generated lines got", front.funnel, front.funnel_note, "Lines")
    yield from _heading("What one cost")
    yield from _table(front.unit_costs)
    yield from _bars("Waste", front.waste, front.waste_note, "Of waste")
    yield from _paragraphs("This month", front.forecast)
    yield from _paragraphs("The biggest leak", [front.leak])
    yield from _facts("Beside what others report", front.benchmarks)
    yield from _bars("How sure are we", front.sure, "", "Lines alive")
    yield from (f"{plain(note)}  " for note in front.sure_notes)
    yield from _paragraphs("Assumptions", front.assumptions, bullet="- ")
    if front.missing:
        yield from _paragraphs("Not connected", front.missing, bullet="- ")
    for section in document.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield from _heading(section.title)
    for told in (section.lead, *section.paragraphs):
        if told:
            yield plain(told)
            yield ""
    yield from (f"- {plain(fact.name)}: {plain(fact.told)}" for fact in section.facts)
    if section.facts:
        yield ""
    for entry in section.entries:
        yield f"**{plain(entry.name)}**, {plain(entry.unit)}. {plain(entry.meaning)}"
        if entry.formula:
            sums = f": {plain('; '.join(entry.sums))}" if entry.sums else ""
            yield f"{plain(entry.formula)}{sums}"
        yield ""
    for found in section.tables:
        if found.title:
            yield f"### {plain(found.title)}"
            yield ""
        yield from _table(found)


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield f"## {plain(title)}"
    yield ""


def _paragraphs(title: str, told: Sequence[str], bullet: str = "") -> Iterator[str]:
    yield from _heading(title)
    yield from (f"{bullet}{plain(one)}" + ("" if bullet else "  ") for one in told)


def _facts(title: str, facts: Sequence[Fact]) -> Iterator[str]:
    yield from _heading(title)
    yield from (f"- {plain(fact.name)}. Others: {plain(fact.told)}" for fact in facts)


def _bars(title: str, bars: Sequence[Bar], note: str, detail: str) -> Iterator[str]:
    yield from _heading(title)
    if bars:
        rows = [[bar.label, bar.value, bar.detail] for bar in bars]
        yield from _table(Table("", ["", "", detail], rows))
    if note:
        yield plain(note)


def _table(found: Table) -> Iterator[str]:
    if found.rows:
        numbers = [place for place in range(len(found.headings)) if place not in found.text]
        rows = [[plain(cell) for cell in row] for row in found.rows]
        yield from table([plain(heading) for heading in found.headings], rows, numbers=numbers)
    if found.note:
        yield plain(found.note)
        yield ""
