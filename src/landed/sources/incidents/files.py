"""Incidents and bugs of any tracker from a file, as `sources/row_files.py` reads it.

| column | |
|---|---|
| `id` | the tracker's own id; needed |
| `repository` | name such as acme/shop, or address of its remote; none = not known |
| `title` | title |
| `kind` | incident (also where there is none) or bug |
| `severity` | as the tracker calls it |
| `service` | service concerned |
| `environment` | environment concerned |
| `started_at` | when it began; needed |
| `resolved_at` | when it was over; none = it is not |
| `caused_by` | what caused it: commits, changes and deployments, separated by blanks |
| `fixed_by` | what repaired it: commits and changes, separated by blanks |

A change is written `#12`, `!12` or `acme/shop#12`; a commit by at least 7 of its digits; anything
else, and a number alone, is the id of a deployment. Times are ISO 8601, in UTC where they have no
zone, or seconds since 1970.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from landed.sources.row_files import (
    BadRow,
    FileRows,
    Row,
    needed_moment,
    needed_text,
    optional_text,
    past_moment,
    read_file,
)

COLUMNS = (
    "id",
    "repository",
    "title",
    "kind",
    "severity",
    "service",
    "environment",
    "started_at",
    "resolved_at",
    "caused_by",
    "fixed_by",
)
KINDS = ("incident", "bug")
_CHANGE = re.compile(r"(?P<project>[\w.-]+(?:/[\w.-]+)+)?[#!](?P<number>\d{1,18})", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_FULL = (40, 64)


@dataclass(frozen=True, slots=True)
class FileIncident:
    """One incident or bug as a file or a command tells it; `links` are (kind, target) as
    `IncidentLink` has them."""

    id: str
    repository: str | None
    title: str
    kind: str
    severity: str | None
    service: str | None
    environment: str | None
    started_at: datetime
    resolved_at: datetime | None
    links: tuple[tuple[str, str], ...]


def read_incidents(path: Path, repository: str | None = None) -> FileRows[FileIncident]:
    """Read a file of incidents; `repository` holds where a row names none.

    Raises:
        UsageError: the file cannot be read, or lacks a column that is needed.
    """
    return read_file(
        path,
        lambda row: incident_of(row, repository),
        columns=COLUMNS,
        needed=("id", "started_at"),
    )


def incident_of(row: Row, repository: str | None) -> FileIncident:
    """The incident that a row tells; BadRow where it tells none."""
    name = needed_text(row, "id")
    kind = (row.get("kind") or "incident").lower()
    if kind not in KINDS:
        raise BadRow(f"{kind} is no kind: write incident or bug")
    started, resolved = needed_moment(row, "started_at"), past_moment(row, "resolved_at")
    if resolved is not None and resolved < started:
        raise BadRow("resolved_at is before started_at")
    links = [
        *_links("caused-by", row.get("caused_by", "")),
        *_links("fixed-by", row.get("fixed_by", "")),
    ]
    return FileIncident(
        name,
        optional_text(row, "repository") or repository,
        row.get("title") or name,
        kind,
        optional_text(row, "severity"),
        optional_text(row, "service"),
        optional_text(row, "environment"),
        started,
        resolved,
        tuple(dict.fromkeys(links)),
    )


def _links(relation: str, text: str) -> Iterator[tuple[str, str]]:
    for word in text.replace(",", " ").replace(";", " ").split():
        change = _CHANGE.fullmatch(word)
        if change:
            number = str(int(change["number"]))
            project = change["project"]
            yield f"{relation}-change", f"{project}#{number}" if project else number
        elif _COMMIT.fullmatch(word) and (not word.isdigit() or len(word) in _FULL):
            yield f"{relation}-commit", word.lower()
        elif relation == "caused-by":
            yield "caused-by-deployment", word
        else:
            raise BadRow(f"fixed_by {word} is no commit and no change: write #12 for a change")
