"""Which team owns which code: the CODEOWNERS file of a repository, as its main line has it now.

It tells who answers for paths, not who is in a team: nobody is put into a team by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import pyarrow as pa

from landed.delivery.rows import plain_rows
from landed.delivery.states import read_state, write_states
from landed.errors import GitError
from landed.records import FORGES
from landed.sources.codeowners import FAULTS, PLACES, Dialect, OwnerRule, OwnersFile, read_owners
from landed.sources.codeowners_matching import CodeOwners
from landed.sources.git.blobs import Blobs
from landed.sources.git.scratch import Scratch
from landed.store import Store

SOURCE = "codeowners"
_RULES = 1
"""Raised when the same file would be read differently, or stored differently."""
_FILES = (b"100644", b"100755")
_UNREADABLE = "missing-object"
_SENTENCES = {
    **FAULTS,
    _UNREADABLE: "The CODEOWNERS file cannot be read: objects of the tip are missing.",
}
_FORGE = """
select min(forge) as forge from project
where repository = ? and belongs_to = ? and forge in ('github', 'gitlab')
having count(distinct forge) = 1
"""
_TEAMS = """
select distinct lower(organisation) as organisation, lower(team) as slug, team
from team_member where repository = ? order by organisation, slug, team
"""
_HEAD = "select head from repository where repository = ?"
_STANDING = """
select distinct path.path from line_interval as stay
join line on line.repository = stay.repository and line.line = stay.line
join path on path.repository = line.repository and path.path_index = line.path_index
join repository on
    repository.repository = stay.repository and repository.default_branch = stay.branch
where stay.repository = ? and stay."left" is null
order by path.path
"""
_STORED = "select * from code_owner where repository = ? order by ordinal"


@dataclass(frozen=True)
class OwnedFiles:
    """Files with lines at the tip of a main line: all, those with any owner, those of a team."""

    files: int
    owned: int
    of_teams: int


def note_code_owners(store: Store, repository: str, scratch: Scratch) -> None:
    """Bring `code_owner` of one repository up to date with the tip of its main line.

    Expects its ledger, `project.belongs_to` and `team_member`. Lines that say nothing are counted
    in `problem`. Where neither the file nor the teams of forges have changed, nothing is written.
    """
    known = store.query(_FORGE, [FORGES, repository])["forge"].to_pylist()
    dialect: Dialect | None = known[0] if known else None
    (head,) = store.query(_HEAD, [repository])["head"].to_pylist()
    try:
        place, blob = _found(scratch, head, dialect)
    except GitError:
        _write_problems(store, repository, PLACES[dialect][0], {_UNREADABLE: 1})
        return
    teams = store.query(_TEAMS, [FORGES]).to_pylist() if blob else []
    state = [_RULES, dialect, place, blob, sha256(orjson.dumps(teams)).hexdigest()]
    if read_state(store, SOURCE, repository) == state:
        return
    told = _read(scratch, blob, dialect, place)
    rows = [
        {
            "ordinal": ordinal,
            "place": place,
            "dialect": told.dialect,
            "section": rule.section,
            "optional": rule.optional,
            "pattern": rule.pattern,
            "excluded": rule.excluded,
            "owners": orjson.dumps(rule.owners).decode(),
            "team": _first_team(rule.owners, told.dialect, teams),
        }
        for ordinal, rule in enumerate(told.rules)
    ]
    with store.transaction():
        store.replace("code_owner", plain_rows("code_owner", rows), repository)
        _write_problems(store, repository, place, told.faults)
        write_states(store, {SOURCE: state}, datetime.now(UTC), repository)


def read_code_owners(store: Store, repository: str) -> CodeOwners:
    """The owners of a repository's paths, as they were last noted."""
    rows = store.query(_STORED, [repository]).to_pylist()
    rules = [
        OwnerRule(
            row["pattern"],
            tuple(orjson.loads(row["owners"])),
            row["section"],
            row["optional"],
            row["excluded"],
        )
        for row in rows
    ]
    dialect: Dialect = rows[0]["dialect"] if rows else "github"
    return CodeOwners(rules, dialect, [row["team"] for row in rows])


def owned_files(store: Store) -> dict[str, OwnedFiles]:
    """How many files have owners, by repository; those without a CODEOWNERS file are left out."""
    found = {}
    for repository in store.repositories_in("code_owner"):
        owners = read_code_owners(store, repository)
        paths = store.query(_STANDING, [repository])["path"].to_pylist()
        teams = [team for team in owners.owning_teams(paths) if team is not None]
        found[repository] = OwnedFiles(len(paths), sum(owners.owned(paths)), len(teams))
    return found


def _found(scratch: Scratch, commit: str, dialect: Dialect | None) -> tuple[str, str]:
    """The path and the blob of the file that counts; both empty where there is none.

    Raises GitError where the tip's tree is damaged.
    """
    places = PLACES[dialect]
    listed = scratch.run("ls-tree", "-z", "--full-tree", commit, "--", *places)
    blobs = {}
    for row in listed.split(b"\0")[:-1]:
        meta, _, path = row.partition(b"\t")
        mode, _, blob = meta.split(b" ")
        if mode in _FILES:
            blobs[path.decode()] = blob.decode()
    return next(((place, blobs[place]) for place in places if place in blobs), ("", ""))


def _read(scratch: Scratch, blob: str, dialect: Dialect | None, place: str) -> OwnersFile:
    if not blob:
        return OwnersFile(dialect or "github", ())
    blobs = Blobs(scratch)
    try:
        content = blobs.read(blob.encode())
    finally:
        blobs.close()
    if content is None:
        return OwnersFile(dialect or "github", (), {_UNREADABLE: 1})
    return read_owners(content, dialect, place)


def _first_team(
    owners: Sequence[str], dialect: Dialect, teams: Sequence[Mapping[str, Any]]
) -> str | None:
    found = (_team(owner, dialect, teams) for owner in owners)
    return next((team for team in found if team is not None), None)


def _team(owner: str, dialect: Dialect, teams: Sequence[Mapping[str, Any]]) -> str | None:
    """The team that an owner is, by the name under which forges have it; null for anybody else.

    GitHub's teams are called by their slug, whatever organisation they are of. A group of GitLab is
    called by its path within the organisation that is connected. Where no forge tells of it, a name
    with a slash is a team: no person has one.
    """
    if not owner.startswith("@") or owner.startswith("@@"):
        return None
    name = owner[1:].lower()
    for team in teams:
        own = f"{team['organisation']}/{team['slug']}"
        if name == own or (dialect == "gitlab" and name == team["slug"] == team["organisation"]):
            return str(team["team"])
    return name.partition("/")[2] or None


def _write_problems(store: Store, repository: str, place: str, faults: Mapping[str, int]) -> None:
    """Put what is wrong with the file in the place of what was wrong before."""
    before = store.query(
        "select kind, subject from problem where repository = ? and source = ?",
        [repository, SOURCE],
    ).to_pylist()
    told = [(row["kind"], row["subject"]) for row in before]
    told += [(kind, place) for kind in faults]
    if not told:
        return
    rows = [
        {
            "source": SOURCE,
            "kind": kind,
            "subject": place,
            "count": count,
            "detail": _SENTENCES[kind],
        }
        for kind, count in sorted(faults.items())
        if count
    ]
    within = pa.table(
        {
            "source": pa.array([SOURCE] * len(told), pa.string()),
            "kind": pa.array([kind for kind, _ in told], pa.string()),
            "subject": pa.array([subject for _, subject in told], pa.string()),
        }
    )
    store.replace_within("problem", plain_rows("problem", rows), repository, within)
