"""Who the user names at forges are, and in which teams: the forges' part of the one map of people.

A login belongs to a person by, in this order: the configuration, what was confirmed by hand, an
address with which the forge names it as the author of a commit, its public address, or an address
that the forge made for it. An equal name is a suggestion that counts for nothing until it is
confirmed. Programs are nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landed.attribution.sessions.people import (
    FORGE_LOGIN,
    GIT_AUTHOR,
    MATCHED,
    SESSION_USER,
    People,
    read_people,
    spellings,
    without_logins,
    write_logins,
)
from landed.config import Settings
from landed.delivery.evidence import signal_matcher
from landed.delivery.statements import statement
from landed.store import Store

_HOW = {0: "forge", 1: "e-mail", 2: "forge"}
"""How an address makes a login somebody's, by the rank of the address."""

_TEAMS = """
select host || '/' || login as login, organisation, team, count(*) over (
    partition by host, organisation, team
) as members
from team_member where repository = 'forges'
order by login, members, organisation, team
"""

_TOLD_TEAMS = """
select lower("user") as "user", team from told_team where repository = 'agents'
order by told_at, "user", team
"""
"""The team that was told last of somebody under any of their names comes last, and counts."""


@dataclass(frozen=True)
class LoginSummary:
    """How many logins at forges belong to somebody for certain, perhaps, and to nobody."""

    changed: bool
    matched: int
    suggested: int
    unmatched: int


def match_logins(store: Store, settings: Settings) -> LoginSummary:
    """Write whose every login at a forge is, in `identity` and `person`, where anything changed.

    Expects `identity` and `person` as `place_sessions` wrote them. In whichever order forges and
    repositories are read, the rows are those of a run from nothing.
    """
    known = read_people(store)
    people = without_logins(known)
    matching = _Matching(store, settings, known, people)
    found = {
        (FORGE_LOGIN, f"{account['host']}/{account['login']}"): matching.whose(account)
        for account in _people_among(store, settings)
    }
    people.identities |= _confirmed(known) | found
    ways = [how for _, how in found.values()]
    return LoginSummary(
        changed=write_logins(store, people),
        matched=sum(how in MATCHED for how in ways),
        suggested=ways.count("suggested"),
        unmatched=ways.count("unmatched"),
    )


def team_of_people(store: Store, settings: Settings) -> dict[str, str]:
    """Return the team of each person who is known to be in one.

    Keys are canonical addresses, and HOST/LOGIN for logins that belong to nobody known. The
    configuration's word comes first, then the team that a company has set on somebody's machine and
    telemetry tells, then the smallest of the teams in which forges have somebody; of several as
    small, the first by organisation and name.
    """
    people = read_people(store)
    smallest: dict[str, tuple[int, str, str]] = {}
    for row in store.query(_TEAMS).to_pylist():
        whose = people.person(FORGE_LOGIN, row["login"]) or row["login"]
        team = (row["members"], row["organisation"], row["team"])
        smallest[whose] = min(team, smallest.get(whose, team))
    teams = {whose: team for whose, (_, _, team) in smallest.items()}
    for row in store.query(_TOLD_TEAMS).to_pylist():
        whose = people.person(SESSION_USER, row["user"]) or row["user"]
        if "@" in whose:
            teams[whose] = row["team"]
    teams |= {person.emails[0].lower(): person.team for person in settings.people if person.team}
    return dict(sorted(teams.items()))


def _confirmed(known: People) -> dict[tuple[str, str], tuple[str | None, str]]:
    """Return what was confirmed by hand: it stays, though no forge tells of the login any more."""
    return {
        key: who
        for key, who in known.identities.items()
        if key[0] == FORGE_LOGIN and who[1] == "confirmed"
    }


def _people_among(store: Store, settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield the accounts that are no programs, as far as anything tells."""
    programs = {name.lower() for name in settings.forges.bots}
    signals = signal_matcher(settings)
    for account in store.query(statement("logins")).to_pylist():
        login = account["login"]
        said = signals("author", login)
        if not account["bot"] and login not in programs and all(s.who == "human" for s in said):
            yield account


class _Matching:
    """What is known of people, made ready to be asked for one login after the other."""

    def __init__(self, store: Store, settings: Settings, known: People, people: People) -> None:
        self._people = people
        self._known = known
        self._configured: dict[str, str] = {}
        for one in settings.people:
            for name in (*one.accounts, *one.logins):
                self._configured.setdefault(name.lower(), one.emails[0].lower())
        self._addresses: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for row in store.query(statement("login_addresses")).to_pylist():
            addresses = self._addresses.setdefault((row["host"], row["login"]), [])
            addresses.append((row["email"], row["rank"]))
        self._alike: dict[str, list[str]] = {}
        for person, name in people.names.items():
            for spelling in spellings(person, " ".join(name.split())):
                self._alike.setdefault(spelling, []).append(person)

    def whose(self, account: dict[str, Any]) -> tuple[str | None, str]:
        """Return the person and how that is known."""
        host, login = account["host"], account["login"]
        value = f"{host}/{login}"
        configured = self._configured.get(value) or self._configured.get(login)
        if configured is not None:
            return configured, "configuration"
        known = self._known.identities.get((FORGE_LOGIN, value))
        if known is not None and known[1] == "confirmed":
            return known
        for email, rank in self._addresses.get((host, login), ()):
            return self._of_address(email, account["name"]), _HOW[rank]
        suggestion = self._suggestion(account["name"], login)
        return suggestion, "suggested" if suggestion else "unmatched"

    def _of_address(self, email: str, name: str | None) -> str:
        """Return the person behind an address; nobody may have committed with it yet."""
        person = self._people.person(GIT_AUTHOR, email)
        if person is None:
            person = email
            self._people.names.setdefault(email, name or email)
        return person

    def _suggestion(self, name: str | None, login: str) -> str | None:
        """Return the only person of this name, else the only one that the login looks like."""
        for spelling in (" ".join((name or "").lower().split()), login):
            alike = self._alike.get(spelling, [])
            if spelling and len(alike) == 1:
                return alike[0]
        return None
