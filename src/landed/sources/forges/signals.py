"""How readers of forges ask what a text says about who wrote a change.

The table of signals lies on a higher floor than the readers: they are given a function, and keep
what it finds instead of the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Place = Literal["author", "branch", "request-body", "label"]
"""Where in a change the text stands: the author's user name, the branch it brings, its body, or
one label."""


@dataclass(frozen=True, slots=True)
class SignalMatch:
    """One signal that was found.

    Attributes:
        rule: id of the signal.
        who: ai, human, automation or unknown.
        agent: agent; null where none.
        model: model; null = untold.
        grade: declared or inferred.
        session: agent session that is named; null = none.
    """

    rule: str
    who: str
    agent: str | None
    model: str | None
    grade: str
    session: str | None


class MatchSignals(Protocol):
    """Finds every signal in one text of a change."""

    def __call__(self, place: Place, text: str) -> Iterable[SignalMatch]: ...
