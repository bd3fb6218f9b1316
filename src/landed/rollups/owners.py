"""Whose code it is: the team that owns each path, put beside what metrics ask of a ledger."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from landed.metrics.facts import Facts
from landed.sources.codeowners_matching import CodeOwners

PATH_TEAM = pa.schema(
    [("repository", pa.string()), ("path_index", pa.int32()), ("team", pa.string())]
)
"""The relation of paths that a team owns, of all repositories."""


def with_teams(facts: Facts, owners: CodeOwners) -> Facts:
    """The facts, their relation `path` with the team that owns each; null where none does."""
    paths = facts.tables["path"]
    teams = pa.array(owners.owning_teams(paths["path"].to_pylist()), pa.string())
    return replace(facts, tables=facts.tables | {"path": paths.append_column("team", teams)})


def path_team(facts: Facts) -> pa.Table:
    """The paths of one repository that a team owns."""
    paths = facts.tables["path"]
    found = paths.filter(paths["team"].is_valid())
    repository = pa.repeat(pa.scalar(facts.window.repository, pa.string()), len(found))
    columns = [repository, found["path_index"], found["team"]]
    return pa.Table.from_arrays(columns, names=PATH_TEAM.names).cast(PATH_TEAM)
