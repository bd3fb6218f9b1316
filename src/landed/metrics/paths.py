"""Globs over paths, as `.gitignore` reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from landed.errors import UsageError
from landed.globs import covering


def path_filter(paths: Sequence[str], excludes: Sequence[str]) -> Callable[[str], bool]:
    """Whether a path matches one of `paths` (any, where there are none) and no `excludes`.

    A glob without a slash (but at its end) is matched against every part of a path, one with a
    slash from the top. `*` and `?` stop at a slash, `**` does not. What matches a directory
    matches all in it. Raises UsageError for a glob that cannot be one.
    """
    wanted = [_compiled("--path", glob) for glob in paths]
    unwanted = [_compiled("--exclude", glob) for glob in excludes]

    def selects(path: str) -> bool:
        if wanted and not any(glob.match(path) for glob in wanted):
            return False
        return not any(glob.match(path) for glob in unwanted)

    return selects


def _compiled(option: str, glob: str) -> re.Pattern[str]:
    if not glob.strip("./"):
        raise UsageError(f"{option} {glob!r} is an empty glob: write one such as 'src/**/*.py'")
    try:
        return covering(glob)
    except ValueError as error:
        raise UsageError(f"{option} {glob!r} is no glob: {error}") from error
