"""Matching the signals against a commit's people and message.

An address, a trailer or a line that one of the user's own signals matches is theirs alone: the
built-in signals do not look at it.

A signal covers the commit that bears it. Where the message proves a squash of several commits and
not all of them bear an agent's trailer, the message alone cannot tell which lines are the agent's:
its statements are then `inferred`. That an agent is the commit's author stays `declared`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from landed.attribution.anatomy import Anatomy, dissect
from landed.attribution.signals import CO_AUTHOR_KEYS, Signal, SignalTable
from landed.sources.git.messages import Message

_LONGEST_LINE = 1000
"""Longer lines bear no signal; nobody writes such a trailer, and patterns could be slow on it."""

_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(\S.*)")
_PERSON = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>\s]+)>\s*\Z")
_BARE_PERSON = re.compile(r"(?P<name>[^<>@]*?)\s*(?P<email>[^<>\s@]+@[^<>\s@]+)\s*\Z")


class Statement(NamedTuple):
    """What one signal says of one commit."""

    who: str
    agent: str | None
    model: str | None
    grade: str
    source: str
    rule: str
    session: str | None


class Matcher:
    """The signals, made ready to be matched against many commits."""

    def __init__(self, table: SignalTable) -> None:
        self._table = table
        self._at = {where: table.at(where) for where in _SOURCES}
        self._trailers: dict[str, list[Signal]] = {}
        for signal in self._at["trailer"]:
            self._trailers.setdefault(signal.key or "", []).append(signal)
        self._worth_reading = _first_look(self._at, self._trailers)
        self._people: dict[tuple[str, str, str, str], tuple[Statement, ...]] = {}

    def match(self, commit: Message) -> list[Statement]:
        """Return what the signals say of a commit: its author first, then in message order."""
        statements = list(self._of_people(commit))
        if self._worth_reading.search(commit.message):
            anatomy = dissect(commit.text, commit.committer_email)
            statements += self._of_message(anatomy)
        return list(dict.fromkeys(statements))

    def _of_people(self, commit: Message) -> tuple[Statement, ...]:
        key = commit[1:5]
        known = self._people.get(key)
        if known is None:
            author, author_email, committer, committer_email = key
            known = (
                *self._of_person("author", author, author_email),
                *self._of_person("committer", committer, committer_email),
            )
            self._people[key] = known
        return known

    def _of_person(self, place: str, name: str, email: str) -> list[Statement]:
        by_email = [
            (signal, signal.match.fullmatch(email)) for signal in self._at[f"{place}-email"]
        ]
        by_name = [(signal, signal.match.fullmatch(name)) for signal in self._at[f"{place}-name"]]
        found = _own_first((signal, match) for signal, match in by_email + by_name if match)
        return [self._statement(signal, match, name) for signal, match in found]

    def _of_message(self, anatomy: Anatomy) -> list[Statement]:
        borne: list[tuple[int, Statement]] = []
        for signal, match in _own_first(
            _starting(self._at["subject"], anatomy.subject[:_LONGEST_LINE])
        ):
            borne.append((0, self._statement(signal, match)))
        for section, row in anatomy.lines:
            borne += [(section, statement) for statement in self._of_line(row)]
        if not anatomy.squashed:
            return [statement for _, statement in borne]
        sections: dict[str | None, set[int]] = {}
        for section, statement in borne:
            sections.setdefault(statement.agent, set()).add(section)
        return [
            statement
            if anatomy.squashed <= sections[statement.agent]
            else statement._replace(grade="inferred")
            for _, statement in borne
        ]

    def _of_line(self, row: str) -> list[Statement]:
        if len(row) > _LONGEST_LINE:
            return []
        found = [(signal, match, "") for signal, match in _starting(self._at["body"], row)]
        trailer = _TRAILER.fullmatch(row.rstrip())
        if trailer:
            key, value = trailer.group(1).lower(), trailer.group(2)
            for signal in self._trailers.get(key, ()):
                match = signal.match.fullmatch(value)
                if match:
                    found.append((signal, match, ""))
            if key in CO_AUTHOR_KEYS:
                found += self._of_co_author(value)
        own = [(signal, match, name) for signal, match, name in found if signal.configured]
        return [self._statement(signal, match, name) for signal, match, name in own or found]

    def _of_co_author(self, value: str) -> list[tuple[Signal, re.Match[str], str]]:
        person = _PERSON.match(value) or _BARE_PERSON.match(value)
        if not person:
            return []
        name, email = person["name"].strip(), person["email"]
        return [
            (signal, match, name)
            for signal in self._at["co-author"]
            if (match := signal.match.fullmatch(email))
        ]

    def _statement(self, signal: Signal, match: re.Match[str], name: str = "") -> Statement:
        groups = match.groupdict()
        agent = signal.agent
        if groups.get("agent"):
            agent = self._table.agent(groups["agent"])
        model = groups.get("model") or signal.fixed_model
        if model is None and signal.model is not None:
            named = signal.model.search(name)
            model = named.group(1) if named else None
        return Statement(
            who=signal.who,
            agent=agent if signal.who == "ai" else None,
            model=(model or "").strip() or None,
            grade=signal.grade if signal.who != "unknown" else "none",
            source=_SOURCES[signal.where],
            rule=signal.id,
            session=groups.get("session"),
        )


_SOURCES = {
    "author-email": "author",
    "author-name": "author",
    "committer-email": "committer",
    "committer-name": "committer",
    "co-author": "trailer",
    "trailer": "trailer",
    "subject": "subject",
    "body": "body",
}


def _starting(signals: Iterable[Signal], row: str) -> Iterator[tuple[Signal, re.Match[str]]]:
    for signal in signals:
        match = signal.match.match(row)
        if match:
            yield signal, match


def _own_first(
    found: Iterable[tuple[Signal, re.Match[str]]],
) -> list[tuple[Signal, re.Match[str]]]:
    """Return the user's own signals where one matched, else all."""
    everything = list(found)
    return [pair for pair in everything if pair[0].configured] or everything


def _first_look(
    at: dict[str, tuple[Signal, ...]], trailers: dict[str, list[Signal]]
) -> re.Pattern[bytes]:
    """Return a pattern that every message with a signal matches: most messages end here."""
    keys = "|".join(re.escape(key) for key in (*CO_AUTHOR_KEYS, *trailers))
    starts = "|".join(f"(?:{_anonymous(signal)})" for signal in (*at["subject"], *at["body"]))
    return re.compile(
        rf"^(?: {{4}})?(?:(?:{keys})[ \t]*:|{starts})".encode(), re.IGNORECASE | re.MULTILINE
    )


def _anonymous(signal: Signal) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", signal.match.pattern)
