"""`landed report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.cli.board import check_writable, write_board_file
from landed.errors import UsageError

if TYPE_CHECKING:
    from landed.reports.model import Report


def report(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Repositories; the current one by default."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, such as 2026-01-31.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day.")] = None,
    ref: Annotated[
        str | None, typer.Option(metavar="REF", help="The branch that counts as the main line.")
    ] = None,
    path: Annotated[
        list[str] | None,
        typer.Option("--path", metavar="GLOB", help="Only these paths; may be repeated."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="GLOB", help="Without these paths; may be repeated."),
    ] = None,
    releases: Annotated[
        str | None, typer.Option(metavar="GLOB", help="The tags that are releases, such as 'v*'.")
    ] = None,
    offline: context.Offline = False,
    as_json: context.AsJson = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML file.")
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    pdf: Annotated[
        Path | None,
        typer.Option(
            "--pdf",
            metavar="FILE",
            help="Write the report to the board: one page and an appendix, of all that was read.",
        ),
    ] = None,
    board: Annotated[
        Path | None,
        typer.Option(
            "--board",
            metavar="FILE",
            help="The same as .pdf, .html, .md, .csv or .json: the file's ending decides.",
        ),
    ] = None,
    paper: Annotated[
        str | None, typer.Option("--paper", metavar="SIZE", help="a4 (usual) or letter.")
    ] = None,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Tell which lines AI wrote, on what evidence, and what became of them."""
    forms = (as_json, html is not None, as_markdown, pdf is not None, board is not None)
    if sum(forms) > 1:
        raise UsageError(
            "choose one of --json, --html FILE, --markdown, --pdf FILE and --board FILE"
        )
    settings = context.settings(workspace, config)
    to_board = pdf or board
    if to_board is not None:
        if ref or path or exclude or releases:
            raise UsageError(
                "the report to the board is of whole repositories: leave out --ref, --path, "
                "--exclude and --releases"
            )
        write_board_file(
            to_board,
            "--pdf" if pdf is not None else "--board",
            paths or [],
            settings,
            since=context.day("--since", since),
            until=context.day("--until", until),
            paper=paper,
            ask=context.ask(offline),
        )
        return
    if paper is not None:
        raise UsageError("--paper is for --pdf FILE")
    if html is not None:
        check_writable(html, "--html")
    from landed.metrics import Window

    window = Window(
        since=context.day("--since", since),
        until=context.day("--until", until),
        paths=tuple(path or ()),
        excludes=tuple(exclude or ()),
        releases=releases,
        rework_days=settings.rework_window_days,
    )
    from landed.reports.making import make_report

    with context.progress() as tell:
        made = make_report(
            paths or [Path()], settings, window, ref=ref, ask=context.ask(offline), progress=tell
        )
    _deliver(made, as_json=as_json, html=html, as_markdown=as_markdown)


def _deliver(made: Report, *, as_json: bool, html: Path | None, as_markdown: bool) -> None:
    if as_json:
        from landed.reports.as_json import json_text

        typer.echo(json_text(made))
    elif as_markdown:
        from landed.reports.markdown import markdown

        typer.echo(markdown(made), nl=False)
    elif html is not None:
        from landed.reports.html import html_page

        page = html_page(made)
        try:
            html.write_text(page, "utf-8")
        except OSError as error:
            raise UsageError(f"--html {html}: {error.strerror or error}") from error
        typer.echo(f"{html}: {html.stat().st_size / 1e6:.1f} MB, one file that needs no network")
    else:
        from landed.reports.terminal import print_report

        print_report(made)
