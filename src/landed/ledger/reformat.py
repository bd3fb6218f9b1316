"""Recognising, inside one hunk, lines that were only laid out anew.

A formatter splits, joins and indents lines but keeps their tokens. Old and new lines are walked
side by side; a group of old lines and a group of new lines whose joined token streams are equal
belong together (n : m). White space, the kind of quotes, a comma before a closing bracket or a
line's end, and a pair of parentheses that only lets an expression span lines (`x = (` ... `)`)
are layout; everything else is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from landed.ledger.hashing import is_trivial, tokens_of

MAXIMUM_LINES = 20_000
"""Hunks with more lines than this on a side are replacements of whole files, not layout."""

_MAXIMUM_GROUP = 200
_WINDOW = 5


class Link(NamedTuple):
    """New line `new` of a hunk continues old line `old` (both from 0); `rank` 0 decides."""

    new: int
    old: int
    rank: int
    regrouped: bool


def layout_links(removed: Sequence[bytes], added: Sequence[bytes]) -> list[Link]:
    """Link the added lines of one hunk to the removed lines that hold the same tokens.

    A trivial line alone is linked only where a neighbour is linked too.
    """
    if len(removed) == len(added) == 1:
        return _single_link(tokens_of(removed[0]), tokens_of(added[0]))
    if max(len(removed), len(added)) > MAXIMUM_LINES:
        return []
    old_tokens, new_tokens = tokens_of(b"\n".join(removed)), tokens_of(b"\n".join(added))
    old, new = old_tokens.split(b"\n"), new_tokens.split(b"\n")
    if b"(\n" in old_tokens or b"(\n" in new_tokens:
        old, new = _without_wrapping(old), _without_wrapping(new)
    similar = _similar_size(old, new)
    if not similar and set(old).isdisjoint(new):
        return []
    groups = _groups(old, new, _WINDOW if similar else 0)
    return [
        link for group in _without_lonely_trivial(groups, old) for link in _links(group, old, new)
    ]


def _single_link(old: bytes, new: bytes) -> list[Link]:
    if is_trivial(old):
        return []
    if old != new:
        if abs(len(old) - len(new)) > 2 or b"," not in old + new:
            return []
        if _without_layout_commas(old) != _without_layout_commas(new):
            return []
    return [Link(0, 0, 0, False)]


_Group = tuple[int, int, int, int]
"""Old lines from, to; new lines from, to (ends not included)."""


_WRAP_OPENINGS = (b"=(", b"return(", b"assert(", b"yield(", b"await(", b"=>(", b"raise(")
_WRAP_END = b"\0"
"""Stands for a closing parenthesis on a line of its own whose opening one was layout."""


def _without_wrapping(lines: list[bytes]) -> list[bytes]:
    """Take out parentheses around the whole right side of a line, on one line or over several."""
    result = [_unwrapped(line) if line.endswith((b")", b");")) else line for line in lines]
    opened: list[tuple[int, int]] = []
    depth = 0
    for index, line in enumerate(lines):
        if line in (b")", b");") and opened and opened[-1][1] == depth - 1:
            start = opened.pop()[0]
            result[start] = result[start][:-1]
            result[index] = _WRAP_END + line[1:]
        elif line.endswith(_WRAP_OPENINGS):
            opened.append((index, depth + _depth(line[:-1])))
        depth += _depth(line)
        while opened and opened[-1][1] >= depth:
            opened.pop()
    return result


def _unwrapped(line: bytes) -> bytes:
    """Return `x=(a+b)` as `x=a+b`; a line whose parentheses do not span its right side as it is."""
    places = [(at, opening) for opening in _WRAP_OPENINGS if (at := line.find(opening)) >= 0]
    if not places:
        return line
    at, opening = min(places)
    inner = line[at + len(opening) : line.rindex(b")")]
    depth = 0
    for code in inner:
        depth += (code == 40) - (code == 41)
        if depth < 0:
            return line
    if depth:
        return line
    return line[: at + len(opening) - 1] + inner + line[line.rindex(b")") + 1 :]


def _depth(line: bytes) -> int:
    return line.count(b"(") - line.count(b")")


def _groups(old: list[bytes], new: list[bytes], window: int) -> list[_Group]:
    positions: dict[bytes, list[int]] = {}
    for index in range(len(new) - 1, -1, -1):
        if not is_trivial(new[index]):
            positions.setdefault(new[index], []).append(index)
    found: list[_Group] = []
    place: tuple[int, int] | None = (0, 0)
    while place is not None and place[0] < len(old) and place[1] < len(new):
        group = _group_at(old, new, *place)
        if group is not None:
            found.append(group)
            place = group[1], group[3]
        else:
            nearby = _regrouping_nearby(old, new, place, window) if window else None
            place = nearby or _next_equal(old, positions, place)
    return found


def _similar_size(old: list[bytes], new: list[bytes]) -> bool:
    sizes = sorted((sum(map(len, old)), sum(map(len, new))))
    return sizes[1] <= sizes[0] * 1.25 + 8


def _group_at(old: list[bytes], new: list[bytes], at_old: int, at_new: int) -> _Group | None:
    """Return the smallest group of equal tokens that begins at these two lines."""
    left, right = old[at_old], new[at_new]
    if left == right:
        return at_old, at_old + 1, at_new, at_new + 1
    if not left or not right:
        return None
    if not (left.startswith(right.rstrip(b",")) or right.startswith(left.rstrip(b","))):
        return None
    end_old, end_new = at_old + 1, at_new + 1
    while end_old - at_old + end_new - at_new <= _MAXIMUM_GROUP:
        plain_left, plain_right = _without_layout_commas(left), _without_layout_commas(right)
        if plain_left == plain_right:
            end_old += old[end_old : end_old + 1] == [_WRAP_END]
            end_new += new[end_new : end_new + 1] == [_WRAP_END]
            return at_old, end_old, at_new, end_new
        if len(plain_left) < len(plain_right):
            if end_old == len(old) or not plain_right.startswith(plain_left):
                return None
            left += old[end_old]
            end_old += 1
        else:
            if end_new == len(new) or not plain_left.startswith(plain_right):
                return None
            right += new[end_new]
            end_new += 1
    return None


def _without_layout_commas(tokens: bytes) -> bytes:
    for closing in (b")", b"]", b"}"):
        tokens = tokens.replace(b"," + closing, closing)
    return tokens.rstrip(b",").replace(_WRAP_END, b"")


def _next_equal(
    old: list[bytes], positions: dict[bytes, list[int]], place: tuple[int, int]
) -> tuple[int, int] | None:
    """Return the next old line that stands whole among the new lines still ahead."""
    for index in range(place[0], len(old)):
        places = positions.get(old[index])
        while places and places[-1] < place[1]:
            places.pop()
        if places:
            return index, places[-1]
    return None


def _regrouping_nearby(
    old: list[bytes], new: list[bytes], place: tuple[int, int], window: int
) -> tuple[int, int] | None:
    """Return the nearest pair of lines, a few lines ahead, where a group begins."""
    for distance in range(1, window):
        for step in range(distance + 1):
            index, other = place[0] + step, place[1] + distance - step
            if index >= len(old) or other >= len(new) or is_trivial(old[index]):
                continue
            if _group_at(old, new, index, other) is not None:
                return index, other
    return None


def _without_lonely_trivial(groups: list[_Group], old: list[bytes]) -> list[_Group]:
    kept = []
    for index, (from_old, to_old, from_new, to_new) in enumerate(groups):
        if not is_trivial(b"".join(old[from_old:to_old])):
            kept.append(groups[index])
            continue
        before = index > 0 and groups[index - 1][1::2] == (from_old, from_new)
        after = index + 1 < len(groups) and groups[index + 1][::2] == (to_old, to_new)
        if before or after:
            kept.append(groups[index])
    return kept


def _links(group: _Group, old: list[bytes], new: list[bytes]) -> list[Link]:
    """Link each new line of a group to the old lines it shares text with, most text first."""
    from_old, to_old, from_new, to_new = group
    regrouped = to_old - from_old != 1 or to_new - from_new != 1
    old_spans = _spans(old, from_old, to_old)
    links = []
    for line, start, stop in _spans(new, from_new, to_new):
        shared = sorted(
            (max(start, low) - min(stop, high), other) for other, low, high in old_spans
        )
        touching = [other for share, other in shared if share < 0] or [shared[0][1]]
        links += [Link(line, other, rank, regrouped) for rank, other in enumerate(touching)]
    return links


def _spans(lines: list[bytes], first: int, end: int) -> list[tuple[int, int, int]]:
    """Return each line's number and where its tokens begin and end in the joined stream."""
    spans = []
    position = 0
    for index in range(first, end):
        spans.append((index, position, position + len(lines[index])))
        position += len(lines[index])
    return spans
