"""What a demo that is ready says for itself: the four answers in short, and what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from landed.config import Settings
from landed.demo.company import CULPRIT, NOTICE, TEAMS
from landed.demo.making import DemoCompany
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.overview import Overview, overview_of
from landed.reports.journeys_words import STAGE_WORDS
from landed.reports.money import dollars
from landed.reports.wording import (
    comparison_sentence,
    count,
    percent,
    percent_range,
    short_figure,
)
from landed.store import Store

_BAR = 26


def answers(settings: Settings) -> list[str]:
    """The four answers of the overview, of at most 80 columns.

    Raises:
        StoreError: the store cannot be read, or holds no roll-ups.
    """
    with Store.for_settings(settings, read_only=True) as store:
        # whoever makes the demo may see all of it: nobody in it exists
        overview = overview_of(Look(store, settings, alone=True))
    return [
        *_reached(overview),
        *_cost(overview),
        *_holding(overview, settings.rework_window_days),
        *_sure(overview),
    ]


def next_steps(company: DemoCompany) -> list[str]:
    """Commands to try."""
    landed = f"landed --config {shlex.quote(str(company.config_path))}"
    code = company.directory / "repositories"
    culprit = shlex.quote(str(_some_file(code / CULPRIT)))
    return [
        "Try next",
        f"  {landed} serve",
        f"  {landed} report {shlex.quote(str(code))}/*",
        f"  {landed} sessions --waste",
        f"  {landed} why {culprit}:20",
    ]


def headline(company: DemoCompany) -> list[str]:
    """What was made, and that it is made up."""
    what = (
        f"{count(len(company.repositories), 'repository', 'repositories')}, {len(TEAMS)} teams, "
        f"in {company.directory}"
    )
    took = "" if company.reused else f", made in {sum(company.seconds.values()):.0f} s"
    return [NOTICE, f"{what}{took}", ""]


def _reached(overview: Overview) -> Iterator[str]:
    reached = overview.reached
    if reached is None:
        return
    yield f"Of {count(reached.generated, 'line')} that agents generated"
    for stage in reached.stages[1:]:
        bar = "█" * round(_BAR * (stage.share or 0))
        cost = dollars(stage.cost.list_microdollars)
        word = STAGE_WORDS[stage.stage]
        yield f"  {word:<11}{count(stage.lines):>9} {percent(stage.share):>6}  {bar:<26}{cost:>9}"
    shipped = reached.yield_30.figure
    yield f"  Yield {short_figure(shipped)} live 30 days after shipping"


def _cost(overview: Overview) -> Iterator[str]:
    cost = overview.cost
    if cost is None:
        return
    yield ""
    yield (
        f"What it cost: {dollars(cost.spent.list_microdollars)} list price, "
        f"{dollars(cost.spent.cash_microdollars)} cash; waste "
        f"{dollars(cost.waste.total.list_microdollars)}"
    )
    for leak in overview.leaks[:1]:
        yield (
            f"  Biggest leak: {count(leak.sessions, 'session')} on {leak.subject} cost "
            f"{dollars(leak.cost.list_microdollars)} and left no line"
        )


def _holding(overview: Overview, window_days: int) -> Iterator[str]:
    holding = overview.holding
    if holding is None or holding.rework is None:
        return
    ai, others = holding.rework.ai, holding.rework.others
    yield ""
    yield f"Is it holding? Reworked within {window_days} days"
    yield f"  AI {short_figure(ai)}, others {short_figure(others)}"
    yield f"  {comparison_sentence(holding.rework, window_days)}"


def _sure(overview: Overview) -> Iterator[str]:
    sure = overview.sure
    if sure is None or not sure.alive:
        return
    yield ""
    yield f"How sure are we? Evidence for {percent(sure.evidence_share)} of the lines alive"
    yield f"  of {count(sure.alive, 'line')}, {percent_range(sure.ai)} are AI's"


def _some_file(repository: Path) -> Path:
    """A file of code that is worth asking about."""
    files = sorted(repository.glob("src/*/*.py"), key=lambda path: (-path.stat().st_size, path))
    return files[0] if files else repository / "README.md"
