"""Messages of runs: one line for people, without what must stay secret."""

from __future__ import annotations

import re

LONGEST = 500
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
_TOKENS = re.compile(
    r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[a-z]-|landed_)[A-Za-z0-9_-]{8,}"
    r"|(?<=hooks\.slack\.com/)\S+"
)
_SPANS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def plain(message: str) -> str:
    """The message as one line, without credentials of addresses and without tokens."""
    found = " ".join("".join(one if one.isprintable() else " " for one in message).split())
    found = _TOKENS.sub("…", _CREDENTIALS.sub("", found))
    return found if len(found) <= LONGEST else f"{found[: LONGEST - 1]}…"


def span(seconds: float) -> str:
    """A length of time in its largest unit, such as "2 hours"."""
    for size, unit in _SPANS:
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a second"
