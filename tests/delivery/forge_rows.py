"""What a forge told of a repository, written into the store as readers leave it there.

forge = ForgeRows()
forge.change(12, commits=[By(commit, "ana")], body="🤖 Generated with [Claude Code](…")
forge.write(store, repository)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from landed.config import Settings
from landed.delivery.evidence import signal_matcher
from landed.records import FORGES, TABLES
from landed.sources.forges.signals import Place
from landed.store import Store

HOST = "github.com"
PROJECT = "github:github.com:1"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLAUDE_BODY = "Sums the cart.\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n"

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class By:
    """A commit on the branch of a change and who the forge says wrote it."""

    commit: str
    login: str | None = None
    email: str | None = None


@dataclass
class ForgeRows:
    """Everything told of one project, which is the repository that `write` names."""

    host: str = HOST
    forge: str = "github"
    project: str = PROJECT
    settings: Settings = field(default_factory=Settings)
    rows: dict[str, Rows] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        """Add one row of a table."""
        self.rows.setdefault(table, []).append(row)

    def account(
        self,
        login: str,
        *,
        kind: str = "user",
        name: str | None = None,
        email: str | None = None,
        writes_as: Sequence[str] = (),
        teams: Sequence[str] = (),
    ) -> None:
        """A user; `writes_as` are addresses with which the forge names them a commit's author."""
        self.add("account", host=self.host, login=login, kind=kind, name=name, email=email)
        for address in writes_as:
            self.add("account_email", host=self.host, login=login, email=address)
        for team in teams:
            self.add("team_member", host=self.host, organisation="acme", team=team, login=login)

    def change(
        self,
        number: int,
        *,
        commits: Sequence[By] = (),
        author: str | None = "ana",
        kind: str = "user",
        branch: str = "feature",
        body: str = "",
        labels: Sequence[str] = (),
        state: str = "merged",
        merge_commit: str | None = None,
        landed: Sequence[str] = (),
        rule: str = "merge",
        **told: Any,
    ) -> None:
        """A change, what its texts say, its commits, and by which commits it landed."""
        own = {"project": self.project, "number": number}
        closed = None if state == "open" else NOON
        row = own | {
            "title": f"Change {number}",
            "state": state,
            "draft": False,
            "author": author,
            "author_kind": kind,
            "head_ref": branch,
            "head_commit": commits[-1].commit if commits else None,
            "fork": False,
            "base_ref": "main",
            "merge_commit": merge_commit,
            "opened_at": NOON,
            "merged_at": closed if state == "merged" else None,
            "closed_at": closed,
            "updated_at": NOON,
            "merged_by": None,
            "additions": None,
            "deletions": None,
            "files": None,
            "commits": len(commits) or None,
        }
        self.add("change", **(row | told))
        for ordinal, by in enumerate(commits):
            self.add(
                "change_commit",
                **own,
                commit=by.commit,
                ordinal=ordinal,
                author=by.login,
                author_email=by.email,
                authored_at=NOON,
            )
        for label in labels:
            self.add("change_label", **own, label=label)
        self._signals(own, author, branch, body, labels)
        for commit in landed:
            self.add("change_landing", **own, commit=commit, rule=rule, merged_at=NOON)

    def _signals(
        self,
        own: dict[str, Any],
        author: str | None,
        branch: str,
        body: str,
        labels: Sequence[str],
    ) -> None:
        texts: list[tuple[Place, str]] = [("branch", branch), ("request-body", body)]
        texts += [("label", label) for label in labels]
        if author is not None:
            texts.append(("author", author))
        match = signal_matcher(self.settings)
        for place, text in texts:
            for said in match(place, text):
                self.add(
                    "change_signal",
                    **own,
                    rule=said.rule,
                    place=place,
                    who=said.who,
                    agent=said.agent,
                    model=said.model,
                    grade=said.grade,
                    session=said.session,
                )

    def write(self, store: Store, repository: str | None) -> None:
        """Put everything in the place of what the store has."""
        project = {
            "project": self.project,
            "forge": self.forge,
            "host": self.host,
            "name": "acme/shop",
            "default_branch": "main",
            "address": None,
            "private": True,
            "archived": False,
            "state": "present",
            "seen_at": NOON,
            "belongs_to": repository,
            "how": "configuration",
        }
        _put(store, "project", [project], FORGES)
        for table in (
            *("account", "account_email", "team_member"),
            *("change", "change_commit", "change_label", "change_signal"),
            *("review", "check_run"),
        ):
            _put(store, table, self.rows.get(table, []), FORGES)
        if repository is not None:
            _put(store, "change_landing", self._landings(store, repository), repository)

    def _landings(self, store: Store, repository: str) -> Rows:
        known = {
            row["commit"]: row
            for row in store.query(
                'select "commit", commit_index, mainline_index as step from "commit" '
                "where repository = ?",
                [repository],
            ).to_pylist()
        }
        return [
            row | known[row["commit"]]
            for row in self.rows.get("change_landing", [])
            if row["commit"] in known
        ]


def _put(store: Store, table: str, rows: Rows, repository: str) -> None:
    schema = pa.schema([field for field in TABLES[table].schema if field.name != "repository"])
    store.replace(table, pa.Table.from_pylist(rows, schema=schema), repository)
