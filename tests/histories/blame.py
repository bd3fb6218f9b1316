"""What git blame says: the independent witness that the ledger is held against."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.histories.objects import run_git

BirthOfLine = tuple[str, bytes, int]
"""Commit id, path and line number (from 1) at which a line was born."""


def blame(repository: Path, commit: str, path: bytes) -> list[BirthOfLine]:
    """The birth of every line of a file at a commit, by `git blame --porcelain`."""
    printed = run_git(
        repository,
        *("--literal-pathspecs", "-c", "core.quotePath=true"),
        *("blame", "--porcelain", commit, "--", path),
        environment={"GIT_NO_REPLACE_OBJECTS": "1"},
    ).stdout
    births: list[BirthOfLine] = []
    paths: dict[str, bytes] = {}
    origin, number = "", 0
    at_header = True
    for row in printed.split(b"\n")[:-1]:
        if at_header:
            origin, original_number = row.decode().split(" ")[:2]
            number = int(original_number)
            at_header = False
        elif row.startswith(b"filename "):
            paths[origin] = unquoted(row.removeprefix(b"filename "))
        elif row.startswith(b"\t"):
            births.append((origin, paths[origin], number))
            at_header = True
    return births


def blame_all(
    repository: Path, files: list[tuple[str, bytes]], *, threads: int = 2
) -> list[list[BirthOfLine]]:
    """`blame` of many (commit, path), a few at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda file: blame(repository, *file), files))


def unquoted(name: bytes) -> bytes:
    """The path behind git's C-style quoting; names that need no quotes are as they are."""
    if not name.startswith(b'"'):
        return name
    letters = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13}
    plain = bytearray()
    inner = name[1:-1]
    at = 0
    while at < len(inner):
        if inner[at : at + 1] != b"\\":
            plain.append(inner[at])
            at += 1
        elif inner[at + 1 : at + 2].isdigit():
            plain.append(int(inner[at + 1 : at + 4], 8))
            at += 4
        else:
            letter = inner[at + 1 : at + 2]
            plain.append(letters.get(letter, letter[0]))
            at += 2
    return bytes(plain)
