"""Planning a run: what is known, what is new, and whether the ledger can go on or begins anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from landed.ledger.exclusion import Exclusion
from landed.ledger.graph import Graph
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import Tips
from landed.sources.git.unreachable import unreachable_state
from landed.store import Store

LEDGER_VERSION = 1
"""Raised whenever the rows for the same history change: older ledgers are then built anew."""

SOURCE = "git"


@dataclass(frozen=True)
class LedgerRequest:
    """What to read and how.

    Attributes:
        workspace: where everything of ours is kept.
        key: the organisation's key for line hashes, 16 bytes.
        rules: which paths are left out.
        ref: the branch that is the main line; None chooses.
        refs: globs of further refs to read.
        unreachable: whether to read commits too that are still there but that no ref reaches.
    """

    workspace: Path
    key: bytes
    rules: Sequence[Exclusion]
    ref: str | None = None
    refs: Sequence[str] = ()
    unreachable: bool = False


@dataclass(frozen=True)
class PlaceState:
    """A place as it was when it was last read.

    Attributes:
        fingerprint: of everything that decides the rows; equal means that nothing changed.
        beside: fingerprint of the reflogs and loose objects, from which unreachable commits come.
        head: the tip of its main line, which may be behind another place's.
    """

    fingerprint: str
    beside: str
    head: str


@dataclass
class LedgerState:
    """How far a ledger has come; kept in `source_state` as JSON.

    Attributes:
        settings: of everything but the refs; where it differs the ledger is built anew.
        complete: False after an interrupted run.
        checkpoint: name of the folder that belongs to the rows.
        head: the main line's tip.
        pushed_away: former tips that are no longer on the main line.
        next_line: the next line id.
        next_removal: the next removal number.
        places: what was found at each place that was read, by its name: a clone, a clone with its
            mirror, a mirror.
    """

    settings: str
    complete: bool
    checkpoint: str
    head: str
    pushed_away: list[str] = field(default_factory=list)
    next_line: int = 0
    next_removal: int = 0
    places: dict[str, PlaceState] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the state as JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> LedgerState:
        """Read a state written by `to_json`, also by an earlier version of it."""
        known = {name.name for name in fields(cls)}
        told = {name: value for name, value in json.loads(text).items() if name in known}
        places = {name: PlaceState(**place) for name, place in told.pop("places", {}).items()}
        return cls(**told, places=places)


def settings_fingerprint(request: LedgerRequest, shallow: bytes | None) -> str:
    """Return a digest of what, beside the refs, decides the rows; `shallow` cuts history off."""
    key_digest = hashlib.sha256(b"landed ledger key" + request.key).hexdigest()
    boundary = (shallow or b"").decode(errors="replace")
    rules = [list(rule) for rule in request.rules]
    return _digest([LEDGER_VERSION, key_digest, rules, boundary, request.unreachable])


def fingerprint(settings: str, scratch: Scratch, ref: str | None, more: Sequence[str]) -> str:
    """Return a digest of the settings and of every ref, read without running git."""
    refs = scratch.refs
    return _digest(
        [
            settings,
            refs.head,
            refs.detached.decode() if refs.detached else None,
            sorted((name, oid.decode()) for name, oid in refs.targets.items()),
            sorted(refs.symbolic.items()),
            sorted(refs.broken.items()),
            ref,
            list(more),
        ]
    )


def fingerprint_beside(scratch: Scratch) -> str:
    """Return a digest of what tells of commits that no ref reaches, read without running git."""
    return _digest(unreachable_state(scratch))


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode("utf-8", "surrogateescape")).hexdigest()


def repository_id(scratch: Scratch, tips: Tips) -> str:
    """Return the repository's id, the same for every clone."""
    output = scratch.run("rev-list", "--max-parents=0", tips.head.decode())
    roots = sorted(output.decode().split())
    return hashlib.sha256("\n".join(roots).encode()).hexdigest()[:16]


def load_state(store: Store, repository: str) -> LedgerState | None:
    """Return how far the ledger of a repository has come, or None."""
    found = store.query(
        "select state from source_state where repository = ? and source = ?", [repository, SOURCE]
    )
    return LedgerState.from_json(found["state"][0].as_py()) if found.num_rows else None


def repository_at(store: Store, git_dir: Path) -> str | None:
    """Return the id of the repository that was last read at a place."""
    found = store.query("select repository from location where path = ?", [str(git_dir)])
    return found["repository"][0].as_py() if found.num_rows else None


def locations(store: Store, repository: str) -> int:
    """Return at how many places on this machine a repository was read."""
    found = store.query("select path from location where repository = ?", [repository])
    return int(found.num_rows)


def forget(store: Store, repository: str) -> None:
    """Remove every row of a repository."""
    with store.transaction():
        for table in store.tables():
            store.delete(table, repository)


def load_graph(store: Store, repository: str) -> Graph:
    """Return the commits that the ledger knows, with the main line as far as it was followed."""
    graph = Graph()
    commits = store.query(
        'select "commit", committed_at, mainline_index, change_index from "commit" '
        "where repository = ? order by commit_index",
        [repository],
    )
    edges = store.query(
        "select commit_index, parent_index from commit_parent where repository = ? "
        "order by commit_index, ordinal",
        [repository],
    )
    parents: list[list[int]] = [[] for _ in range(commits.num_rows)]
    for commit, parent in zip(
        edges["commit_index"].to_pylist(), edges["parent_index"].to_pylist(), strict=True
    ):
        parents[commit].append(parent)
    committed = np.asarray(commits["committed_at"].cast("int64")) // 1_000_000
    positions = commits["mainline_index"].to_pylist()
    chain = sorted((step, commit) for commit, step in enumerate(positions) if step is not None)
    graph.chain = [commit for _, commit in chain]
    for index, (commit, change) in enumerate(
        zip(commits["commit"].to_pylist(), commits["change_index"].to_pylist(), strict=True)
    ):
        known = change if change is not None and change < len(chain) else -1
        graph.add(commit.encode(), parents[index], int(committed[index]), known)
    return graph


def time_of(seconds: int) -> datetime:
    """Return a time in seconds since 1970 as a UTC time."""
    return datetime.fromtimestamp(seconds, UTC)
