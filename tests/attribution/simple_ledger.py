"""The ledger of a straight history, by git's own differences: what attribution builds upon."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from tests.histories.builder import History

from landed.records import TABLES
from landed.store import Store

REPOSITORY = "0123456789abcdef"
_COMMIT = re.compile(
    r"\0(?P<id>\w+)\0(?P<an>.*)\0(?P<ae>.*)\0(?P<cn>.*)\0(?P<ce>.*)\0(?P<at>\d+)\0(?P<ct>\d+)"
    r"\0(?P<subject>.*)\0\n?(?P<patch>[^\0]*)"
)
_FILE = re.compile(r"^\+\+\+ b/(.*?)\t?$|^@@ -\S+ \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def write_ledger(history: History, store: Store) -> None:
    """Put commits, paths and births of a history without merges into the store."""
    form = "%x00".join(("", "%H", "%an", "%ae", "%cn", "%ce", "%at", "%ct", "%s", ""))
    log = history.git(
        *("-c", "core.quotePath=false", "log", "--reverse", "--topo-order"),
        *("-p", "-U0", "--no-renames", f"--format={form}", "HEAD"),
    ).decode("utf-8", "replace")
    commits: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    paths: dict[str, int] = {}
    for found in _COMMIT.finditer(log):
        commits.append(_commit(len(commits), found))
        path = 0
        for part in _FILE.finditer(found["patch"]):
            if part[1] is not None:
                path = paths.setdefault(part[1], len(paths))
                continue
            first, count = int(part[2]), int(part[3] if part[3] is not None else 1)
            for number in range(first, first + count):
                lines.append(_line(len(lines), len(commits) - 1, path, number))
    at = commits[-1]["committed_at"]
    repository = {
        "object_format": "sha1",
        "default_branch": "main",
        "head": history.tip(),
        "commits": len(commits),
        "mainline_length": len(commits),
        "shallow": False,
        "first_commit_at": commits[0]["committed_at"],
        "last_commit_at": at,
    }
    named = [{"path": path, "path_index": index} for path, index in paths.items()]
    put(store, "repository", repository)
    put(store, "commit", *commits)
    put(store, "path", *named)
    put(store, "line", *lines)


def put(store: Store, table: str, *rows: dict[str, Any]) -> None:
    """Replace a table's rows."""
    schema = pa.schema([field for field in TABLES[table].schema if field.name != "repository"])
    store.replace(table, pa.Table.from_pylist(list(rows), schema=schema), REPOSITORY)


def _commit(index: int, found: re.Match[str]) -> dict[str, Any]:
    return {
        "commit_index": index,
        "commit": found["id"],
        "author_name": found["an"],
        "author_email": found["ae"],
        "committer_name": found["cn"],
        "committer_email": found["ce"],
        "authored_at": _moment(found["at"]),
        "committed_at": _moment(found["ct"]),
        "subject": found["subject"],
        "mainline_index": index,
        "change_index": index,
        "landed_at": _moment(found["ct"]),
        "lines_added": 0,
        "lines_removed": 0,
    }


def _line(line: int, commit: int, path: int, number: int) -> dict[str, Any]:
    return {
        "line": line,
        "commit_index": commit,
        "path_index": path,
        "line_number": number,
        "text_hash": line,
        "token_hash": line,
        "trivial": False,
        "origin_line": None,
    }


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
