"""What agents generated for each contribution, and what that cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.journey import SUPERSEDED, Journey
from landed.journey.columns import NONE
from landed.metrics.delivery_columns import codes_of, counts, distinct
from landed.metrics.delivery_ledger import DeliveryLedger


def generated(found: DeliveryLedger, journey: Journey | None) -> dict[str, Any]:
    """Columns by contribution: lines, dollars, sessions and turns; null without a journey.

    Lines that their own turn replaced are left out.
    """
    names = ("generated_lines", "list_microdollars", "cash_microdollars", "sessions", "turns")
    contributions = found.contributions
    size = len(contributions)
    if journey is None:
        return {name: pa.nulls(size, pa.int64()) for name in names}
    own = pc.and_(
        pc.equal(journey.lines["repository"], found.history.repository),
        pc.not_equal(journey.lines["bucket"], SUPERSEDED),
    )
    rows = journey.lines.filter(own)
    codes = codes_of(contributions, rows)
    step = np.asarray(rows["change"].fill_null(NONE)).astype(np.int64)
    by_step = np.append(contributions.of_step, NONE)[step]
    direct = (codes == NONE) & (by_step >= contributions.changes.num_rows)
    codes = np.where(direct, by_step, codes)
    known = codes != NONE
    codes, rows = codes[known], rows.filter(pa.array(known))
    found_sums = {
        name: np.bincount(codes, weights=np.asarray(rows[name]), minlength=size).astype(np.int64)
        for name in ("list_microdollars", "cash_microdollars")
    }

    def keys(name: str) -> list[str]:
        joined = pc.binary_join_element_wise(
            rows["agent"], rows[name], "\0", null_handling="replace", null_replacement=""
        )
        found_keys: list[str] = joined.to_pylist()
        return found_keys

    return {
        "generated_lines": counts(codes, size),
        **found_sums,
        "sessions": distinct(codes, keys("session"), size),
        "turns": distinct(codes, keys("turn"), size),
    }
