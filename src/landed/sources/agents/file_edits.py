"""What one tool call did to files, and the edits that this makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from landed.sources.agents.contract import Change, Edit

Kind = Literal["create", "update", "delete", "rename"]


class FileEdit(NamedTuple):
    """What a tool did, or would have done, to one file.

    `path` is as the tool was given it; `before` the whole file before, if it is known.
    """

    path: str
    kind: Kind
    changes: tuple[Change, ...]
    moved_to: str | None = None
    before: str | None = None
    changed_by_user: bool = False


def absolute(path: str, directory: str | None) -> str:
    """Return a path as seen from a working directory, where that is known."""
    rooted = path.startswith(("/", "\\")) or path[1:2] == ":"
    return path if rooted or not directory else f"{directory.rstrip('/')}/{path}"


def edits_of(common: Edit, files: Sequence[FileEdit], directory: str | None) -> list[Edit]:
    """Return one edit a file: with the path in its name where one call changes several."""
    edits = []
    for file in files:
        path = absolute(file.path, directory)
        edits.append(
            replace(
                common,
                edit=common.edit if len(files) == 1 else f"{common.edit}:{path}",
                path=path,
                kind=file.kind,
                changes=file.changes,
                before=file.before,
                moved_to=absolute(file.moved_to, directory) if file.moved_to else None,
                changed_by_user=file.changed_by_user,
            )
        )
    return edits
