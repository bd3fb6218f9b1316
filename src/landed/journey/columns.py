"""The columns that the journey reckons with, and how they come from tables and go back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.records.schema import TIMESTAMP

Integers = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int64]
Times = npt.NDArray[np.int64]
"""Microseconds since 1970."""
Flags = npt.NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).max)
"""The time of what has not happened."""
OPEN = int(np.iinfo(np.int32).max)
"""The step of the main line that has not come yet."""
NONE = -1
DAY = 86_400_000_000


def integers(rows: pa.Table, name: str) -> Integers:
    """A column of 32-bit integers; null is `NONE`."""
    return np.asarray(rows[name].combine_chunks().fill_null(NONE)).astype(np.int32, copy=False)


def steps(rows: pa.Table, name: str) -> Integers:
    """A column of steps of the main line; null is `OPEN`."""
    return np.asarray(rows[name].combine_chunks().fill_null(OPEN)).astype(np.int32, copy=False)


def times(rows: pa.Table, name: str) -> Times:
    """A column of times; null is `NEVER`."""
    return np.asarray(rows[name].combine_chunks().cast(pa.int64()).fill_null(NEVER))


def flags(rows: pa.Table, name: str) -> Flags:
    """A column of truth values; null is false."""
    return np.asarray(rows[name].combine_chunks().fill_null(False).to_numpy(zero_copy_only=False))


def among(values: npt.NDArray[np.integer], known: npt.NDArray[np.integer]) -> Positions:
    """The place of each value among `known`, which is sorted; `NONE` where it is not there."""
    if not len(known):
        return np.full(len(values), NONE, np.int64)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[place] == values, place, NONE)


def time_column(values: Times) -> pa.Array:
    """Times as they stand in the store; `NEVER` is null."""
    return pa.array(values, mask=values == NEVER).cast(TIMESTAMP)


def integer_column(values: Integers) -> pa.Array:
    """32-bit integers; `NONE` is null."""
    return pa.array(values, pa.int32(), mask=values == NONE)


def word_column(codes: npt.NDArray[np.integer], words: Sequence[str]) -> pa.Array:
    """The word for each code; `NONE` is null."""
    chosen = pa.array(codes.astype(np.int32), mask=codes == NONE)
    return pa.DictionaryArray.from_arrays(chosen, pa.array(words, pa.string())).cast(pa.string())


def microseconds(moment: datetime) -> int:
    """A time as microseconds since 1970."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def limit_of(until: int) -> datetime:
    """The last time that events may have, from microseconds; `NEVER` is the year 9999."""
    if until == NEVER:
        return datetime(9999, 1, 1, tzinfo=UTC)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=until)
