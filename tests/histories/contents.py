"""Texts for random files: ambiguous where diffs are ambiguous, unique where renames are found."""

from __future__ import annotations

import difflib
from random import Random

COMMON_LINES = (
    b"",
    b"",
    b"",
    b"}",
    b"}",
    b"    }",
    b"    pass",
    b"    return x",
    b"x = 1",
    b"x = 1  ",
    b"if x:",
    b"else:",
    b"\tindented by a tab",
    b"def f(x):",
    b"# ----------------",
)
LINES_LIKE_A_PATCH = (
    b"@@ -1 +1 @@",
    b"@@ -1,3 +1,3 @@ def f(x):",
    b"@@@ -1 -1 +1 @@@",
    b"-- a/a.py",
    b"--- a/a.py",
    b"++ b/a.py",
    b"+++ b/a.py",
    b"+x = 1",
    b"-x = 1",
    b" x = 1",
    b"diff --git a/a.py b/a.py",
    b"diff --cc a.py",
    b"index 0000000..1111111 100644",
    b"\\ No newline at end of file",
    b"Binary files a/a.py and b/a.py differ",
    b"rename from a.py",
    b":100644 100644 0000000 1111111 M\ta.py",
)
ODD_LINES = (
    b"\xff\xfe not UTF-8 \xe9",
    "naïve – “quoted” 漢字".encode(),
    b"form\x0cfeed and vertical\x0btab",
    b"a lone\rcarriage return",
    b"\x1b[31mcolour\x1b[m",
    b"\x85next line\xc2\x85 and \xe2\x80\xa8 separators",
    b"\xef\xbb\xbfbyte order mark",
    b"<<<<<<< ours",
    b"long " * 60,
)


def line(random: Random) -> bytes:
    """One line without its end: mostly common or unique, now and then hostile."""
    kind = random.random()
    if kind < 0.45:
        return random.choice(COMMON_LINES)
    if kind < 0.90:
        return b"    value_%d = compute(%d)" % (random.randrange(10**6), random.randrange(100))
    return random.choice(LINES_LIKE_A_PATCH if kind < 0.97 else ODD_LINES)


def text(random: Random) -> bytes:
    """A fresh file of 1 to 60 lines."""
    count = random.choice((1, 2, 5, 8, 13, 20, 30, 45, 60))
    return join([line(random) + b"\n" for _ in range(count)], random, chop=0.15)


def join(pieces: list[bytes], random: Random, *, chop: float = 0.0) -> bytes:
    """Text of line pieces that end in a newline, sometimes without the last newline."""
    whole = b"".join(piece if piece.endswith(b"\n") else piece + b"\n" for piece in pieces)
    return whole.removesuffix(b"\n") if random.random() < chop else whole


def split(content: bytes) -> list[bytes]:
    """Lines with their newlines, as git counts them: only \\n ends a line."""
    pieces = content.split(b"\n")
    last = pieces.pop()
    return [piece + b"\n" for piece in pieces] + ([last] if last else [])


def edited(content: bytes, random: Random, changes: int | None = None) -> bytes:
    """The text after a few insertions, deletions, replacements, moves and duplications."""
    pieces = split(content)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6)) if changes is None else changes):
        start = random.randint(0, len(pieces))
        size = random.choice((1, 1, 1, 2, 3, 5, 8))
        kind = random.choice(("insert", "delete", "replace", "move", "duplicate", "blank", "touch"))
        block = pieces[start : start + size]
        fresh = [line(random) + b"\n" for _ in range(size)]
        if kind == "insert":
            pieces[start:start] = fresh
        elif kind == "delete":
            del pieces[start : start + size]
        elif kind == "replace":
            pieces[start : start + size] = fresh
        elif kind == "move":
            del pieces[start : start + size]
            target = random.randint(0, len(pieces))
            pieces[target:target] = block
        elif kind == "duplicate":
            pieces[start:start] = block
        elif kind == "blank":
            pieces[start:start] = [b"\n"] * size
        else:
            pieces[start : start + size] = [b"  " + piece for piece in block]
    return join(pieces, random, chop=0.0 if content.endswith(b"\n") else 0.7)


def diluted(content: bytes, random: Random, kept: float) -> bytes:
    """The text with about the given share of its lines kept, the rest replaced by unique ones."""
    pieces = [
        piece if random.random() < kept else b"other_%d = 0\n" % random.randrange(10**7)
        for piece in split(content)
    ]
    return join(pieces, random)


def woven(ours: bytes, theirs: bytes, random: Random) -> bytes:
    """A merge of two texts: what they share, and of each difference one side, both or neither."""
    left, right = split(ours), split(theirs)
    merged: list[bytes] = []
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        sides = left[left_from:left_to], right[right_from:right_to]
        if tag == "equal":
            merged += sides[0]
            continue
        choice = random.choice(("ours", "ours", "theirs", "theirs", "both", "neither", "evil"))
        merged += sides[0] if choice in ("ours", "both") else []
        merged += sides[1] if choice in ("theirs", "both") else []
        merged += [line(random) + b"\n"] if choice == "evil" else []
    return join(merged, random, chop=0.1)
