"""The whole story of one line: who wrote it and how that is known, where it came from and went."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib import resources
from typing import Any

from landed.config import Settings
from landed.errors import UsageError
from landed.journey.columns import NEVER
from landed.journey.history import read_history
from landed.journey.reading import default_branches
from landed.reports.blame import Authorship, authorships, birth_of, line_ids
from landed.reports.place import Place
from landed.reports.why_incidents import IncidentOfLine, incidents_of_line
from landed.reports.why_lineage import Lineage, read_lineage
from landed.reports.why_production import ProductionStay, production_of_line
from landed.reports.why_requests import ChecksShown, Request, requests_of_line
from landed.reports.why_session import Generation, generation_of_line, generation_told
from landed.sources.git.blame import blame
from landed.sources.git.scratch import Scratch
from landed.store import Store

_PLACE = re.compile(r"(?P<file>.+):(?P<line>\d+)\Z", re.DOTALL)
_LONGEST_CHAIN = 1000


@dataclass(frozen=True)
class CommitShown:
    """A commit as it is shown beside a line."""

    commit: str
    subject: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Statement:
    """One piece of evidence; `decided` marks the one that decides, `about` whose lines it covers.

    `about` is `line` where it names the line, else `commit`.
    """

    who: str
    agent: str | None
    model: str | None
    grade: str
    source: str
    rule: str
    session: str | None
    about: str
    commit: str
    decided: bool


@dataclass(frozen=True)
class Ancestor:
    """An earlier line of the lineage and the rule by which the next one descends from it."""

    rule: str
    commit: CommitShown
    path: str
    line: int


@dataclass(frozen=True)
class Stay:
    """One stay on the main line; `left` and `removed_by` are null while it lasts."""

    entered: CommitShown
    left: CommitShown | None
    removed_by: CommitShown | None


@dataclass(frozen=True)
class Story:
    """Everything that is known of a line.

    `commit` is null for a line that stands in the working tree only; `path` and `born_line` are
    then those of the working tree. `requests` is null where no forge is known, `deployed` where no
    deployment tells what production is, and `incidents` where none of the repository is known.
    `checks` are those of the commit that brought a line which no request did.
    """

    file: str
    line: int
    text: str
    revision: str
    commit: CommitShown | None
    path: str
    born_line: int
    authorship: Authorship
    known: bool
    generated: Generation | None = None
    evidence: tuple[Statement, ...] = ()
    lineage: tuple[Ancestor, ...] = ()
    stays: tuple[Stay, ...] = ()
    releases: tuple[str, ...] = ()
    requests: tuple[Request, ...] | None = None
    checks: ChecksShown | None = None
    deployed: tuple[ProductionStay, ...] | None = None
    incidents: tuple[IncidentOfLine, ...] | None = None
    observed_at: datetime | None = None


def split_place(place: str) -> tuple[str, int]:
    """Take `FILE:LINE` apart.

    Raises:
        UsageError: there is no line number from 1.
    """
    match = _PLACE.match(place)
    if match is None or int(match["line"][:10]) < 1:
        raise UsageError(f"{place} names no line: write FILE:LINE, such as src/cart.py:120")
    return match["file"], int(match["line"][:10])


def tell(
    store: Store,
    settings: Settings,
    repository: str,
    scratch: Scratch,
    place: Place,
    line: int,
) -> Story:
    """Return the story of one line of a file.

    Raises:
        UsageError: the file has no such line.
        GitError: objects that blame needs are missing.
    """
    count = _lines_in(scratch, place)
    if line > count:
        raise UsageError(
            f"{place.name} has {count:,} line{'s' if count != 1 else ''} at {place.revision}, "
            f"not {line:,}"
        )
    blamed = blame(scratch, place.commit, place.path, (line, line))[0]
    birth = birth_of(blamed)
    story = Story(
        file=place.name,
        line=line,
        text=blamed.text.decode("utf-8", "replace").rstrip("\r"),
        revision=place.revision,
        commit=CommitShown(birth[0], blamed.summary, blamed.author, blamed.authored_at),
        path=birth[1],
        born_line=birth[2],
        authorship=Authorship(),
        known=False,
    )
    found = line_ids(store, repository, [birth])
    if birth not in found:
        return story
    return with_ledger(store, settings, repository, story, found[birth])


def story_document(story: Story) -> dict[str, Any]:
    """Return the story as the JSON document of `landed why --json`."""
    document = asdict(story)
    authorship = document.pop("authorship")
    at = list(document).index("known")
    items = list(document.items())
    return dict([*items[:at], *authorship.items(), *items[at:]])


def _lines_in(scratch: Scratch, place: Place) -> int:
    name = place.path.decode("utf-8", "surrogateescape")
    text = scratch.run("cat-file", "blob", f"{place.commit}:{name}")
    return text.count(b"\n") + (not text.endswith(b"\n") and bool(text))


def with_ledger(
    store: Store, settings: Settings, repository: str, story: Story, line: int
) -> Story:
    """Return the story with what the store knows of the ledger's line `line`."""
    chain = _chain(store, repository, line)
    ancestors = [earlier for _, earlier in chain]
    deciding = ancestors[-1] if ancestors else line
    evidence = _evidence(store, repository, [deciding, line])
    generated = generation_of_line(store, settings, repository, [line, *ancestors])
    lineage = read_lineage(store, repository, line)
    brought = requests_of_line(store, settings, repository, lineage)
    deployed, incidents = _after_the_merge(store, settings, repository, lineage)
    return replace(
        story,
        authorship=authorships(store, repository, [line]).get(line, Authorship()),
        known=True,
        generated=generated or _told_by_session(store, evidence, story.path),
        evidence=evidence,
        lineage=_ancestors(store, repository, chain),
        stays=_stays(store, repository, line),
        releases=tuple(store.query(_sql("why_releases"), [repository, line])["tag"].to_pylist()),
        requests=None if brought is None else brought.requests,
        checks=None if brought is None else brought.checks,
        deployed=deployed,
        incidents=incidents,
        observed_at=_observed_at(store, repository),
    )


def _after_the_merge(
    store: Store, settings: Settings, repository: str, lineage: Lineage
) -> tuple[tuple[ProductionStay, ...] | None, tuple[IncidentOfLine, ...] | None]:
    """Return stays in production and incidents; nulls where the repository has neither."""
    if not store.query(_sql("why_delivered"), [repository])["known"][0].as_py():
        return None, None
    history = read_history(store, repository, NEVER)
    branch = default_branches(store)[repository]
    return (
        production_of_line(store, settings, history, branch, lineage),
        incidents_of_line(store, settings, history, branch, lineage),
    )


def _told_by_session(store: Store, evidence: Sequence[Statement], path: str) -> Generation | None:
    """Return the session that decided who wrote a line which no generated line stands for."""
    for said in evidence:
        if said.decided and said.source == "session" and said.session is not None:
            return generation_told(store, said.session, said.rule, said.model, path)
    return None


def _chain(store: Store, repository: str, line: int) -> list[tuple[str, int]]:
    """Return (rule, earlier line) from the line back to the first of its lineage."""
    links = """
        select rule, predecessor from line_link
        where repository = $1 and line = $2 order by rank, predecessor limit 1
    """
    roots = "select root_line from lineage where repository = $1 and line = $2"
    found = store.query(roots, [repository, line])["root_line"].to_pylist()
    root = found[0] if found else line
    chain: list[tuple[str, int]] = []
    at = line
    while at != root and len(chain) < _LONGEST_CHAIN:
        rows = store.query(links, [repository, at]).to_pylist()
        seen = {line, *(earlier for _, earlier in chain)}
        if not rows or rows[0]["predecessor"] in seen:
            # The first line is reached by another way than the link that decides.
            chain.append(("lineage", root))
            break
        at = rows[0]["predecessor"]
        chain.append((rows[0]["rule"], at))
    return chain


def _ancestors(
    store: Store, repository: str, chain: Sequence[tuple[str, int]]
) -> tuple[Ancestor, ...]:
    if not chain:
        return ()
    rows = store.query(_sql("why_births"), [repository, [line for _, line in chain]]).to_pylist()
    born = {row["line"]: row for row in rows}
    return tuple(
        Ancestor(rule, _shown(born[line], ""), born[line]["path"], born[line]["line_number"])
        for rule, line in chain
    )


def _evidence(store: Store, repository: str, lines: Sequence[int]) -> tuple[Statement, ...]:
    """Return all statements about lines, those about the first (it decides) before the others."""
    found: list[Statement] = []
    for number, line in enumerate(dict.fromkeys(lines)):
        for row in store.query(_sql("why_evidence"), [repository, line]).to_pylist():
            row["decided"] = row["decided"] and number == 0
            found.append(Statement(**row))
    return tuple(sorted(found, key=lambda statement: not statement.decided))


def _stays(store: Store, repository: str, line: int) -> tuple[Stay, ...]:
    rows = store.query(_sql("why_stays"), [repository, line]).to_pylist()
    return tuple(
        Stay(
            _shown(row, "entered_"),
            _shown(row, "left_") if row["left_commit"] is not None else None,
            _shown(row, "removed_") if row["removed_commit"] is not None else None,
        )
        for row in rows
    )


def _shown(row: dict[str, Any], prefix: str) -> CommitShown:
    return CommitShown(
        row[f"{prefix}commit"],
        row[f"{prefix}subject"],
        row[f"{prefix}author"],
        row[f"{prefix}at"],
    )


def _observed_at(store: Store, repository: str) -> datetime | None:
    query = "select last_commit_at from repository where repository = ?"
    found = store.query(query, [repository])["last_commit_at"].to_pylist()
    return found[0] if found else None


def _sql(name: str) -> str:
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
