"""The incidents and bugs that were traced to the change that a line came with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from landed.config import Settings
from landed.journey.columns import NONE, among, limit_of
from landed.journey.history import History
from landed.journey.incidents import TIME, read_incident_causes
from landed.journey.statements import statement
from landed.reports.why_concerned import read_concerned_ledger
from landed.reports.why_lineage import Lineage
from landed.store import Store


@dataclass(frozen=True)
class IncidentOfLine:
    """An incident or bug, and how it is traced to the change that brought a line.

    `rule` is link, root-cause, fix or time; `inferred` where only time tells. `weight` is the
    change's share of the cause: those of all changes that caused it add up to 1.
    """

    kind: str
    title: str
    project: str
    number: int | None
    incident: str
    severity: str | None
    started_at: datetime
    resolved_at: datetime | None
    rule: str
    inferred: bool
    weight: float


def incidents_of_line(
    store: Store, settings: Settings, history: History, branch: str, lineage: Lineage
) -> tuple[IncidentOfLine, ...] | None:
    """Return what was traced to a line's change, in order of time.

    None where no incident or bug of the repository is known.
    """
    asked = {"repository": history.repository, "until": limit_of(history.until)}
    known = store.query(statement("incidents"), asked)
    if not known.num_rows:
        return None
    ledger = read_concerned_ledger(store, settings, history, branch, lineage, known)
    owner = among(np.array([lineage.root], dtype=np.int32), ledger.lines.root)[0]
    code = int(np.append(ledger.held.landed, NONE)[owner])
    if code == NONE:
        code = int(ledger.contributions.of_commit[ledger.lines.root_commit[owner]])
    if code == NONE:
        return ()
    found = read_incident_causes(store, ledger)
    told = {(row["project"], row["incident"]): row for row in found.incidents.to_pylist()}
    causes = [row for row in found.causes.to_pylist() if row["contribution"] == code]
    return tuple(
        IncidentOfLine(
            kind=cause["kind"],
            title=incident["title"],
            project=incident["project_name"],
            number=incident["number"],
            incident=incident["incident"],
            severity=incident["severity"],
            started_at=incident["started_at"],
            resolved_at=incident["resolved_at"],
            rule=cause["rule"],
            inferred=cause["rule"] == TIME,
            weight=round(cause["weight"], 6),
        )
        for cause in sorted(causes, key=lambda row: (row["started_at"], row["incident"]))
        for incident in [told[cause["project"], cause["incident"]]]
    )
