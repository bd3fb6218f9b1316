"""The minimal difference of two texts, line by line: what an edit generated, as git counts it.

A longest common subsequence leaves the fewest lines added and removed; that is what
`git diff --minimal` shows. It is computed by rapidfuzz (bit-parallel LCS, Hyyrö 2004).
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from landed.sources.agents.contract import Change


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as git sees them: parted by LF, the last one with or without."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def difference(before: str, after: str) -> tuple[Change, ...]:
    """Return the changes that make `after` from `before`, two whole files."""
    return difference_of_lines(lines_of(before), lines_of(after), 1, 1)


def difference_of_fragment(old: str, new: str) -> tuple[Change, ...]:
    """Return the changes between two fragments whose place in the file is not known."""
    return tuple(
        Change(change.removed, change.added)
        for change in difference_of_lines(lines_of(old), lines_of(new), 1, 1)
    )


def replacement(
    text: str, old: str, new: str, everywhere: bool
) -> tuple[tuple[Change, ...], str] | None:
    """Return what putting `new` for `old` in a whole file changes, and the text after it.

    The first occurrence is replaced, or all of them. Taking out a whole line's text takes its
    newline too, as agents do; an empty `old` stands for an empty file. None where `old` is not
    found.
    """
    if not old:
        return None if text else (difference("", new), new)
    if not new and not old.endswith("\n") and old + "\n" in text:
        old += "\n"
    first = text.find(old)
    if first < 0:
        return None
    if everywhere:
        after = text.replace(old, new)
        return difference(text, after), after
    last = first + len(old)
    begin = text.rfind("\n", 0, first) + 1
    end = text.find("\n", last)
    after = text[:first] + new + text[last:]
    if end < 0:
        left, right = lines_of(text[begin:]), lines_of(after[begin:])
    else:
        left = text[begin:end].split("\n")
        right = (text[begin:first] + new + text[last:end]).split("\n")
    line = text.count("\n", 0, begin) + 1
    return difference_of_lines(left, right, line, line), after


def difference_of_lines(
    old: Sequence[str], new: Sequence[str], old_start: int, new_start: int
) -> tuple[Change, ...]:
    """Return the changes between two runs of lines that begin at the given line numbers."""
    shorter = min(len(old), len(new))
    first = 0
    while first < shorter and old[first] == new[first]:
        first += 1
    last = 0
    while last < shorter - first and old[-1 - last] == new[-1 - last]:
        last += 1
    left, right = old[first : len(old) - last], new[first : len(new) - last]
    old_start += first
    new_start += first
    if not left or not right or set(left).isdisjoint(right):
        if not left and not right:
            return ()
        return (Change(tuple(left), tuple(right), old_start, new_start),)
    found: list[Change] = []
    at_left = at_right = 0
    for block in LCSseq.opcodes(left, right).as_matching_blocks():
        if block.a > at_left or block.b > at_right:
            found.append(
                Change(
                    tuple(left[at_left : block.a]),
                    tuple(right[at_right : block.b]),
                    old_start + at_left,
                    new_start + at_right,
                )
            )
        at_left, at_right = block.a + block.size, block.b + block.size
    return tuple(found)


def changes_of_hunk(rows: Sequence[str], old_start: int, new_start: int) -> tuple[Change, ...]:
    """Return the changes of one hunk of a unified diff, made minimal.

    `rows` are its lines with their mark (space, plus, minus; a backslash remark is passed over);
    the starts are those of the hunk's header. A hunk of no old lines starts, by the convention of
    unified diffs, after the line it names.
    """
    old = [row[1:] for row in rows if row[:1] in ("-", " ", "")]
    new = [row[1:] for row in rows if row[:1] in ("+", " ", "")]
    return difference_of_lines(
        old, new, old_start if old else old_start + 1, new_start if new else new_start + 1
    )


def applied(before: str, changes: Sequence[Change]) -> str | None:
    """Return the text after `changes`, or None where they do not fit or have no place."""
    lines = lines_of(before)
    after: list[str] = []
    at = 0
    for change in changes:
        if change.old_start is None:
            return None
        start = change.old_start - 1
        if start < at or tuple(lines[start : start + len(change.removed)]) != change.removed:
            return None
        after += lines[at:start]
        after += change.added
        at = start + len(change.removed)
    after += lines[at:]
    return "\n".join(after) + "\n" if after else ""
