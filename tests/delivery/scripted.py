"""A forge out of a script: stands in for a forge and the network, which the readers' tests have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from landed.config import ConnectionSettings, Settings
from landed.delivery.connections import Connection
from landed.records import (
    FORGES,
    Account,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    ChangeSignal,
    CheckRun,
    Project,
    Review,
    ReviewComment,
    ReviewRequest,
    TeamMember,
)
from landed.sources.forges.contract import CHANGES, CHECKS, Finding, ForgeRecord, Page

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def project(number: int, name: str = "acme/shop", **told: Any) -> Project:
    """A project of github.com."""
    row: dict[str, Any] = {
        "repository": FORGES,
        "project": f"github:github.com:{number}",
        "forge": "github",
        "host": "github.com",
        "name": name,
        "default_branch": "main",
        "address": f"https://github.com/{name}.git",
        "private": False,
        "archived": False,
        "state": "present",
        "seen_at": START,
        "belongs_to": None,
        "how": "unmatched",
    }
    return Project(**(row | told))


def commit_id(text: str) -> str:
    """A commit id made of a text, such as the number of its change."""
    return (text.encode().hex() * 40)[:40]


def change(key: str, number: int, hours: int = 0, **told: Any) -> Change:
    """A merged change that was last touched `hours` after the beginning."""
    opened = START + number * timedelta(minutes=10)
    row: dict[str, Any] = {
        "repository": FORGES,
        "project": key,
        "number": number,
        "title": f"Change {number}",
        "state": "merged",
        "draft": False,
        "author": f"user{number % 40}",
        "author_kind": "user",
        "head_ref": f"topic/{number}",
        "head_commit": commit_id(f"head {number}"),
        "fork": False,
        "base_ref": "main",
        "merge_commit": commit_id(f"merge {number}"),
        "opened_at": opened,
        "merged_at": opened + 5 * HOUR,
        "closed_at": opened + 5 * HOUR,
        "updated_at": opened + (6 + hours) * HOUR,
        "merged_by": "ann",
        "additions": 10,
        "deletions": 2,
        "files": 3,
        "commits": 3,
    }
    return Change(**(row | told))


def parts(key: str, number: int, version: str = "") -> list[ForgeRecord]:
    """What always comes with a change that is told whole: ten rows; `version` names them apart."""
    author = f"user{number % 40}"
    return [
        *(
            ChangeCommit(
                FORGES, key, number, commit_id(f"{version}{number}-{place}"), place, author,
                f"{author}@acme.example", START,
            )
            for place in range(3)
        ),
        ChangeLabel(FORGES, key, number, f"feature{version}"),
        ChangeReference(FORGES, key, number, "closes", f"{number}{version}"),
        ChangeSignal(
            FORGES, key, number, f"claude{version}", "request-body", "ai", "claude-code", None,
            "declared", None,
        ),
        ReviewRequest(FORGES, key, number, f"ben{version}", False),
        Review(
            FORGES, key, f"r{number}", number, "ben", "user", "approved", START,
            commit_id(f"head {number}"),
        ),
        *(
            ReviewComment(FORGES, key, f"c{number}-{place}", number, "ben", "user", "line", START)
            for place in range(2)
        ),
    ]  # fmt: skip


def whole(key: str, number: int, hours: int = 0, version: str = "", **told: Any) -> Page:
    """A page that tells one change whole."""
    records = [change(key, number, hours, **told), *parts(key, number, version)]
    return Page(records=records, whole={number})


def history(key: str, changes: int, size: int = 50) -> list[Page]:
    """Pages that tell changes 1 to `changes`, `size` on a page."""
    return list(told_history(key, changes, size))


def told_history(key: str, changes: int, size: int = 50) -> Iterator[Page]:
    """As `history`, a page at a time."""
    for first in range(1, changes + 1, size):
        numbers = range(first, min(first + size, changes + 1))
        page = Page(whole=set(numbers))
        for number in numbers:
            page.records += [change(key, number), *parts(key, number)]
            author = f"user{number % 40}"
            page.records.append(Account(FORGES, "github.com", author, "user", author, None))
        yield page


def check(key: str, number: int, state: str, hours: int) -> CheckRun:
    """A run of a check on a change's tip, as it was `hours` after the beginning."""
    at = START + hours * HOUR
    commit = commit_id(f"head {number}")
    return CheckRun(
        FORGES, key, f"check:{number}", commit, "tests", "check", state, START, at, at
    )  # fmt: skip


Pages = Callable[[], Iterator[Page]]


class ScriptedForge:
    """Tells pages in their order; the state is how many of them were told.

    `before_page` is called with each page before it is told: it may raise what a forge raises.
    """

    forge = "github"
    host = "github.com"

    def __init__(
        self,
        told: dict[Project, dict[str, Pages]],
        *,
        members: Sequence[TeamMember] = (),
        again: dict[int, Page] | None = None,
        before_page: Callable[[Page], None] = lambda _: None,
    ) -> None:
        self.told = told
        self.members = members
        self.again = again or {}
        self.before_page = before_page
        self.asked: list[tuple[str, str]] = []
        self.asked_again: list[int] = []
        self.closed = False

    def projects(self) -> Iterator[Project]:
        self.asked.append(("", "projects"))
        yield from self.told

    def teams(self) -> Iterator[Page]:
        self.asked.append(("", "teams"))
        organisations = {member.organisation for member in self.members}
        yield Page(records=list(self.members), teams_of=organisations)

    def read(self, project: Project, noun: str, state: dict[str, Any] | None) -> Iterator[Page]:
        self.asked.append((project.name, noun))
        pages = self.told[next(one for one in self.told if one.project == project.project)]
        done = 0 if state is None else state["told"]
        for number, page in enumerate(pages.get(noun, lambda: iter(()))(), start=1):
            if number > done:
                self.before_page(page)
                page.state = {"told": number}
                yield page

    def read_again(self, project: Project, numbers: Sequence[int]) -> Iterator[Page]:
        del project
        self.asked_again += numbers
        for number in numbers:
            if number in self.again:
                yield self.again[number]

    def findings(self, projects: Sequence[Project]) -> list[Finding]:
        del projects
        return []

    def comment(self, project: Project, number: int, marker: str, body: str) -> str:
        raise AssertionError(f"no sync comments {project.name} {number} {marker} {body}")

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> ScriptedForge:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


def one_project(pages: Pages, checks: Pages = lambda: iter(())) -> dict[Project, dict[str, Pages]]:
    """The script of a forge with one project."""
    return {project(1): {CHANGES: pages, CHECKS: checks}}


def connected(settings: Settings, *names: str) -> Settings:
    """Settings with connections of these organisations."""
    made = tuple(
        ConnectionSettings(forge="github", organisations=(name,), token="environment:TOKEN")
        for name in names or ("acme",)
    )
    return settings.model_copy(update={"connections": made})


def opening(**forges: ScriptedForge) -> Callable[[Connection, Settings], ScriptedForge]:
    """Opens the scripted forge of a connection by the connection's name."""

    def open_with(connection: Connection, settings: Settings) -> ScriptedForge:
        del settings
        return forges[connection.name]

    return open_with
