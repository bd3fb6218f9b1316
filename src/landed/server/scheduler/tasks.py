"""The jobs of a server: what each does, how often, and how long it may take."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from landed.attribution.sessions.telemetry import forget_telemetry
from landed.server.scheduler.deliveries import Deliveries
from landed.server.scheduler.jobs import Begun, Job
from landed.server.scheduler.orders import Counts, Order, Result
from landed.server.scheduler.records import KEPT, forget_runs
from landed.server.scheduler.rolling_up import RollingUp
from landed.server.scheduler.scheduler import Scheduler
from landed.server.scheduler.sources import Sources
from landed.server.state import Server

AT_ONCE = 2
"""So many repositories are read at once."""
HOUR = 3600.0
_SYNC_LIMIT, _LOGS_LIMIT = 2 * HOUR, HOUR
_DELIVERIES_FIRST, _SYNC_FIRST, _LOGS_FIRST, _RETENTION_FIRST = 20.0, 30.0, 45.0, 120.0
"""Seconds after the start: people are answered before anything is read."""
_NOTHING = (
    "nothing is connected and no repository was read: landed connect github, or landed sync PATH"
)
_SHOWN = 3


def scheduler_of(server: Server) -> Scheduler:
    """The scheduler of a server, which is told to the server too; it is not started."""
    server.scheduler = Scheduler(server, jobs_of(server))
    return server.scheduler


def jobs_of(server: Server) -> list[Job]:
    """The jobs of a server; the made-up company has no sources that are read."""
    sync_seconds = server.settings.server.sync_minutes * 60.0
    rolling = RollingUp(server)
    jobs = [
        Job(
            "rollup",
            "adds up what was read, after each change and at most once a minute",
            rolling.work,
            due=rolling.due,
        ),
        Job(
            "retention",
            "forgets what is no longer to be kept",
            lambda begun: _forget(server, begun),
            every=24 * HOUR,
            first=_RETENTION_FIRST,
        ),
    ]
    if server.settings.deliveries:
        deliveries = Deliveries(server, rolling.fresh)
        jobs.append(
            Job(
                "deliveries",
                "sends the reports that are due",
                deliveries.work,
                every=60.0,
                first=_DELIVERIES_FIRST,
                due=deliveries.any,
            )
        )
    if server.made_up:
        return jobs
    sources = Sources(server)
    jobs.append(
        Job(
            "sync",
            "reads forges, and every repository that is known",
            lambda begun: _read(sources, begun),
            every=sync_seconds,
            first=_SYNC_FIRST,
            due=sources.any,
        )
    )
    if server.loopback and server.settings.sessions.read:
        jobs.append(
            Job(
                "logs",
                "reads the logs of agents on this machine",
                lambda begun: begun.apart(Order("logs", server.settings), _LOGS_LIMIT),
                every=sync_seconds,
                first=_LOGS_FIRST,
            )
        )
    return jobs


def _read(sources: Sources, begun: Begun) -> Result:
    """Read forges, then repositories, each for itself: what fails hinders nothing else."""
    settings = sources.settings
    counts: Counts = {"repositories": 0, "changed": 0, "failed": 0}
    messages: list[str] = []
    places: tuple[str, ...] = ()
    crashed = False
    if sources.connected():
        found = begun.apart(Order("forges", settings), _SYNC_LIMIT)
        places, crashed = found.places, found.crashed
        counts |= {"projects": found.counts.get("projects", 0)}
        if found.message is not None:
            messages.append(found.message)
    repositories = sources.repositories(places)
    if not repositories and not places and not messages:
        return Result("skipped", _NOTHING)

    def read(place: str) -> Result:
        return sources.read(place, begun, _SYNC_LIMIT)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sync") as pool:
        results = list(pool.map(read, repositories))
    failed = [
        (sources.name(place), result)
        for place, result in zip(repositories, results, strict=True)
        if result.outcome == "failed"
    ]
    counts["repositories"] = len(repositories)
    counts["changed"] = sum(result.outcome == "ok" for result in results)
    counts["failed"] = len(failed)
    messages += [f"{name}: {result.message}" for name, result in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        messages.append(f"{len(failed) - _SHOWN:,} more repositories failed")
    if any(result.outcome == "interrupted" for result in results):
        return Result("interrupted", "the server was stopped while this ran", counts)
    outcome = Result("failed" if messages else "ok", "; ".join(messages) or None, counts)
    if crashed and not repositories:
        return Result("failed", outcome.message, counts, crashed=True)
    return outcome


def _forget(server: Server, _: Begun) -> Result:
    """Let go of what is older than the settings say."""
    settings, now = server.settings.server, datetime.now(UTC)
    looks = server.accounts.access.forget(timedelta(days=settings.access_days))
    with server.store.writing(who="the scheduler") as store:
        runs = forget_runs(store, now - KEPT)
        if settings.telemetry_days is not None:
            forget_telemetry(store, now - timedelta(days=settings.telemetry_days))
    return Result("ok", None, {"looks": looks, "runs": runs})
