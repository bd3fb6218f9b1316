"""`landed why`: the whole story of one line."""

from __future__ import annotations

from typing import Annotated

import typer

from landed.cli import context
from landed.cli.blame import Repo, Revision, up_to_date


def why(
    place: Annotated[
        str, typer.Argument(metavar="FILE:LINE", help="A line, such as src/cart.py:120.")
    ],
    repo: Repo = None,
    revision: Revision = None,
    as_json: context.AsJson = False,
    workspace: context.Workspace = None,
    config: context.Config = None,
) -> None:
    """Who wrote one line and how that is known, where it came from and what became of it."""
    from landed.reports.place import find_place, find_repository, open_scratch
    from landed.reports.why import split_place, story_document, tell
    from landed.reports.why_terminal import print_story

    settings = context.settings(workspace, config)
    file, line = split_place(place)
    path = find_repository(file, repo)
    with open_scratch(path, settings) as scratch:
        found = find_place(scratch, file, revision, settings)
        repository = up_to_date(path, settings)
        with context.open_store(settings, read_only=True) as store:
            story = tell(store, repository, scratch, found, line)
    if as_json:
        context.print_json(story_document(story))
    else:
        print_story(story)
