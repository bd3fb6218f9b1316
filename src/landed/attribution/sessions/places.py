"""Which repository every session and edit belongs to, and whose they are.

A session finds its repository by the working tree around its directory, the address of its
remote, or a commit that both know; directories are looked up under the configured path mappings.
An edit finds its own: an agent may well change files of another repository.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from landed.attribution.sessions.features import assign_features
from landed.attribution.sessions.known import known_repositories
from landed.attribution.sessions.people import (
    GIT_AUTHOR,
    MACHINE_USER,
    SESSION_USER,
    People,
    configured_email,
    find_people,
    write_people,
)
from landed.attribution.sessions.placing import NOWHERE, Place, Placing
from landed.attribution.sessions.pushed import is_pushed
from landed.config import Settings
from landed.ledger.exclusion import excluding, exclusions
from landed.records import AGENTS, OUTSIDE, TABLES
from landed.store import Store

SOURCE = "places"
_RULES = 3


def place_sessions(store: Store, settings: Settings) -> None:
    """Write `session_place`, `edit_place`, `person`, `identity` and `capture` anew where needed.

    Nothing is done where neither the sessions, the repositories nor the settings have changed.
    Features are assigned as far as they are known; assign them again once it is known which
    commits came from which session.
    """
    digest = _digest(store, settings)
    stored = store.query(
        "select state from source_state where repository = ? and source = ?", [AGENTS, SOURCE]
    )["state"].to_pylist()
    if stored == [digest]:
        return
    _Rows(store, settings).place()
    assign_features(store, settings)
    schema = pa.schema([f for f in TABLES["source_state"].schema if f.name != "repository"])
    row = {"source": [SOURCE], "state": [digest], "read_at": [datetime.now(UTC)]}
    store.merge("source_state", pa.table(row, schema=schema), AGENTS)


def _digest(store: Store, settings: Settings) -> str:
    counts = store.query(
        "select (select cast(sum(hash(agent, session, started_at, ended_at, cwd, branch, remote,"
        ' "user", machine_user)) as varchar) from session) as sessions,'
        " (select count(*) from edit) as edits,"
        " (select count(*) from session_reference) as named,"
        " (select count(*) from contact) as contacts,"
        ' (select count(*) from "commit") as commits,'
        " (select count(*) from identity where how = 'confirmed') as confirmed,"
        " (select count(distinct worktree) from head_movement) as worktrees"
    ).to_pylist()[0]
    locations = store.query("select * from location order by repository, path").to_pylist()
    people = [person.model_dump(mode="json") for person in settings.people]
    paths = [mapping.model_dump() for mapping in settings.sessions.paths]
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)
    text = repr((_RULES, counts, locations, people, paths, rules))
    return orjson.dumps({"digest": hashlib.sha256(text.encode()).hexdigest()[:16]}).decode()


class _Rows:
    """One placing of all sessions and edits, written as rows."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._placing = Placing(store, settings, known_repositories(store))

    def place(self) -> None:
        sessions = self._store.query(
            'select agent, session, started_at, ended_at, cwd, branch, "commit", remote, "user",'
            " machine_user from session where repository = ?",
            [AGENTS],
        ).to_pylist()
        edits = self._store.query(
            "select edit, agent, session, path from edit where repository = ? order by edit",
            [AGENTS],
        )
        people = self._people(sessions)
        by_session = _paths_by_session(edits)
        places = {}
        for session in sessions:
            key = (session["agent"], session["session"])
            places[key] = self._placing.session(session, by_session.get(key, ()))
        session_rows = [self._session_row(s, places, people) for s in sessions]
        with self._store.transaction():
            write_people(self._store, people)
            self._write("session_place", session_rows)
            self._store.replace("edit_place", self._edit_rows(edits, places, sessions), AGENTS)
            self._write("capture", self._captures(sessions, session_rows))

    def _write(self, table: str, rows: list[dict[str, Any]]) -> None:
        schema = pa.schema([f for f in TABLES[table].schema if f.name != "repository"])
        self._store.replace(table, pa.Table.from_pylist(rows, schema=schema), AGENTS)

    def _session_row(
        self,
        session: dict[str, Any],
        places: dict[tuple[str, str], Place],
        people: People,
    ) -> dict[str, Any]:
        place = places[(session["agent"], session["session"])]
        return {
            "agent": session["agent"],
            "session": session["session"],
            "belongs_to": place.belongs_to,
            "worktree": place.top,
            "name": place.name,
            "how": place.how,
            "person": self._person(session, place, people),
            "feature": None,
            "feature_rule": None,
        }

    def _edit_rows(
        self,
        edits: pa.Table,
        places: dict[tuple[str, str], Place],
        sessions: list[dict[str, Any]],
    ) -> pa.Table:
        directories = {(s["agent"], s["session"]): s["cwd"] or "" for s in sessions}
        is_excluded = excluding(
            exclusions(self._settings.ledger.exclude, self._settings.ledger.include)
        )
        found: dict[tuple[tuple[str, str], str], tuple[str | None, str | None, str | None, bool]]
        found = {}
        rows = []
        for edit, agent, session, path in zip(*(c.to_pylist() for c in edits.columns), strict=True):
            key = (agent, session)
            asked = (key, path)
            if asked not in found:
                place = places.get(key, NOWHERE)
                at = self._placing.path(directories.get(key, ""), path, place)
                found[asked] = (*at, at.path is not None and is_excluded(at.path))
            rows.append((edit, *found[asked]))
        names = ("edit", "belongs_to", "worktree", "path", "excluded")
        schema = pa.schema([TABLES["edit_place"].schema.field(name) for name in names])
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pa.table(
            [pa.array(values, f.type) for values, f in zip(columns, schema, strict=True)],
            schema=schema,
        )

    def _people(self, sessions: list[dict[str, Any]]) -> People:
        told = self._settings.sessions
        mine = [Path.home()] if told.own_home else []
        others = [home.expanduser() for home in told.homes]
        logins: dict[str, str | None] = {}
        # a laptop pushes the address that git knows somebody by, or what hides the login
        pushed = {s["machine_user"] for s in sessions if is_pushed(s["cwd"])}
        # telemetry names no login: whose sessions these are, nothing on this machine tells
        for login in sorted({session["machine_user"] for session in sessions} - {""}):
            own = [home for home in others if home.name == login] or mine
            if login in pushed:
                logins[login] = login if "@" in login else None
                continue
            logins[login] = configured_email(
                *(home / name for home in own[:1] for name in (".gitconfig", ".config/git/config"))
            )
        return find_people(self._store, self._settings, logins)

    def _person(self, session: dict[str, Any], place: Place, people: People) -> str | None:
        """Whose session it is: the log's own word, the working tree's git user, the login."""
        named = people.person(SESSION_USER, session["user"])
        if named is not None:
            return named
        by_login = people.identities.get((MACHINE_USER, session["machine_user"].lower()))
        if by_login is not None and by_login[1] in ("configuration", "confirmed"):
            return by_login[0]
        email = self._placing.email_of(place)
        if email is not None:
            return people.person(GIT_AUTHOR, email) or email
        return people.person(MACHINE_USER, session["machine_user"])

    def _captures(
        self, sessions: list[dict[str, Any]], rows: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        complete = {
            person.emails[0].lower(): person.all_tools_captured_since
            for person in self._settings.people
        }
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        for session, row in zip(sessions, rows, strict=True):
            if row["person"] is None:
                continue
            key = (row["person"], row["agent"], row["belongs_to"] or OUTSIDE)
            first, last = session["started_at"], session["ended_at"]
            known = found.setdefault(
                key,
                {
                    "person": key[0],
                    "agent": key[1],
                    "belongs_to": key[2],
                    "first_at": first,
                    "last_at": last,
                    "complete_since": complete.get(key[0]),
                },
            )
            known["first_at"] = min(known["first_at"], first)
            known["last_at"] = max(known["last_at"], last)
        return list(found.values())


def _paths_by_session(edits: pa.Table) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    names = ("agent", "session", "path")
    for agent, session, path in zip(*(edits[n].to_pylist() for n in names), strict=True):
        found.setdefault((agent, session), set()).add(path)
    return found
