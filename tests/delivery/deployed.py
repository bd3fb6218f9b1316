"""A repository with its ledger and with deployments of its commits, as forges would tell them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.histories.blame import blame_all
from tests.histories.objects import run_git

from landed.config import Settings
from landed.delivery.trees import DeployedUpdate, note_deployed
from landed.ledger.exclusion import Exclusion, attribute_rows
from landed.ledger.observing import mine
from landed.records import FORGES, TABLES
from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = bytes(range(16))
START = datetime(2025, 2, 1, tzinfo=UTC)
PROJECT = "github:github.com:1"
Birth = tuple[str, bytes, int]

TREE = """
    with standing as (
        select line from line_interval
        where repository = $repository and entered <= $base
            and ("left" is null or "left" > $base)
            and line not in (
                select line from deployed_line
                where repository = $repository and "commit" = $commit and not present
            )
        union all
        select line from deployed_line
        where repository = $repository and "commit" = $commit and present
    )
    select c."commit", path, line_number from standing
    join line using (line)
    join "commit" as c on c.repository = line.repository and c.commit_index = line.commit_index
    join path as p on p.repository = line.repository and p.path_index = line.path_index
    where line.repository = $repository
"""
"""The births of all lines of a deployed commit's tree, as the store tells them."""


class Deployed:
    """A repository that is mined, and whose deployments are noted."""

    def __init__(
        self, path: Path, workspace: Path, *, exclusions: Sequence[Exclusion] = ()
    ) -> None:
        self.path, self.workspace, self.exclusions = path, workspace, exclusions
        self.repository = ""
        self.settings = Settings(workspace=workspace)

    def mine(self) -> None:
        """Bring the ledger up to date."""
        self.repository = mine(
            self.path, self.workspace, KEY, exclusions=self.exclusions
        ).repository

    def deploy(
        self, *commits: str, environment: str = "production", state: str = "success"
    ) -> None:
        """Tell of deployments, one an hour."""
        project = dict.fromkeys(TABLES["project"].schema.names) | {
            "project": PROJECT,
            "forge": "github",
            "host": "github.com",
            "name": "acme/shop",
            "archived": False,
            "state": "present",
            "seen_at": START,
            "belongs_to": self.repository,
            "how": "remote",
        }
        rows = [
            dict.fromkeys(TABLES["deployment"].schema.names)
            | {
                "project": PROJECT,
                "deployment": f"{environment}-{state}-{commit}",
                "environment": environment,
                "commit": commit,
                "state": state,
                "created_at": START + timedelta(hours=number),
                "finished_at": START + timedelta(hours=number),
                "updated_at": START + timedelta(hours=number),
                "source": "github",
            }
            for number, commit in enumerate(commits)
        ]
        with Store.open(self.workspace) as store:
            store.merge("project", table_of("project", [project]), FORGES)
            store.merge("deployment", table_of("deployment", rows), FORGES)

    def note(self) -> DeployedUpdate:
        """Note what was deployed."""
        with (
            Scratch.open(self.path, self.workspace, attribute_rows(self.exclusions)) as scratch,
            Store.open(self.workspace) as store,
        ):
            return note_deployed(store, self.repository, scratch, self.settings)

    def rows(self, table: str, repository: str | None = None) -> list[dict[str, Any]]:
        with Store.open(self.workspace, read_only=True) as store:
            return store.read(table, repository or self.repository).to_pylist()

    def tree(self, commit: str) -> Counter[Birth]:
        """The births of the lines in a deployed commit's tree, as the store tells them."""
        row = next(row for row in self.rows("deployed_commit") if row["commit"] == commit)
        base = -1 if row["base_index"] is None else row["base_index"]
        asked = {"repository": self.repository, "commit": commit, "base": base}
        with Store.open(self.workspace, read_only=True) as store:
            told = store.query(TREE, asked).to_pylist()
        return Counter(
            (row["commit"], text_to_path(row["path"]), row["line_number"]) for row in told
        )

    def blamed(self, commit: str) -> Counter[Birth]:
        """The same by git blame of every text file."""
        listed = run_git(self.path, "ls-tree", "-r", "-z", "--full-tree", commit).stdout
        files = []
        for row in listed.split(b"\0")[:-1]:
            about, _, path = row.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            content = (
                run_git(self.path, "cat-file", "-p", blob).stdout if mode[:3] == "100" else b""
            )
            if content and b"\0" not in content[:8000]:
                files.append((commit, path))
        return Counter(line for lines in blame_all(self.path, files) for line in lines)


def table_of(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a table of the vocabulary without `repository`; columns that are missing are null."""
    schema = pa.schema([column for column in TABLES[name].schema if column.name != "repository"])
    return pa.Table.from_pylist(rows, schema=schema)
