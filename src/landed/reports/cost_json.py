"""The table of costs as JSON: micro-dollars as integers, times in UTC, shares from 0 to 1."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from landed.reports.cost import Amounts, Cost


def cost_document(cost: Cost) -> dict[str, Any]:
    """The table for `landed cost --json`; docs/prices.md tells what stands where."""
    asked = cost.asked
    return {
        "by": asked.by,
        "since": asked.since,
        "until": asked.until,
        "timezone": asked.zone.name,
        "rows": [
            {
                "key": row.key,
                "name": row.name,
                "agent": row.agent,
                "home": row.home,
                "first_at": row.first_at,
                "last_at": row.last_at,
                **_amounts(row.amounts),
            }
            for row in cost.rows
        ],
        "total": _amounts(cost.total),
        "unpriced": [asdict(one) | {"advice": one.advice} for one in cost.unpriced],
    }


def _amounts(found: Amounts) -> dict[str, Any]:
    return asdict(found) | {"cached_share": found.cached_share}
