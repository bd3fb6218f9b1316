"""What a browser is, in words: from what it calls itself."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first one that is found counts: most browsers also name those that they are like."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_LONGEST = 60


def client_words(user_agent: str) -> str:
    """ "Firefox on Linux"; what calls itself nothing known is told as it does, shortened."""
    browser = next((word for mark, word in _BROWSERS if mark in user_agent), None)
    system = next((word for mark, word in _SYSTEMS if mark in user_agent), None)
    if browser is None:
        return user_agent.strip()[:_LONGEST] or "an unknown browser"
    return browser if system is None else f"{browser} on {system}"
