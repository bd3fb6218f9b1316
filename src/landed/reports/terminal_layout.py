"""How the reports for a terminal lay out their lines: 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.text import Text

WIDTH = 80
BAR = 26
INDENT = "  "
_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float | None, width: int = BAR) -> str:
    """A bar of `width` columns for a share of 1, in eighths of a column."""
    eighths = round((share or 0) * width * 8)
    whole, rest = divmod(eighths, 8)
    if not eighths and share:
        return "▏"
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def section(name: str, aside: str) -> Iterator[Text]:
    """An empty line, a heading, and an aside at the right."""
    yield Text()
    yield beside(Text(name, style="bold"), Text(aside, style="dim"))


def beside(left: Text, right: Text) -> Text:
    """Two texts at both ends of a line, where there is room; else the left one."""
    gap = WIDTH - left.cell_len - right.cell_len
    if gap < 2 or not right.plain:
        return clipped(left)
    return Text.assemble(left, " " * gap, right)


def wrapped(text: str, dim: str, bullet: str = "") -> Iterator[Text]:
    """A text over as many indented lines as it takes; `dim` follows it, less bright."""
    room = WIDTH - len(INDENT) - len(bullet)
    rows = textwrap.wrap(text + dim, room) or [""]
    for place, row in enumerate(rows):
        line = Text(f"{INDENT}{bullet if place == 0 else ' ' * len(bullet)}{row}")
        if place == 0 and dim and row.startswith(text):
            line.stylize("dim", len(INDENT) + len(bullet) + len(text))
        yield line


def clipped(line: Text) -> Text:
    """The line, cut to the width."""
    line.truncate(WIDTH, overflow="ellipsis")
    return line


def cut(text: str, width: int) -> str:
    """The text, its end cut off where it is too long."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def cut_front(text: str, width: int) -> str:
    """The text, its beginning cut off where it is too long."""
    return text if len(text) <= width else f"…{text[-(width - 1) :]}"


def cell(text: str, width: int) -> str:
    """A column's text to the right, with a space before it; its interval goes where it is too long.

    What stands in brackets at its end is the interval.
    """
    if len(text) >= width:
        text = text.partition("(")[0].rstrip()
    return f" {text}".rjust(width)
