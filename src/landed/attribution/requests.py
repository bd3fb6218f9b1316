"""Matching the signals against a pull or merge request: author, branch, description and labels.

What a request says is declared, as the word of a commit is; a branch's name alone is `inferred`.
Descriptions are long and written by strangers: only the beginnings of lines are looked at, and
only so much of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from landed.attribution.anatomy import bearing_lines
from landed.attribution.signals import FORGE_PLACES, Signal, SignalTable
from landed.sources.forges.signals import Place, SignalMatch

LONGEST_TEXT = 200_000
"""Characters of a description that are looked at; no forge's own form comes near it."""

_LINE = 1000
"""Characters of a line, branch, label or user name that are looked at."""
_SESSION = 200
_DECIDING = frozenset({"ai", "human", "automation"})


class RequestMatcher:
    """The signals, made ready to be matched against many requests."""

    def __init__(self, table: SignalTable) -> None:
        self._table = table
        self._at = {where: table.at(where) for where in FORGE_PLACES}
        starts = "|".join(f"(?:{_anonymous(signal)})" for signal in self._at["request-body"])
        self._worth_matching = re.compile(starts, re.IGNORECASE)

    def __call__(self, place: Place, text: str) -> list[SignalMatch]:
        """Return what the signals say of one text, each rule once, in the order of the text.

        Where one of the user's own signals matches a user name, branch, label or line, the
        built-in ones do not look at it.
        """
        if place == "author":
            found = self._of_whole("login", text)
        elif place == "label":
            found = self._of_whole("label", text)
        elif place == "branch":
            found = self._of_start("branch", text)
        else:
            found = self._of_lines(text[:LONGEST_TEXT])
        by_rule: dict[str, SignalMatch] = {}
        for match in found:
            by_rule.setdefault(match.rule, match)
        return list(by_rule.values())

    def _of_whole(self, where: str, text: str) -> list[SignalMatch]:
        short = text.strip()[:_LINE]
        return self._said((signal, signal.match.fullmatch(short)) for signal in self._at[where])

    def _of_start(self, where: str, text: str) -> list[SignalMatch]:
        short = text[:_LINE]
        return self._said((signal, signal.match.match(short)) for signal in self._at[where])

    def _of_lines(self, text: str) -> list[SignalMatch]:
        return [
            match
            for line in dict.fromkeys(bearing_lines(text))
            if self._worth_matching.match(line[:_LINE])
            for match in self._of_start("request-body", line)
        ]

    def _said(self, tried: Iterable[tuple[Signal, re.Match[str] | None]]) -> list[SignalMatch]:
        found = [(signal, match) for signal, match in tried if match is not None]
        own = [(signal, match) for signal, match in found if signal.configured]
        return [
            self._match(signal, match) for signal, match in own or found if signal.who in _DECIDING
        ]

    def _match(self, signal: Signal, match: re.Match[str]) -> SignalMatch:
        groups = match.groupdict()
        named = groups.get("agent")
        agent = self._table.agent(named) if named else signal.agent
        session = groups.get("session")
        return SignalMatch(
            rule=signal.id,
            who=signal.who,
            agent=agent if signal.who == "ai" else None,
            model=groups.get("model") or signal.fixed_model,
            grade=signal.grade,
            session=session[:_SESSION] if session else None,
        )


def _anonymous(signal: Signal) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", signal.match.pattern)
