"""The parts of a commit message: subject, lines that can bear a signal, and squashed commits.

Quoted text bears none: indented lines, `>` quotes and code between fences are left out.

A forge that squashes a request lists its commits as `* subject` items between blank lines, git
itself lists them below `Squashed commit of the following:`. Such a message proves that several
commits went in, and shows which of them bear a trailer. A message without such a list proves
nothing: it is taken as one commit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GIT_SQUASH = "Squashed commit of the following:"
_GIT_COMMIT = re.compile(r"commit [0-9a-f]{40,64}\s*\Z")
_ITEM = re.compile(r"\* +\S")
_MERGE_ITEM = re.compile(r"\* +Merge (branch|remote|pull request|tag|commit)\b", re.IGNORECASE)
_FORGE_SUBJECT = re.compile(r"\(#\d+\)\s*\Z")
_CLOSING_RULE = re.compile(r"-{5,}\s*\Z")
_FORGE_COMMITTERS = frozenset({"noreply@github.com"})


@dataclass(frozen=True)
class Anatomy:
    """A message in parts.

    `lines` are the body's lines with the number of the squashed commit they belong to; 0 is the
    message as a whole. `squashed` are the numbers of the squashed commits with changes of their
    own, empty where the message proves no squash of several.
    """

    subject: str
    lines: tuple[tuple[int, str], ...]
    squashed: frozenset[int] = frozenset()


def dissect(text: str, committer_email: str = "") -> Anatomy:
    """Take a commit message apart."""
    rows = [row.rstrip("\r") for row in text.lstrip("\n").split("\n")]
    subject, body = rows[0], rows[1:]
    if subject.strip() == _GIT_SQUASH or _GIT_SQUASH in body[:3]:
        return _git_squash(subject, body)
    quoted = _fenced(body)
    by_forge = bool(_FORGE_SUBJECT.search(subject)) or committer_email.lower() in _FORGE_COMMITTERS
    starts = _item_starts(body, quoted) if by_forge else []
    if len(starts) < 2:
        return Anatomy(subject, tuple((0, row) for row in _bearing(body, quoted)))
    return _forge_squash(subject, body, quoted, starts)


def bearing_lines(text: str) -> list[str]:
    """Return the lines of a request's description that can bear a signal."""
    rows = [row.rstrip("\r") for row in text.split("\n")]
    return _bearing(rows, _fenced(rows))


def _bearing(body: list[str], quoted: frozenset[int]) -> list[str]:
    return [row for at, row in enumerate(body) if at not in quoted and not _is_quote(row)]


def _is_quote(row: str) -> bool:
    return row.startswith((" ", "\t", ">"))


def _fenced(body: list[str]) -> frozenset[int]:
    """Return the rows from an opening code fence to its closing one; an open end is no fence."""
    fences = [at for at, row in enumerate(body) if row.startswith("```")]
    pairs = zip(fences[::2], fences[1::2], strict=False)
    return frozenset(at for first, last in pairs for at in range(first, last + 1))


def _item_starts(body: list[str], quoted: frozenset[int]) -> list[int]:
    """Return the rows that begin an item standing alone between blank lines."""
    return [
        at
        for at, row in enumerate(body)
        if at not in quoted
        and _ITEM.match(row)
        and (at == 0 or not body[at - 1].strip())
        and (at + 1 == len(body) or not body[at + 1].strip())
    ]


def _forge_squash(
    subject: str, body: list[str], quoted: frozenset[int], starts: list[int]
) -> Anatomy:
    rules = [at for at, row in enumerate(body) if _CLOSING_RULE.match(row) and at > starts[-1]]
    end = rules[-1] if rules else len(body)
    lines: list[tuple[int, str]] = []
    section = 0
    for at, row in enumerate(body):
        if at == end:
            section = 0
        elif section < len(starts) and at == starts[section]:
            section += 1
        if at not in quoted and not _is_quote(row):
            lines.append((section, row))
    squashed = frozenset(
        number for number, at in enumerate(starts, start=1) if not _MERGE_ITEM.match(body[at])
    )
    return Anatomy(subject, tuple(lines), squashed if len(squashed) > 1 else frozenset())


def _git_squash(subject: str, body: list[str]) -> Anatomy:
    lines: list[tuple[int, str]] = []
    section = 0
    for row in body:
        if _GIT_COMMIT.match(row):
            section += 1
        elif not section:
            lines.append((0, row))
        elif row.startswith("    ") and not _is_quote(row[4:]):
            lines.append((section, row[4:]))
        elif row and not row.startswith((" ", "Author:", "Date:", "Merge:")):
            lines.append((0, row))
    squashed = frozenset(range(1, section + 1))
    return Anatomy(subject, tuple(lines), squashed if section > 1 else frozenset())
