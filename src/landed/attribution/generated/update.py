"""Bringing the generated lines of one repository up to date: what became of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from landed.attribution.deciding import write_evidence
from landed.attribution.evidence import SCHEMA
from landed.attribution.generated.births import Births, Commits, Paths, read_births
from landed.attribution.generated.capture import capture_evidence
from landed.attribution.generated.edits import Edits, read_edits
from landed.attribution.generated.matching import Matching
from landed.attribution.generated.replay import Replay
from landed.attribution.generated.rows import generated_rows
from landed.attribution.generated.similarity import Place, Similarity
from landed.attribution.generated.state import (
    SOURCES,
    digest_of,
    read_state,
    stamps_of,
    write_state,
)
from landed.attribution.generated.statements import Models, session_evidence
from landed.attribution.generated.uncommitted import Uncommitted
from landed.attribution.generated.worktrees import Worktrees
from landed.attribution.sessions.folders import Folders
from landed.attribution.sessions.spool import Spool
from landed.config import Settings, organisation_key
from landed.ledger.hashing import LineHasher
from landed.sources.git.scratch import Scratch
from landed.store import Store

_SCORES = """
select edit, ordinal, "commit", path, line_number, similarity from similar_line
where repository = $1
"""
_CAPTURED = "select count(*) as n from capture where complete_since is not null"


@dataclass(frozen=True)
class MatchSummary:
    """What a run found, or left as it was where `changed` is false (all counts are then 0).

    Attributes:
        changed: whether anything was new.
        generated: lines that agents generated in this repository.
        matched: of these, lines that a commit carries as they were.
        similar: of these, lines that a commit carries after a change.
        uncommitted: of these, lines that only a working tree or a stash holds.
        human: lines of commits that humans are seen to have put in.
    """

    changed: bool
    generated: int = 0
    matched: int = 0
    similar: int = 0
    uncommitted: int = 0
    human: int = 0


def match_generated(
    store: Store, repository: str, scratch: Scratch, settings: Settings
) -> MatchSummary:
    """Bring `generated_line` and the evidence of agents' logs up to date.

    Expects the ledger, its attribution and its lineages, and the tables of sessions and places to
    be up to date. Where anything has changed on which the answer rests, all of it is found anew:
    in whichever order logs, commits and refs arrive, the rows are those of a run from nothing.
    Writes `generated_line`, `similar_line`, its own rows of `evidence` and `source_state`, and the
    decisions of the commits concerned, in one transaction.

    Raises:
        GitError: git ended early on the repository's objects.
    """
    digest = digest_of(store, repository, scratch, settings)
    known, files = read_state(store, repository)
    if known == digest and stamps_of(files) == files:
        return MatchSummary(changed=False)
    edits = read_edits(store, repository)
    run = _Run(store, repository, scratch, settings, edits) if _concerns(store, edits) else None
    with store.transaction():
        summary = MatchSummary(changed=True) if run is None else run.write()
        if run is None:
            store.delete("generated_line", repository)
            write_evidence(store, repository, SOURCES, [SCHEMA.empty_table()])
        digest = digest_of(store, repository, scratch, settings)
        write_state(store, repository, digest, {} if run is None else run.stamps)
    return summary


def _concerns(store: Store, edits: Edits) -> bool:
    """Tell whether there is anything to say of a repository: most have no session at all."""
    return bool(edits.edits) or bool(store.query(_CAPTURED)["n"][0].as_py())


class _Run:
    """One run from nothing."""

    def __init__(
        self, store: Store, repository: str, scratch: Scratch, settings: Settings, edits: Edits
    ) -> None:
        self._store = store
        self._repository = repository
        self.edits = edits
        worktrees = Worktrees.read(store, repository, self.edits.edits)
        self._replay = Replay(self.edits, worktrees)
        self._commits = Commits(store, repository)
        self._paths = Paths(store, repository)
        self._births = self._read_births()
        self._stored = {
            (
                row["edit"],
                row["ordinal"],
                Place(row["commit"], row["path"], row["line_number"]),
            ): row["similarity"]
            for row in store.query(_SCORES, [repository]).to_pylist()
        }
        self._similarity = self._compare_with(scratch, settings)
        try:
            self._matching = Matching(
                self._replay,
                self._births,
                self._commits,
                self._paths,
                worktrees,
                self._similarity,
            )
        finally:
            self._similarity.close()
        folders = Folders(settings.sessions.paths)
        hasher = LineHasher(organisation_key(settings))
        self._uncommitted = Uncommitted(
            self._replay, self._matching.carriers.__contains__, scratch, hasher, folders
        )
        self.stamps = stamps_of(self._uncommitted.looked_at)

    def _read_births(self) -> Births:
        first = min((edit.second for edit in self.edits.edits), default=0)
        names = {path for _, path in self._replay.files}
        paths = [path for name in names for path in self._paths.same_file(name)]
        births = read_births(self._store, self._repository, first, paths)
        return births.take(~np.isin(births.commit, self._commits.stashes))

    def _compare_with(self, scratch: Scratch, settings: Settings) -> Similarity:
        first = {edit.edit: edit.first for edit in self.edits.edits}
        stored = [
            (first[edit] + ordinal, place, score)
            for (edit, ordinal, place), score in self._stored.items()
            if edit in first
        ]
        threshold = settings.sessions.similarity
        return Similarity(self._replay, scratch, Spool(settings.workspace), stored, threshold)

    def write(self) -> MatchSummary:
        """Write what was found."""
        store, repository = self._store, self._repository
        carriers = self._matching.carriers
        lines = {
            piece: (int(self._births.line[carrier.birth]), carrier.similarity)
            for piece, carrier in carriers.items()
        }
        rows = generated_rows(self._replay, lines, self._uncommitted.found)
        store.replace("generated_line", rows, repository)
        self._write_scores()
        models = Models(store)
        said = session_evidence(self._replay, self._matching, self._births, models)
        captured = capture_evidence(store, repository, self._commits, self.edits.edits)
        write_evidence(store, repository, SOURCES, [said, *captured])
        equal = sum(carrier.similarity == 1.0 for carrier in carriers.values())
        return MatchSummary(
            changed=True,
            generated=rows.num_rows,
            matched=equal,
            similar=len(carriers) - equal,
            uncommitted=len(self._uncommitted.found),
            human=len(self._matching.humans),
        )

    def _write_scores(self) -> None:
        """Keep what was scored: the texts will not be there for ever."""
        generated = self._replay.generated
        rows = []
        for (piece, place), score in self._similarity.scores.items():
            key = (self._replay.edit_of(piece).edit, int(generated.ordinal[piece]), place)
            if self._stored.get(key) != score:
                rows.append((*key[:2], *place, score))
        types = {
            "edit": pa.uint64(),
            "ordinal": pa.int32(),
            "commit": pa.string(),
            "path": pa.string(),
            "line_number": pa.int32(),
            "similarity": pa.float64(),
        }
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        table = pa.table(
            {
                name: pa.array(values, kind)
                for (name, kind), values in zip(types.items(), columns, strict=True)
            }
        )
        if rows:
            self._store.merge("similar_line", table, self._repository)
