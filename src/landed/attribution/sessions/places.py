"""Which repository every session and edit belongs to, and whose they are.

A session finds its repository by the working tree around its directory, the address of its
remote, or a commit that both know; directories are looked up under the configured path mappings.
An edit finds its own: an agent may well change files of another repository.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from landed.attribution.sessions.features import assign_features
from landed.attribution.sessions.folders import Folder, Folders, joined, normalised_remote
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
from landed.config import Settings
from landed.ledger.exclusion import excluding, exclusions
from landed.records import AGENTS, OUTSIDE, TABLES
from landed.sources.git.location import GitLocation
from landed.store import Store

SOURCE = "places"
_SHORTEST_COMMIT = 7
_RULES = 2


@dataclass(frozen=True)
class _Place:
    """Where one session worked; `top` is the working tree's top directory on this machine."""

    belongs_to: str | None
    top: str | None
    name: str
    how: str


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
    _Placing(store, settings).place()
    assign_features(store, settings)
    schema = pa.schema([f for f in TABLES["source_state"].schema if f.name != "repository"])
    row = {"source": [SOURCE], "state": [digest], "read_at": [datetime.now(UTC)]}
    store.merge("source_state", pa.table(row, schema=schema), AGENTS)


def _digest(store: Store, settings: Settings) -> str:
    counts = store.query(
        "select (select count(*) from session) as sessions,"
        " (select max(ended_at) from session) as ended, (select count(*) from edit) as edits,"
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


class _Placing:
    """One placing of all sessions and edits."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._folders = Folders(settings.sessions.paths)
        self._known = known_repositories(store)
        self._emails: dict[str, str | None] = {}
        self._owners: dict[str, tuple[str | None, str]] = {}
        self._holders: dict[str, str | None] = {}

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
            places[key] = self._place(session, by_session.get(key, ()))
        session_rows = [self._session_row(s, places, people) for s in sessions]
        with self._store.transaction():
            write_people(self._store, people)
            self._write("session_place", session_rows)
            self._store.replace("edit_place", self._edit_rows(edits, places, sessions), AGENTS)
            self._write("capture", self._captures(sessions, session_rows))

    def _write(self, table: str, rows: list[dict[str, Any]]) -> None:
        schema = pa.schema([f for f in TABLES[table].schema if f.name != "repository"])
        self._store.replace(table, pa.Table.from_pylist(rows, schema=schema), AGENTS)

    def _place(self, session: dict[str, Any], edited: Iterable[str]) -> _Place:
        cwd = session["cwd"]
        folder = self._folders.find(self._folders.mapped(cwd)) if cwd else Folder("", False, None)
        removed = self._removed_worktree(folder)
        if removed is not None:
            name = self._known.names.get(removed[0], removed[0])
            return _Place(*removed, name, "worktree")
        here = folder.exists and folder.location is not None
        by_address = None if here else self._by_address(session)
        if folder.location is not None and by_address is None:
            known, how = self._of_location(folder.location)
            if cwd and self._folders.is_mapped(cwd):
                how = "mapping"
            top = folder.top
            if known is not None and not folder.exists:
                top = self._top_of_gone(known, folder.path, folder.top or "", edited)
            name = self._known.names.get(known or "") or self._folders.name(folder.location)
            return _Place(known, top, name, how if known else "inside")
        if by_address is not None:
            known, how = by_address
            top = self._top_of_gone(known, folder.path, "", edited) if cwd else None
            return _Place(known, top, self._known.names.get(known, known), how)
        in_one = any(session[name] for name in ("branch", "commit", "remote"))
        name = session["remote"] or posixpath.basename(folder.path) or "unknown"
        top = folder.path if in_one and cwd else None
        return _Place(None, top, name, "inside" if in_one else "none")

    def _removed_worktree(self, folder: Folder) -> tuple[str, str] | None:
        """Return repository and top of the working tree that a folder which is gone lay in.

        None where what is left around it is deeper than any working tree that is known.
        """
        if folder.exists or not folder.path:
            return None
        found = self._known.around(folder.path)
        if found is None or (folder.top is not None and len(folder.top) >= len(found[1])):
            return None
        return found

    def _of_location(self, location: GitLocation) -> tuple[str | None, str]:
        """Return the repository that a clone on disk belongs to, and how that is known."""
        key = str(location.git_dir)
        if key not in self._owners:
            self._owners[key] = self._owner(location)
        return self._owners[key]

    def _owner(self, location: GitLocation) -> tuple[str | None, str]:
        found = self._known.by_directory.get(str(location.common_dir))
        if found is not None:
            return found, "worktree"
        remote = location.remote
        if remote is not None and remote in self._known.by_remote:
            return self._known.by_remote[remote], "remote"
        head = self._folders.head(location)
        found = self._with_commit(head) if head else None
        return found, "commit"

    def _by_address(self, session: dict[str, Any]) -> tuple[str, str] | None:
        """Return the repository that the log itself names, by its remote or a commit."""
        if session["remote"]:
            found = self._known.by_remote.get(normalised_remote(session["remote"]))
            if found is not None:
                return found, "remote"
        named = [session["commit"]] if session["commit"] else []
        named += self._known.made.get((session["agent"], session["session"]), [])
        for commit in named:
            found = self._with_commit(commit)
            if found is not None:
                return found, "commit"
        return None

    def _with_commit(self, commit: str) -> str | None:
        """Return the only repository that has a commit, given by the beginning of its id."""
        if len(commit) < _SHORTEST_COMMIT or not all(c in "0123456789abcdef" for c in commit):
            return None
        if commit not in self._holders:
            rows = self._store.query(
                'select distinct repository from "commit" where starts_with("commit", ?) limit 2',
                [commit],
            )["repository"].to_pylist()
            self._holders[commit] = rows[0] if len(rows) == 1 else None
        return self._holders[commit]

    def _top_of_gone(
        self, repository: str, directory: str, existing: str, edited: Iterable[str]
    ) -> str:
        """Return where the top of a working tree was that is gone.

        The directory or the ancestor under which most of the edited paths are paths of the
        repository; the directory itself where none is.
        """
        if repository not in self._known.paths:
            rows = self._store.query("select path from path where repository = ?", [repository])
            self._known.paths[repository] = frozenset(rows["path"].to_pylist())
        known = self._known.paths[repository]
        plain = [self._folders.mapped(joined(directory, path)) for path in edited]
        best, most = directory or existing, 0
        candidate = directory
        while len(candidate) > max(len(existing) - 1, 1):
            prefix = f"{candidate}/"
            hits = sum(path.startswith(prefix) and path[len(prefix) :] in known for path in plain)
            if hits > most:
                best, most = candidate, hits
            candidate = posixpath.dirname(candidate)
        return best

    def _session_row(
        self,
        session: dict[str, Any],
        places: dict[tuple[str, str], _Place],
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
        places: dict[tuple[str, str], _Place],
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
                place = places.get(key, _Place(None, None, "", "none"))
                full = self._folders.mapped(joined(directories.get(key, ""), path))
                found[asked] = self._place_path(full, place, is_excluded)
            rows.append((edit, *found[asked]))
        names = ("edit", "belongs_to", "worktree", "path", "excluded")
        schema = pa.schema([TABLES["edit_place"].schema.field(name) for name in names])
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return pa.table(
            [pa.array(values, f.type) for values, f in zip(columns, schema, strict=True)],
            schema=schema,
        )

    def _place_path(
        self, full: str, place: _Place, is_excluded: Any
    ) -> tuple[str | None, str | None, str | None, bool]:
        """Return repository, working tree, path in it, and whether it is left out."""
        folder = self._folders.find(full if full == place.top else posixpath.dirname(full))
        removed = self._removed_worktree(folder)
        if removed is not None:
            within = full[len(removed[1]) + 1 :]
            return *removed, within, is_excluded(within)
        gone = not folder.exists and place.top is not None
        if place.top is not None and (gone or folder.top == place.top):
            inside = _under(full, place.top)
            if inside is not None:
                return place.belongs_to, place.top, inside, is_excluded(inside)
        if folder.location is not None and folder.top is not None:
            inside = _under(os.path.realpath(full), folder.top) or _under(full, folder.top)
            if inside is not None and not inside.startswith(".git/"):
                known, _ = self._of_location(folder.location)
                return known, folder.top, inside, is_excluded(inside)
        return None, None, None, False

    def _people(self, sessions: list[dict[str, Any]]) -> People:
        homes = [Path.home(), *(home.expanduser() for home in self._settings.sessions.homes)]
        logins: dict[str, str | None] = {}
        for login in sorted({session["machine_user"] for session in sessions}):
            own = [home for home in homes[1:] if home.name == login] or homes[:1]
            logins[login] = configured_email(
                *(own[0] / name for name in (".gitconfig", ".config/git/config"))
            )
        return find_people(self._store, self._settings, logins)

    def _person(self, session: dict[str, Any], place: _Place, people: People) -> str | None:
        """Whose session it is: the log's own word, the working tree's git user, the login."""
        named = people.person(SESSION_USER, session["user"])
        if named is not None:
            return named
        by_login = people.identities.get((MACHINE_USER, session["machine_user"].lower()))
        if by_login is not None and by_login[1] in ("configuration", "confirmed"):
            return by_login[0]
        email = self._email_of(place)
        if email is not None:
            return people.person(GIT_AUTHOR, email) or email
        return people.person(MACHINE_USER, session["machine_user"])

    def _email_of(self, place: _Place) -> str | None:
        """Return the address that git is configured with in a working tree, removed or not."""
        if place.top is None:
            return None
        folder = self._folders.find(place.top)
        directory: str | None = None
        if folder.exists:
            directory = None if folder.location is None else str(folder.location.common_dir)
        elif place.how == "worktree" and place.belongs_to is not None:
            directory = self._known.git_directories.get(place.belongs_to)
        if directory is None:
            return None
        if directory not in self._emails:
            self._emails[directory] = configured_email(Path(directory) / "config")
        return self._emails[directory]

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


def _under(path: str, top: str) -> str | None:
    """Return a path from a directory, empty for itself; None where it does not lie in it."""
    if path == top:
        return ""
    return path[len(top) + 1 :] if path.startswith(f"{top}/") else None
