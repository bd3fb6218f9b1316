"""From the store to a report: facts, metrics, estimates, and what could not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landed import __version__
from landed.errors import UsageError
from landed.metrics import (
    DeliveryFacts,
    Facts,
    Queries,
    SessionFacts,
    Window,
    Workbench,
    metrics,
    read_facts,
)
from landed.progress import Progress, quiet
from landed.reports import wording
from landed.reports.delivery import delivery_of
from landed.reports.fates import fate_of
from landed.reports.journeys import journeys_of
from landed.reports.lasting import lasting_of
from landed.reports.model import SCHEMA_VERSION, Asked, Definition, Report
from landed.reports.shipped import releases_of
from landed.reports.tallies import (
    ages_of,
    ai_files_of,
    coverage_of,
    months_of,
    repository_part,
    rework_by_of,
    reworked_files_of,
)
from landed.reports.unseen import notices_of


@dataclass(frozen=True)
class Subject:
    """A repository to report on, by its id and the name to show."""

    repository: str
    name: str


@dataclass(frozen=True)
class Seen:
    """All that was read from the store: facts, problems counted by kind, excluded paths."""

    facts: list[Facts]
    problems: list[dict[str, Any]]
    excluded: dict[str, int]


def read_seen(store: Queries, subjects: Sequence[Subject], window: Window) -> Seen:
    """Ask the store for everything a report needs; afterwards the store may be closed.

    Raises:
        UsageError: a bad glob, or globs that match nothing.
    """
    ids = [subject.repository for subject in subjects]
    excluded = store.query(
        "select repository, count(*) as paths from excluded_path group by repository"
    )
    problems = store.query(
        "select repository, source, kind, cast(sum(count) as bigint) as count,"
        " count(*) as subjects, min(subject) as subject, min(detail) as detail"
        " from problem group by repository, source, kind order by repository, source, kind"
    )
    facts = [read_facts(store, s.repository, s.name, window) for s in subjects]
    if window.paths and not any(found.tables["path"].num_rows for found in facts):
        _require_no_paths(store, ids, window)
    return Seen(
        facts=facts,
        problems=[row for row in problems.to_pylist() if row["repository"] in ids],
        excluded={row["repository"]: row["paths"] for row in excluded.to_pylist()},
    )


def _require_no_paths(store: Queries, repositories: list[str], window: Window) -> None:
    """Complain about globs that select nothing, unless there is nothing to select from."""
    counted = store.query("select repository, count(*) as paths from path group by repository")
    there = sum(row["paths"] for row in counted.to_pylist() if row["repository"] in repositories)
    if there:
        asked = wording.listed(f"--path {glob!r}" for glob in window.paths)
        without = wording.listed(f"--exclude {glob!r}" for glob in window.excludes)
        raise UsageError(
            f"{asked}{f' without {without}' if without else ''} "
            f"{'matches' if len(window.paths) == 1 else 'match'} none of the "
            f"{wording.count(there, 'path')}: globs are read as in .gitignore, "
            "such as 'src/**/*.py'"
        )


def build_report(
    seen: Seen,
    window: Window,
    *,
    ref: str | None = None,
    now: datetime | None = None,
    memory_limit: str = "256MB",
    threads: int = 2,
    spill: Path | None = None,
    sessions: SessionFacts | None = None,
    delivery: DeliveryFacts | None = None,
    progress: Progress = quiet,
) -> Report:
    """Compute everything a report says from what was read.

    `sessions` are what agents' logs tell of the same repositories, and `delivery` what forges,
    pipelines and trackers tell, where they were read.
    `progress` is told what is being done, in words; what does not fit into `memory_limit` goes
    to the directory `spill`. The same `seen` gives the same report but for `generated_at`, which
    is `now`.
    """
    names = {facts.window.repository: facts.window.name for facts in seen.facts}
    progress("following every line")
    with Workbench(seen.facts, memory_limit=memory_limit, threads=threads, spill=spill) as bench:
        coverage_rows = bench.rows("coverage")
        coverage = coverage_of(coverage_rows)
        progress("estimating survival")
        survival, comparison = lasting_of(bench, window.rework_days)
        progress("comparing releases")
        journeys = None if sessions is None else journeys_of(sessions, names)
        progress("following changes and deployments")
        delivered = None if delivery is None else delivery_of(delivery, sessions, names)
        deployed = delivered is not None and any(one.has_deployments for one in delivered.connected)
        return Report(
            schema_version=SCHEMA_VERSION,
            generator=f"landed {__version__}",
            generated_at=now or datetime.now(UTC),
            asked=_asked(window, ref),
            repositories=[
                repository_part(facts, coverage_rows, seen.excluded.get(facts.window.repository, 0))
                for facts in seen.facts
            ],
            coverage=coverage,
            unseen=notices_of(
                seen.facts, seen.problems, seen.excluded, coverage, journeys, delivered
            ),
            months=months_of(bench),
            releases=releases_of(bench, seen.facts, window.releases),
            survival=survival,
            comparison=comparison,
            rework_by=rework_by_of(bench.rows("rework_by")),
            alive_by_age=ages_of(bench.rows("alive_by_age")),
            fate=fate_of(bench, seen.facts, deployments=deployed),
            files_with_most_ai=ai_files_of(bench, names),
            files_most_reworked=reworked_files_of(bench, names),
            journeys=journeys,
            delivery=delivered,
            definitions=[
                Definition(m.name, m.title, m.unit, m.definition, m.file)
                for m in metrics().values()
            ],
        )


def _asked(window: Window, ref: str | None) -> Asked:
    return Asked(
        since=window.since,
        until=window.until,
        ref=ref,
        paths=list(window.paths),
        excludes=list(window.excludes),
        releases=window.releases,
        rework_window_days=window.rework_days,
    )
