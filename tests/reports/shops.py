"""A made-up shop with a few hundred changes: enough to show every part of a report."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.metrics.ledgers import Ledger

from landed.metrics import Window
from landed.reports.build import Subject, build_report, read_seen
from landed.reports.model import Report
from landed.store import Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CHANGES = 240


def shop() -> Ledger:
    """One change every third day: agents, a bot, people with and without evidence."""
    ledger = Ledger(days=[3 * step for step in range(CHANGES)])
    authors = (
        ("ai", "claude-code", "recorded"),
        ("ai", "aider", "declared"),
        ("human", None, "recorded"),
        None,
        ("automation", "dependabot", "declared"),
        None,
    )
    for step in range(CHANGES):
        author = authors[step % len(authors)]
        if author is not None:
            ledger.author(step, *author)
        path = f"src/cart/part_{step % 7}.py"
        ledger.lines(6, step, path=path)
        if step % 4 == 0 and step + 5 < CHANGES:
            ledger.lines(3, step, path=path, left=step + 5)
        if step % 3 == 0 and step + 40 < CHANGES:
            ledger.lines(2, step, path=path, left=step + 40)
    for number, step in enumerate(range(40, CHANGES, 40)):
        ledger.release(f"v1.{number}", step)
    return ledger


def report_on(ledger: Ledger, workspace: Path, window: Window | None = None) -> Report:
    """The report on one ledger, as of a fixed moment."""
    return report_on_all([ledger], workspace, window)


def report_on_all(ledgers: list[Ledger], workspace: Path, window: Window | None = None) -> Report:
    """The report on several ledgers in one store, named acme/shop, acme/shop2 and so on."""
    window = window or Window()
    with Store.open(workspace) as store:
        for ledger in ledgers:
            ledger.write(store)
        subjects = [
            Subject(ledger.repository, f"acme/shop{place + 1 if place else ''}")
            for place, ledger in enumerate(ledgers)
        ]
        seen = read_seen(store, subjects, window)
    return build_report(seen, window, now=NOW)
