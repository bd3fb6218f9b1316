"""The vocabulary of Landed: one typed record per table, its Arrow schema, keys and meanings."""

from landed.records.evidence import CommitAttribution, Evidence, LineAttribution
from landed.records.history import (
    Commit,
    CommitParent,
    CommitReference,
    Contact,
    ExcludedPath,
    Path,
    Release,
    RenamedPath,
    Repository,
)
from landed.records.lines import (
    Line,
    Lineage,
    LineInterval,
    LineLink,
    ReleaseLine,
    Removal,
)
from landed.records.reading import Location, Problem, Run, SourceState
from landed.records.schema import TABLES, TIMESTAMP, Column, Table

__all__ = [
    "TABLES",
    "TIMESTAMP",
    "Column",
    "Commit",
    "CommitAttribution",
    "CommitParent",
    "CommitReference",
    "Contact",
    "Evidence",
    "ExcludedPath",
    "Line",
    "LineAttribution",
    "LineInterval",
    "LineLink",
    "Lineage",
    "Location",
    "Path",
    "Problem",
    "Release",
    "ReleaseLine",
    "Removal",
    "RenamedPath",
    "Repository",
    "Run",
    "SourceState",
    "Table",
]
