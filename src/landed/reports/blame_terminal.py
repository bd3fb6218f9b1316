"""`landed blame` for people: columns like git blame's, good in 80 columns and in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.text import Text

from landed.reports import palette
from landed.reports.blame import AttributedLine, Authorship
from landed.reports.groups import broad_class
from landed.reports.terminal_layout import cut
from landed.reports.wording import count, day, printable

_ID = 8
_WHO = 16
_GRADE = 8
_AUTHOR = 14
_WIDE = 110
TAB = 4
"""Columns of a tab in source text."""


def print_blame(lines: Sequence[AttributedLine], file: IO[str] | None = None) -> None:
    """Print blamed lines; on a terminal they are coloured and cut to its width."""
    console = Console(file=file, highlight=False, soft_wrap=True)
    width = console.width if console.is_terminal else None
    for row in blame_rows(lines, width):
        console.print(row)


def blame_rows(lines: Sequence[AttributedLine], width: int | None) -> Iterator[Text]:
    """Yield one row a line: commit, who, grade, number, text; wide rows have author and date.

    With a `width` rows are cut to it; without one they are whole.
    """
    digits = len(str(lines[-1].line)) if lines else 1
    people = width is None or width >= _WIDE
    for line in lines:
        row = Text(f"{line.commit[:_ID]} ", no_wrap=True)
        shown = cut(printable(author_label(line.authorship)), _WHO)
        row.append(f"{shown:<{_WHO}} ", style=palette.WHO[broad_class(line.authorship.who)])
        grade = line.authorship.grade if line.authorship.grade != "none" else "-"
        row.append(f"{grade:<{_GRADE}} ", style="dim")
        if people:
            row.append(
                f"{cut(printable(line.author), _AUTHOR):<{_AUTHOR}} {day(line.authored_at)} "
            )
        row.append(f"{line.line:>{digits}}) ", style="dim")
        row.append(printable(line.text.expandtabs(TAB)))
        if width is not None:
            row.truncate(width, overflow="ellipsis")
        yield row
    unseen = sum(not line.known for line in lines)
    if unseen:
        yield Text(
            f"{count(unseen, 'line')} of commits that no branch or tag reaches: nothing is known",
            style="dim",
        )


def author_label(authorship: Authorship) -> str:
    """Return who wrote a line in one or two words: AI claude-code, human, unknown."""
    if authorship.who in ("ai", "mixed"):
        label = "AI" if authorship.who == "ai" else "AI+human"
        return f"{label} {authorship.agent}" if authorship.agent else label
    return authorship.who
