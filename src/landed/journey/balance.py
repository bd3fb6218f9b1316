"""Both sides of the two conserved ledgers: what went in, and where it is now.

The totals come from raw edits and calls, the buckets from lineages: two ways that share no table of
results, so that anything lost or counted twice between them shows as a residual.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey.columns import NEVER
from landed.journey.dollars import concerned_turns
from landed.journey.model import (
    BUCKETS,
    LINES,
    SUPERSEDED,
    TURN_BUCKETS,
    UNALLOCATED,
    Journey,
    Missing,
)
from landed.journey.reading import moment_of, read_journey
from landed.journey.statements import statement
from landed.journey.unlinked import UnlinkedLines, read_unlinked
from landed.store import Store

ELSEWHERE = "other_repositories"
"""What repositories that were not asked for bear of turns that concern those that were."""
DOLLAR_BUCKETS = (*BUCKETS, *TURN_BUCKETS, ELSEWHERE)
_LAST_MONTH = "9999-12"


@dataclass(frozen=True)
class LineBalance:
    """Generated lines, superseded ones apart.

    Attributes:
        generated: + lines of the edits that count, less those superseded.
        buckets: lines by bucket.
        residual: `generated` less the sum of the buckets; 0 unless something is lost.
        superseded: lines that their own turn replaced.
        untraced: the lines of that bucket by reason.
    """

    generated: int
    buckets: dict[str, int]
    residual: int
    superseded: int
    untraced: dict[str, int]


@dataclass(frozen=True)
class Sum:
    """Micro-dollars spent, where they are now, and what is lost between."""

    spent: int
    buckets: dict[str, int]
    residual: int


@dataclass(frozen=True)
class DollarBalance:
    """The list price of all calls, and what was paid, by bucket, in micro-dollars.

    Attributes:
        spent, buckets, residual: by list price.
        cash: what was paid; `unallocated` is a bucket of it where all repositories are asked for.
        calls: model calls.
        unpriced_calls: those without a list price; they are in no bucket of it.
    """

    spent: int
    buckets: dict[str, int]
    residual: int
    cash: Sum
    calls: int
    unpriced_calls: int


@dataclass(frozen=True)
class Balance:
    """Both ledgers at a time, and the AI lines that stand beside them.

    Attributes:
        at: the time.
        lines: the generated lines.
        dollars: what they and everything else cost.
        unlinked: AI lines that no generated line is linked to; never added to `lines`.
        missing: inputs that are not there.
    """

    at: datetime
    lines: LineBalance
    dollars: DollarBalance
    unlinked: UnlinkedLines
    missing: list[Missing]


def read_balance(
    store: Store,
    settings: Settings,
    repositories: Collection[str] | None = None,
    at: datetime | None = None,
) -> Balance:
    """Reckon both sides at the time `at` (None = now) of these repositories (None = all).

    Of some repositories the dollars are those of every turn that concerns them; what other
    repositories bear of these turns is a bucket of its own.
    """
    moment = moment_of(at)
    asked = {
        "until": moment.limit,
        "everything": repositories is None,
        "repositories": sorted(repositories or ()),
    }
    journey = read_journey(store, settings, repositories, at)
    unallocated = None
    if repositories is None:
        month = _LAST_MONTH if moment.until == NEVER else f"{moment.limit:%Y-%m}"
        rows = store.query(statement("unallocated"), {"month": month})
        unallocated = _number(rows, "cash_microdollars")
    return Balance(
        journey.at,
        _lines(store, asked, journey),
        _dollars(store, asked, journey, repositories, unallocated),
        read_unlinked(store, settings, repositories, at),
        journey.missing,
    )


def _lines(store: Store, asked: dict[str, Any], journey: Journey) -> LineBalance:
    added = _number(store.query(statement("raw_lines"), asked), "lines")
    superseded = _number(store.query(statement("raw_superseded"), asked), "lines")
    found = _counts(journey.lines["bucket"])
    found.pop(SUPERSEDED, None)
    buckets = {name: found.get(name, 0) for name in BUCKETS}
    generated = added - superseded
    untraced = journey.lines.filter(pc.equal(journey.lines["bucket"], "untraced"))
    return LineBalance(
        generated,
        buckets,
        generated - sum(buckets.values()),
        superseded,
        dict(sorted(_counts(untraced["reason"]).items())),
    )


def _dollars(
    store: Store,
    asked: dict[str, Any],
    journey: Journey,
    repositories: Collection[str] | None,
    unallocated: int | None,
) -> DollarBalance:
    turns = concerned_turns(store, repositories or ())
    given = {"agents": turns["agent"].to_pylist(), "turns": turns["turn"].to_pylist()}
    raw = store.query(statement("raw_dollars"), asked | given)
    listed = _sum(_number(raw, "list_microdollars"), _spread(journey, "list_microdollars"))
    paid = _number(raw, "cash_microdollars")
    cash = _spread(journey, "cash_microdollars")
    if unallocated is not None:
        paid += unallocated
        cash[UNALLOCATED] = unallocated
    return DollarBalance(
        listed.spent,
        listed.buckets,
        listed.residual,
        _sum(paid, cash),
        _number(raw, "calls"),
        _number(raw, "unpriced_calls"),
    )


def _sum(spent: int, buckets: dict[str, int]) -> Sum:
    return Sum(spent, buckets, spent - sum(buckets.values()))


def _spread(journey: Journey, column: str) -> dict[str, int]:
    """Micro-dollars by bucket: those of lines follow the lines, the rest stands by kind of turn."""
    rest = journey.turns.filter(pc.not_equal(journey.turns["kind"], LINES))
    found = _sums(journey.lines["bucket"], journey.lines[column])
    found |= _sums(rest["kind"], rest[column])
    found[ELSEWHERE] = int(pc.sum(journey.elsewhere[column]).as_py() or 0)
    return {name: found.get(name, 0) for name in DOLLAR_BUCKETS}


def _counts(words: pa.ChunkedArray) -> dict[str, int]:
    found = pc.value_counts(words).to_pylist()
    return {row["values"]: int(row["counts"]) for row in found}


def _sums(words: pa.ChunkedArray, amounts: pa.ChunkedArray) -> dict[str, int]:
    rows = pa.table({"word": words, "amount": amounts})
    found = rows.group_by("word", use_threads=False).aggregate([("amount", "sum")])
    return dict(zip(found["word"].to_pylist(), found["amount_sum"].to_pylist(), strict=True))


def _number(rows: pa.Table, name: str) -> int:
    return int(rows[name][0].as_py())
