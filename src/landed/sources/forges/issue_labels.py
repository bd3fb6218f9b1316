"""Which labels make an issue an incident, and which a bug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from landed.globs import translated

INCIDENT, BUG, NONE = "incident", "bug", "none"


class IssueLabels:
    """Globs of labels, letter case ignored; what is an incident is no bug besides."""

    def __init__(self, incidents: Sequence[str], bugs: Sequence[str]) -> None:
        self._incidents = _pattern(incidents)
        self._bugs = _pattern(bugs)
        self.globs = [sorted(incidents), sorted(bugs)]
        """As JSON keeps them: whoever read with others must read again."""

    def kind(self, labels: Iterable[str]) -> str:
        """Whether an issue that bears `labels` is an incident, a bug, or none of them."""
        names = list(labels)
        if any(self._incidents.fullmatch(name) for name in names):
            return INCIDENT
        if any(self._bugs.fullmatch(name) for name in names):
            return BUG
        return NONE


def _pattern(globs: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(f"(?:{translated(glob)})" for glob in globs)
    return re.compile(either or r"(?!)", re.IGNORECASE | re.DOTALL)
