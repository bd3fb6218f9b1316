"""Small ledgers made by hand, so that every figure can be reckoned on paper.

    ledger = Ledger(days=[0, 10, 40])          # three steps of the main line
    ledger.author(1, "ai", "aider", "declared")
    ledger.lines(5, step=1, left=2)            # five lines landed on day 10, gone on day 40

Each step is one commit, and commit, step and change have the same number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from landed.metrics import Facts, Window, Workbench, read_facts
from landed.records import TABLES
from landed.store import Store

FIRST_DAY = datetime(2025, 1, 1, 12, tzinfo=UTC)
REPOSITORY = "0123456789abcdef"


class Ledger:
    """Rows of the vocabulary, collected until they are written to a store."""

    def __init__(self, days: Sequence[float], repository: str = REPOSITORY) -> None:
        self.repository = repository
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._moments = [FIRST_DAY + timedelta(days=day) for day in days]
        self._paths: dict[str, int] = {}
        for step, moment in enumerate(self._moments):
            self._add_commit(step, moment)
        self._add(
            "repository",
            object_format="sha1",
            default_branch="main",
            head=f"{len(days) - 1:040x}",
            commits=len(days),
            mainline_length=len(days),
            shallow=False,
            first_commit_at=self._moments[0],
            last_commit_at=self._moments[-1],
        )

    def author(self, commit: int, who: str, agent: str | None, grade: str) -> None:
        """Who wrote the lines of a commit that have no decision of their own."""
        self._add(
            "commit_attribution",
            commit_index=commit,
            who=who,
            agent=agent,
            model=None,
            grade=grade,
            evidence=None,
        )

    def lines(
        self,
        number: int,
        step: int,
        *,
        left: int | None = None,
        path: str = "shop.py",
        landed: bool = True,
    ) -> list[int]:
        """Lines born in the commit of `step`; returns their ids."""
        known = self.rows["line"]
        ids = list(range(len(known), len(known) + number))
        for line in ids:
            self._add(
                "line",
                line=line,
                commit_index=step,
                path_index=self.path(path),
                line_number=line + 1,
                text_hash=line,
                token_hash=line,
                trivial=False,
                origin_line=None,
            )
            if landed:
                self.stay(line, step, left)
        return ids

    def stay(self, line: int, entered: int, left: int | None) -> None:
        """One stay of a line on the default branch."""
        self._add(
            "line_interval", branch="main", line=line, entered=entered, left=left, left_by=left
        )

    def lineage(self, line: int, root: int) -> None:
        """`line` carries on what began as `root`."""
        self._add("lineage", line=line, root_line=root)

    def decide(self, line: int, who: str, agent: str | None, grade: str) -> None:
        """Who wrote one line, where it differs from its commit."""
        self._add(
            "line_attribution",
            line=line,
            who=who,
            agent=agent,
            model=None,
            grade=grade,
            evidence=None,
        )

    def release(
        self,
        tag: str,
        step: int,
        *,
        beside: bool = False,
        extra: Sequence[int] = (),
        lacking: Sequence[int] = (),
    ) -> None:
        """A tag at `step`, or beside the main line with lines more and fewer than at `step`."""
        self._add(
            "release",
            tag=tag,
            commit_index=len(self._moments) + len(self.rows["release"]) if beside else step,
            released_at=self._moments[step] + timedelta(hours=len(self.rows["release"])),
            base_index=step,
            on_mainline=not beside,
        )
        for present, lines in ((True, extra), (False, lacking)):
            for line in lines:
                self._add("release_line", tag=tag, line=line, present=present)

    def reverts(self, commit: int) -> None:
        """The message of `commit` says that it reverts another."""
        self._add("commit_reference", commit_index=commit, kind="reverts", target="0" * 40)

    def problem(self, kind: str, subject: str, detail: str, source: str = "git") -> None:
        """Something that could not be read."""
        self._add("problem", source=source, kind=kind, subject=subject, count=1, detail=detail)

    def path(self, path: str) -> int:
        """The number of a path."""
        if path not in self._paths:
            self._paths[path] = len(self._paths)
            self._add("path", path_index=self._paths[path], path=path)
        return self._paths[path]

    def write(self, store: Store) -> None:
        """Put the rows into an open store."""
        for name, rows in self.rows.items():
            if rows:
                table = pa.Table.from_pylist(rows, TABLES[name].schema)
                store.replace(name, table, self.repository)

    def facts(self, workspace: Path, window: Window | None = None) -> Facts:
        """Write the rows to a store and read what metrics need of them."""
        with Store.open(workspace) as store:
            self.write(store)
            return read_facts(store, self.repository, "acme/shop", window or Window())

    def bench(self, workspace: Path, window: Window | None = None) -> Workbench:
        """A workbench over this ledger alone."""
        return Workbench([self.facts(workspace, window)])

    def _add_commit(self, step: int, moment: datetime) -> None:
        self._add(
            "commit",
            commit_index=step,
            commit=f"{step:040x}",
            author_name="Ana",
            author_email="ana@example.com",
            committer_name="Ana",
            committer_email="ana@example.com",
            authored_at=moment,
            committed_at=moment,
            subject=f"Step {step}",
            mainline_index=step,
            change_index=step,
            landed_at=moment,
            lines_added=0,
            lines_removed=0,
        )

    def _add(self, table: str, **values: Any) -> None:
        self.rows[table].append({"repository": self.repository, **values})


def totals(bench: Workbench, metric: str, *keys: str) -> dict[Any, int]:
    """The lines of a metric added up by `keys`."""
    found: dict[Any, int] = {}
    for row in bench.rows(metric):
        key = tuple(row[name] for name in keys) if len(keys) > 1 else row[keys[0]]
        found[key] = found.get(key, 0) + row["lines"]
    return found
