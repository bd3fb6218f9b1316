"""How names that others chose, and parts that may not be shown, are written."""

from __future__ import annotations

from landed.reports.wording import printable

LONGEST_NAME = 60
NOT_SHOWN = "not shown"


def capital(words: str) -> str:
    """Words at the beginning of a sentence."""
    return f"{words[0].upper()}{words[1:]}"


def shortened(name: str, longest: int = LONGEST_NAME) -> str:
    """A name that others chose, printable, and no longer than a line has room for."""
    shown = printable(name)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
