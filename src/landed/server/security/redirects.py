"""Where a browser is sent after signing in: to a page of ours, or to none."""

from __future__ import annotations

from urllib.parse import urlsplit

HOME = "/"
_LONGEST = 2000
_NOWHERE = ("/login", "/logout")


def safe_next(wanted: str | None) -> str:
    """The page of ours that `wanted` names; the first page for anything else.

    Browsers take `//host`, `/\\host` and addresses with blanks or control characters in odd places
    for other hosts: only a plain path with what follows it is let through.
    """
    if not wanted or len(wanted) > _LONGEST or not wanted.startswith("/"):
        return HOME
    if wanted.startswith("//") or not all("!" <= letter <= "~" for letter in wanted):
        return HOME
    if "\\" in wanted:
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or parts.path.startswith(_NOWHERE):
        return HOME
    return wanted
