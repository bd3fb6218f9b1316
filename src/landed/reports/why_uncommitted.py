"""A line that stands in the working tree only: whether an agent generated it."""

from __future__ import annotations

import os
from collections import Counter
from importlib import resources
from pathlib import Path

import numpy as np

from landed.attribution.lineage.alignment import align
from landed.attribution.sessions.folders import Folders
from landed.config import Settings, organisation_key
from landed.ledger.hashing import LineHasher
from landed.reports.blame import Authorship
from landed.reports.why import Story
from landed.reports.why_session import generation_of
from landed.sources.git.files import find_entry
from landed.sources.git.location import read_plain_file
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.store import Store

WORKING_TREE = "working tree"


def tell_uncommitted(
    store: Store, settings: Settings, repository: str, scratch: Scratch, file: str, line: int
) -> Story | None:
    """Return the story of a line that the working tree has and HEAD has not.

    None where there is no such line, or where no session is known to have generated it.
    """
    path = _path_from_top(scratch.location.top, file)
    if path is None:
        return None
    text = read_plain_file(scratch.location.top / os.fsdecode(path))
    lines = _lines(text or b"")
    if not 0 < line <= len(lines):
        return None
    hashes, _ = LineHasher(organisation_key(settings)).hash_texts(lines)
    new = np.ones(len(lines), dtype=np.bool_)
    new[align(_hashes_at_head(scratch, settings, path), hashes)[1]] = False
    if not new[line - 1]:
        return None
    name = path_to_text(path)
    wanted = int(hashes[line - 1])
    rows = store.query(_sql(), [repository, name]).to_pylist()
    folders, top = Folders(settings.sessions.paths), os.path.realpath(scratch.location.top)
    here = [
        row
        for row in rows
        if row["text_hash"] == wanted
        and os.path.realpath(folders.mapped(row["worktree"] or "")) == top
    ]
    # of equal lines the first stands for the first
    place = Counter(hashes[: line - 1][new[: line - 1]].tolist())[wanted]
    if place >= len(here):
        return None
    told = generation_of(store, settings, repository, here[place]["edit"], here[place]["ordinal"])
    return Story(
        file=name,
        line=line,
        text=lines[line - 1].decode("utf-8", "replace").rstrip("\r"),
        revision=WORKING_TREE,
        commit=None,
        path=name,
        born_line=line,
        authorship=Authorship("ai", told.session.agent, told.model, "matched"),
        known=False,
        generated=told,
    )


def is_in_working_tree(scratch: Scratch, file: str) -> bool:
    """Tell whether `file` names a file of the working tree, committed or not."""
    return _path_from_top(scratch.location.top, file) is not None


def _path_from_top(top: Path, file: str) -> bytes | None:
    """Return the path of a file of the working tree that `file` names, if there is one."""
    given = Path(file).expanduser()
    try:
        for absolute in (given.parent.resolve() / given.name, top / os.path.normpath(file)):
            if absolute.is_relative_to(top) and absolute.is_file():
                return os.fsencode(absolute.relative_to(top))
    except OSError:
        # no file has such a name
        return None
    return None


def _hashes_at_head(scratch: Scratch, settings: Settings, path: bytes) -> np.ndarray:
    head = scratch.resolve("HEAD")
    entry = find_entry(scratch, head, path) if head is not None else None
    if entry is None or entry.kind != "blob":
        return np.empty(0, dtype=np.uint64)
    text = scratch.run("cat-file", "blob", entry.object_id)
    return LineHasher(organisation_key(settings)).hash_texts(_lines(text))[0]


def _lines(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _sql() -> str:
    return resources.files("landed.reports").joinpath("why_uncommitted.sql").read_text("utf-8")
