"""Keeping the links and lineages of a repository up to date with its ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from landed.attribution.lineage.columns import Flags, Links
from landed.attribution.lineage.news import Seen
from landed.attribution.lineage.patches import TakenLines
from landed.attribution.lineage.reading import LAYOUT_RULES, LedgerReader
from landed.attribution.lineage.reverts import CommitPair
from landed.attribution.lineage.roots import find_roots
from landed.attribution.lineage.rules import (
    OWN_RULES,
    Earlier,
    links_between_commits,
    moves_from,
    new_inverses,
)
from landed.records import TABLES
from landed.store import Store

SOURCE = "lineage"
_STATE_VERSION = 2


@dataclass(frozen=True)
class LineageSettings:
    """What may be tuned.

    Attributes:
        squash_share: share of a branch's net lines that its squash must hold.
        lines_at_once: lines of patches held in memory while moves are looked for.
    """

    squash_share: float = 0.7
    lines_at_once: int = 400_000


@dataclass(frozen=True)
class LineageSummary:
    """What a run of `link` left in the store.

    Attributes:
        links: lines linked, by rule; of layout links only those that decide.
        lines: lines whose lineage began with another line.
        changed: false where nothing was new and nothing was written.
    """

    links: dict[str, int]
    lines: int
    changed: bool


@dataclass
class _State:
    """How far the repository was read, and what was found on the way."""

    commits: int = 0
    last: str = ""
    world: str = ""
    inverses: list[CommitPair] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)


def link(
    store: Store, repository: str, *, settings: LineageSettings | None = None
) -> LineageSummary:
    """Bring `line_link` and `lineage` up to date with the ledger of one repository.

    New commits are asked for their links; what joins several commits is found anew wherever
    something that it rests on has changed. The rows are always those of a run from nothing.

    Mining and the reading of messages come first: they write the ledger, the links of rules
    `format` and `indent`, and `commit_reference`.
    """
    settings = settings or LineageSettings()
    reader = LedgerReader(store, repository)
    stored = _LinkRows.from_arrow(reader.links())
    state = _read_state(store, repository)
    if state.last != reader.commit_id(state.commits - 1):
        state = _State()
    world = reader.digest()
    if state.world == world:
        return _summary(store, repository, stored)

    commits = reader.commits()
    taken = TakenLines(reader.number_of_lines())
    layout = stored.of_rules(*LAYOUT_RULES)
    taken.add(layout.line)
    moves = Links.joined(
        [
            stored.of_rules("move") if state.commits else stored.of_rules(),
            moves_from(reader, commits, state.commits, settings.lines_at_once),
        ]
    )
    moves = taken.claim(moves)
    deciding = stored.deciding_layout()
    within = Links.joined([deciding, moves, reader.duplicates()])
    inverses = state.inverses + new_inverses(reader, state.commits)
    earlier = Earlier(state.seen, {rule: stored.of_rules(rule) for rule in OWN_RULES})
    between, seen = links_between_commits(
        reader, commits, earlier, inverses, taken, within, settings.squash_share
    )
    found = {"move": moves} | between
    roots = find_roots(
        Links.joined([within, *(links for rule, links in found.items() if rule != "move")])
    )
    number = len(commits.graph)
    state = _State(number, reader.commit_id(number - 1), world, inverses, seen)
    with store.transaction():
        _write_links(store, repository, stored, found)
        _write_roots(store, repository, roots)
        _write_state(store, repository, state)
    return LineageSummary(
        {rule: len(links) for rule, links in sorted(found.items())}
        | {rule: len(stored.of_rules(rule, rank=0)) for rule in LAYOUT_RULES},
        len(roots),
        True,
    )


@dataclass(frozen=True)
class _LinkRows:
    """The rows of `line_link`, the rule as a position in `_RULES`."""

    links: Links
    rule: np.ndarray
    rank: np.ndarray

    @classmethod
    def from_arrow(cls, rows: pa.Table) -> _LinkRows:
        rules = pc.index_in(rows["rule"], value_set=pa.array(_RULES)).to_numpy()
        links = Links(rows["line"].to_numpy(), rows["predecessor"].to_numpy())
        return cls(links, rules.astype(np.int8), rows["rank"].to_numpy())

    @classmethod
    def of(cls, found: dict[str, Links]) -> _LinkRows:
        rules = [np.full(len(found[rule]), _RULES.index(rule), np.int8) for rule in found]
        links = Links.joined(found.values())
        return cls(links, np.concatenate(rules), np.zeros(len(links), np.int16))

    def of_rules(self, *rules: str, rank: int | None = None) -> Links:
        chosen = np.isin(self.rule, [_RULES.index(rule) for rule in rules])
        return self.links.take(chosen if rank is None else chosen & (self.rank == rank))

    def deciding_layout(self) -> Links:
        return self.of_rules(*LAYOUT_RULES, rank=0)

    def take(self, rows: np.ndarray) -> _LinkRows:
        return _LinkRows(self.links.take(rows), self.rule[rows], self.rank[rows])

    def to_arrow(self) -> pa.Table:
        rules = pa.DictionaryArray.from_arrays(pa.array(self.rule), pa.array(_RULES))
        return pa.table(
            {
                "line": self.links.line.astype(np.int32),
                "predecessor": self.links.predecessor.astype(np.int32),
                "rule": rules,
                "rank": self.rank.astype(np.int16),
            }
        )


_RULES = [*LAYOUT_RULES, *OWN_RULES]


def _write_links(store: Store, repository: str, stored: _LinkRows, found: dict[str, Links]) -> None:
    """Append what is new; write the whole table anew only where a link has gone."""
    own = stored.take(stored.rule >= len(LAYOUT_RULES))
    links = _LinkRows.of(found)
    if _among(own.links, links.links, own.rule, links.rule).all():
        new = ~_among(links.links, own.links, links.rule, own.rule)
        store.append("line_link", links.take(new).to_arrow(), repository)
        return
    layout = stored.take(stored.rule < len(LAYOUT_RULES))
    every = pa.concat_tables([layout.to_arrow(), links.to_arrow()], promote_options="default")
    store.replace("line_link", every.unify_dictionaries(), repository)


def _among(
    links: Links, others: Links, rule: np.ndarray | None = None, rules: np.ndarray | None = None
) -> Flags:
    """Tell which links are among others, of the same rule; each line is linked once on a side."""
    if not len(others):
        return np.zeros(len(links), dtype=np.bool_)
    order = np.argsort(others.line, kind="stable")
    known = others.line[order]
    place = order[np.minimum(np.searchsorted(known, links.line), len(known) - 1)]
    same: Flags = others.line[place] == links.line
    same &= others.predecessor[place] == links.predecessor
    if rule is not None and rules is not None:
        same &= rules[place] == rule
    return same


def _write_roots(store: Store, repository: str, roots: Links) -> None:
    rows = store.query(
        "select line, root_line from lineage where repository = ? order by line", [repository]
    )
    old = Links(rows["line"].to_numpy(), rows["root_line"].to_numpy())
    fresh = roots.take(~_among(roots, old))
    if _among(old, roots).all():
        store.append("lineage", _root_rows(fresh), repository)
    elif len(np.setdiff1d(old.line, roots.line)):
        store.replace("lineage", _root_rows(roots), repository)
    else:
        store.merge("lineage", _root_rows(fresh), repository)


def _root_rows(roots: Links) -> pa.Table:
    return pa.table(
        {
            "line": roots.line.astype(np.int32),
            "root_line": roots.predecessor.astype(np.int32),
        }
    )


def _summary(store: Store, repository: str, stored: _LinkRows) -> LineageSummary:
    lines = store.query("select count(*) as n from lineage where repository = ?", [repository])
    counts = {rule: len(stored.of_rules(rule, rank=0)) for rule in _RULES}
    return LineageSummary(counts, int(lines["n"][0].as_py()), False)


def _read_state(store: Store, repository: str) -> _State:
    rows = store.query(
        "select state from source_state where repository = ? and source = ?", [repository, SOURCE]
    )
    if not rows.num_rows:
        return _State()
    found = orjson.loads(rows["state"][0].as_py())
    if found.pop("version", None) != _STATE_VERSION:
        return _State()
    found["inverses"] = [(revert, reverted) for revert, reverted in found["inverses"]]
    found["seen"] = Seen(**found["seen"])
    return _State(**found)


def _write_state(store: Store, repository: str, state: _State) -> None:
    text = orjson.dumps({"version": _STATE_VERSION, **vars(state)}).decode()
    schema = pa.schema([c for c in TABLES["source_state"].schema if c.name != "repository"])
    row = {"source": [SOURCE], "state": [text], "read_at": [datetime.now(UTC)]}
    store.merge("source_state", pa.table(row, schema=schema), repository)
