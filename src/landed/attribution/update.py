"""Bringing the evidence and the decisions of one repository up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.configured import configured_evidence
from landed.attribution.contacts import Contact, canonical_contacts, contact_rows
from landed.attribution.decisions import Decisions, decide
from landed.attribution.evidence import EvidenceRows, encoded, numbered, undecided
from landed.attribution.matching import Matcher
from landed.attribution.problems import write_problems
from landed.attribution.recorded import Faults, Records, find_records, read_claims
from landed.attribution.references import find_references
from landed.attribution.signals import SignalTable, load_signals
from landed.attribution.state import SOURCE, State, digest_of, observe, read_state, write_state
from landed.config import Settings
from landed.sources.git.messages import read_messages
from landed.sources.git.names import known_spelling
from landed.sources.git.scratch import Scratch
from landed.store import Store

_COMMITS = """
    select commit_index, "commit", author_name, author_email, authored_at, committed_at
    from "commit" where repository = $1 order by commit_index
"""
_CONTACTS = """
    select distinct name, email from (
        select author_name as name, author_email as email from "commit" where repository = $1
        union all
        select committer_name, committer_email from "commit" where repository = $1
    ) order by name, email
"""
_LINES = """
    select line, commit_index, path_index, line_number from line
    where repository = $1 and commit_index in (select unnest($2::integer[]))
"""
_EVIDENCE = """
    select * exclude (repository) from evidence
    where repository = $1 and commit_index in (select unnest($2::integer[])) order by evidence
"""
_COMMITS_WITH_LATE_LINES = """
    select distinct line.commit_index from line
    where line.repository = $1 and line.line >= $2 and line.commit_index < $3
        and line.commit_index in (
            select commit_index from evidence where repository = $1 and path_index is not null
        )
"""


@dataclass(frozen=True)
class AttributionSummary:
    """What one reading of the evidence found; counts are of this reading only.

    `mode` is full, incremental or unchanged. `lines_stated` counts the lines that records speak
    of, whether or not their commit added them; `lines_decided` those that a record decides.
    """

    mode: str
    commits: int = 0
    statements: int = 0
    notes: int = 0
    lines_stated: int = 0
    lines_decided: int = 0


def attribute(
    store: Store,
    repository: str,
    scratch: Scratch,
    settings: Settings,
    *,
    rebuilt: bool = False,
) -> AttributionSummary:
    """Read what is new in messages, notes and settings, and decide who wrote what.

    Expects the tables `repository`, `commit`, `path` and `line` to be up to date; `rebuilt` says
    that the ledger was made anew, so that nothing of before holds. Writes `evidence`,
    `commit_reference`, `contact`, `commit_attribution`, `line_attribution`, its own rows of
    `problem` and of `source_state`, in one transaction.

    Raises:
        GitError: git ended early on the repository's objects.
    """
    signals = load_signals(settings.signals)
    known = None if rebuilt else read_state(store, repository)
    present = observe(store, repository, scratch, digest_of(settings, signals), known)
    if known == present:
        return AttributionSummary("unchanged")
    commits = store.query(_COMMITS, [repository])
    index = dict(
        zip(commits["commit"].to_pylist(), commits["commit_index"].to_pylist(), strict=True)
    )
    if known is not None and not _continues(known, present, commits, settings):
        known = None
    records = find_records(scratch, known, present, index)
    if records is None:
        known = None
        records = find_records(scratch, None, present, index) or Records()
    reading = _Reading(store, repository, scratch, settings, signals, known, present)
    return reading.run(commits, index, records)


def _continues(known: State, present: State, commits: pa.Table, settings: Settings) -> bool:
    """Whether what was read before still holds, so that only what was added has to be read."""
    if known.digest != present.digest or known.commits > present.commits:
        return False
    if settings.people and known.mailmap != present.mailmap:
        return False
    return known.commits == 0 or commits["commit"][known.commits - 1].as_py() == known.last


class _Reading:
    """One reading of a repository's evidence, from `known` on (None: from nothing)."""

    def __init__(
        self,
        store: Store,
        repository: str,
        scratch: Scratch,
        settings: Settings,
        signals: SignalTable,
        known: State | None,
        present: State,
    ) -> None:
        self.store = store
        self.repository = repository
        self.scratch = scratch
        self.settings = settings
        self.signals = signals
        self.known = known
        self.present = present
        self.first = known.commits if known else 0

    def run(self, commits: pa.Table, index: dict[str, int], records: Records) -> AttributionSummary:
        """Read, decide and write."""
        new = commits.slice(self.first)
        contacts = self._contacts(records.faults)
        rows = EvidenceRows(self.signals)
        references = self._read_messages(new, index, rows, records.faults)
        stated = self._read_records(records, index, rows)
        evidence = numbered(
            [rows.table(), *configured_evidence(new, contacts, self.settings)], self._next_number()
        )
        decisions, kept = self._decide(evidence)
        evidence = evidence.filter(pa.array(kept))
        self._write(evidence, decisions, references, contacts, records)
        return AttributionSummary(
            mode="full" if self.known is None else "incremental",
            commits=new.num_rows,
            statements=evidence.num_rows,
            notes=sum(len(notes) for notes in records.notes.values()),
            lines_stated=stated,
            lines_decided=decisions.lines.num_rows,
        )

    def _contacts(self, faults: Faults) -> dict[Contact, Contact]:
        found = self.store.query(_CONTACTS, [self.repository])
        contacts = list(zip(found["name"].to_pylist(), found["email"].to_pylist(), strict=True))
        canonical, wrong = canonical_contacts(self.scratch, self.present.mailmap, contacts)
        if wrong:
            faults[SOURCE, "mailmap", ".mailmap"] = 1
        return dict(zip(contacts, canonical, strict=True))

    def _read_messages(
        self, new: pa.Table, index: dict[str, int], rows: EvidenceRows, faults: Faults
    ) -> pa.Table:
        """Add what the messages say; return the rows of `commit_reference`."""
        matcher = Matcher(self.signals)
        references = []
        read = 0
        for message in read_messages(self.scratch, new["commit"].to_pylist()):
            read += 1
            at = index[message.commit]
            for statement in matcher.match(message):
                rows.add_statement(at, statement)
            references += [(at, kind, target) for kind, target in find_references(message.message)]
        if read < new.num_rows:
            faults[SOURCE, "missing-object", "commit"] = new.num_rows - read
        return pa.table(
            {
                "commit_index": pa.array([at for at, _, _ in references], pa.int32()),
                "kind": pa.array([kind for _, kind, _ in references], pa.string()),
                "target": pa.array([target for _, _, target in references], pa.string()),
            }
        )

    def _read_records(self, records: Records, index: dict[str, int], rows: EvidenceRows) -> int:
        """Add what the records say of paths that the ledger knows; return the lines they state."""
        if not records.notes and not records.trace:
            return 0
        named = self.store.query(
            "select path, path_index from path where repository = ?", [self.repository]
        )
        paths = dict(zip(named["path"].to_pylist(), named["path_index"].to_pylist(), strict=True))
        stated = 0
        for source, at, claim in read_claims(self.scratch, records, index, self.first):
            stated += sum(last - first + 1 for first, last in claim.ranges)
            path = known_spelling(claim.path, paths)
            if path is not None:
                rows.add_claim(at, paths[path], claim, source)
        return stated

    def _next_number(self) -> int:
        if self.known is None:
            return 0
        query = "select coalesce(max(evidence) + 1, 0) as next from evidence where repository = ?"
        number: int = self.store.query(query, [self.repository])["next"][0].as_py()
        return number

    def _decide(self, evidence: pa.Table) -> tuple[Decisions, npt.NDArray[np.bool_]]:
        """Decide for all commits that `evidence` names, on all evidence there is for them.

        Returns the decisions and which rows of `evidence` to keep: a statement about lines none of
        which its commit added says nothing of any line.
        """
        affected = pc.unique(evidence["commit_index"])
        everything = evidence
        if self.known is not None:
            affected = pa.concat_arrays([affected, self._commits_with_late_lines(self.known)])
            before = self.store.query(_EVIDENCE, [self.repository, affected.to_pylist()])
            everything = pa.concat_tables([evidence, encoded(before.select(evidence.column_names))])
        about_lines = pc.is_valid(everything["path_index"])
        named = pc.unique(everything["commit_index"].filter(about_lines)).to_pylist()
        decisions = decide(everything, self.store.query(_LINES, [self.repository, named]))
        if self.known is not None:
            settled = undecided(affected, decisions.commits)
            decisions = decisions._replace(commits=pa.concat_tables([decisions.commits, settled]))
        whole = pc.is_null(evidence["path_index"]).to_numpy(zero_copy_only=False)
        return decisions, whole | decisions.covered[: evidence.num_rows]

    def _commits_with_late_lines(self, known: State) -> pa.Array:
        """Return earlier commits with line evidence and lines that the ledger tells only now.

        A line whose origin comes to stand in two places is one: its copy has an id of its own.
        """
        found = self.store.query(
            _COMMITS_WITH_LATE_LINES, [self.repository, known.lines, known.commits]
        )
        return found["commit_index"].combine_chunks()

    def _write(
        self,
        evidence: pa.Table,
        decisions: Decisions,
        references: pa.Table,
        contacts: dict[Contact, Contact],
        records: Records,
    ) -> None:
        store, repository = self.store, self.repository
        add, change = (
            (store.replace, store.replace) if self.known is None else (store.append, store.merge)
        )
        people: Sequence[Contact] = list(contacts)
        with store.transaction():
            add("evidence", evidence, repository)
            add("commit_reference", references, repository)
            change("commit_attribution", decisions.commits, repository)
            change("line_attribution", decisions.lines, repository)
            store.replace("contact", contact_rows(people, list(contacts.values())), repository)
            write_problems(
                store, repository, records.faults, records.absolute, add=self.known is not None
            )
            write_state(store, repository, self.present)
