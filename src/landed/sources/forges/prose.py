"""What a text in Markdown says by itself: without code, quotations and comments."""

from __future__ import annotations

import re

_FENCE = re.compile(r"[ \t]{0,3}(?:[-*+][ \t]+)?(`{3,}|~{3,})")
_SPAN = re.compile(r"`([^`]*)`")
_REFERENCE = re.compile(r"(?:[\w./-]{0,250}[#!@])?[0-9A-Fa-f]{1,64}", re.ASCII)


def prose(text: str) -> str:
    """Return the lines in which the author speaks, in time linear in the length of `text`.

    Fenced code, quoted lines (`>`), HTML comments (templates hide examples in them) and code
    within a line are left out; within a line a bare reference or commit id stays, since people
    like to write those as code.
    """
    kept = []
    fence = ""
    for line in _without_comments(text).splitlines():
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        opening = _FENCE.match(line)
        if opening:
            fence = opening[1]
        elif not line.lstrip().startswith(">"):
            kept.append(_SPAN.sub(_span, line) if "`" in line else line)
    return "\n".join(kept)


def _without_comments(text: str) -> str:
    start = text.find("<!--")
    if start < 0:
        return text
    kept, place = [], 0
    while start >= 0:
        kept.append(text[place:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        place = end + 3
        start = text.find("<!--", place)
    kept.append(text[place:])
    return "".join(kept)


def _span(span: re.Match[str]) -> str:
    inner = span[1].strip()
    return inner if _REFERENCE.fullmatch(inner) else " "
