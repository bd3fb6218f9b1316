"""What pull and merge requests say about who wrote the commits that they bring."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from landed.attribution.deciding import write_evidence
from landed.attribution.evidence import SCHEMA
from landed.attribution.requests import RequestMatcher
from landed.attribution.sessions.people import MATCHED
from landed.attribution.signals import load_signals
from landed.config import Settings
from landed.delivery.statements import statement
from landed.sources.forges.signals import MatchSignals
from landed.store import Store

SOURCE = "change"


@dataclass(frozen=True)
class ChangeEvidence:
    """How many commits changes speak of, in how many statements, and whether any of it is new."""

    changed: bool
    commits: int
    statements: int


def signal_matcher(settings: Settings) -> MatchSignals:
    """Return what readers of forges ask about the texts of a change, instead of keeping them."""
    return RequestMatcher(load_signals(settings.signals))


def note_change_evidence(store: Store, repository: str, settings: Settings) -> ChangeEvidence:
    """Write what changes say of the repository's commits as evidence, and decide anew with it.

    A signal covers the commits on the change's branch and those that a rebase made of them, but
    not merges, nor commits of somebody known to be another than the change's author. The commit
    that a squash made bears it as `inferred`, since its lines are traced to the branch's commits;
    as the signal says where the branch had a single commit. A commit whose author cannot be told
    bears it as `inferred` where a program opened the change.

    Expects `change_landing`, the matched logins and the ledger's own evidence to be up to date.
    Nothing is written where nothing has changed; evidence that comes late or is withdrawn leaves
    the decisions that a run from nothing makes.
    """
    bots = [name.lower() for name in settings.forges.bots]
    given = {"repository": repository, "matched": list(MATCHED), "bots": bots}
    found = store.query(statement("change_evidence"), given)
    changed = write_evidence(store, repository, [SOURCE], [_rows(found)])
    return ChangeEvidence(changed, len(found["commit_index"].unique()), found.num_rows)


def _rows(found: pa.Table) -> pa.Table:
    """Return statements about whole commits with the columns of `SCHEMA`."""
    rows = found.append_column("source", pa.repeat(SOURCE, found.num_rows))
    for name in ("path_index", "first_line", "last_line"):
        rows = rows.append_column(name, pa.nulls(found.num_rows, pa.int32()))
    columns = {
        field.name: rows[field.name].dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else rows[field.name]
        for field in SCHEMA
    }
    return pa.table(columns, schema=SCHEMA)
