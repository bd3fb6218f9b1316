"""What could not be read or understood, as rows of the table `problem`."""

from __future__ import annotations

import pyarrow as pa

from landed.attribution.recorded import AGENT_TRACE, GIT_AI, Faults
from landed.attribution.state import SOURCE
from landed.records import TABLES
from landed.store import Store

_OWN = (SOURCE, GIT_AI, AGENT_TRACE)
_SENTENCES = {
    "missing-object": "Commits whose message could not be read; they have no signals.",
    "mailmap": "Git could not use the .mailmap; people stand as they were recorded.",
    "unknown-commit": "Records about commits that the ledger does not have; they say nothing.",
    "unreadable-note": "Notes that are missing or too large; left out.",
    "unreadable-notes": "The notes ref cannot be read; left out.",
    "no-divider": "Notes without the line --- that ends the attestations; left out.",
    "broken-metadata": "Notes whose JSON is torn: their keys resolve to nobody.",
    "unknown-version": "Records of a version that is not known here; left out.",
    "entry-without-path": "Entries before any path; left out.",
    "malformed-entry": "Entries without line ranges; left out.",
    "bad-range": "Line ranges that no file can have; left out.",
    "unresolved-key": "Entries whose key names nobody in the note; their lines are unknown.",
    "broken-record": "Records that are not JSON of the expected form; left out.",
    "other-vcs": "Records about another version control system; left out.",
    "bad-path": "Records with a path outside the repository; left out.",
    "bad-contributor": "Ranges without a contributor of a known type; left out.",
}


def write_problems(
    store: Store, repository: str, counted: Faults, over_everything: Faults, *, add: bool
) -> None:
    """Write what went wrong with the evidence in the place of what stood there.

    With `add` the counts of faults come on top of what was counted before; `over_everything` are
    counts that always replace theirs.
    """
    stored = store.read("problem", repository)
    faults = dict(counted)
    others = []
    for row in stored.to_pylist():
        key = (row["source"], row["kind"], row["subject"])
        if row["source"] not in _OWN:
            others.append(row)
        elif add and row["kind"] not in _RECOUNTED:
            faults[key] = faults.get(key, 0) + row["count"]
    own = [
        {
            "repository": repository,
            "source": source,
            "kind": kind,
            "subject": subject,
            "count": count,
            "detail": _SENTENCES[kind],
        }
        for (source, kind, subject), count in (faults | over_everything).items()
    ]
    schema = TABLES["problem"].schema
    store.replace("problem", pa.Table.from_pylist(others + own, schema=schema), repository)


_RECOUNTED = frozenset({"mailmap", "unknown-commit", "unreadable-notes"})
