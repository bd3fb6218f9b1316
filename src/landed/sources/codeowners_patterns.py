"""Patterns of CODEOWNERS files as regular expressions, by the rules of each forge.

The expressions are in the syntax of RE2, which takes time in proportion to a path's length however
a pattern is made: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from landed.globs import translated

MOST_CHARACTERS = 1000
"""Longer patterns are none."""

_ANY_FOLDER = "(?:.*/)?"
_PIECES = re.compile(r"\\(?P<escaped>.)|(?P<plain>[^\\]+)", re.DOTALL)
_STARS = re.compile(r"(?P<escaped>\\.)|\*{2,}", re.DOTALL)
_MANY = re.compile(r"\*{2,}\Z")
_WILD = re.compile(r"[*?\[\\]")
_NOTHING = pa.array([], pa.string())


def expression(pattern: str, dialect: Literal["github", "gitlab"]) -> str | None:
    """The expression that whole paths match which the pattern covers; null where it can be none."""
    if not 0 < len(pattern) <= MOST_CHARACTERS:
        return None
    try:
        body = _of_github(pattern) if dialect == "github" else _of_gitlab(pattern)
        found = rf"(?s)\A(?:{body})\z"
        pc.match_substring_regex(_NOTHING, found)
    except ValueError:
        return None
    return found


def beginning(pattern: str, dialect: Literal["github", "gitlab"]) -> str:
    """The text with which every path begins that the pattern covers; empty = not known."""
    anchored = pattern.startswith("/")
    if dialect == "github":
        anchored = "/" in pattern.removesuffix("/")
    if not anchored:
        return ""
    return _WILD.split(pattern.removeprefix("/"), maxsplit=1)[0].removesuffix("/")


def _of_github(pattern: str) -> str:
    """As `.gitignore` reads it, but that `folder/*` covers only what lies in the folder itself."""
    if pattern[0] == "!" or pattern.startswith("\\#") or "[" in pattern:
        raise ValueError("no pattern of GitHub's")
    body = _plain_stars(pattern).removesuffix("/")
    if not body.strip("/"):
        raise ValueError("it is empty")
    text = _expressed(body.removeprefix("/"))
    within = "(?:/.*)?"
    if pattern.endswith("/"):
        within = "/.+"
    elif body.rpartition("/")[2] in ("*", "**"):
        within = ""
    return f"{'' if '/' in body else _ANY_FOLDER}{text}{within}"


def _of_gitlab(pattern: str) -> str:
    """As Ruby's `File.fnmatch` reads it, after what GitLab puts before and behind it."""
    if pattern in ("*", "/"):
        return ".*"
    body = _plain_stars(pattern).removesuffix("/")
    if body.endswith("/**") and not pattern.endswith("/"):
        # at the end, two stars are as good as one
        body = body[:-1]
    text = _expressed(body.removeprefix("/"))
    return f"{'' if pattern[0] == '/' else _ANY_FOLDER}{text}{'/.+' if pattern[-1] == '/' else ''}"


def _expressed(body: str) -> str:
    """The expression of wildcards and plain text; a backslash makes what follows plain."""
    text, place = "", 0
    for piece in _PIECES.finditer(body):
        if piece.start() != place:
            break
        escaped = piece["escaped"]
        text += translated(piece["plain"]) if escaped is None else re.escape(escaped)
        place = piece.end()
    if place != len(body):
        raise ValueError("it ends in a backslash")
    return text


def _plain_stars(pattern: str) -> str:
    """Several stars are two where they are a whole part of a path, and one elsewhere."""
    parts = pattern.split("/")
    return "/".join("**" if _MANY.match(part) else _STARS.sub(_one, part) for part in parts)


def _one(found: re.Match[str]) -> str:
    return found["escaped"] or "*"
