"""The dashboard over many calls and lines: what loading takes, and how fast its pages answer.

    python -m benchmarks.dashboard --calls 20000000 --copies 20 [--keep DIRECTORY] [--json]

The made-up company is made once and multiplied (`multiplied.py`): twenty copies are 240
repositories, 800 people, about a million lines that agents generated and over two million lines of
the ledger. Then everything is rolled up, and each page's model is built under several filters, as a
request builds it. `queries` is the time in the store, `page` that of the whole model with its
estimates; `first` has nothing kept from before, `again` has the estimates and decisions kept that
were made once for this roll-up. The floor is one count of calls and dollars by model over all
calls, without roll-ups, in the same run. Read README.md beside this file before quoting a figure.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.multiplied import multiplied_settings, multiply

from landed.config import Settings
from landed.demo import make_demo
from landed.reports.dashboard.agents import agents_of
from landed.reports.dashboard.changes import Asked, changes_of
from landed.reports.dashboard.estimates import Estimates
from landed.reports.dashboard.journey import journey_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import overview_of
from landed.reports.dashboard.quality import quality_of
from landed.reports.dashboard.repositories import repositories_of
from landed.reports.dashboard.spend import spend_of
from landed.rollups import Filter, update_rollups
from landed.store import Store
from landed.store.served import ServedStore

PAGES: dict[str, Callable[[Look], Any]] = {
    "overview": overview_of,
    "journey": journey_of,
    "spend": spend_of,
    "agents": agents_of,
    "quality": quality_of,
    "changes": lambda look: changes_of(look, Asked()),
    "repositories": repositories_of,
}
FLOOR = (
    "select model, count(*) as calls, sum(list_microdollars) as list from model_call"
    " join call_price using (call) group by model"
)


@dataclass(frozen=True)
class Answer:
    """Seconds that one page took under one filter."""

    page: str
    asked: str
    again: bool
    queries: float
    whole: float


@dataclass
class Result:
    """What was loaded, seconds that rolling up took, the floor, and every answer."""

    calls: int
    generated_lines: int
    ledger_lines: int
    rollup_seconds: float | None
    floor_seconds: float
    answers: list[Answer]


def main() -> None:
    """Load, roll up, ask, print."""
    options = _options()
    with _directory(options.keep) as directory:
        workspace = directory / "workspace"
        company = make_demo(directory / "company", size=options.size)
        made = company.settings()
        settings = multiplied_settings(made, workspace, options.copies)
        seconds = None
        if not workspace.is_dir():
            multiply(company.workspace, workspace, options.copies, options.calls)
            began = time.monotonic()
            update_rollups(settings)
            seconds = time.monotonic() - began
        result = _measured(settings, seconds, options.runs)
    if options.json:
        print(json.dumps(asdict(result), indent=2))
    else:
        _print(result)


def _measured(settings: Settings, seconds: float | None, runs: int) -> Result:
    with ServedStore(settings) as served:
        with served.reading() as store:
            counted = store.query(
                "select (select count(*) from model_call) as calls,"
                " (select cast(sum(lines) as bigint) from rollup.journey_line) as generated,"
                " (select count(*) from line) as lines"
            ).to_pylist()[0]
            began = time.monotonic()
            store.query(FLOOR)
            floor = time.monotonic() - began
        answers = [
            answer
            for name, asked in _filters(served).items()
            for page in PAGES
            for answer in _answers(served, settings, page, name, asked, runs)
        ]
    return Result(counted["calls"], counted["generated"], counted["lines"], seconds, floor, answers)


def _filters(served: ServedStore) -> dict[str, Filter]:
    """Everything, a recent time, and one repository, team, agent and model of the largest."""
    found = {"everything": Filter()}
    today = date.today()
    found["6 months"] = Filter(since=(today - timedelta(days=180)).replace(day=1))
    with served.reading() as store:
        for dimension in ("repository", "team", "agent", "model"):
            (row,) = store.query(
                f"select {dimension} as value from rollup.spend where {dimension} is not null"
                " group by 1 order by count(distinct person) desc, 1 limit 1"
            ).to_pylist()
            found[f"one {dimension}"] = Filter().having(dimension, row["value"])
    return found


def _answers(
    served: ServedStore, settings: Settings, page: str, name: str, asked: Filter, runs: int
) -> Iterator[Answer]:
    for _ in range(runs):
        estimates = Estimates()
        for again in (False, True):
            with served.reading() as store:
                spent = _watched(store)
                look = Look(store, settings, asked, estimates=estimates)
                began = time.monotonic()
                look = look.asking(look.privacy.window(asked))
                PAGES[page](look)
                whole = time.monotonic() - began
            yield Answer(page, name, again, sum(spent), whole)


def _watched(store: Store) -> list[float]:
    """The seconds of each query that the store is asked from now on."""
    spent: list[float] = []
    ask = store.query

    def query(*given: Any, **named: Any) -> Any:
        began = time.monotonic()
        try:
            return ask(*given, **named)
        finally:
            spent.append(time.monotonic() - began)

    store.query = query  # type: ignore[method-assign]
    return spent


def _print(result: Result) -> None:
    print(
        f"{result.calls:,} calls, {result.generated_lines:,} generated lines, "
        f"{result.ledger_lines:,} lines of the ledger"
    )
    if result.rollup_seconds is not None:
        print(f"rolled up in {result.rollup_seconds:.1f} s")
    print(f"floor: calls and dollars by model over all calls {1000 * result.floor_seconds:.0f} ms")
    print(
        f"{'page':<13}{'filter':<16}{'queries':>12}{'page first':>12}{'page again':>12}"
        f"{'of floor':>10}"
    )
    for page in PAGES:
        for name in dict.fromkeys(answer.asked for answer in result.answers):
            own = [one for one in result.answers if one.page == page and one.asked == name]
            queries = statistics.median(one.queries for one in own if not one.again)
            first, again = (
                statistics.median(one.whole for one in own if one.again is kept)
                for kept in (False, True)
            )
            print(
                f"{page:<13}{name:<16}{1000 * queries:>9.0f} ms{1000 * first:>9.0f} ms"
                f"{1000 * again:>9.0f} ms{queries / result.floor_seconds:>9.2f} ×"
            )


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000_000)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--size", type=float, default=1.0, help="of the made-up company")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="keep what is made here, and use it again")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
