"""What a person wants to know about a store: what it holds, and whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from landed.store.checks import duplicated_keys, row_counts
from landed.store.database import Store


@dataclass(frozen=True)
class RepositoryHealth:
    """A repository the store knows, its last run, and what went wrong, counted by kind."""

    repository: str
    name: str
    path: str | None
    commits: int
    lines: int
    last_run_at: datetime | None
    last_mode: str | None
    problems: dict[str, int]


@dataclass(frozen=True)
class StoreHealth:
    """A store's schema, size on disk in bytes, rows by table, repositories, broken keys."""

    schema_version: int
    bytes: int
    rows: dict[str, int]
    repositories: tuple[RepositoryHealth, ...]
    duplicated_keys: dict[str, int]


def inspect(store: Store) -> StoreHealth:
    """Read the health of an open store; checks every key, which reads every table once."""
    return StoreHealth(
        schema_version=store.schema_version,
        bytes=store.path.stat().st_size,
        rows=row_counts(store),
        repositories=tuple(_repositories(store)),
        duplicated_keys=duplicated_keys(store),
    )


def _repositories(store: Store) -> list[RepositoryHealth]:
    problems: dict[str, dict[str, int]] = {}
    for row in store.query(_PROBLEMS).to_pylist():
        problems.setdefault(row["repository"], {})[row["kind"]] = row["occurrences"]
    return [
        RepositoryHealth(
            repository=row["repository"],
            name=row["name"] or row["repository"],
            path=row["path"],
            commits=row["commits"],
            lines=row["lines"],
            last_run_at=row["finished_at"],
            last_mode=row["mode"],
            problems=problems.get(row["repository"], {}),
        )
        for row in store.query(_REPOSITORIES).to_pylist()
    ]


_PROBLEMS = """
select repository, kind, cast(sum(count) as bigint) as occurrences
from problem
group by repository, kind
order by repository, kind
"""

_REPOSITORIES = """
with
place as (
    select repository, min(name) as name, min(path) as path from location group by repository
),
born as (
    select repository, count(*) as lines from line group by repository
),
last_run as (
    select repository, finished_at, mode
    from run
    qualify row_number() over (partition by repository order by finished_at desc, run) = 1
)
select
    repository.repository, place.name, place.path, repository.commits,
    coalesce(born.lines, 0) as lines, last_run.finished_at, last_run.mode
from repository
left join place on place.repository = repository.repository
left join born on born.repository = repository.repository
left join last_run on last_run.repository = repository.repository
order by place.name nulls last, repository.repository
"""
