"""Writing what one kind of source says into the evidence, and deciding for the commits concerned.

Messages, notes and settings are read together with the commits (`update`); sources that come and
change later, such as agents' logs and pull requests, each put all of theirs in the place of what
they said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.decisions import decide
from landed.attribution.evidence import encoded, numbered, undecided
from landed.store import Store

_OWN = "source in (select unnest($2::varchar[]))"
_EVIDENCE = "select * exclude (repository) from evidence where repository = $1 and "
_NEXT = f"""
select coalesce(max(evidence) + 1, 0) as next from evidence
where repository = $1 and not ({_OWN})
"""
_LINES = """
select line, commit_index, path_index, line_number from line
where repository = $1 and commit_index in (select unnest($2::integer[]))
"""
_DECIDED = """
select line_attribution.* exclude (repository),
    line.commit_index in (select unnest($2::integer[])) as concerned
from line_attribution
join line on line.repository = line_attribution.repository and line.line = line_attribution.line
where line_attribution.repository = $1
"""
_DECIDED_COMMITS = """
select commit_index from commit_attribution
where repository = $1 and commit_index in (select unnest($2::integer[]))
"""


def count_evidence(store: Store, repository: str, sources: Sequence[str]) -> int:
    """Return how many rows of the evidence come from these sources."""
    query = f"select count(*) as n from evidence where repository = $1 and {_OWN}"
    return int(store.query(query, [repository, list(sources)])["n"][0].as_py())


def write_evidence(
    store: Store, repository: str, sources: Sequence[str], found: list[pa.Table]
) -> bool:
    """Put `found` (columns of `SCHEMA`) in the place of all earlier evidence of `sources`, decide.

    Returns whether anything has changed; nothing is written where nothing has.
    """
    own = list(sources)
    old = encoded(store.query(f"{_EVIDENCE} {_OWN} order by evidence", [repository, own]))
    first = int(store.query(_NEXT, [repository, own])["next"][0].as_py())
    new = numbered(found, first)
    columns = new.column_names
    said = [name for name in columns if name != "evidence"]
    if _plain(old.select(said)).equals(_plain(new.select(said))):
        return False
    concerned = _commits_of([old, new])
    with store.transaction():
        if old.num_rows:
            rest = encoded(store.query(f"{_EVIDENCE} not ({_OWN})", [repository, own]))
            every = pa.concat_tables([rest.select(columns), new]).unify_dictionaries()
            store.replace("evidence", every, repository)
        else:
            store.append("evidence", new, repository)
        _decide(store, repository, concerned)
    return True


def _commits_of(rows: Iterable[pa.Table]) -> list[int]:
    """Return the commits that these rows speak of."""
    every = [table["commit_index"].to_numpy() for table in rows]
    commits: list[int] = np.unique(np.concatenate(every)).tolist()
    return commits


def _plain(rows: pa.Table) -> pa.Table:
    """Return the rows with their texts as texts, in one piece each."""
    columns = {
        name: rows[name].cast(pa.string())
        if pa.types.is_dictionary(rows[name].type)
        else rows[name]
        for name in rows.column_names
    }
    return pa.table(columns).combine_chunks()


def _decide(store: Store, repository: str, commits: list[int]) -> None:
    """Decide for these commits on all evidence there is for them."""
    evidence = encoded(
        store.query(
            f"{_EVIDENCE} commit_index in (select unnest($2::integer[])) order by evidence",
            [repository, commits],
        )
    )
    decisions = decide(evidence, store.query(_LINES, [repository, commits]))
    decided = store.query(_DECIDED_COMMITS, [repository, commits])["commit_index"].combine_chunks()
    settled = undecided(decided, decisions.commits)
    store.merge("commit_attribution", pa.concat_tables([decisions.commits, settled]), repository)
    before = store.query(_DECIDED, [repository, commits])
    concerned = before["concerned"]
    stale = np.setdiff1d(
        before.filter(concerned)["line"].to_numpy(), decisions.lines["line"].to_numpy()
    )
    if not len(stale):
        store.merge("line_attribution", decisions.lines, repository)
        return
    kept = encoded(before.filter(pc.invert(concerned)).drop_columns(["concerned"]))
    every = pa.concat_tables([kept.select(decisions.lines.column_names), decisions.lines])
    store.replace("line_attribution", every.unify_dictionaries(), repository)
