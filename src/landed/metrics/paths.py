"""Globs over paths, as `.gitignore` reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from landed.errors import UsageError


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
    body = glob.removeprefix("./").removesuffix("/")
    if not body.strip("/"):
        raise UsageError(f"{option} {glob!r} is an empty glob: write one such as 'src/**/*.py'")
    anchored = "/" in body
    text = _translated(option, glob, body.removeprefix("/"))
    return re.compile(f"{'' if anchored else '(?:.*/)?'}{text}(?:/.*)?\\Z", re.DOTALL)


def _translated(option: str, glob: str, body: str) -> str:
    text = ""
    place = 0
    while place < len(body):
        if body.startswith("**/", place):
            text += "(?:.*/)?"
            place += 3
        elif body.startswith("**", place):
            text += ".*"
            place += 2
        elif body[place] == "*":
            text += "[^/]*"
            place += 1
        elif body[place] == "?":
            text += "[^/]"
            place += 1
        elif body[place] == "[":
            end = body.find("]", place + 2)
            if end < 0:
                raise UsageError(f"{option} {glob!r} is no glob: the bracket [ is never closed")
            inner = body[place + 1 : end].replace("\\", "\\\\")
            if inner.startswith("!"):
                inner = f"^{inner[1:]}"
            text += f"[{inner}]"
            place = end + 1
        else:
            text += re.escape(body[place])
            place += 1
    try:
        re.compile(text)
    except re.error as error:
        raise UsageError(f"{option} {glob!r} is no glob: {error}") from error
    return text
