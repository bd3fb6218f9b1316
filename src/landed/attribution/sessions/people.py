"""The one map of people: git authors, session users, machine users and logins at forges.

An identity belongs to a person by, in this order: the configuration, what was confirmed by hand,
a repository's .mailmap, an equal e-mail address, or the address that git is configured with where
the agent ran. What only looks alike is suggested, and counts for nothing until it is confirmed.
Logins at forges are matched apart, once a forge was read; here they keep the rows they have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from landed.config import Settings
from landed.errors import GitError, UsageError
from landed.records import AGENTS, TABLES
from landed.sources.git.process import run_git
from landed.store import Store

GIT_AUTHOR = "git-author"
SESSION_USER = "session-user"
MACHINE_USER = "machine-user"
FORGE_LOGIN = "forge-login"
MATCHED = ("configuration", "confirmed", "mailmap", "e-mail", "git-configuration", "forge")


@dataclass
class People:
    """Who is who.

    `names` has the name to show of every person, by canonical address; `identities` has the
    person and how it is known, by (kind, value).
    """

    names: dict[str, str] = field(default_factory=dict)
    identities: dict[tuple[str, str], tuple[str | None, str]] = field(default_factory=dict)

    def person(self, kind: str, value: str | None) -> str | None:
        """Return the person behind an identity; None where it is not known for certain."""
        if value is None:
            return None
        person, how = self.identities.get((kind, value.lower()), (None, "unmatched"))
        return person if how in MATCHED else None


def read_people(store: Store) -> People:
    """Return who is who as it was last written."""
    names = store.query("select person, name from person where repository = ?", [AGENTS])
    rows = store.query(
        "select kind, value, person, how from identity where repository = ? order by kind, value",
        [AGENTS],
    ).to_pylist()
    return People(
        dict(zip(names["person"].to_pylist(), names["name"].to_pylist(), strict=True)),
        {(row["kind"], row["value"]): (row["person"], row["how"]) for row in rows},
    )


def find_people(store: Store, settings: Settings, machine_users: dict[str, str | None]) -> People:
    """Match everybody who commits or runs agents.

    `machine_users` gives for each login the e-mail address of its git configuration, if any.
    """
    people = People()
    configured: dict[str, str] = {}
    for person in settings.people:
        canonical = person.emails[0].lower()
        people.names[canonical] = person.name or canonical
        configured |= {email.lower(): canonical for email in person.emails}
        for kind, values in ((SESSION_USER, person.accounts), (MACHINE_USER, person.logins)):
            for value in values:
                people.identities[(kind, value.lower())] = (canonical, "configuration")
    confirmed = _confirmed(store)
    _add_authors(store, people, configured, confirmed)
    for user in _session_users(store):
        _add_user(people, SESSION_USER, user, user if "@" in user else None, confirmed)
    for login, email in machine_users.items():
        _add_user(people, MACHINE_USER, login, email, confirmed)
    return people


def _add_authors(
    store: Store,
    people: People,
    configured: dict[str, str],
    confirmed: dict[tuple[str, str], str],
) -> None:
    rows = store.query(
        "select lower(email) as email, min(canonical_email) as canonical,"
        " min(canonical_name) as name from contact group by 1 order by 1"
    ).to_pylist()
    for row in rows:
        email, canonical = row["email"], row["canonical"]
        person, how = canonical, "e-mail" if email == canonical else "mailmap"
        if (GIT_AUTHOR, email) in confirmed:
            person, how = confirmed[(GIT_AUTHOR, email)], "confirmed"
        if email in configured or canonical in configured:
            person, how = configured.get(email) or configured[canonical], "configuration"
        people.identities[(GIT_AUTHOR, email)] = (person, how)
        people.names.setdefault(person, row["name"] or person)
    for email, person in configured.items():
        people.identities.setdefault((GIT_AUTHOR, email), (person, "configuration"))


def _add_user(
    people: People,
    kind: str,
    value: str,
    email: str | None,
    confirmed: dict[tuple[str, str], str],
) -> None:
    key = (kind, value.lower())
    if key in people.identities:
        return
    if key in confirmed:
        people.identities[key] = (confirmed[key], "confirmed")
        return
    known = people.identities.get((GIT_AUTHOR, (email or "").lower()))
    how = "e-mail" if kind == SESSION_USER else "git-configuration"
    if known is not None:
        people.identities[key] = (known[0], how)
    elif email is not None and kind == MACHINE_USER:
        # nobody has committed under this address yet, but git would use it
        people.identities[key] = (email.lower(), how)
        people.names.setdefault(email.lower(), email.lower())
    else:
        suggestion = _alike(people, value)
        people.identities[key] = (suggestion, "suggested" if suggestion else "unmatched")


def _alike(people: People, value: str) -> str | None:
    """Return the only person whose address or name begins like the value, if there is just one."""
    wanted = value.split("@")[0].lower()
    found = [person for person, name in people.names.items() if wanted in spellings(person, name)]
    return found[0] if len(found) == 1 else None


def spellings(person: str, name: str) -> set[str]:
    """Return the user names under which a person would be looked for."""
    return {person.split("@")[0], name.lower(), name.lower().replace(" ", ".")}


def _confirmed(store: Store) -> dict[tuple[str, str], str]:
    rows = store.query(
        "select kind, value, person from identity where repository = ? and how = 'confirmed'",
        [AGENTS],
    ).to_pylist()
    return {(row["kind"], row["value"]): row["person"] for row in rows}


def _session_users(store: Store) -> list[str]:
    rows = store.query(
        'select distinct "user" from session where repository = ? and "user" is not null'
        " order by 1",
        [AGENTS],
    )
    found: list[str] = rows["user"].to_pylist()
    return found


def confirm_identity(store: Store, kind: str, value: str, person: str) -> None:
    """Remember that an identity belongs to a person, until it is confirmed otherwise."""
    row = {"kind": kind, "value": value.lower(), "person": person.lower(), "how": "confirmed"}
    schema = pa.schema([f for f in TABLES["identity"].schema if f.name != "repository"])
    store.merge("identity", pa.Table.from_pylist([row], schema=schema), AGENTS)


def without_logins(people: People) -> People:
    """Return who is who leaving out logins at forges, and persons that only these name."""
    others = {key: who for key, who in people.identities.items() if key[0] != FORGE_LOGIN}
    named = {person for person, _ in others.values()}
    return People({p: name for p, name in people.names.items() if p in named}, others)


def write_people(store: Store, people: People) -> None:
    """Write the tables `person` and `identity`; logins at forges stay as they are known."""
    _write(store, _with_logins(people, read_people(store)))


def write_logins(store: Store, people: People) -> bool:
    """Write the logins at forges of `people`, and the persons that only they name.

    Returns whether anything has changed; nothing is written where nothing has.
    """
    known = read_people(store)
    whole = _with_logins(without_logins(known), people)
    if whole == known:
        return False
    with store.transaction():
        _write(store, whole)
    return True


def _with_logins(people: People, told: People) -> People:
    """Return `people` with the logins at forges that `told` has."""
    logins = {key: who for key, who in told.identities.items() if key[0] == FORGE_LOGIN}
    theirs = {person: told.names.get(person, person) for person, _ in logins.values() if person}
    return People(theirs | people.names, people.identities | logins)


def _write(store: Store, people: People) -> None:
    persons = [{"repository": AGENTS, "person": p, "name": n} for p, n in people.names.items()]
    identities = [
        {"repository": AGENTS, "kind": kind, "value": value, "person": person, "how": how}
        for (kind, value), (person, how) in people.identities.items()
    ]
    for name, rows in (("person", persons), ("identity", identities)):
        store.replace(name, pa.Table.from_pylist(rows, schema=TABLES[name].schema), AGENTS)


def configured_email(*files: Path) -> str | None:
    """Return `user.email` of the first of these git configuration files that has one."""
    for file in files:
        if not file.is_file():
            continue
        command = ["config", "--file", str(file), "--no-includes", "user.email"]
        try:
            value = run_git(command, git_dir=file.parent)
        except GitError:
            continue
        if value.strip():
            return value.decode(errors="replace").strip().lower()
    return None


def find_identity(store: Store, value: str) -> tuple[str, str]:
    """Return kind and value of the identity that is written `value`.

    A login at a forge may stand without its host where nothing else is called so. Raises
    UsageError, saying what there is, where none or more than one is.
    """
    rows = store.query(
        "select kind, value from identity where repository = ? order by kind, value", [AGENTS]
    ).to_pylist()
    wanted = value.lower()
    found = [(row["kind"], row["value"]) for row in rows]
    named = [one for one in found if one[1] == wanted]
    if not named:
        suffix = f"/{wanted}"
        named = [one for one in found if one[0] == FORGE_LOGIN and one[1].endswith(suffix)]
    unsettled = [one for one in named if one[0] != GIT_AUTHOR] or named
    if len(unsettled) == 1:
        return unsettled[0]
    if not unsettled:
        raise UsageError(f"nobody is known as {value}: landed people lists every identity")
    each = " and ".join(kind if one == wanted else f"{kind} {one}" for kind, one in unsettled)
    raise UsageError(f"{value} is {each}: settle it in landed.toml, [[people]]")
