"""The facts of deployments and incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from landed.journey.columns import NEVER, NONE, Flags, times
from landed.journey.deployed import HOTFIX, ROLLBACK
from landed.journey.incidents import TIME
from landed.metrics.delivery_columns import Amounts, counts, fitted, months, seconds
from landed.metrics.delivery_ledger import DeliveryLedger, selected_lines
from landed.metrics.delivery_model import DEPLOYMENT_FACT, INCIDENT_FACT

ATTEMPTED = ("success", "failure")
"""States of deployments that were attempts; others are under way or were given up."""

Row = dict[str, Any]


def deployment_facts(found: DeliveryLedger, selected: Flags, paths: pa.Table) -> pa.Table:
    """The rows of `DEPLOYMENT_FACT` of one repository; lines are those of `selected` lineages.

    `paths` tells the present path of each path index.
    """
    rows = found.ledger.deployments.rows
    at = times(rows, "at")
    told = rows.to_pylist()
    failed_by, recovered = _failures(found, told, at)
    bringing = _Bringing(found, selected, paths)
    brought = [bringing.of(place, row["service"]) for place, row in enumerate(told)]
    columns = {
        "repository": [found.history.repository] * len(told),
        **{
            name: rows[name]
            for name in ("project", "deployment", "stream", "environment", "service")
        },
        "created_second": seconds(times(rows, "created_at")),
        "second": seconds(at),
        "succeeded": rows["succeeded"],
        "kind": rows["kind"],
        **{
            name: pa.array([row[place] for row in brought], pa.int64())
            for place, name in enumerate(("changes", "lines", "ai_low", "ai_high"))
        },
        "failed": pa.array([reason is not None for reason in failed_by], pa.bool_()),
        "failed_by": pa.array(failed_by, pa.string()),
        "recovered_second": seconds(recovered),
        "month": months(at),
    }
    span = found.span
    attempted = np.array([row["state"] in ATTEMPTED for row in told], dtype=np.bool_)
    shown = attempted & (at >= span.since) & (at <= span.until)
    return fitted(columns, DEPLOYMENT_FACT, len(told)).filter(pa.array(shown))


@dataclass(frozen=True)
class _Bringing:
    """Counts what deployments brought, of services within their paths."""

    found: DeliveryLedger
    selected: Flags
    paths: pa.Table
    counted: dict[str | None, tuple[Amounts, ...]] = field(default_factory=dict)

    def of(self, deployment: int, service: str | None) -> tuple[int, ...]:
        """Changes, lines, and those by ai without and with declared evidence."""
        ledger = self.found.ledger
        codes = ledger.deliveries.of(deployment)
        changes = int(np.count_nonzero(codes < ledger.contributions.changes.num_rows))
        return changes, *(int(each[codes].sum()) for each in self._counts(service))

    def _counts(self, service: str | None) -> tuple[Amounts, ...]:
        """Lines of each contribution, and those by ai, within the paths of a service."""
        services, held = self.found.ledger.deployments.services, self.found.ledger.held
        whole = service if services.divides(service) else None
        if whole not in self.counted:
            inside = self.selected
            if whole is not None:
                inside = inside & selected_lines(
                    self.found, self.paths, lambda path: services.covers(whole, path)
                )
            lines, size = self.found.lines, len(self.found.contributions)
            self.counted[whole] = tuple(
                counts(held.contribution[(inside & flags)[held.owner]], size)
                for flags in (np.ones_like(inside), lines.ai_traced, lines.ai)
            )
        return self.counted[whole]


def _failures(
    found: DeliveryLedger, rows: Sequence[Row], at: Amounts
) -> tuple[list[str | None], Amounts]:
    """Why each deployment counts as failed, and when that was over."""
    ends = _incident_ends(found)
    reasons: list[str | None] = []
    recovered = np.full(len(rows), NEVER, dtype=np.int64)
    for place, (row, after) in enumerate(zip(rows, _following(rows), strict=True)):
        kind = rows[after]["kind"] if after != NONE else None
        reason = None
        if row["state"] == "failure":
            reason = "failure"
        elif row["succeeded"] and kind in (ROLLBACK, HOTFIX):
            reason = kind
        elif row["succeeded"] and place in ends:
            reason = "incident"
        if reason is not None:
            recovered[place] = ends.get(place, at[after] if after != NONE else NEVER)
        reasons.append(reason)
    return reasons, recovered


def _following(rows: Sequence[Row]) -> list[int]:
    """The next deployment of the same stream that succeeded; `NONE` where there is none."""
    found = [NONE] * len(rows)
    later: dict[str, int] = {}
    for place in range(len(rows) - 1, -1, -1):
        found[place] = later.get(rows[place]["stream"], NONE)
        if rows[place]["succeeded"]:
            later[rows[place]["stream"]] = place
    return found


def _incident_ends(found: DeliveryLedger) -> dict[int, int]:
    """When the last incident traced to each deployment was over; `NEVER` where one is not.

    What only its time ties to a deployment is inferred: it makes none fail.
    """
    ends: dict[int, int] = {}
    rows = found.causes.incidents
    resolved = times(rows, "resolved_at").tolist()
    for row, cause, end in zip(rows.to_pylist(), _main_causes(found), resolved, strict=True):
        if row["kind"] != "incident" or cause is None or cause["rule"] == TIME:
            continue
        if cause["deployment_row"] is not None:
            place = cause["deployment_row"]
            ends[place] = max(ends.get(place, 0), end)
    return ends


def _causes(found: DeliveryLedger) -> list[list[Row]]:
    """The causes of each incident."""
    causes: dict[tuple[str, str], list[Row]] = {}
    for cause in found.causes.causes.to_pylist():
        causes.setdefault((cause["project"], cause["incident"]), []).append(cause)
    rows = found.causes.incidents
    keys = zip(rows["project"].to_pylist(), rows["incident"].to_pylist(), strict=True)
    return [causes.get(key, []) for key in keys]


def _main_causes(found: DeliveryLedger) -> list[Row | None]:
    """Of each incident the cause with most weight that was deployed, else with most weight."""
    return [
        max(
            causes,
            key=lambda cause: (cause["deployment_row"] is not None, cause["weight"]),
            default=None,
        )
        for causes in _causes(found)
    ]


def incident_facts(found: DeliveryLedger) -> pa.Table:
    """The rows of `INCIDENT_FACT` of one repository."""
    rows = found.causes.incidents
    started = times(rows, "started_at")
    names = found.ledger.deployments.rows["deployment"].to_pylist()
    causes = _causes(found)
    deployments = [
        names[cause["deployment_row"]]
        if cause is not None and cause["deployment_row"] is not None
        else None
        for cause in _main_causes(found)
    ]

    def share(name: str) -> pa.Array:
        totals = [(sum(c[name] for c in each), sum(c["lines"] for c in each)) for each in causes]
        return pa.array([part / whole if whole else None for part, whole in totals], pa.float64())

    columns = {
        "repository": [found.history.repository] * rows.num_rows,
        **{name: rows[name] for name in ("project", "incident", "kind", "title", "severity")},
        "started_second": seconds(started),
        "resolved_second": seconds(times(rows, "resolved_at")),
        "rule": pa.array([each[0]["rule"] if each else "none" for each in causes], pa.string()),
        "deployment": pa.array(deployments, pa.string()),
        "lines": pa.array([sum(c["lines"] for c in each) for each in causes], pa.int64()),
        "ai_low_share": share("ai_low"),
        "ai_high_share": share("ai_high"),
        "agent": pa.array([_agent(each) for each in causes], pa.string()),
        "month": months(started),
    }
    shown = (started >= found.span.since) & (started <= found.span.until)
    return fitted(columns, INCIDENT_FACT, rows.num_rows).filter(pa.array(shown))


def _agent(causes: Sequence[Row]) -> str | None:
    """The agent of the cause with most lines by ai."""
    told = [cause for cause in causes if cause["agent"] is not None]
    if not told:
        return None
    agent: str = max(told, key=lambda cause: cause["ai_high"])["agent"]
    return agent
