"""Which repository each project of a forge is: by its address, else by the commits they share.

A project is known by the forge's own number, so that a new name or owner changes nothing here but
the address to compare. Projects that only files and pipelines name are found by name as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from landed.delivery.addresses import addresses, addresses_of
from landed.delivery.statements import statement
from landed.records import FORGES, TABLES, Project
from landed.sources.forges.keys import NAMED
from landed.store import Store

REMOTE, COMMITS, CONFIGURATION, UNMATCHED = "remote", "commits", "configuration", "unmatched"
"""How a project was found to be a repository; `configuration` is that somebody named it so."""

_LOCATIONS = """
    select location.repository, location.name, location.remote, repository.last_commit_at
    from location inner join repository on repository.repository = location.repository
    order by repository.last_commit_at desc nulls last, location.repository, location.path
"""
_SHORT_COMMITS = """
    with completed as (
        select deployment.project, deployment.deployment, min("commit"."commit") as full_id
        from deployment
        inner join project
            on project.repository = deployment.repository and project.project = deployment.project
        inner join "commit"
            on "commit".repository = project.belongs_to
            and starts_with("commit"."commit", deployment."commit")
        where deployment.repository = ? and length(deployment."commit") < 40
        group by deployment.project, deployment.deployment
        having count(distinct "commit"."commit") = 1
    )
    select deployment.* exclude (repository) replace (completed.full_id as "commit")
    from deployment inner join completed using (project, deployment)
    where deployment.repository = ?
"""


@dataclass(frozen=True)
class Placed:
    """How many projects there are, and the names of those that no repository read is."""

    projects: int
    unmatched: tuple[str, ...]


@dataclass
class _Repositories:
    """The repositories on this machine, the latest first, by what they are called."""

    by_address: dict[str, list[str]] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=dict)
    by_last_part: dict[str, set[str]] = field(default_factory=dict)

    def name(self, name: str, repository: str) -> None:
        plain = name.lower()
        self.by_name.setdefault(plain, set()).add(repository)
        self.by_last_part.setdefault(plain.rpartition("/")[2], set()).add(repository)

    def at(self, written: set[str]) -> list[str]:
        """Those whose remote is written plainly in one of these ways."""
        found = [one for plain in sorted(written) for one in self.by_address.get(plain, ())]
        return list(dict.fromkeys(found))

    def called(self, name: str) -> str | None:
        """The only one of that name, or of that last part of a name."""
        for names in (self.by_name, self.by_last_part):
            found = names.get(name.lower(), set())
            if len(found) == 1:
                return next(iter(found))
        return None


def place_projects(store: Store) -> Placed:
    """Find the repository that each project is, and complete abbreviated commits of deployments.

    A remote that spells the host otherwise than the forge does (an alias in somebody's SSH
    settings) is not the same address; the commits then tell. Where neither does, the project stays
    `unmatched`, and none of its changes is taken for one of a repository.
    """
    rows = store.read("project", FORGES).to_pylist()
    if not rows:
        return Placed(0, ())
    repositories = _repositories(store)
    shared = _shared_commits(store)
    placed = {}
    for row in sorted(rows, key=lambda row: row["project"].startswith(NAMED)):
        found = _place(row, repositories, shared.get(row["project"], {}))
        placed[row["project"]] = found
        if found[0] is not None and not row["project"].startswith(NAMED):
            repositories.name(row["name"], found[0])
    changed = [
        row | {"belongs_to": placed[row["project"]][0], "how": placed[row["project"]][1]}
        for row in rows
        if placed[row["project"]] != (row["belongs_to"], row["how"])
    ]
    with store.transaction():
        if changed:
            schema = TABLES["project"].schema
            store.merge("project", pa.Table.from_pylist(changed, schema=schema), FORGES)
        _complete_commits(store)
    return Placed(
        len(rows),
        tuple(sorted(row["name"] for row in rows if placed[row["project"]][0] is None)),
    )


def _place(
    row: dict[str, Any], repositories: _Repositories, shared: dict[str, int]
) -> tuple[str | None, str]:
    """The repository of a project, or None, and how that is known."""
    named = row["project"].removeprefix(NAMED) if row["project"].startswith(NAMED) else None
    there = repositories.at(addresses_of(Project(**row)) if named is None else addresses(named))
    if there:
        # a history that was begun anew leaves two repositories at one address
        return max(there, key=lambda one: shared.get(one, 0)), REMOTE
    if len(shared) == 1:
        return next(iter(shared)), COMMITS
    called = repositories.called(named) if named else None
    return (called, CONFIGURATION) if called else (None, UNMATCHED)


def _repositories(store: Store) -> _Repositories:
    found = _Repositories()
    for row in store.query(_LOCATIONS).to_pylist():
        for plain in addresses(row["remote"] or ""):
            found.by_address.setdefault(plain, []).append(row["repository"])
        found.name(row["name"], row["repository"])
    return found


def _shared_commits(store: Store) -> dict[str, dict[str, int]]:
    sql = statement("project_commits")
    found: dict[str, dict[str, int]] = {}
    for row in store.query(sql, {"forges": FORGES}).to_pylist():
        found.setdefault(row["project"], {})[row["repository"]] = row["commits"]
    return found


def _complete_commits(store: Store) -> None:
    rows = store.query(_SHORT_COMMITS, [FORGES, FORGES])
    if rows.num_rows:
        fields = [f for f in TABLES["deployment"].schema if f.name != "repository"]
        store.merge(
            "deployment", rows.select([f.name for f in fields]).cast(pa.schema(fields)), FORGES
        )
