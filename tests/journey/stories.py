"""Small stories of agents and git: a real repository, and what the sessions' logs told of it.

    story = Story(tmp_path)
    edit = story.edit("cart.py", 2, turn="t1")          # an agent writes two lines
    first = story.commit({"cart.py": "a = 1\nb = 2\n"})
    story.carried(edit, first, "cart.py", 1, 2)         # they are lines 1 and 2 of that commit
    assert story.buckets() == {"merged": 2}

Sessions are rows written straight into the store; the ledger is read from the repository. The first
commit is made at noon of 2025-01-01, each further one an hour later, edits half an hour before
the next commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.histories.builder import FIRST_COMMIT_AT, History

from landed.attribution.lineage import link
from landed.attribution.update import attribute
from landed.config import Settings
from landed.journey import Journey, note_branches, read_journey
from landed.ledger.exclusion import attribute_rows
from landed.ledger.observing import default_rules
from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.records import AGENTS, FORGES, OUTSIDE, TABLES, UNREAD
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
AGENT = "claude-code"
SESSION = "s1"
START = datetime.fromtimestamp(FIRST_COMMIT_AT, UTC)
DAY = timedelta(days=1)
NOT_STATED: Any = object()

Rows = dict[str, list[dict[str, Any]]]


def code(*names: str) -> str:
    """Text with one distinct line for each name."""
    return "".join(f"{name} = compute_{name}(cart)\n" for name in names)


@dataclass
class GeneratedEdit:
    """An edit of an agent and its lines, as rows that may still be changed."""

    edit: int
    lines: list[dict[str, Any]] = field(default_factory=list)


class Story:
    """A repository and sessions under construction; asking reads both."""

    def __init__(self, tmp_path: Path, history: History | None = None, **settings: Any) -> None:
        self.workspace = tmp_path / "workspace"
        self.history = history or History(tmp_path / "repo")
        self.settings = Settings(workspace=self.workspace, **settings)
        self.rows: Rows = {name: [] for name in TABLES}
        self.repository = ""
        self.births: dict[tuple[str, str, int], int] = {}
        self.commit_times: list[datetime] = []
        self._carried: list[tuple[dict[str, Any], tuple[str, str, int], float]] = []
        self._turns: dict[str, dict[str, Any]] = {}

    # Git -----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Half an hour after the last commit."""
        return datetime.fromtimestamp(self.history._clock, UTC) + timedelta(minutes=30)

    def commit(self, files: Mapping[str, str | None], message: str = "Change", **more: Any) -> str:
        """Commit whole files (None: delete) on the current branch."""
        for path, text in files.items():
            if text is None:
                self.history.remove(path)
            else:
                self.history.write(path, text)
        return self.history.commit(message, **more)

    # Sessions ------------------------------------------------------------------------------

    def turn(
        self, turn: str = "t1", session: str = SESSION, *, at: datetime | None = None
    ) -> dict[str, Any]:
        """A turn of a session in this repository; made once."""
        if turn not in self._turns:
            moment = at or self.now
            self._turns[turn] = self._add(
                "turn",
                agent=AGENT,
                turn=turn,
                session=session,
                started_at=moment,
                ended_at=moment,
                branch="main",
                interrupted=False,
            )
            self._session(session, moment)
        return self._turns[turn]

    def edit(
        self,
        path: str,
        added: int,
        *,
        turn: str = "t1",
        at: datetime | None = None,
        removed: int = 0,
        status: str = "applied",
        decided_by: str | None = None,
        kind: str = "update",
        state: str = "present",
        place: str | None = None,
        excluded: bool = False,
        retried: bool = False,
    ) -> GeneratedEdit:
        """An edit of `path` that adds and removes so many lines.

        `place` is `outside` or `unread` where the file lies in no repository that was read.
        """
        moment = at or self.now
        told = self.turn(turn, at=moment)
        number = len(self.rows["edit"]) + 1
        self._add(
            "edit",
            edit=number,
            agent=AGENT,
            name=f"edit-{number}",
            session=told["session"],
            turn=turn,
            happened_at=moment,
            path=path,
            moved_to=None,
            tool="Edit",
            kind=kind,
            status=status,
            decided_by=decided_by,
            changed_by_user=False,
            lines_added=added,
            lines_removed=removed,
            before_lines=None,
        )
        self._add(
            "edit_place",
            edit=number,
            belongs_to="here" if place is None else None,
            worktree=None,
            path=None if place == OUTSIDE else path,
            excluded=excluded,
        )
        edit = GeneratedEdit(number)
        for ordinal in range(0 if retried else added):
            row = {
                "repository": place or "here",
                "edit": number,
                "ordinal": ordinal,
                "state": status if status in ("refused", "failed") else state,
                "removed_at": None,
                "removed_by": None,
                "removed_by_edit": None,
                "line": None,
                "grade": None,
                "similarity": None,
                "uncommitted_in": None,
            }
            edit.lines.append(row)
            self.rows["generated_line"].append(row)
        return edit

    def carried(
        self,
        edit: GeneratedEdit,
        commit: str,
        path: str,
        *numbers: int,
        first: int = 0,
        similarity: float = 1.0,
    ) -> None:
        """Lines of `edit`, from number `first` on, are those lines of `path` in `commit`."""
        for row, number in zip(edit.lines[first:], numbers, strict=False):
            self.carry(row, (commit, path, number), similarity)

    def carry(
        self, row: dict[str, Any], birth: tuple[str, str, int], similarity: float = 1.0
    ) -> None:
        """A generated line is the line of that commit, path and number."""
        self._carried.append((row, birth, similarity))

    def removed(
        self, edit: GeneratedEdit, at: datetime, *, by: str = "other", state: str = "removed"
    ) -> None:
        """All lines of `edit` were seen gone."""
        for row in edit.lines:
            row.update(state=state, removed_at=at, removed_by=by)

    def call(
        self,
        turn: str | None,
        list_price: int | None,
        cash: int = 0,
        *,
        at: datetime | None = None,
        session: str | None = SESSION,
        model: str = "opus",
        output: int = 10,
    ) -> None:
        """A model call of a turn, or of none, at a list price in micro-dollars."""
        moment = at or self.now
        if turn is not None:
            session = self.turn(turn, at=moment)["session"]
        name = f"call-{len(self.rows['model_call'])}"
        counts = ("web_searches", "reasoning_tokens", "cache_write_1h_tokens")
        self._add(
            "model_call",
            call=name,
            agent=AGENT,
            session=session,
            turn=turn,
            happened_at=moment,
            model=model,
            provider=None,
            input_tokens=100,
            cache_read_tokens=50,
            cache_write_5m_tokens=20,
            output_tokens=output,
            **dict.fromkeys(counts, 0),
            tier=None,
            speed=None,
            geography=None,
            reported_cost=None,
            sub_agent=False,
        )
        self._add(
            "call_price",
            call=name,
            vendor="anthropic",
            list_microdollars=list_price,
            basis="genai-prices" if list_price is not None else "unknown model",
            cash_microdollars=cash,
        )

    def unallocated(self, amount: int, month: str = "2025-01") -> None:
        """Cash that no call bears."""
        self._add(
            "cash_allocation",
            vendor="anthropic",
            month=month,
            rule="seat",
            subject="ana@example.com",
            paid_microdollars=amount,
            allocated_microdollars=0,
            unallocated_microdollars=amount,
        )

    def session_commit(self, commit: str, *, at: datetime, session: str = SESSION) -> None:
        """The session's log names a commit that it made."""
        self._add(
            "session_reference",
            agent=AGENT,
            session=session,
            turn=None,
            kind="commit",
            value=commit,
            happened_at=at,
        )

    def head_moved(self, previous: str, commit: str, action: str, *, at: datetime) -> None:
        """A line of HEAD's reflog."""
        moved = self._add(
            "head_movement",
            worktree="/repo",
            ordinal=len(self.rows["head_movement"]),
            happened_at=at,
            previous=previous,
            commit=commit,
            action=action,
        )
        moved["repository"] = "here"

    def decided(self, line: int, who: str, grade: str) -> None:
        """Evidence decided who wrote a line of the ledger."""
        row = self._add(
            "line_attribution",
            line=line,
            who=who,
            agent=AGENT,
            model=None,
            grade=grade,
            evidence=None,
        )
        row["repository"] = "here"

    # Asking --------------------------------------------------------------------------------

    def sync(self, *, branches: bool = True, now: datetime | None = None) -> None:
        """Read the repository, and write the sessions beside it."""
        rules = default_rules()
        request = LedgerRequest(self.workspace, KEY, rules, unreachable=True)
        settings = self.settings
        with Scratch.open(self.history.path, self.workspace, attribute_rows(rules)) as scratch:
            update = update_ledger(scratch, request, lambda: Store.open(self.workspace))
            self.repository = update.repository
            with Store.open(self.workspace) as store:
                rebuilt = update.mode in ("full", "rebuilt")
                attribute(store, self.repository, scratch, settings, rebuilt=rebuilt)
                link(store, self.repository)
                if branches:
                    note_branches(store, self.repository, scratch, now=now)
        with Store.open(self.workspace) as store:
            self._read_ledger(store)
            self._write(store)

    def read(
        self, at: datetime | None = None, repositories: Sequence[str] | None = None
    ) -> Journey:
        """Sync, then read the journey."""
        self.sync()
        return self.journey(at, repositories)

    def journey(
        self, at: datetime | None = None, repositories: Sequence[str] | None = None
    ) -> Journey:
        """The journey, without another sync."""
        with Store.open(self.workspace, read_only=True) as store:
            return read_journey(store, self.settings, repositories, at)

    def buckets(self, at: datetime | None = None) -> dict[str, int]:
        """How many lines are in each bucket, one day after the last commit if not told else."""
        return dict(Counter(self.lines(at)["bucket"].to_pylist()))

    def lines(self, at: datetime | None = None) -> pa.Table:
        """The generated lines, one day after the last commit if not told else."""
        return self.read(at or self.now + DAY).lines

    def only(self, at: datetime | None = None) -> dict[str, Any]:
        """The one generated line."""
        (row,) = self.lines(at).to_pylist()
        return dict(row)

    def line_of(self, commit: str, path: str, number: int) -> int:
        """The ledger's line with that birth."""
        return self.births[commit, path, number]

    # Inside --------------------------------------------------------------------------------

    def _session(self, session: str, moment: datetime) -> None:
        if any(row["session"] == session for row in self.rows["session"]):
            return
        self._add(
            "session",
            agent=AGENT,
            session=session,
            started_at=moment,
            ended_at=moment,
            machine_user="ana",
            sub_agent=False,
            **dict.fromkeys(
                ("cwd", "branch", "commit", "remote", "user", "version", "parent"), None
            ),
        )
        self._add(
            "session_place",
            agent=AGENT,
            session=session,
            belongs_to="here",
            worktree=None,
            name="shop",
            how="worktree",
            person="ana@example.com",
            feature="cart",
            feature_rule="scope",
        )

    def _add(self, table: str, **values: Any) -> dict[str, Any]:
        row = {"repository": AGENTS, **values}
        self.rows[table].append(row)
        return row

    def _read_ledger(self, store: Store) -> None:
        found = store.query(
            'select line, c."commit", p.path, line_number from line '
            'join "commit" c using (repository, commit_index) '
            "join path p using (repository, path_index) "
            "where repository = ? and origin_line is null",
            [self.repository],
        ).to_pylist()
        self.births = {
            (row["commit"], row["path"], row["line_number"]): row["line"] for row in found
        }
        times = store.query(
            'select committed_at from "commit" where repository = ?', [self.repository]
        )
        self.commit_times = times["committed_at"].to_pylist()

    def _write(self, store: Store) -> None:
        for row, birth, similarity in self._carried:
            grade = "matched" if similarity == 1 else "similar"
            row.update(line=self.births[birth], grade=grade, similarity=similarity)
        for name, rows in self.rows.items():
            for partition in (AGENTS, "here", OUTSIDE, UNREAD, FORGES):
                here = self.repository if partition == "here" else partition
                chosen = [row for row in rows if row["repository"] == partition]
                if chosen:
                    fitted = [self._placed(row, here) for row in chosen]
                    store.replace(name, pa.Table.from_pylist(fitted, TABLES[name].schema), here)

    def _placed(self, row: dict[str, Any], partition: str) -> dict[str, Any]:
        placed = {**row, "repository": partition}
        if placed.get("belongs_to") == "here":
            placed["belongs_to"] = self.repository
        return placed
