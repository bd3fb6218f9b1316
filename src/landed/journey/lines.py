"""The generated lines of one repository, each in its bucket."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey.changes import GREEN, NOT_GREEN, UNTOLD
from landed.journey.columns import (
    DAY,
    NEVER,
    NONE,
    Flags,
    Integers,
    Positions,
    Times,
    among,
    flags,
    integer_column,
    integers,
    microseconds,
    time_column,
    times,
    word_column,
)
from landed.journey.departures import REASONS as LEAVING
from landed.journey.departures import WHO
from landed.journey.dollars import Amounts
from landed.journey.fates import UNTRACED_REASONS, Fates
from landed.journey.history import History
from landed.journey.model import BUCKETS, JOURNEY_LINE_SCHEMA, SUPERSEDED, UNDONE, WASTED
from landed.journey.statements import statement
from landed.records import OUTSIDE, UNREAD
from landed.store import Store

_MICROSECONDS = 1_000_000
_REFUSED = ("person", "policy", "failed")
_UNREAD = "its repository has not been read"
_LOST = "its session made a commit that is no longer in the repository"
_REASONS = (*_REFUSED, *LEAVING, *UNTRACED_REASONS, _UNREAD, _LOST)
_LEAVING = len(_REFUSED)
_UNTRACED = _LEAVING + len(LEAVING)
_WORDS = (*BUCKETS, SUPERSEDED)
_CODE = {name: code for code, name in enumerate(_WORDS)}


@dataclass(frozen=True)
class Moment:
    """The time that is asked about.

    Attributes:
        until: in microseconds; `NEVER` for now, with whatever clocks say.
        now: the same as a time that ages are reckoned from.
        limit: the last time that events may have.
    """

    until: int
    now: int
    limit: datetime


def superseded_by(rows: pa.Table, until: int) -> Flags:
    """Which generated lines their own turn had replaced by then."""
    replaced = _is(rows, "state", "superseded")
    removed_at = times(rows, "removed_at")
    return np.asarray(replaced & ((removed_at <= until) | (removed_at == NEVER)))


def carried_lines(rows: pa.Table, superseded: Flags) -> Integers:
    """The lines of the ledger that carry generated lines which were applied; `NONE` for none."""
    applied = ~_is(rows, "state", "refused") & ~_is(rows, "state", "failed") & ~superseded
    return np.where(applied & ~flags(rows, "excluded"), integers(rows, "line"), NONE)


def lost_commits(store: Store, history: History, moment: Moment) -> dict[tuple[str, str], int]:
    """When each session last made a commit that the repository does not hold any more."""
    rows = store.query(
        statement("session_commits"), {"repository": history.repository, "until": moment.limit}
    )
    known = sorted(history.ids.to_pylist())
    lost: dict[tuple[str, str], int] = {}
    for row in rows.to_pylist():
        place = bisect.bisect_left(known, row["value"])
        if place == len(known) or not known[place].startswith(row["value"]):
            key = row["agent"], row["session"]
            lost[key] = max(lost.get(key, 0), microseconds(row["happened_at"]))
    return lost


def line_rows(
    rows: pa.Table,
    superseded: Flags,
    shares: tuple[Amounts, Amounts],
    fates: Fates,
    lost: dict[tuple[str, str], int],
    settings: Settings,
    moment: Moment,
) -> pa.Table:
    """The generated lines of one repository as rows of `JOURNEY_LINE`.

    `rows` are those of `generated.sql`, `shares` their parts of list price and cash, `fates`
    those of the lines that `carried_lines` names.
    """
    place = among(carried_lines(rows, superseded), fates.line)
    place = np.where(_of(fates.committed, place, False), place, NONE)
    bucket = _buckets(rows, superseded, place, fates, _lost_at(rows, lost), settings, moment)
    reason = _reasons(rows, bucket, place, fates)
    refused = bucket == _CODE["rejected"]
    committed = place != NONE
    request = _of(fates.request, place, NONE)
    similarity = rows["similarity"].combine_chunks()
    made = {
        "bucket": word_column(bucket, _WORDS),
        "reason": word_column(reason, _REASONS),
        "wasted": pa.array(_wasted(bucket, reason)),
        "removed_by": word_column(_of(fates.removed_by, place, NONE), WHO),
        "decided": pa.array(_is(rows, "decided_by", "person")),
        "accepted": pa.array(~refused),
        "committed": pa.array(committed),
        "reviewed": _where(
            _of(fates.reviewed, place, False), np.full(len(place), fates.changes.forge_known)
        ),
        "green": _green(place, fates),
        "merged": pa.array(_of(fates.merged, place, False)),
        "deployed": pa.array(_of(fates.deployed, place, False)),
        "live": pa.array(_of(fates.live, place, False)),
        "live_30": _later(fates.live_30, place, fates),
        "live_90": _later(fates.live_90, place, fates),
        "similarity": pc.if_else(pa.array(committed), similarity, pa.scalar(None, pa.float64())),
        "committed_at": time_column(_of(fates.committed_at, place, NEVER)),
        "merged_at": time_column(_of(fates.merged_at, place, NEVER)),
        "deployed_at": time_column(_of(fates.deployed_at, place, NEVER)),
        "retired_at": time_column(_of(fates.retired_at, place, NEVER)),
        "left_at": time_column(_of(fates.left_at, place, NEVER)),
        "live_seconds": pa.array(
            _of(fates.live_time, place, 0) // _MICROSECONDS,
            mask=np.full(len(place), not fates.production_known),
        ),
        "change": integer_column(_of(fates.change, place, NONE)),
        "project": _told(fates.changes.project, request),
        "number": _told(fates.changes.number, request),
        "line": integer_column(_of(fates.line, place, NONE)),
        "list_microdollars": pa.array(shares[0]),
        "cash_microdollars": pa.array(shares[1]),
    }
    columns = {
        name: made[name] if name in made else rows[name] for name in JOURNEY_LINE_SCHEMA.names
    }
    return pa.table(columns).cast(JOURNEY_LINE_SCHEMA)


def _buckets(
    rows: pa.Table,
    superseded: Flags,
    place: Positions,
    fates: Fates,
    lost_at: Times,
    settings: Settings,
    moment: Moment,
) -> Integers:
    generated_at, removed_at = times(rows, "generated_at"), times(rows, "removed_at")
    gone = (removed_at != NEVER) & (removed_at <= moment.until)
    carried = integers(rows, "line") != NONE
    there = flags(rows, "uncommitted")
    in_lost_commit = ~carried & ~there & (generated_at <= lost_at) & (lost_at <= removed_at)
    # what was committed or seen gone after that time was still in a working tree then
    there = there | carried | (removed_at != NEVER)
    young = moment.now - generated_at < settings.sessions.pending_days * DAY
    return np.select(
        [
            superseded,
            _is(rows, "state", "refused") | _is(rows, "state", "failed"),
            _is(rows, "repository", OUTSIDE),
            flags(rows, "excluded"),
            _is(rows, "repository", UNREAD) | in_lost_commit,
            place != NONE,
            ~gone & (there | young),
        ],
        [
            _CODE[SUPERSEDED],
            _CODE["rejected"],
            _CODE["outside"],
            _CODE["excluded"],
            _CODE["untraced"],
            _of(fates.bucket, place, NONE),
            _CODE["pending"],
        ],
        _CODE["discarded"],
    ).astype(np.int32)


def _reasons(rows: pa.Table, bucket: Integers, place: Positions, fates: Fates) -> Integers:
    """Places in `_REASONS`."""
    leaving, untraced = _of(fates.reason, place, NONE), _of(fates.untraced, place, NONE)
    unread = _is(rows, "repository", UNREAD)
    return np.select(
        [
            bucket == _CODE["untraced"],
            (bucket == _CODE["reworked"]) | (bucket == _CODE["replaced"]),
            bucket == _CODE["rejected"],
        ],
        [
            np.select(
                [unread, untraced != NONE],
                [_REASONS.index(_UNREAD), untraced + _UNTRACED],
                _REASONS.index(_LOST),
            ),
            np.where(leaving == NONE, NONE, leaving + _LEAVING),
            _refusals(rows),
        ],
        NONE,
    ).astype(np.int32)


def _wasted(bucket: Integers, reason: Integers) -> Flags:
    undone = np.isin(reason, [_REASONS.index(word) for word in UNDONE])
    whatever = np.isin(bucket, [_CODE[word] for word in WASTED])
    return np.asarray(whatever | ((bucket == _CODE["reworked"]) & undone), dtype=np.bool_)


def _refusals(rows: pa.Table) -> Positions:
    """Why edits came to nothing; `NONE` where it is not told who refused."""
    by_rule = _is(rows, "decided_by", "policy") | _is(rows, "decided_by", "automatic")
    return np.select(
        [_is(rows, "state", "failed"), _is(rows, "decided_by", "person"), by_rule],
        [_REFUSED.index("failed"), _REFUSED.index("person"), _REFUSED.index("policy")],
        NONE,
    )


def _lost_at(rows: pa.Table, lost: dict[tuple[str, str], int]) -> Times:
    """When the session of each line last made a commit that is lost; long ago if it did not."""
    if not lost:
        return np.full(rows.num_rows, -NEVER, dtype=np.int64)
    sessions = zip(rows["agent"].to_pylist(), rows["session"].to_pylist(), strict=True)
    return np.array([lost.get(session, -NEVER) for session in sessions], dtype=np.int64)


def _is(rows: pa.Table, name: str, value: str) -> Flags:
    equal = pc.equal(rows[name], value).combine_chunks().fill_null(False)
    return np.asarray(equal.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _told(values: pa.Array, place: Positions) -> pa.Array:
    """The value at each place; null where there is none."""
    return values.take(pa.array(place, mask=place == NONE))


def _where(values: Flags, known: Flags) -> pa.Array:
    return pa.array(values.astype(np.bool_), mask=~known)


def _green(place: Positions, fates: Fates) -> pa.Array:
    """Whether checks succeeded; null where none ran. Nothing ran for what was not committed."""
    verdict = _of(fates.green, place, NOT_GREEN)
    known = (verdict != UNTOLD) & np.full(len(place), fates.changes.checks_known)
    return _where(verdict == GREEN, known)


def _later(told: Integers, place: Positions, fates: Fates) -> pa.Array:
    """Whether lines were in production on a later day; null where that is not known."""
    verdict = _of(told, place, UNTOLD)
    known = (verdict != UNTOLD) & np.full(len(place), fates.production_known)
    return _where(verdict > 0, known)


def _of(values: np.ndarray, place: Positions, otherwise: int | bool) -> np.ndarray:
    """The value at each place; `otherwise` where there is none."""
    return np.append(values, np.array([otherwise], dtype=values.dtype))[place]
