"""Commits among loose objects and in cruft packs: what may be there without a ref to it.

Git adds to the folders of loose objects all the time. A folder whose time has not changed holds
what it held, so only the others are looked at again; a cruft pack never changes.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import orjson

from landed.errors import GitError
from landed.sources.git.location import read_plain_file
from landed.sources.git.scratch import Scratch

_FOLDERS = [f"{number:02x}" for number in range(256)]
_REST_OF_ID = re.compile(r"[0-9a-f]{38}(?:[0-9a-f]{24})?\Z")
_CRUFT = ".mtimes"

_Remembered = dict[str, tuple[int, list[str]]]
"""By folder or pack: its time in nanoseconds, and the commits in it."""


def loose_state(objects: Path) -> list[tuple[str, int]]:
    """Return the time of each folder of loose objects, and cruft packs; equal: none came."""
    state = []
    for name in _FOLDERS:
        try:
            state.append((name, (objects / name).stat().st_mtime_ns))
        except OSError:
            continue
    return state + [(pack, 0) for pack in _cruft_packs(objects)]


def loose_commits(scratch: Scratch, memory: Path) -> set[bytes]:
    """Return the ids of commits that are loose or in a cruft pack, reachable or not.

    `memory` is a file of ours in which the answer is kept for the next time.
    """
    objects = scratch.location.objects
    known = _recall(memory)
    now: _Remembered = {}
    fresh: dict[str, str] = {}
    for place, time in loose_state(objects):
        if place in known and known[place][0] == time:
            now[place] = known[place]
            continue
        now[place] = (time, [])
        fresh |= dict.fromkeys(_objects_in(scratch, objects, place), place)
    for name in _commits_among(scratch, list(fresh)):
        now[fresh[name]][1].append(name)
    if now != known:
        _remember(memory, now)
    return {name.encode() for _, names in now.values() for name in names}


def _cruft_packs(objects: Path) -> list[str]:
    try:
        names = os.listdir(objects / "pack")  # noqa: PTH208 - names are all that is needed
    except OSError:
        return []
    return sorted(name for name in names if name.startswith("pack-") and name.endswith(_CRUFT))


def _objects_in(scratch: Scratch, objects: Path, place: str) -> list[str]:
    if place.endswith(_CRUFT):
        return _objects_of_pack(scratch, objects / "pack" / place)
    try:
        names = os.listdir(objects / place)  # noqa: PTH208 - names are all that is needed
    except OSError:
        return []
    return [place + name for name in names if _REST_OF_ID.match(name)]


def _objects_of_pack(scratch: Scratch, cruft: Path) -> list[str]:
    index = read_plain_file(cruft.with_suffix(".idx"))
    if index is None:
        return []
    try:
        listing = scratch.run("show-index", f"--object-format={scratch.object_format}", stdin=index)
    except GitError:
        return []
    return [row.split(b" ")[1].decode() for row in listing.splitlines()]


def _commits_among(scratch: Scratch, names: list[str]) -> list[str]:
    if not names:
        return []
    asked = "".join(f"{name}\n" for name in names).encode()
    answers = scratch.run(
        "cat-file", "--buffer", "--batch-check=%(objectname) %(objecttype)", stdin=asked
    )
    return [
        name.decode()
        for name, kind in (row.split(b" ", 1) for row in answers.splitlines())
        if kind == b"commit"
    ]


def _recall(memory: Path) -> _Remembered:
    try:
        found = orjson.loads(memory.read_bytes())
        return {place: (int(time), list(names)) for place, (time, names) in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(memory: Path, now: _Remembered) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    new = memory.with_suffix(f".{os.getpid()}")
    new.write_bytes(orjson.dumps(now))
    new.replace(memory)
