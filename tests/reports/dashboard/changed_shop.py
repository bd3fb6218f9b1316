"""A shop with lines and changes of its own forge, rolled up as a server does it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.delivery.forge_rows import PROJECT, By, ForgeRows
from tests.metrics.ledgers import FIRST_DAY, Ledger
from tests.reports.shops import CHANGES, shop

from landed.config import Settings
from landed.metrics import Window, read_delivery_facts, read_session_facts
from landed.reports.build import Subject, build_report, read_seen
from landed.reports.model import Report
from landed.rollups import compute_rollups, write_rollups
from landed.store import Store

PEOPLE = tuple(f"person{number}" for number in range(8))
OPEN, CLOSED = CHANGES + 1, CHANGES + 2
"""Numbers of the change that is open, and of the one that was closed."""


def changed_shop(workspace: Path) -> Settings:
    """Two hundred and forty changes of eight people, one open and one closed; rolled up."""
    settings = Settings(workspace=workspace)
    with Store.open(workspace) as store:
        fill(store, settings)
    return settings


def fill(store: Store, settings: Settings) -> None:
    """The same in a store that somebody else holds open."""
    ledger, forge = _told()
    ledger.write(store)
    forge.write(store, ledger.repository)
    write_rollups(store, compute_rollups(store, settings))


def reported(settings: Settings) -> Report:
    """What `landed report` says of it."""
    window = Window(rework_days=settings.rework_window_days)
    with Store.for_settings(settings) as store:
        names = store.query("select repository, name from rollup.known_repository").to_pylist()
        subjects = [Subject(row["repository"], row["name"]) for row in names]
        ids = [subject.repository for subject in subjects]
        seen = read_seen(store, subjects, window)
        sessions = read_session_facts(store, settings, ids, window)
        delivery = read_delivery_facts(store, settings, ids, window, sessions.journey)
    return build_report(seen, window, sessions=sessions, delivery=delivery)


def _told() -> tuple[Ledger, ForgeRows]:
    ledger, forge = shop(), ForgeRows()
    for step in range(CHANGES):
        merged = FIRST_DAY + timedelta(days=3 * step)
        commit = f"{step:040x}"
        forge.change(
            step + 1,
            commits=[By(commit)],
            merge_commit=commit,
            landed=[commit],
            author=PEOPLE[step // 6 % len(PEOPLE)],
            title=f"Add part {step % 7} to the {'cart' if step % 2 else 'till'}",
            opened_at=merged - timedelta(hours=5 + step % 9),
            merged_at=merged,
            closed_at=merged,
            additions=6,
            deletions=0,
        )
        _reviewed(forge, step + 1, merged - timedelta(hours=2))
        _checked(forge, commit, merged - timedelta(hours=4), "failure" if step == 3 else "success")
    last = FIRST_DAY + timedelta(days=3 * CHANGES)
    forge.change(OPEN, author=PEOPLE[0], state="open", title="Half done", opened_at=last)
    forge.change(
        CLOSED,
        author=PEOPLE[1],
        state="closed",
        title="Given up 100%_\\",
        opened_at=last,
        closed_at=last,
    )
    return ledger, forge


def _reviewed(forge: ForgeRows, number: int, at: object) -> None:
    for place, state in enumerate(("changes-requested", "approved")[number % 2 :]):
        forge.add(
            "review",
            project=PROJECT,
            review=f"{number}-{place}",
            number=number,
            reviewer="reviewer",
            reviewer_kind="user",
            state=state,
            submitted_at=at,
            commit=None,
        )


def _checked(forge: ForgeRows, commit: str, at: object, state: str) -> None:
    forge.add(
        "check_run",
        project=PROJECT,
        check_id=f"tests-{commit}",
        commit=commit,
        name="tests",
        kind="check",
        state=state,
        started_at=at,
        finished_at=at,
        updated_at=at,
    )
