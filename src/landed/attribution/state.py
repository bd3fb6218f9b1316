"""How far the evidence of a repository was read, and what would make it all be read again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import orjson
import pyarrow as pa

from landed.attribution.contacts import MAILMAP, find_file
from landed.attribution.signals import SignalTable
from landed.config import Settings
from landed.records import TIMESTAMP
from landed.sources.agent_trace import NOTES_REF, TRACE_FILE
from landed.sources.git.scratch import Scratch
from landed.store import Store

SOURCE = "signals"

_RULES = 1
"""Raise when the same input would give other evidence: everything is then read again."""
_COUNT = """
    select
        count(*) as commits,
        coalesce(arg_max("commit", commit_index), '') as last,
        coalesce(max((select max(line) + 1 from line where repository = $1)), 0) as lines,
        coalesce(max((select max(head) from repository where repository = $1)), '') as tip
    from "commit" where repository = $1
"""
_GIT_AI_REFS = ("refs/notes/ai", "refs/notes/ai-*", "refs/notes/ai/*")


@dataclass(frozen=True)
class State:
    """What the evidence in the store was made from.

    `commits` is the number of commits, `last` the id of the last one, `lines` the number of line
    ids given out, `notes` the target of every
    notes ref that is read (git-ai's in the order of their precedence), `trace` and `mailmap` blob
    ids at `tip`.
    """

    digest: str
    commits: int
    last: str
    lines: int
    tip: str
    notes: dict[str, str]
    trace: str | None
    mailmap: str | None


def read_state(store: Store, repository: str) -> State | None:
    """Return the state as of the last reading; None where there was none or it is not readable."""
    found = store.query(
        "select state from source_state where repository = ? and source = ?", [repository, SOURCE]
    )["state"].to_pylist()
    try:
        return State(**orjson.loads(found[0])) if found else None
    except (orjson.JSONDecodeError, TypeError):
        return None


def write_state(store: Store, repository: str, state: State) -> None:
    """Remember the state."""
    row = {
        "source": pa.array([SOURCE], pa.string()),
        "state": pa.array([orjson.dumps(asdict(state)).decode()], pa.string()),
        "read_at": pa.array([datetime.now(UTC)], TIMESTAMP),
    }
    store.merge("source_state", pa.table(row), repository)


def observe(
    store: Store, repository: str, scratch: Scratch, digest: str, known: State | None
) -> State:
    """Return the state that reading now would lead to; a few milliseconds where nothing moved."""
    row = store.query(_COUNT, [repository]).to_pylist()[0]
    tip = row["tip"]
    if known is not None and known.tip == tip:
        trace, mailmap = known.trace, known.mailmap
    else:
        trace = find_file(scratch, tip, TRACE_FILE) if tip else None
        mailmap = find_file(scratch, tip, MAILMAP) if tip else None
    return State(
        digest, row["commits"], row["last"], row["lines"], tip, _notes(scratch), trace, mailmap
    )


def digest_of(settings: Settings, signals: SignalTable) -> str:
    """Return what changes with every setting that has a say in the evidence."""
    people = [person.model_dump() for person in settings.people]
    parts = repr((_RULES, signals.digest, settings.no_ai_before, people))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _notes(scratch: Scratch) -> dict[str, str]:
    targets = scratch.refs.targets
    git_ai = sorted(
        name for name in targets if any(fnmatchcase(name, glob) for glob in _GIT_AI_REFS)
    )
    names = [*git_ai, *(name for name in (NOTES_REF,) if name in targets)]
    return {name: targets[name].decode() for name in names}
