"""`landed demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.demo import DemoCompany


def demo(
    directory: Annotated[
        Path | None,
        typer.Option(
            "--directory", metavar="DIR", help="Where to make it; `demo` among your data otherwise."
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Another number is another story.")
    ] = 1,
    today: Annotated[
        str | None,
        typer.Option("--today", metavar="DATE", help="The last day of it; today otherwise."),
    ] = None,
    size: Annotated[
        float,
        typer.Option("--size", metavar="SHARE", min=0.01, max=4, help="0.1 is a tenth of it."),
    ] = 1.0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Make it anew although it is there.")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve its dashboard then.")] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port to serve it at."),
    ] = None,
    as_json: context.AsJson = False,
) -> None:
    """Make a made-up company, with real repositories and logs, to look at all of Landed with.

    It has a workspace of its own: nothing of yours is read or written.
    """
    from landed.config import APPLICATION
    from landed.demo import make_demo
    from landed.reports.wording import printable

    if directory is None:
        import platformdirs

        directory = platformdirs.user_data_path(APPLICATION) / "demo"
    with context.progress() as tell:
        company = make_demo(
            directory, seed, context.day("--today", today), tell, size=size, fresh=fresh
        )
    if as_json:
        _print_made(company)
    else:
        from landed.demo.telling import answers, headline, next_steps

        lines = [*headline(company), *answers(company.settings()), "", *next_steps(company)]
        typer.echo("\n".join(map(printable, lines)))
    if serve:
        _serve(company, port, as_json=as_json)


def _print_made(company: DemoCompany) -> None:
    from landed.demo import NOTICE

    context.print_json(
        {
            "notice": NOTICE,
            "directory": str(company.directory),
            "workspace": str(company.workspace),
            "config": str(company.config_path),
            "repositories": [str(path) for path in company.repositories],
            "reused": company.reused,
            "seconds": company.seconds,
        }
    )


def _serve(company: DemoCompany, port: int | None, *, as_json: bool) -> None:
    """Serve it until Ctrl-C, every page marked as made up."""
    from landed.cli import serve

    run = serve.running()
    typer.echo("", nl=not as_json)
    say = serve.print_started if as_json else serve.say_started
    run(company.settings(), port=port, made_up=True, on_wait=context.say, on_start=say)
