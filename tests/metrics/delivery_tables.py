"""Small tables of changes, deployments and incidents, so that figures can be reckoned on paper.

    made = DeliveryTables()
    made.change(heavy=True, opened=1, merged=2, deployed=3)
    made.deployment(on=3)
    made.rows("change_fail_rate")

Days count from `START`; the window ends on day `END`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from landed.metrics import DeliveryBench, DeliveryFacts
from landed.metrics.delivery_model import RELATIONS

DAY = 86_400
START = 1_750_032_000
END = 200
SHOP = "0123456789abcdef"
CART = "fedcba9876543210"
PROJECT = "github:github.com:1"

_MOMENTS = {
    "opened": "opened_second",
    "first_commit": "first_commit_second",
    "first_review": "first_review_second",
    "approved": "approved_second",
    "merged": "merged_second",
    "closed": "closed_second",
    "deployed": "deployed_second",
}


class DeliveryTables:
    """Rows of what the metrics of delivery read, collected until they are asked."""

    def __init__(self, *, hourly: float | None = None) -> None:
        self.rows_of: dict[str, list[dict[str, Any]]] = {name: [] for name in RELATIONS}
        self.rows_of["delivery_scope"].append(
            {
                "since_second": 0,
                "until_second": START + END * DAY,
                "rework_days": 21,
                "minutes_per_round": 5.0,
                "minutes_per_comment": 3.0,
                "minutes_per_hundred_lines": 10.0,
                "hourly_microdollars": None if hourly is None else round(hourly * 1_000_000),
                "check_minute_microdollars": None,
            }
        )

    def knows(self, repository: str = SHOP, **values: bool) -> None:
        """What is connected for a repository: everything but what is said not to be."""
        known = dict.fromkeys(
            (name for name in RELATIONS["repository_scope"].names if name != "repository"), True
        )
        self._add("repository_scope", **{"repository": repository, **known, **values})

    def change(self, **values: Any) -> None:
        """A merged change of ten lines; times in days, such as `merged=3`."""
        number = len(self.rows_of["change_fact"]) + 1
        row: dict[str, Any] = {
            "repository": SHOP,
            "project": PROJECT,
            "number": number,
            "title": f"Change {number}",
            "state": "merged",
            "draft": False,
            "author": "ana",
            "automation": False,
            "heavy": False,
            "size_band": "s",
            "lines": 10,
            "ai_low": 0,
            "ai_high": 0,
            "other_lines": 10,
            "reviewed": True,
            "rounds": 1,
            "reviews": 1,
            "design": False,
            "hotfix": False,
            "revert": False,
            "reverted": False,
            "incidents": 0.0,
            "failed": False,
        }
        row |= {_MOMENTS.get(name, name): value for name, value in values.items()}
        for name in _MOMENTS.values():
            row[name] = _second(row.get(name))
        row["landed"] = values.get("landed", row["state"] == "merged")
        self._add("change_fact", **row)

    def direct(self, **values: Any) -> None:
        """A step of the main line without a change."""
        row = {"repository": SHOP, "lines": 10, "ai_low": 0, "ai_high": 0, "landed": True}
        self._add("direct_fact", **{**row, **values})

    def deployment(self, *, on: float, recovered: float | None = None, **values: Any) -> None:
        """A deployment that succeeded on a day, with ten lines of which none is AI's."""
        second = _second(on)
        assert second is not None
        row = {
            "repository": SHOP,
            "project": PROJECT,
            "deployment": f"d{len(self.rows_of['deployment_fact']) + 1}",
            "stream": "production",
            "environment": "production",
            "created_second": second,
            "second": second,
            "succeeded": True,
            "kind": "forward",
            "changes": 1,
            "lines": 10,
            "ai_low": 0,
            "ai_high": 0,
            "failed": False,
            "recovered_second": _second(recovered),
            "month": f"{datetime.fromtimestamp(second, UTC):%Y-%m}",
        }
        self._add("deployment_fact", **{**row, **values})

    def incident(self, rule: str, *, low: float | None, high: float | None, **values: Any) -> None:
        """An incident and AI's share of the lines that brought it."""
        row = {
            "repository": SHOP,
            "project": PROJECT,
            "incident": f"i{len(self.rows_of['incident_fact']) + 1}",
            "kind": "incident",
            "title": "Down",
            "rule": rule,
            "ai_low_share": low,
            "ai_high_share": high,
        }
        self._add("incident_fact", **{**row, **values})

    def in_production(self, who: str, lines: int, days: int, unreviewed: int | None = 0) -> None:
        """Lines of one author in production, the days they were there, and those unreviewed."""
        self._add(
            "production_time",
            repository=SHOP,
            who=who,
            grade="matched",
            lines=lines,
            line_days=days,
            unreviewed_lines=unreviewed,
        )

    def facts(self) -> DeliveryFacts:
        """All that was collected."""
        tables = {
            name: pa.Table.from_pylist(rows, RELATIONS[name]) for name, rows in self.rows_of.items()
        }
        return DeliveryFacts(tables)

    def rows(self, metric: str) -> list[dict[str, Any]]:
        """What a metric answers."""
        with DeliveryBench(self.facts()) as bench:
            return bench.rows(metric)

    def row(self, metric: str) -> dict[str, Any]:
        """The one row that a metric answers."""
        (found,) = self.rows(metric)
        return found

    def _add(self, table: str, **values: Any) -> None:
        self.rows_of[table].append(values)


def _second(day: float | None) -> int | None:
    return None if day is None else START + round(day * DAY)
