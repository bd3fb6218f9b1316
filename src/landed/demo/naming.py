"""Titles and branches of made-up requests."""

from __future__ import annotations

from random import Random

from landed.demo.company import VOICE, VOICE_BRANCH
from landed.demo.script import Request
from landed.demo.text import NOUNS, VERBS

_FEATURES = ("feature/", "feature/", "returns/", "gift-cards/", "chore/")
_PREFIXES = {"fix": "fix/", "bump": "updates/", "voice": VOICE_BRANCH}
_LONGEST = 44


def name_request(random: Random, request: Request, reverted: Request | None) -> None:
    """Give a request its title and branch; `reverted` is the one that it takes back."""
    request.title = _title(random, request.kind)
    prefix = _PREFIXES.get(request.kind, "")
    if request.kind == "feature":
        prefix = random.choice(_FEATURES)
    if request.kind == "voice":
        request.title = f"{VOICE}: {request.title.lower()}"
    if reverted is not None:
        request.title = f'Revert "{reverted.title}"'
    request.branch = f"{prefix}{request.number}-{_slug(request.title)}"


def _title(random: Random, kind: str) -> str:
    verb, noun, more = random.choice(VERBS), random.choice(NOUNS), random.choice(NOUNS)
    if kind == "fix":
        return f"Fix the {noun} of a {more} that was not there"
    if kind == "rewrite":
        return f"Simplify how each {more} keeps its {noun}"
    if kind == "bump":
        return f"Update {noun}-{more} to {random.randint(1, 9)}.{random.randint(0, 20)}"
    return f"{verb.capitalize()} the {noun} of each {more}"


def _slug(title: str) -> str:
    plain = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -.")
    return "-".join(plain.split())[:_LONGEST].rstrip(".-")
