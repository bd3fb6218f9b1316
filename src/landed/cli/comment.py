"""`landed comment`: what is known of one pull or merge request, printed or posted under it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.delivery.connections import Connection
    from landed.delivery.one_change import ChangeName
    from landed.reports.comment import ChangeComment


def comment(
    change: Annotated[str, typer.Argument(metavar="NUMBER|URL", help="The pull or merge request.")],
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A clone of its repository.")
    ] = Path(),
    post: Annotated[
        bool, typer.Option("--post", help="Post it, in the place of an earlier one.")
    ] = False,
    as_json: context.AsJson = False,
    connection: Annotated[
        str | None, typer.Option(metavar="NAME", help="The connection to ask and post through.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="REV", help="Where the change began, without a forge.")
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="REV", help="Where it ends, without a forge.")
    ] = None,
    docs: Annotated[
        str | None, typer.Option(metavar="URL", help="Documentation to link to.")
    ] = None,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """What AI wrote in one pull or merge request, on what evidence, at what cost; as Markdown."""
    from landed.delivery.one_change import find_connection, name_change, post_comment, read_change
    from landed.errors import UsageError
    from landed.reports.comment_markdown import comment_markdown
    from landed.sources.git.location import locate

    settings = context.settings(workspace, config)
    named = name_change(change, locate(path).remote)
    through = find_connection(_connections(settings), connection, named, os.environ)
    if post and through is None:
        raise UsageError(
            "no connection reads this project: landed connect makes one, and in a pipeline "
            "GITHUB_TOKEN or GITLAB_TOKEN does"
        )
    project = None
    if through is not None:
        project = read_change(settings, lambda: context.open_store(settings), through, named)
    found = _found(settings, path, named, base, head)
    text = comment_markdown(found, docs)
    address = None
    if post and through is not None and project is not None:
        address = post_comment(settings, through, project, named.number, text)
    if as_json:
        context.print_json(found.as_json() | {"markdown": text, "posted": address})
    else:
        typer.echo(address or text, nl=address is not None)


def _connections(settings: Settings) -> list[Connection]:
    from landed.config import prepare_directory
    from landed.delivery.one_change import all_connections

    prepare_directory(settings.workspace)
    with context.open_store(settings) as store:
        return all_connections(store, settings)


def _found(
    settings: Settings, path: Path, named: ChangeName, base: str | None, head: str | None
) -> ChangeComment:
    """Bring the repository up to date, and tell of the change."""
    from landed.cli.blame import up_to_date
    from landed.delivery.one_change import known_project
    from landed.reports.comment import change_comment
    from landed.reports.place import open_scratch

    repository = up_to_date(path, settings)
    with (
        open_scratch(path, settings) as scratch,
        context.open_store(settings, read_only=True) as store,
    ):
        project = known_project(store, repository, named)
        return change_comment(
            store, settings, repository, scratch, project, named.number, base=base, head=head
        )
