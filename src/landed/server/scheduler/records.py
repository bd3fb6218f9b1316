"""The table of runs: written as they begin and end, read by pages, the API and commands."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa

from landed.records import AGENTS, TABLES
from landed.server.scheduler.orders import Result
from landed.server.scheduler.wording import plain
from landed.store import Store

SCHEDULE = "schedule"
"""Who started what nobody asked for."""
KEPT = timedelta(days=90)
"""Runs are kept so long."""
_CUT_OFF = "the server ended while this ran; it runs again by itself"


@dataclass(frozen=True)
class RunRecord:
    """One run of a job.

    Attributes:
        run: random id.
        job: sync, logs, rollup, retention or deliveries.
        subject: what of the job it concerns, such as a repository; null = the whole.
        started_at, finished_at: null as long as it is under way, or where it was cut off.
        started_by: schedule, or the account that asked for it.
        outcome: running, ok, failed, skipped (there was nothing to do) or interrupted.
        message: what happened and what to do; null where all is well.
        counts: what was done, by kind.
    """

    run: str
    job: str
    subject: str | None
    started_at: datetime
    finished_at: datetime | None
    started_by: str
    outcome: str
    message: str | None
    counts: dict[str, int | float] = field(default_factory=dict)

    @classmethod
    def begun(cls, job: str, by: str = SCHEDULE, subject: str | None = None) -> RunRecord:
        """A run that begins now."""
        now = datetime.now(UTC)
        return cls(secrets.token_hex(8), job, subject, now, None, by, "running", None)

    def ended(self, result: Result) -> RunRecord:
        """The same, ended now."""
        return replace(
            self,
            finished_at=datetime.now(UTC),
            outcome=result.outcome,
            message=None if result.message is None else plain(result.message),
            counts=result.counts,
        )


def write_runs(store: Store, runs: Sequence[RunRecord]) -> None:
    """Keep runs, each in the place of what was known of it."""
    columns = [one for one in TABLES["job_run"].schema if one.name != "repository"]
    rows = [{**vars(run), "counts": orjson.dumps(run.counts).decode()} for run in runs]
    store.merge("job_run", pa.Table.from_pylist(rows, pa.schema(columns)), AGENTS)


def read_runs(
    store: Store,
    *,
    job: str | None = None,
    limit: int | None = None,
    before: tuple[datetime, str] | None = None,
) -> list[RunRecord]:
    """Runs, the newest first, at most `limit`; `before` is start and id of the last one known."""
    conditions, parameters = ["true"], dict[str, object]()
    if job is not None:
        conditions.append("job = $job")
        parameters["job"] = job
    if before is not None:
        conditions.append("(started_at, run) < ($started_at, $run)")
        parameters |= {"started_at": before[0], "run": before[1]}
    rows = store.query(
        "select run, job, subject, started_at, finished_at, started_by, outcome, message, counts "
        f"from job_run where {' and '.join(conditions)} order by started_at desc, run desc"
        + (f" limit {limit:d}" if limit is not None else ""),
        parameters,
    )
    return [_record(row) for row in rows.to_pylist()]


def last_runs(store: Store) -> list[RunRecord]:
    """The last run of each job as a whole, by job."""
    rows = store.query(
        "select run, job, subject, started_at, finished_at, started_by, outcome, message, counts "
        "from job_run where subject is null "
        "qualify row_number() over (partition by job order by started_at desc, run desc) = 1 "
        "order by job"
    )
    return [_record(row) for row in rows.to_pylist()]


def delivered(store: Store, job: str) -> list[str]:
    """The subjects of all runs of a job that went well."""
    rows = store.query(
        "select distinct subject from job_run where job = $job and outcome = 'ok' "
        "and subject is not null order by subject",
        {"job": job},
    )
    found: list[str] = rows["subject"].to_pylist()
    return found


def note_interrupted(store: Store) -> int:
    """Say of runs that a server before this one had begun that they were cut off; how many."""
    rows = store.query(
        "select run, job, subject, started_at, finished_at, started_by, outcome, message, counts "
        "from job_run where outcome = 'running'"
    )
    cut_off = [
        replace(_record(row), outcome="interrupted", message=_CUT_OFF) for row in rows.to_pylist()
    ]
    if cut_off:
        write_runs(store, cut_off)
    return len(cut_off)


def forget_runs(store: Store, before: datetime) -> int:
    """Take out runs that began earlier; how many these were."""
    old = store.query("select run from job_run where started_at < $before", {"before": before})
    gone: int = old.num_rows
    if gone:
        columns = [one for one in TABLES["job_run"].schema if one.name != "repository"]
        store.replace_within("job_run", pa.schema(columns).empty_table(), AGENTS, old)
    return gone


def _record(row: dict[str, Any]) -> RunRecord:
    return RunRecord(**{**row, "counts": orjson.loads(row["counts"])})
