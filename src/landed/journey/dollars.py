"""Spreading what turns cost over the lines that they generated: every micro-dollar once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from landed.journey.columns import NONE, Flags, Positions
from landed.journey.model import JOURNEY_TURN_SCHEMA, LINES
from landed.journey.statements import statement
from landed.records import OUTSIDE
from landed.store import Store

Amounts = npt.NDArray[np.int64]

_COUNTED = (
    "calls",
    "unpriced_calls",
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "output_tokens",
)
_SEPARATOR = "\0"


@dataclass(frozen=True)
class Spread:
    """What each generated line costs, and who bears what of each turn.

    Attributes:
        list_price, cash: micro-dollars of each line, in the order of the lines.
        turns: one row for each turn and repository that bears a part (`JOURNEY_TURN`).
    """

    list_price: Amounts
    cash: Amounts
    turns: pa.Table

    def within(
        self, repositories: Collection[str], concerned: pa.Table
    ) -> tuple[pa.Table, pa.Table]:
        """The turns that these repositories bear, and what others bear of the `concerned` turns.

        `concerned` has the columns agent and turn.
        """
        wanted = pa.array(sorted(repositories), pa.string())
        inside = pc.is_in(self.turns["repository"], value_set=wanted)
        known = _keys(concerned["agent"], concerned["turn"])
        same_turn = pc.is_in(
            _keys(self.turns["agent"], self.turns["turn"]), value_set=known, skip_nulls=True
        )
        beside = pc.and_(pc.invert(inside), same_turn)
        return self.turns.filter(inside), self.turns.filter(beside)


def concerned_turns(store: Store, repositories: Collection[str]) -> pa.Table:
    """Agent and turn of every turn that changed files there, or whose session worked there."""
    return store.query(statement("concerned"), {"repositories": sorted(repositories)})


def spread(store: Store, lines: pa.Table, superseded: Flags, until: datetime) -> Spread:
    """Spread the cost of every turn up to `until` over its lines.

    `lines` has the columns repository, agent, turn and excluded. A turn's cost goes evenly to its
    lines in repositories, those left out apart; where it has none, to those that it has.
    Superseded lines bear nothing. What does not divide goes to the first lines of the turn.
    """
    turns = store.query(statement("turns"), {"until": until})
    turn = np.asarray(
        pc.index_in(
            _keys(lines["agent"], lines["turn"]),
            value_set=_keys(turns["agent"], turns["turn"]),
        ).fill_null(NONE)
    ).astype(np.int64)
    bearing = _bearing(lines, superseded, turn, turns.num_rows)
    list_price, cash = (
        _shares(np.asarray(turns[f"{name}_microdollars"]), turn, bearing)
        for name in ("list", "cash")
    )
    borne = pa.table(
        {
            "place": turn[bearing],
            "repository": lines["repository"].filter(pa.array(bearing)),
            "list": list_price[bearing],
            "cash": cash[bearing],
        }
    )
    turnless = store.query(statement("turnless"), {"until": until})
    return Spread(list_price, cash, _rows(turns, borne, turnless))


def _keys(agent: pa.ChunkedArray, turn: pa.ChunkedArray) -> pa.Array:
    """Agent and turn as one text; null without a turn."""
    joined = pc.binary_join_element_wise(agent, turn, _SEPARATOR)
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _bearing(lines: pa.Table, superseded: Flags, turn: Positions, turns: int) -> Flags:
    outside = np.asarray(pc.equal(lines["repository"], OUTSIDE))
    counted = ~superseded & (turn != NONE)
    preferred = counted & ~outside & ~np.asarray(lines["excluded"])
    has_preferred = np.bincount(turn[preferred], minlength=turns + 1) > 0
    return np.asarray(preferred | (counted & ~has_preferred[turn]))


def _shares(cost: Amounts, turn: Positions, bearing: Flags) -> Amounts:
    """Each bearing line's part of its turn's cost; parts of a turn differ by one at most."""
    rows = np.flatnonzero(bearing)
    rows = rows[np.argsort(turn[rows], kind="stable")]
    owner = turn[rows]
    number = np.bincount(owner, minlength=len(cost))
    begin = np.cumsum(number) - number
    rank = np.arange(len(rows)) - begin[owner]
    each, rest = np.divmod(cost, np.maximum(number, 1))
    shares = np.zeros(len(turn), dtype=np.int64)
    shares[rows] = each[owner] + (rank < rest[owner])
    return shares


def _rows(turns: pa.Table, borne: pa.Table, turnless: pa.Table) -> pa.Table:
    """The rows of all turns, in order of time."""
    parts = (
        borne.group_by(["place", "repository"], use_threads=False)
        .aggregate([("list", "sum"), ("cash", "sum")])
        .sort_by([("place", "ascending"), ("list_sum", "descending"), ("repository", "ascending")])
    )
    place = np.asarray(parts["place"])
    carried = turns.take(pa.array(place))
    largest = pa.array(np.append(True, place[1:] != place[:-1])[: len(place)])
    divided = {
        "repository": parts["repository"],
        "kind": pa.repeat(pa.scalar(LINES), len(place)),
        "list_microdollars": parts["list_sum"],
        "cash_microdollars": parts["cash_sum"],
        **{name: pc.if_else(largest, carried[name], pa.scalar(0)) for name in _COUNTED},
    }
    whole = np.ones(turns.num_rows, dtype=np.bool_)
    whole[place] = False
    rest = turns.filter(pa.array(whole))
    rows = [
        pa.table({name: divided.get(name, carried[name]) for name in JOURNEY_TURN_SCHEMA.names}),
        rest.select(JOURNEY_TURN_SCHEMA.names),
        turnless.select(JOURNEY_TURN_SCHEMA.names),
    ]
    every = pa.concat_tables([part.cast(JOURNEY_TURN_SCHEMA) for part in rows])
    return every.sort_by(
        [(name, "ascending") for name in ("started_at", "agent", "turn", "repository")]
    )
