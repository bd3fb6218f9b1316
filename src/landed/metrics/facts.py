"""What the metrics need of one repository, asked of the store in small tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.metrics.paths import path_filter
from landed.metrics.registry import statements
from landed.metrics.releases import ChosenReleases, choose_releases
from landed.metrics.window import RepositoryWindow, Window

MICROSECONDS = 1_000_000
NO_TAG = ""


class Queries(Protocol):
    """Whatever answers select statements: an open store."""

    def query(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ...) -> pa.Table:
        """The rows of one select statement."""
        ...


@dataclass(frozen=True)
class Facts:
    """One repository as its metrics see it.

    `tables` by name: line_group, entangled_line, commit_fact, path (those the globs select),
    release_step, release_difference. `record` is the row of the table `repository`.
    """

    window: RepositoryWindow
    record: dict[str, Any]
    releases: ChosenReleases
    tags: int
    tables: dict[str, pa.Table]


NOT_KNOWN: dict[str, Any] = {"default_branch": "", "last_commit_at": datetime.fromtimestamp(0, UTC)}
"""Stands for the record of a repository that is not known."""


def read_facts(store: Queries, repository: str, name: str, window: Window) -> Facts:
    """Read what the metrics need of `repository`, shown to people as `name`.

    The cost grows with the lines of the history, memory with the groups of lines that share a
    story (about a tenth as many). A repository that is not known has none of anything. Raises
    UsageError for a bad glob, or `--releases` that match nothing.
    """
    selects = path_filter(window.paths, window.excludes)
    record = store.query("select * from repository where repository = ?", [repository])
    row = next(iter(record.to_pylist()), NOT_KNOWN)
    commits = _commits(store, repository)
    until_second = window.until_second(_second(row["last_commit_at"]))
    until_step = _last_step(commits, until_second)
    tags = store.query(
        'select release.*, landing.change_index from release left join "commit" as landing '
        "on landing.repository = release.repository "
        "and landing.commit_index = release.commit_index where release.repository = ?",
        [repository],
    ).to_pylist()
    releases = choose_releases(tags, window.releases, until_step)
    live = releases.live
    parameters = {
        "repository": repository,
        "branch": row["default_branch"],
        "until_step": until_step,
        "tags": [NO_TAG, *releases.tags_beside],
    }
    asked = statements("facts")
    paths = store.query(asked["paths"].sql, {"repository": repository})
    tables = {
        "line_group": store.query(asked["lines"].sql, parameters),
        "entangled_line": store.query(asked["entangled"].sql, parameters),
        "commit_fact": commits,
        "path": paths.filter(
            pa.array([selects(path) for path in paths["path"].to_pylist()], pa.bool_())
        ),
        "release_step": _release_steps(releases),
        "release_difference": _differences(store, parameters, releases),
    }
    return Facts(
        window=RepositoryWindow(
            repository=repository,
            name=name,
            branch=row["default_branch"],
            since_second=window.since_second,
            until_second=until_second,
            until_step=until_step,
            rework_days=window.rework_days,
            live_tag=live.tag if live else None,
            live_position=live.position if live else None,
            live_step=live.step if live else None,
        ),
        record=row,
        releases=releases,
        tags=len(tags),
        tables=tables,
    )


def _commits(store: Queries, repository: str) -> pa.Table:
    """The commits with their times as seconds, months and quarters: no engine need reckon dates."""
    rows = store.query(statements("facts")["commits"].sql, {"repository": repository})
    for kind in ("committed", "landed"):
        seconds, months, quarters = _calendar(rows[f"{kind}_at"])
        rows = rows.append_column(f"{kind}_second", seconds)
        rows = rows.append_column(f"{kind}_month", months)
        rows = rows.append_column(f"{kind}_quarter", quarters)
    return rows.drop_columns(["committed_at", "landed_at"])


def _calendar(times: pa.ChunkedArray) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Seconds since 1970, months as 2026-11 and quarters as 2026-Q4 of UTC times."""
    whole = times.combine_chunks()
    unknown = np.asarray(whole.is_null())
    moments = np.asarray(whole.cast(pa.int64()).fill_null(0)).astype("datetime64[us]")
    months = moments.astype("datetime64[M]")
    number = months.astype(np.int64)
    names, codes = np.unique(months, return_inverse=True)
    labels = names.astype(str)
    quarters = np.array(
        [f"{1970 + month // 12}-Q{month % 12 // 3 + 1}" for month in np.unique(number)], dtype=str
    )
    return (
        pa.array(moments.astype("datetime64[s]").astype(np.int64), mask=unknown),
        pa.array(labels[codes].astype(object), pa.string(), mask=unknown),
        pa.array(quarters[codes].astype(object), pa.string(), mask=unknown),
    )


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _last_step(commits: pa.Table, until_second: int) -> int:
    """The last step of the main line in the window; -1 where none is."""
    steps = commits.filter(commits["mainline_index"].is_valid())
    seconds = np.asarray(steps["landed_second"])
    inside = np.asarray(steps["mainline_index"])[seconds <= until_second]
    return int(inside.max()) if len(inside) else -1


def _differences(store: Queries, parameters: dict[str, Any], releases: ChosenReleases) -> pa.Table:
    """Where releases differ from the main line, by the position of the release."""
    asked = {name: parameters[name] for name in ("repository", "tags")}
    rows = store.query(statements("facts")["release_differences"].sql, asked)
    tags = pa.array([step.tag for step in releases.steps], pa.string())
    positions = pc.index_in(rows["tag"], value_set=tags)
    return rows.drop_columns(["tag"]).append_column("position", positions)


def _release_steps(releases: ChosenReleases) -> pa.Table:
    steps = releases.steps
    return pa.table(
        {
            "tag": pa.array([step.tag for step in steps], pa.string()),
            "position": pa.array([step.position for step in steps], pa.int32()),
            "step": pa.array([step.step for step in steps], pa.int32()),
        }
    )
