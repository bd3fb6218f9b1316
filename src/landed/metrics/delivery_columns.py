"""Columns of facts, put together from rows that name a change."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.journey.columns import NEVER, Positions, times
from landed.journey.contributions import Contributions

MICROSECONDS = 1_000_000
Amounts = npt.NDArray[np.int64]


def codes_of(contributions: Contributions, rows: pa.Table) -> Positions:
    """The contribution of each row, by its project and number; `NONE` where it is not known."""
    keys = zip(rows["project"].to_pylist(), rows["number"].to_pylist(), strict=True)
    return np.array([contributions.change_of(*key) for key in keys], dtype=np.int64)


def seconds(moments: Amounts) -> pa.Array:
    """Microseconds as seconds; `NEVER` is null."""
    return pa.array(moments // MICROSECONDS, pa.int64(), mask=moments == NEVER)


def months(moments: Amounts) -> pa.Array:
    """The months of times in microseconds, as 2026-11."""
    return pa.array(
        moments.astype("datetime64[us]").astype("datetime64[M]").astype(str).astype(object),
        pa.string(),
    )


def until(moments: Amounts, limit: int) -> Amounts:
    """The times; those after `limit` have not happened."""
    return np.where(moments <= limit, moments, NEVER)


def earliest(codes: Positions, moments: Amounts, size: int) -> Amounts:
    """The earliest time of each contribution; `NEVER` where it has none."""
    found = np.full(size, NEVER, dtype=np.int64)
    np.minimum.at(found, codes, moments)
    return found


def counts(codes: npt.NDArray[np.integer[Any]], size: int) -> Amounts:
    """How many rows each contribution has."""
    return np.bincount(codes, minlength=size).astype(np.int64)


def distinct(codes: Positions, names: list[str], size: int) -> Amounts:
    """How many different names each contribution has."""
    pairs = {*zip(codes.tolist(), names, strict=True)}
    return counts(np.array([code for code, _ in pairs], dtype=np.int64), size)


def durations(rows: pa.Table) -> tuple[Amounts, npt.NDArray[np.bool_]]:
    """Whole seconds from `started_at` to `finished_at`, and whether both are known."""
    begun, ended = times(rows, "started_at"), times(rows, "finished_at")
    known = (begun != NEVER) & (ended != NEVER) & (ended >= begun)
    return np.where(known, (ended - np.where(known, begun, 0)) // MICROSECONDS, 0), known


def fitted(columns: dict[str, Any], schema: pa.Schema, rows: int) -> pa.Table:
    """A table of the schema; columns that are not given are null."""
    whole = {
        field.name: columns[field.name] if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    }
    return pa.table(whole).cast(schema)
