"""What brought each incident about: which contributions, by which lines, with which deployment.

The first of four rules that yields something decides, and is told: `link`, what the incident itself
names (a commit, a change, a deployment); `root-cause`, a commit that somebody named as the root
cause; `fix`, the contributions whose lines its fix took out (see `fixes`), those that landed after
it had begun left out; `time`, DevLake's rule: the latest successful production deployment before it
began, in its service and environment if it tells them. Time alone proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from landed.journey.columns import NONE, Flags, Integers, Positions, limit_of, microseconds
from landed.journey.columns import times as times_of
from landed.journey.contributions import Contributions
from landed.journey.delivered import Deliveries
from landed.journey.deployed import Deployments
from landed.journey.fixes import Removals, read_removals
from landed.journey.ledger_lines import Held, LedgerLines
from landed.journey.model import schema_of
from landed.journey.statements import statement
from landed.records.schema import TIMESTAMP, Column
from landed.store import Store

LINK, ROOT_CAUSE, FIX, TIME = RULES = ("link", "root-cause", "fix", "time")
"""How a cause is known, the surest first."""

INCIDENT_CAUSE = (
    Column("project", pa.string(), False, "project of the incident"),
    Column("incident", pa.string(), False, "incident"),
    Column("kind", pa.string(), False, "incident or bug"),
    Column("started_at", TIMESTAMP, False, "when it began"),
    Column("rule", pa.string(), False, "link, root-cause, fix or time"),
    Column(
        "contribution", pa.int32(), True, "what caused it; null = the deployment alone is known"
    ),
    Column("deployment_row", pa.int32(), True, "that brought it to production first; null = none"),
    Column("weight", pa.float64(), False, "its share of the introducing lines; they add up to 1"),
    Column("lines", pa.int64(), False, "introducing lines; 0 = not known"),
    Column("ai_low", pa.int64(), False, "those by ai, by evidence stronger than declared"),
    Column("ai_high", pa.int64(), False, "those by ai, by declared evidence too"),
    Column("agent", pa.string(), True, "agent with most of ai_high; null = none"),
)
"""One row for each incident and contribution that caused it."""

INCIDENT_CAUSE_SCHEMA = schema_of(INCIDENT_CAUSE)

_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+((?:[\w.-]+/[\w.-]+)?#\d+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Ledger:
    """What causes are sought in: the lines of a repository, and what held and delivered them."""

    contributions: Contributions
    lines: LedgerLines
    held: Held
    deployments: Deployments
    deliveries: Deliveries


@dataclass(frozen=True)
class IncidentCauses:
    """The incidents and bugs of a repository, and what brought them about.

    Attributes:
        incidents: one row for each, as `incidents.sql` tells them.
        causes: one row for each and each contribution that caused it (`INCIDENT_CAUSE`).
    """

    incidents: pa.Table
    causes: pa.Table


def read_incident_causes(store: Store, ledger: Ledger) -> IncidentCauses:
    """Tell what brought about every incident and bug that had begun by the history's time."""
    history = ledger.contributions.history
    asked = {"repository": history.repository}
    incidents = store.query(statement("incidents"), asked | {"until": limit_of(history.until)})
    links: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for link in store.query(statement("incident_links"), asked).to_pylist():
        links.setdefault((link["project"], link["incident"]), []).append(link)
    rows = incidents.to_pylist()
    repairs = _Repairs.read(store, ledger.contributions)
    fixes = [repairs.of(row, links.get((row["project"], row["incident"]), [])) for row in rows]
    removals = read_removals(store, ledger.contributions, ledger.lines, fixes)
    seeking = _Seeking(ledger, removals)
    causes = [
        told
        for row, fix in zip(rows, fixes, strict=True)
        for told in seeking.causes(row, links.get((row["project"], row["incident"]), []), fix)
    ]
    return IncidentCauses(incidents, pa.Table.from_pylist(causes, INCIDENT_CAUSE_SCHEMA))


@dataclass(frozen=True)
class _Repairs:
    """Which commits close which issue, by its project and number."""

    contributions: Contributions
    closing: dict[tuple[str, int], set[int]]

    @classmethod
    def read(cls, store: Store, contributions: Contributions) -> _Repairs:
        history = contributions.history
        projects = contributions.projects
        closing: dict[tuple[str, int], set[int]] = {}
        rows = store.query(statement("change_references"), {"repository": history.repository})
        for row in rows.to_pylist():
            code = contributions.change_of(row["project"], row["number"])
            if row["kind"] == "closes" and code != NONE and contributions.landed[code]:
                for issue in _issues(row["target"], [row["project"]], projects):
                    closing.setdefault(issue, set()).update(contributions.commits_of(code).tolist())
        everywhere = sorted(project for known in projects.values() for project in known)
        for commit in np.flatnonzero(history.landed).tolist():
            subject = history.subjects[commit].as_py()
            for target in _CLOSES.findall(subject) if "#" in subject else ():
                for issue in _issues(target, everywhere, projects):
                    closing.setdefault(issue, set()).add(commit)
        return cls(contributions, closing)

    def of(self, incident: dict[str, Any], links: list[dict[str, Any]]) -> Integers:
        """The landed commits that repaired an incident."""
        found: set[int] = set()
        for link in links:
            if link["kind"] == "fixed-by-commit":
                commit = self.contributions.commit_named(link["target"])
                found.update([commit] if commit != NONE else [])
            elif link["kind"] == "fixed-by-change":
                code = self.contributions.change_named(link["project"], link["target"])
                if code != NONE and self.contributions.landed[code]:
                    found.update(self.contributions.commits_of(code).tolist())
        if incident["number"] is not None:
            found |= self.closing.get((incident["project"], incident["number"]), set())
        return np.array(sorted(found), dtype=np.int32)


def _issues(
    target: str, projects: list[str], names: dict[str, set[str]]
) -> Iterator[tuple[str, int]]:
    """The issues that `#N`, `N` or `OWNER/NAME#N` means, said in one of `projects`."""
    name, _, number = target.rpartition("#")
    if number.isdecimal() and len(number) < 19:
        for project in sorted(names.get(name.lower(), ())) if name else projects:
            yield project, int(number)


@dataclass(frozen=True)
class _Seeking:
    ledger: Ledger
    removals: Removals

    def causes(
        self, incident: dict[str, Any], links: list[dict[str, Any]], fix: Integers
    ) -> list[dict[str, Any]]:
        """The rows of one incident; none where no rule yields anything."""
        told = [link for link in links if link["kind"].startswith("caused-by-")]
        for rule in (LINK, ROOT_CAUSE):
            named = [link for link in told if (link["rule"] == ROOT_CAUSE) == (rule == ROOT_CAUSE)]
            found = self._linked(named)
            if found.parts:
                return self._rows(incident, rule, found)
        found = self._repaired(fix, incident["started_at"])
        if found.parts:
            return self._rows(incident, FIX, found)
        found = self._before(incident)
        return self._rows(incident, TIME, found) if found.parts else []

    def _linked(self, links: list[dict[str, Any]]) -> _Causes:
        found = _Causes({})
        contributions = self.ledger.contributions
        for link in links:
            if link["kind"] == "caused-by-commit":
                commit = contributions.commit_named(link["target"])
                if commit != NONE:
                    self._add_commit(found, commit)
            elif link["kind"] == "caused-by-change":
                code = contributions.change_named(link["project"], link["target"])
                if code != NONE:
                    found.add(code, self.ledger.held.of(code))
            else:
                row = self._deployment(link["target"])
                if row != NONE:
                    self._add_deployment(found, row)
        return found

    def _add_commit(self, found: _Causes, commit: int) -> None:
        contribution = int(self.ledger.contributions.of_commit[commit])
        lines = self.ledger.lines
        born = np.unique(lines.owner[lines.born_in(np.array([commit], dtype=np.int32))])
        if contribution != NONE:
            born = np.intersect1d(born, self.ledger.held.of(contribution))
        found.add(contribution, born)

    def _add_deployment(self, found: _Causes, row: int) -> None:
        brought = self.ledger.deliveries.of(row)
        for code in brought.tolist():
            found.add(code, self.ledger.held.of(code), row)
        if not len(brought):
            found.add(NONE, np.zeros(0, dtype=np.int64), row)

    def _deployment(self, target: str) -> int:
        """The deployment of that id; where none is, the only one whose source calls it so."""
        ids = self.ledger.deployments.rows["deployment"].to_pylist()
        if target in ids:
            return int(ids.index(target))
        alike = [row for row, name in enumerate(ids) if name.partition(":")[2] == target]
        return alike[0] if len(alike) == 1 else NONE

    def _repaired(self, fix: Integers, started_at: datetime) -> _Causes:
        """The contributions whose lines a fix took out, as far as they had landed before."""
        found = _Causes({})
        owners = self.removals.introduced(fix)
        held, contributions = self.ledger.held, self.ledger.contributions
        owners = owners[held.landed[owners] != NONE]
        codes = held.landed[owners]
        at = contributions.history.step_times(contributions.step)[codes]
        own = contributions.of_commit[fix]
        kept = (at <= microseconds(started_at)) & ~np.isin(codes, own)
        for code in np.unique(codes[kept]).tolist():
            found.add(code, owners[kept & (codes == code)])
        return found

    def _before(self, incident: dict[str, Any]) -> _Causes:
        found = _Causes({})
        rows = self.ledger.deployments.rows
        if not rows.num_rows:
            return found
        at = times_of(rows, "at")
        before = np.asarray(rows["succeeded"]) & (at <= microseconds(incident["started_at"]))
        for name in ("service", "environment"):
            before = _within(before, rows[name].to_pylist(), incident[name])
        if before.any():
            places = np.flatnonzero(before)
            self._add_deployment(found, int(places[np.argmax(at[places])]))
        return found

    def _rows(self, incident: dict[str, Any], rule: str, found: _Causes) -> list[dict[str, Any]]:
        lines = self.ledger.lines
        first = np.append(self.ledger.deliveries.first, NONE)
        total = sum(len(owners) for owners, _ in found.parts.values())
        told = []
        for code, (owners, deployment) in sorted(found.parts.items()):
            row = int(first[code]) if deployment == NONE else deployment
            ai = owners[lines.ai[owners]]
            told.append(
                {
                    **{name: incident[name] for name in _OF_INCIDENT},
                    "rule": rule,
                    "contribution": None if code == NONE else code,
                    "deployment_row": None if row == NONE else row,
                    "weight": len(owners) / total if total else 1 / len(found.parts),
                    "lines": len(owners),
                    "ai_low": int(np.count_nonzero(lines.ai_traced[owners])),
                    "ai_high": len(ai),
                    "agent": most_of(lines, ai),
                }
            )
        return told


_OF_INCIDENT = ("project", "incident", "kind", "started_at")


@dataclass(frozen=True)
class _Causes:
    """By contribution: the introducing lineages, and the deployment where that is told."""

    parts: dict[int, tuple[Positions, int]]

    def add(self, contribution: int, owners: Positions, deployment: int = NONE) -> None:
        known, told = self.parts.get(contribution, (owners[:0], NONE))
        told = deployment if told == NONE else told
        self.parts[contribution] = np.union1d(known, owners), told


def _within(before: Flags, names: list[str | None], wanted: str | None) -> Flags:
    """Those of the name that is wanted, where any has one such; else all."""
    if wanted is None:
        return before
    same = np.array([name is not None and name.casefold() == wanted.casefold() for name in names])
    return np.asarray(before & same) if same.any() else before


def most_of(lines: LedgerLines, owners: Positions) -> str | None:
    """The agent that wrote most of these lineages; None where none is told."""
    agents = lines.agent[owners]
    counts = np.bincount(agents[agents != NONE], minlength=1)
    return lines.agents[int(counts.argmax())] if counts.max() else None
