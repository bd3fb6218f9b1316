"""Globs over paths as regular expressions: the syntax that git's pattern files share."""

from __future__ import annotations

import re


def translated(glob: str) -> str:
    """Return the regular expression, not anchored, that a glob stands for.

    `*` and `?` stop at a slash, `**` does not. Raises ValueError, saying what is wrong, for a
    glob that cannot be one.
    """
    text = ""
    place = 0
    while place < len(glob):
        if glob.startswith("**/", place):
            text += "(?:.*/)?"
            place += 3
        elif glob.startswith("**", place):
            text += ".*"
            place += 2
        elif glob[place] == "*":
            text += "[^/]*"
            place += 1
        elif glob[place] == "?":
            text += "[^/]"
            place += 1
        elif glob[place] == "[":
            end = glob.find("]", place + 2)
            if end < 0:
                raise ValueError("the bracket [ is never closed")
            inner = glob[place + 1 : end].replace("\\", "\\\\")
            if inner.startswith("!"):
                inner = f"^{inner[1:]}"
            text += f"[{inner}]"
            place = end + 1
        else:
            text += re.escape(glob[place])
            place += 1
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from error
    return text


def covering(glob: str) -> re.Pattern[str]:
    """The pattern that matches the paths which a glob of `.gitignore` covers.

    A glob without a slash (but at its end) is matched against every part of a path, one with a
    slash from the top. What matches a directory matches all in it. Raises ValueError, saying what
    is wrong, for a glob that cannot be one.
    """
    body = glob.removeprefix("./").removesuffix("/")
    if not body.strip("/"):
        raise ValueError("it is empty")
    text = translated(body.removeprefix("/"))
    return re.compile(f"{'' if '/' in body else '(?:.*/)?'}{text}(?:/.*)?\\Z", re.DOTALL)
