"""A repository and the sessions of agents that work in it, told in a few lines.

    world = World(tmp_path)
    world.agent("cart.py", lines("total = 0", "count = 1"))
    world.human("cart.py", lines("total = 0", "count = 2"))
    world.commit()
    world.read()
    world.authors("cart.py")   # ["ai matched", "mixed similar"]

Every step takes ten minutes. A working tree is a name with its files in memory; edits are made
from the text before and after, as a log tells them; commits go to a real git repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import SecretStr
from tests.histories.builder import ANA, FIRST_COMMIT_AT, History
from tests.histories.objects import Person

from landed.attribution.generated import MatchSummary, match_generated, place_elsewhere
from landed.attribution.lineage import link
from landed.attribution.sessions.rows import (
    Batch,
    edit_before_rows,
    edit_line_rows,
    edit_rows,
)
from landed.attribution.sessions.spool import Spool
from landed.attribution.update import attribute
from landed.config import Settings, organisation_key
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.ledger.hashing import LineHasher
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.records import AGENTS, TABLES
from landed.sources.agents.contract import Edit
from landed.sources.agents.differences import difference
from landed.sources.git.scratch import Scratch
from landed.store import Store

STEP = 600
KEY = "00112233445566778899aabbccddeeff"
HOME = "/home/ana/shop"
CLAUDE = "claude-code"

_TOKENS = (
    *("input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"),
    *("reasoning_tokens", "web_searches"),
)

_BLAMED = re.compile(r"^(\w{40}) (\d+) \d+.*?^filename (.*?)$", re.MULTILINE | re.DOTALL)

Rows = list[dict[str, Any]]


@dataclass
class Log:
    """One edit as an agent's log tells it, and where it belongs."""

    agent: str
    edit: Edit
    worktree: str | None
    path: str | None
    inside: bool = True


@dataclass
class World:
    """A repository, its working trees, and what agents did there."""

    directory: Path
    settings: Settings = field(init=False)
    history: History = field(init=False)
    clock: int = FIRST_COMMIT_AT
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    logs: list[Log] = field(default_factory=list)
    movements: Rows = field(default_factory=list)
    persons: dict[str, str | None] = field(default_factory=dict)
    heads: dict[str, str | None] = field(default_factory=dict)
    captured: dict[str, date] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    reflog: bool = True
    unreachable: bool = False
    repository: str = ""

    def __post_init__(self) -> None:
        self.history = History(self.directory / "repo")
        self.settings = Settings(workspace=self.directory / "workspace", key=SecretStr(KEY))

    # What happens -----------------------------------------------------------------------------

    def agent(
        self,
        path: str,
        after: str | None,
        *,
        session: str = "s1",
        turn: str | None = "t1",
        agent: str = CLAUDE,
        tree: str = HOME,
        status: str = "applied",
        told: bool = True,
        moved_to: str | None = None,
        changed_by_user: bool = False,
        at: int | None = None,
    ) -> str:
        """An agent changes a file of a working tree; returns the edit's name.

        `after` is the whole text, None deletes the file. `told` is false where the log does not
        have the file as it was before. `at` is seconds; None takes the next step.
        """
        files = self.trees.setdefault(tree, {})
        before = files.get(path)
        made = Edit(
            edit=f"toolu_{len(self.logs):04}",
            session=session,
            turn=turn,
            at=self._microseconds(at),
            path=f"{tree}/{path}",
            tool="Write",
            status=status,  # type: ignore[arg-type]
            kind=_kind(before, after, moved_to),
            changes=difference(before or "", after or ""),
            before=(before or "") if told else None,
            moved_to=None if moved_to is None else f"{tree}/{moved_to}",
            changed_by_user=changed_by_user,
        )
        self.logs.append(Log(agent, made, tree, path))
        if status == "applied":
            self._put(files, path, None if moved_to else after)
            if moved_to is not None:
                self._put(files, moved_to, after)
        return made.edit

    def shell(
        self,
        changes: Mapping[str, str | None],
        *,
        session: str = "s1",
        turn: str | None = "t1",
        agent: str = CLAUDE,
        tree: str = HOME,
    ) -> None:
        """A command of an agent writes files; its log does not tell which."""
        made = Edit(
            edit=f"toolu_{len(self.logs):04}",
            session=session,
            turn=turn,
            at=self._microseconds(None),
            path=tree,
            tool="Bash",
            status="applied",
            kind="shell",
        )
        self.logs.append(Log(agent, made, tree, ""))
        self.human(changes, tree=tree, step=False)

    def human(
        self,
        path: str | Mapping[str, str | None],
        after: str | None = None,
        *,
        tree: str = HOME,
        step: bool = True,
    ) -> None:
        """Somebody changes files of a working tree without an agent."""
        changes = {path: after} if isinstance(path, str) else path
        for name, text in changes.items():
            self._put(self.trees.setdefault(tree, {}), name, text)
        self.clock += STEP if step else 0

    def commit(
        self,
        message: str = "Change",
        *,
        tree: str = HOME,
        author: Person = ANA,
        files: Mapping[str, str] | None = None,
        action: str = "commit",
        **given: Any,
    ) -> str:
        """Everything in a working tree (or `files`) is committed to the current branch."""
        self.clock += STEP
        before = self.history.tip()
        self.history.clear()
        for path, text in (self.trees.get(tree, {}) if files is None else files).items():
            self.history.write(path, text)
        commit = self.history.commit(message, author=author, when=self.clock, **given)
        self.moved(commit, action, tree=tree, previous=before)
        return commit

    def moved(
        self, commit: str, action: str, *, tree: str = HOME, previous: str | None = None
    ) -> None:
        """HEAD of a working tree moves."""
        if not self.reflog:
            return
        self.movements.append(
            {
                "worktree": tree,
                "ordinal": len(self.movements),
                "happened_at": _moment(self.clock),
                "previous": previous or "0" * 40,
                "commit": commit,
                "action": action,
            }
        )

    def _microseconds(self, at: int | None) -> int:
        if at is None:
            self.clock += STEP
            at = self.clock
        return at * 1_000_000

    @staticmethod
    def _put(files: dict[str, str], path: str, text: str | None) -> None:
        if text is None:
            files.pop(path, None)
        else:
            files[path] = text

    # Reading it ---------------------------------------------------------------------------------

    def read(
        self, logs: Sequence[Log] | None = None, movements: Sequence[dict[str, Any]] | None = None
    ) -> MatchSummary:
        """Bring everything up to date, with some of the logs and movements where they are given."""
        self.settings.workspace.mkdir(exist_ok=True)
        rules = exclusions((), ())
        request = LedgerRequest(
            self.settings.workspace,
            organisation_key(self.settings),
            rules,
            None,
            (),
            self.unreachable,
        )
        with Scratch.open(
            self.history.path, self.settings.workspace, attribute_rows(rules)
        ) as scratch:
            ledger = update_ledger(scratch, request, self._open)
            self.repository = ledger.repository
            with self.store() as store:
                self.write_logs(store, self.logs if logs is None else logs)
                moved = self.movements if movements is None else movements
                put(store, "head_movement", list(moved), self.repository)
                rebuilt = ledger.mode in ("full", "rebuilt")
                attribute(store, self.repository, scratch, self.settings, rebuilt=rebuilt)
                link(store, self.repository)
                return match_generated(store, self.repository, scratch, self.settings)

    def read_elsewhere(self) -> None:
        """Bring the lines of no repository up to date."""
        with self.store() as store:
            self.write_logs(store, self.logs)
            place_elsewhere(store)

    def _open(self) -> Store:
        return Store.for_settings(self.settings)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open store."""
        with self._open() as store:
            yield store

    def write_logs(self, store: Store, known: Sequence[Log]) -> None:
        """Put the tables of sessions and places into the store."""
        batch = Batch(organisation_key(self.settings), "ana")
        edits = [(batch.edit_id(log.agent, log.edit.edit), log.agent, log.edit) for log in known]
        hasher = LineHasher(organisation_key(self.settings))
        store.replace("edit", edit_rows(edits), AGENTS)
        store.replace("edit_line", edit_line_rows(edits, hasher), AGENTS)
        store.replace("edit_before", edit_before_rows(edits, hasher), AGENTS)
        places = [
            {
                "edit": edit,
                "belongs_to": self.repository if log.inside and log.worktree else None,
                "worktree": log.worktree,
                "path": log.path,
                "excluded": False,
            }
            for (edit, _, _), log in zip(edits, known, strict=True)
        ]
        put(store, "edit_place", places, AGENTS)
        put(store, "session", list(self._sessions(known)), AGENTS)
        put(store, "session_place", list(self._session_places(known)), AGENTS)
        put(store, "model_call", list(self._calls(known)), AGENTS)
        put(store, "capture", list(self._captures()), AGENTS)
        if self.settings.sessions.keep_text:
            Spool(self.settings.workspace).put(
                (number, made.at, [line for change in made.changes for line in change.added])
                for number, _, made in edits
            )

    def _sessions(self, logs: Sequence[Log]) -> Iterator[dict[str, Any]]:
        for (agent, session), worktree in _sessions_of(logs).items():
            yield {
                "agent": agent,
                "session": session,
                "started_at": _moment(FIRST_COMMIT_AT),
                "ended_at": _moment(self.clock),
                "cwd": worktree,
                "branch": None,
                "commit": self.heads.get(session),
                "remote": None,
                "user": None,
                "machine_user": "ana",
                "version": None,
                "parent": None,
                "sub_agent": False,
            }

    def _session_places(self, logs: Sequence[Log]) -> Iterator[dict[str, Any]]:
        for (agent, session), worktree in _sessions_of(logs).items():
            yield {
                "agent": agent,
                "session": session,
                "belongs_to": self.repository,
                "worktree": worktree,
                "name": "shop",
                "how": "worktree",
                "person": self.persons.get(session),
                "feature": None,
                "feature_rule": None,
            }

    def _calls(self, logs: Sequence[Log]) -> Iterator[dict[str, Any]]:
        turns = {(log.agent, log.edit.session, log.edit.turn) for log in logs}
        for number, (agent, session, turn) in enumerate(sorted(turns, key=str)):
            if session in self.models:
                zero = dict.fromkeys(_TOKENS, 0)
                yield zero | {
                    "call": f"request {number}",
                    "agent": agent,
                    "session": session,
                    "turn": turn,
                    "happened_at": _moment(self.clock),
                    "model": self.models[session],
                    "output_tokens": 100,
                    "sub_agent": False,
                }

    def _captures(self) -> Iterator[dict[str, Any]]:
        for person, since in self.captured.items():
            yield {
                "person": person,
                "agent": CLAUDE,
                "belongs_to": self.repository,
                "first_at": _moment(FIRST_COMMIT_AT),
                "last_at": _moment(self.clock),
                "complete_since": since,
            }

    # Looking ------------------------------------------------------------------------------------

    def rows(self, table: str, repository: str | None = None) -> Rows:
        """All rows of a table, in the order of its key."""
        with self.store() as store:
            found: Rows = store.read(table, repository or self.repository).to_pylist()
        return found

    def authors(self, path: str) -> list[str]:
        """Who wrote each line that was ever born at a path and begins a lineage, and its grade."""
        return [
            " ".join((row["who"], row["grade"]))
            for row in self._lines(path)
            if row["line"] == row["root_line"]
        ]

    def tip(self, path: str) -> list[str]:
        """Who wrote each line of a file as it stands on the default branch, by git blame."""
        with self.store() as store:
            rows = store.query(
                'select "commit", path, line_number, who, grade from line_author '
                "join line using (repository, line) join path using (repository, path_index) "
                'join "commit" using (repository, commit_index)'
            ).to_pylist()
        said = {
            (row["commit"], row["path"], row["line_number"]): f"{row['who']} {row['grade']}"
            for row in rows
        }
        blamed = self.history.git("blame", "--line-porcelain", "main", "--", path).decode()
        found = _BLAMED.findall(blamed)
        return [said[commit, name, int(number)] for commit, number, name in found]

    def _lines(self, path: str) -> Rows:
        with self.store() as store:
            found: Rows = store.query(
                "select author.* from line_author as author join line using (repository, line) "
                "join path using (repository, path_index) "
                "where path = ? order by commit_index, line_number",
                [path],
            ).to_pylist()
        return found

    def fates(self, *edits: str) -> list[str]:
        """What became of the generated lines of some edits (of all): state, grade, where else."""
        with self.store() as store:
            rows = store.query(
                "select edit.name, state, grade, uncommitted_in, removed_by from generated_line "
                "join edit using (edit) where generated_line.repository = ? "
                "order by edit.happened_at, edit.name, ordinal",
                [self.repository],
            ).to_pylist()
        return [
            " ".join(filter(None, (row["state"], row["grade"], row["uncommitted_in"])))
            for row in rows
            if not edits or row["name"] in edits
        ]

    def count(self, what: str) -> int:
        """How many generated lines have a grade, a state, or stand uncommitted somewhere."""
        return sum(what in fate.split() for fate in self.fates())


def put(store: Store, table: str, rows: Rows, repository: str) -> None:
    """Replace a table's rows; columns that are not given are null."""
    columns = [column for column in TABLES[table].schema if column.name != "repository"]
    store.replace(table, pa.Table.from_pylist(rows, schema=pa.schema(columns)), repository)


def _sessions_of(logs: Sequence[Log]) -> dict[tuple[str, str], str | None]:
    return {(log.agent, log.edit.session): log.worktree for log in logs}


def _kind(before: str | None, after: str | None, moved_to: str | None) -> Any:
    if moved_to is not None:
        return "rename"
    if after is None:
        return "delete"
    return "create" if before is None else "update"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
