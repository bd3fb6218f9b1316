"""`landed cost`: what agents cost, at list price and in cash."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.reports.cost import Asked
    from landed.store import Store


class By(StrEnum):
    """What costs can be grouped by."""

    model = "model"
    day = "day"
    week = "week"
    month = "month"
    session = "session"
    repository = "repository"
    branch = "branch"
    feature = "feature"
    team = "team"
    agent = "agent"


def cost(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Only sessions in these repositories; all on this machine else."
        ),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="What a row stands for.")] = By.model,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, such as 2026-01-31.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")] = None,
    here: Annotated[
        bool,
        typer.Option("--here/--all", help="Only the current repository, or all sessions."),
    ] = False,
    timezone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Where days begin, such as Europe/Berlin; here."),
    ] = None,
    reconciled: Annotated[
        bool,
        typer.Option("--reconcile", help="List price beside what was paid, by vendor and month."),
    ] = False,
    waste: Annotated[
        bool,
        typer.Option("--waste/--no-waste", help="Follow lines to what was spent for nothing."),
    ] = True,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell what agents cost: calls, tokens by class, list price and what was paid."""
    from landed.reports.cost import Asked
    from landed.reports.cost_zone import zone
    from landed.sources.git.location import locate

    if reconciled and (paths or here):
        raise UsageError("--reconcile is about vendors and months: name no repository with it")
    places = (*(paths or ()), *((Path(),) if here else ()))
    for place in places:
        locate(place)
    asked = Asked(
        by.value,
        zone(timezone),
        context.day("--since", since),
        context.day("--until", until),
        places or None,
    )
    settings = context.settings(workspace, config)
    with up_to_date(settings) as store:
        if reconciled:
            _reconcile(store, asked, as_json=as_json)
        else:
            _cost(store, settings, asked, waste=waste, as_json=as_json)


def up_to_date(settings: Settings) -> Store:
    """Read what is new of agents' sessions, price it, and return the open store."""
    from landed.attribution.sessions.ingest import read_sessions
    from landed.attribution.sessions.places import place_sessions
    from landed.pricing import price_calls

    def open_store() -> Store:
        return context.open_store(settings)

    with context.progress() as tell:
        read_sessions(settings, open_store, progress=tell)
        store = open_store()
        try:
            place_sessions(store, settings)
            tell("pricing calls")
            price_calls(store, settings)
        except BaseException:
            store.close()
            raise
    return store


def _cost(store: Store, settings: Settings, asked: Asked, *, waste: bool, as_json: bool) -> None:
    from landed.reports.cost import read_cost

    found = read_cost(store, settings, asked)
    if waste:
        from landed.reports.cost_waste import with_waste

        found = with_waste(store, settings, found)
    if as_json:
        from landed.reports.cost_json import cost_document

        context.print_json(cost_document(found))
        return
    from landed.reports.cost_terminal import cost_lines

    for line in cost_lines(found):
        typer.echo(line)


def _reconcile(store: Store, asked: Asked, *, as_json: bool) -> None:
    from landed.reports.cost_reconcile import reconcile, reconcile_document, reconcile_lines

    found = reconcile(store, asked.since, asked.until)
    if as_json:
        context.print_json(reconcile_document(found))
        return
    for line in reconcile_lines(found):
        typer.echo(line)
