"""Taking single attributes by name, as what they should be: anything else is as good as missing.

Only what is asked for here by name leaves this package. Text is taken where it is a word: one
line, short, as identifiers and names are.
"""

from __future__ import annotations

import math
from typing import Any

from landed.sources.telemetry.of_json import whole_number
from landed.sources.telemetry.signals import Attributes

_LONGEST = 200
_LARGEST = 1 << 53
_TEAM = ("team.id", "team.name", "team", "department", "cost_center", "cost_center.id")


def word(told: Attributes, *names: str) -> str | None:
    """Return the first of the attributes that is a word, None where none of them is."""
    for name in names:
        value = told.get(name)
        if isinstance(value, str) and is_word(value):
            return value
    return None


def is_word(value: str) -> bool:
    """Return whether a text is one line, neither empty nor long."""
    return 0 < len(value) <= _LONGEST and value.isprintable()


def count(told: Attributes, *names: str) -> int:
    """Return the first of the attributes that is told as a count, 0 where none is."""
    for name in names:
        value: Any = told.get(name)
        if isinstance(value, str):
            value = whole_number(value)
        if isinstance(value, float) and math.isfinite(value):
            value = int(value)
        if type(value) is int and 0 <= value < _LARGEST:
            return value
    return 0


def fraction(told: Attributes, name: str) -> float | None:
    """Return an attribute that is a number, given as one or as text."""
    value: Any = told.get(name)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def truth(told: Attributes, name: str) -> bool | None:
    """Return an attribute that is a truth value, given as one or as text."""
    value = told.get(name)
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def team_of(resource: Attributes, told: Attributes) -> str | None:
    """Return the team that a company has set, on the resource or on the record."""
    return word(resource, *_TEAM) or word(told, *_TEAM)


def user_of(resource: Attributes, told: Attributes) -> str | None:
    """Return whose telemetry it is: an e-mail address, else an account."""
    names = ("user.email", "user.account_uuid", "user.account_id", "enduser.id", "user.id")
    for attributes in (told, resource):
        for name in names:
            found = word(attributes, name)
            if found is not None:
                return found.lower() if "@" in found else found
    return None
