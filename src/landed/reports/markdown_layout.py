"""How Markdown is laid out: plain text and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def plain(text: str) -> str:
    """Text that Markdown shows as it is: it mentions nobody, and nothing in it is a link."""
    escaped = "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in text)
    return escaped.replace("@", "&#64;").replace("://", "&#58;//").replace("www.", "www&#46;")


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()
) -> Iterator[str]:
    """A table and the empty line after it; the columns at `numbers` are set right."""
    right = set(numbers)
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---:' if place in right else '---' for place in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""
