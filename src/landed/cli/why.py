"""`landed why`: the whole story of one line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landed.cli import context
from landed.cli.blame import Repo, Revision, up_to_date

if TYPE_CHECKING:
    from landed.config import Settings
    from landed.reports.why import Story
    from landed.sources.git.scratch import Scratch


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
    from landed.reports.place import find_repository, open_scratch
    from landed.reports.why import split_place, story_document
    from landed.reports.why_terminal import print_story

    settings = context.settings(workspace, config)
    file, line = split_place(place)
    path = find_repository(file, repo)
    with open_scratch(path, settings) as scratch:
        story = _story(scratch, path, settings, file, line, revision)
    if as_json:
        context.print_json(story_document(story))
    else:
        print_story(story)


def _story(
    scratch: Scratch, path: Path, settings: Settings, file: str, line: int, revision: str | None
) -> Story:
    """The story of a line of the revision; without one, of HEAD or else of the working tree.

    A line that the working tree has and HEAD has not is told of where an agent generated it.
    """
    from landed.errors import UsageError
    from landed.reports.place import find_place
    from landed.reports.why import tell
    from landed.reports.why_uncommitted import is_in_working_tree, tell_uncommitted

    missing: UsageError | None = None
    try:
        place = find_place(scratch, file, revision, settings)
    except UsageError as error:
        if revision is not None or not is_in_working_tree(scratch, file):
            raise
        missing = error
    repository = up_to_date(path, settings)
    with context.open_store(settings, read_only=True) as store:
        if revision is None:
            story = tell_uncommitted(store, settings, repository, scratch, file, line)
            if story is not None:
                return story
        if missing is not None:
            raise missing
        return tell(store, settings, repository, scratch, place, line)
