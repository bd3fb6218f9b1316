"""Whether anything has changed on which the matching of a repository rests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow as pa

from landed.attribution.deciding import count_evidence
from landed.attribution.generated.capture import SOURCE as CAPTURE
from landed.attribution.generated.statements import SOURCE as SESSION
from landed.attribution.generated.uncommitted import stashes
from landed.config import Settings
from landed.records import TIMESTAMP
from landed.sources.git.scratch import Scratch
from landed.store import Store

SOURCE = "generated"
SOURCES = (SESSION, CAPTURE)
"""The sources of evidence that are written here."""
_RULES = 1
"""Raise when the same input would give other rows."""

_EDITS = """
select count(*) as edits, bit_xor(hash(edit.edit, place.worktree, place.path, place.excluded,
    edit.status, edit.turn, edit.happened_at, edit.before_lines, session_place.person))
from edit
join edit_place as place on place.repository = edit.repository and place.edit = edit.edit
left join session_place
    on session_place.repository = edit.repository and session_place.agent = edit.agent
    and session_place.session = edit.session
where edit.repository = 'agents' and place.belongs_to is not distinct from $1
"""
_COMMANDS = """
select count(*), bit_xor(hash(edit.edit, session_place.worktree, edit.status)) from edit
join session_place
    on session_place.repository = edit.repository and session_place.agent = edit.agent
    and session_place.session = edit.session
where edit.repository = 'agents' and edit.kind = 'shell' and session_place.belongs_to = $1
"""
_MODELS = """
select count(*), bit_xor(hash(agent, session, turn, model, output_tokens)) from model_call
where repository = 'agents'
"""
_CAPTURE = """
select bit_xor(hash(person, agent, complete_since)) from capture
where repository = 'agents' and belongs_to = $1
"""
_MOVEMENTS = """
select count(*), bit_xor(hash(worktree, happened_at, "commit", action)) from head_movement
where repository = $1
"""
_COMMITS = """
select count(*), bit_xor(hash(commit_index, "commit")) from "commit" where repository = $1
"""
_CONTACTS = """
select bit_xor(hash(name, email, canonical_email)) from contact where repository = $1
"""
_LINES = "select count(*), max(line) from line where repository = $1"
_LINKS = """
select count(*), bit_xor(hash(line, predecessor)) from line_link
where repository = $1 and rank = 0
"""
_RENAMED = """
select count(*), bit_xor(hash(path_index, renamed_to)) from renamed_path where repository = $1
"""


def digest_of_edits(store: Store, belongs_to: str | None) -> str:
    """Return what changes with the edits that belong to a repository (None: to none)."""
    return _digest([_RULES, *_values(store, _EDITS, [belongs_to])])


def digest_of(store: Store, repository: str, scratch: Scratch, settings: Settings) -> str:
    """Return what changes with everything in the store and in git that has a say."""
    own = count_evidence(store, repository, SOURCES)
    parts: list[object] = [_RULES, settings.sessions.similarity, own]
    parts += _values(store, _EDITS, [repository])
    parts += _values(store, _MODELS, [])
    for query in (_COMMANDS, _CAPTURE, _MOVEMENTS, _COMMITS, _CONTACTS, _LINES, _LINKS, _RENAMED):
        parts += _values(store, query, [repository])
    parts.append(stashes(scratch))
    return _digest(parts)


def stamps_of(paths: Iterable[str]) -> dict[str, list[int] | None]:
    """Return size and time of change of files that were looked at; None for one that is gone."""
    return {path: _stamp(Path(path)) for path in sorted(paths)}


def read_state(store: Store, repository: str) -> tuple[str, dict[str, list[int] | None]]:
    """Return the digest as of the last run, and the stamps of the files looked at."""
    rows = store.query(
        "select state from source_state where repository = ? and source = ?", [repository, SOURCE]
    )
    if not rows.num_rows:
        return "", {}
    found = orjson.loads(rows["state"][0].as_py())
    return found["digest"], found["files"]


def write_state(
    store: Store, repository: str, digest: str, files: dict[str, list[int] | None]
) -> None:
    """Remember the digest and the stamps."""
    text = orjson.dumps({"digest": digest, "files": files}).decode()
    row = {
        "source": pa.array([SOURCE], pa.string()),
        "state": pa.array([text], pa.string()),
        "read_at": pa.array([datetime.now(UTC)], TIMESTAMP),
    }
    store.merge("source_state", pa.table(row), repository)


def _values(store: Store, query: str, parameters: list[str | None]) -> list[object]:
    return list(store.query(query, parameters).to_pylist()[0].values())


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
