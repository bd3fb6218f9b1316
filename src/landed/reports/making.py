"""The main job from paths to a report: bring the store up to date, read it, compute."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from landed.config import Settings
from landed.metrics import (
    Window,
    read_delivery_facts,
    read_session_facts,
    tells_of_delivery,
)
from landed.metrics.paths import path_filter
from landed.progress import Progress, quiet
from landed.reports.build import Subject, build_report, read_seen
from landed.reports.model import Report
from landed.store import Store
from landed.sync import Ask, sync_all


def make_report(
    paths: Sequence[Path],
    settings: Settings,
    window: Window,
    *,
    ref: str | None = None,
    ask: Ask = "stale",
    progress: Progress = quiet,
) -> Report:
    """Read what is new in the repositories at `paths`, and report on all of them together.

    Paths that lead to one history count once. `ask` tells whether forges are asked. `progress` is
    told what is being done. Raises
    LandedError for whatever a person can put right.
    """
    path_filter(window.paths, window.excludes)
    subjects: dict[str, Subject] = {}
    results = sync_all(paths, settings, ref=ref, ask=ask, progress=progress)
    for path, result in zip(paths, results, strict=True):
        subject = Subject(result.repository, result.name)
        if any(other.name == subject.name for other in subjects.values()):
            subject = Subject(result.repository, f"{path.resolve().parent.name}/{result.name}")
        subjects.setdefault(result.repository, subject)
    progress("reading the store")
    with Store.for_settings(settings, read_only=True, on_wait=progress) as store:
        seen = read_seen(store, list(subjects.values()), window)
        sessions = read_session_facts(store, settings, list(subjects), window)
        delivery = None
        if tells_of_delivery(store, list(subjects)):
            delivery = read_delivery_facts(
                store, settings, list(subjects), window, sessions.journey
            )
    return build_report(
        seen,
        window,
        ref=ref,
        memory_limit=settings.store.memory_limit,
        threads=settings.store.threads,
        spill=settings.workspace / "temporary",
        sessions=sessions,
        delivery=delivery,
        progress=progress,
    )
