"""The facts of changes, and of steps of the default branch that no change made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.delivery.identities import team_of_people
from landed.errors import UsageError
from landed.globs import covering
from landed.journey import Journey
from landed.journey.changes import GREEN, UNTOLD
from landed.journey.columns import NEVER, Flags, Positions, flags, limit_of, times
from landed.journey.delivered import touching
from landed.journey.incidents import TIME
from landed.metrics.delivery_columns import (
    Amounts,
    codes_of,
    counts,
    distinct,
    durations,
    earliest,
    fitted,
    seconds,
    until,
)
from landed.metrics.delivery_generated import generated
from landed.metrics.delivery_ledger import DeliveryLedger, LineCounts, reviewed_changes
from landed.metrics.delivery_model import CHANGE_FACT, CHECK_FACT, DIRECT_FACT, REVIEW_FACT
from landed.metrics.registry import statements
from landed.store import Store

Reals = npt.NDArray[np.float64]
SIZE_BANDS = (("XS", 10), ("S", 50), ("M", 250), ("L", 1000))
"""Names of sizes and the number of changed lines that each stays below; more is XL."""
HEAVY_SHARE = 0.5
"""From this share of lines by ai on, a contribution is ai-heavy."""


@dataclass(frozen=True)
class ChangeTables:
    """The relations that have rows for changes, of one repository."""

    change_fact: pa.Table
    direct_fact: pa.Table
    review_fact: pa.Table
    check_fact: pa.Table


def read_change_tables(
    store: Store,
    settings: Settings,
    found: DeliveryLedger,
    lines: LineCounts,
    journey: Journey | None,
) -> ChangeTables:
    """Read the facts of all contributions, and keep those of the window."""
    asked = {"repository": found.history.repository}
    limit = {"until": limit_of(found.span.until)}
    bots = [name.lower() for name in settings.forges.bots]

    def fact(name: str, **more: Any) -> pa.Table:
        return store.query(statements("delivery_facts")[name].sql, asked | more)

    rows = fact("changes")
    voices = fact("voices", **limit, bots=bots)
    checks = fact("checks", **limit)
    steps, step_checks = fact("steps"), fact("step_checks", **limit)
    teams = team_of_people(store, settings)
    both = _Both(settings, found, lines, journey)
    seniors = {person.emails[0].lower() for person in settings.people if person.senior}
    design = _design(store, settings, found)
    changes, shown = both.changes(rows, voices, checks, seniors, teams, bots, design)
    codes = codes_of(found.contributions, voices)
    of_shown = np.isin(codes, shown) & np.asarray(pc.equal(voices["what"], "review"))
    checked = np.isin(codes_of(found.contributions, checks), shown)
    return ChangeTables(
        change_fact=changes,
        direct_fact=both.direct(steps, step_checks, teams, design),
        review_fact=_reviews(found, voices.filter(pa.array(of_shown)), seniors),
        check_fact=_checks(found, checks.filter(pa.array(checked))),
    )


@dataclass(frozen=True)
class _Both:
    """What changes and direct steps have in common."""

    settings: Settings
    found: DeliveryLedger
    lines: LineCounts
    journey: Journey | None

    def changes(
        self,
        rows: pa.Table,
        voices: pa.Table,
        checks: pa.Table,
        seniors: set[str],
        teams: Mapping[str, str],
        bots: Sequence[str],
        design: Flags,
    ) -> tuple[pa.Table, Positions]:
        """The rows of `CHANGE_FACT`, and the contributions that they are of."""
        span = self.found.span
        merged = until(times(rows, "merged_at"), span.until)
        closed = until(times(rows, "closed_at"), span.until)
        opened = times(rows, "opened_at")
        shown = np.flatnonzero((opened <= span.until) & (closed >= span.since))
        size = rows.num_rows
        changed = _changed(rows, self.lines.lines[:size])
        columns = {
            "project": rows["project"],
            "number": rows["number"],
            "title": rows["title"],
            "state": np.select([merged != NEVER, closed != NEVER], ["merged", "closed"], "open"),
            "draft": rows["draft"],
            "author": _authors(rows),
            "automation": _automation(rows, bots),
            "team": [teams.get(name or "") for name in _people(rows)],
            "opened_second": seconds(opened),
            "first_commit_second": seconds(times(rows, "first_commit_at")),
            "merged_second": seconds(merged),
            "closed_second": seconds(closed),
            "additions": rows["additions"],
            "deletions": rows["deletions"],
            "files": rows["files"],
            "commits": rows["commits"],
            "size_band": _bands(changed),
            **self._common(slice(0, size), design),
            **self._reviewing(voices, seniors, changed),
            **self._checking(checks, size),
        }
        told = fitted(columns, CHANGE_FACT, size)
        return told.take(pa.array(shown)), shown

    def direct(
        self, rows: pa.Table, checks: pa.Table, teams: Mapping[str, str], design: Flags
    ) -> pa.Table:
        """The rows of `DIRECT_FACT`."""
        span, history = self.found.span, self.found.history
        contributions = self.found.contributions
        first = contributions.changes.num_rows
        step = contributions.step[first:]
        rows = rows.take(pa.array(step))
        taken = history.step_times(step)
        begun, ended = np.asarray(checks["step"]), durations(checks)[0]
        spent = np.bincount(begun, weights=ended, minlength=len(history.step_at))
        runs = np.bincount(begun, minlength=len(history.step_at))
        green = self.found.changes.checks[history.step_commit[step]]
        author = rows["author"].to_pylist()
        columns = {
            "title": rows["title"],
            "state": ["merged"] * len(step),
            "draft": pa.repeat(pa.scalar(False), len(step)),
            "author": rows["author"],
            "automation": rows["automation"],
            "team": [teams.get(name) for name in author],
            "first_commit_second": seconds(times(rows, "first_commit_at")),
            "merged_second": seconds(taken),
            "closed_second": seconds(taken),
            "additions": rows["additions"],
            "deletions": rows["deletions"],
            "commits": rows["commits"],
            "size_band": _bands(np.asarray(rows["additions"]) + np.asarray(rows["deletions"])),
            "green": pa.array(green == GREEN, mask=green == UNTOLD),
            "check_seconds": pa.array(spent[step].astype(np.int64), mask=runs[step] == 0),
            "step": step,
            **self._common(slice(first, None), design),
            **{
                name: np.zeros(len(step), dtype=np.int64)
                for name in (
                    *("rounds", "reviews", "line_comments", "discussion_comments"),
                    *("reviewers", "senior_reviewers", "approvals"),
                )
            },
            "reviewed": pa.repeat(pa.scalar(False), len(step)),
            "reviewer_minutes": np.zeros(len(step)),
        }
        shown = (taken >= span.since) & (taken <= span.until)
        return fitted(columns, DIRECT_FACT, len(step)).filter(pa.array(shown))

    def _common(self, part: slice, design: Flags) -> dict[str, Any]:
        """Columns of a part of the contributions that follow from lines and deployments."""
        found, lines, failures = self.found, self.lines, self.found.failures
        size = len(found.contributions)
        incidents, pointed_at = _incidents(found, size)
        high = lines.ai_high
        heavy = high >= HEAVY_SHARE * lines.lines
        columns: dict[str, Any] = {
            "repository": np.full(size, found.history.repository),
            "deployed_second": seconds(found.ledger.deliveries.first_at),
            "landed": found.contributions.landed,
            "lines": lines.lines,
            "ai_low": lines.ai_low,
            "ai_high": high,
            "other_lines": lines.lines - high,
            "agent": pa.array(lines.agents, pa.string()),
            "heavy": pa.array(heavy, mask=lines.lines == 0),
            "design": design,
            "hotfix": failures.hotfix,
            "revert": failures.reverts,
            "reverted": failures.reverted,
            "incidents": incidents,
            "failed": failures.reverted | failures.pointed_at | pointed_at,
            "live_lines": lines.live,
            "reworked_lines": lines.reworked,
            "reverted_or_fixed_lines": lines.undone,
            "watched_lines": lines.watched,
            **generated(found, self.journey),
        }
        return {name: column[part] for name, column in columns.items()}

    def _reviewing(self, voices: pa.Table, seniors: set[str], changed: Amounts) -> dict[str, Any]:
        size = len(changed)
        codes = codes_of(self.found.contributions, voices)
        what, state = (
            np.array(voices[name].to_pylist(), dtype=object) for name in ("what", "state")
        )
        people = voices["person"].to_pylist()
        said_at = times(voices, "said_at")
        is_review, on_code = what == "review", what == "line"
        approving = is_review & (state == "approved")
        in_time = flags(voices, "in_time")
        approved = approving & in_time
        looked = is_review | on_code
        senior = looked & np.array([person in seniors for person in people], dtype=np.bool_)
        reviews, comments = counts(codes[is_review], size), counts(codes[on_code], size)
        asking = counts(codes[is_review & (state == "changes-requested")], size)

        def persons(rows: Flags) -> Amounts:
            names = [person for person, row in zip(people, rows.tolist(), strict=True) if row]
            return distinct(codes[rows], names, size)

        reviewers = persons(looked)
        reviewed = np.zeros(size, dtype=np.bool_)
        reviewed[reviewed_changes(self.found)] = True
        rates = self.settings.reviews
        return {
            "first_review_second": seconds(earliest(codes[in_time], said_at[in_time], size)),
            "approved_second": seconds(earliest(codes[approved], said_at[approved], size)),
            "rounds": asking + (reviews > 0),
            "reviews": reviews,
            "line_comments": comments,
            "discussion_comments": counts(codes[what == "discussion"], size),
            "reviewers": reviewers,
            "senior_reviewers": persons(senior),
            "approvals": persons(approving),
            "reviewed": reviewed,
            "reviewer_minutes": reviews * rates.minutes_per_round
            + comments * rates.minutes_per_comment
            + reviewers * changed / 100 * rates.minutes_per_hundred_lines,
        }

    def _checking(self, checks: pa.Table, size: int) -> dict[str, Any]:
        changes = self.found.changes
        keys = zip(changes.project.to_pylist(), changes.number.to_pylist(), strict=True)
        green = np.full(size, UNTOLD, dtype=np.int32)
        green[[self.found.contributions.change_of(*key) for key in keys]] = changes.green
        codes = codes_of(self.found.contributions, checks)
        spent = np.bincount(codes, weights=durations(checks)[0], minlength=size)
        return {
            "green": pa.array(green == GREEN, mask=green == UNTOLD),
            "check_seconds": pa.array(spent.astype(np.int64), mask=counts(codes, size) == 0),
        }


def _changed(rows: pa.Table, lines: Amounts) -> Amounts:
    """Lines added and taken out, as the forge counts; where it does not, lines that landed."""
    told = pc.add(rows["additions"].cast(pa.int64()), rows["deletions"].cast(pa.int64()))
    return np.asarray(pc.coalesce(told, pa.array(lines)))


def _bands(changed: Amounts) -> npt.NDArray[np.str_]:
    names = np.array([*(name for name, _ in SIZE_BANDS), "XL"])
    return names[np.searchsorted([limit for _, limit in SIZE_BANDS], changed, side="right")]


def _people(rows: pa.Table) -> list[str | None]:
    """The author of each change: a person, else host and user name; None where untold."""
    told = zip(*(rows[name].to_pylist() for name in ("person", "host", "login")), strict=True)
    return [person or (login and f"{host}/{login}") for person, host, login in told]


def _authors(rows: pa.Table) -> pa.Array:
    return pa.array(_people(rows), pa.string())


def _automation(rows: pa.Table, bots: Sequence[str]) -> pa.Array:
    """Opened by a program that is no agent."""
    program = pc.or_(
        pc.equal(rows["author_kind"], "bot"),
        pc.is_in(rows["login"], value_set=pa.array(bots, pa.string())),
    )
    return pc.or_(rows["by_program"], pc.and_(program, pc.invert(rows["by_ai"])))


def _design(store: Store, settings: Settings, found: DeliveryLedger) -> Flags:
    """Which contributions touch design paths."""
    globs = settings.reviews.design_paths
    if not globs:
        return np.zeros(len(found.contributions), dtype=np.bool_)
    try:
        patterns = [covering(glob) for glob in globs]
    except ValueError as error:
        raise UsageError(f"design_paths under [reviews] has no glob there: {error}") from error
    return touching(
        store,
        found.contributions,
        lambda path: any(pattern.match(path) for pattern in patterns),
    )


def _incidents(found: DeliveryLedger, size: int) -> tuple[Reals, Flags]:
    """Incidents by contribution, weighted, and whether any points at it by more than time."""
    causes = found.causes.causes
    proven = causes.filter(
        pc.and_(
            pc.and_(pc.equal(causes["kind"], "incident"), pc.not_equal(causes["rule"], TIME)),
            pc.is_valid(causes["contribution"]),
        )
    )
    codes = np.asarray(proven["contribution"]).astype(np.int64)
    weight = np.bincount(codes, weights=np.asarray(proven["weight"]), minlength=size)
    return weight.astype(np.float64), np.bincount(codes, minlength=size) > 0


def _reviews(found: DeliveryLedger, rows: pa.Table, seniors: set[str]) -> pa.Table:
    people = rows["person"].to_pylist()
    columns = {
        "repository": [found.history.repository] * rows.num_rows,
        "project": rows["project"],
        "number": rows["number"],
        "reviewer": rows["person"],
        "senior": pa.array([person in seniors for person in people], pa.bool_()),
        "second": seconds(times(rows, "said_at")),
        "state": rows["state"],
    }
    return fitted(columns, REVIEW_FACT, rows.num_rows)


def _checks(found: DeliveryLedger, rows: pa.Table) -> pa.Table:
    spent, known = durations(rows)
    columns = {
        "repository": [found.history.repository] * rows.num_rows,
        **{name: rows[name] for name in ("project", "number", "name", "state")},
        "seconds": pa.array(spent, mask=~known),
    }
    return fitted(columns, CHECK_FACT, rows.num_rows)
