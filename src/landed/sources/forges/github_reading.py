"""What every reading of a project needs: whom to ask, what to call it, and who its people are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from landed.errors import ForgeUnreachable, ProjectGone
from landed.records import FORGES, Account, AccountEmail, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    optional_text,
    storable,
    within,
)
from landed.sources.forges.github_client import GitHubClient, GraphAnswer
from landed.sources.forges.github_fields import (
    WITHHELD,
    next_cursor,
    nodes,
)
from landed.sources.forges.github_naming import account_of
from landed.sources.forges.github_queries import further
from landed.sources.forges.keys import login_of

_NO_REPLY = re.compile(r"(?:\d+\+)?([^+@]+)@users\.noreply\.[^@]+", re.IGNORECASE)
QUIET_FIELD = "databaseId"
"""GitHub's large numbers do not fit this field; where it says so, they are read elsewhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A project that is read: its record, its name now, and whom to ask about it.

    `bots` are names, lower case, of accounts that are programs although GitHub calls them users.
    """

    client: GitHubClient
    project: Project
    name: str
    bots: Collection[str]

    @property
    def variables(self) -> dict[str, Any]:
        """How queries name it."""
        owner, _, name = self.name.partition("/")
        return {"owner": owner, "name": name}

    @property
    def path(self) -> str:
        """How the REST API names it."""
        return f"/repos/{self.name}"

    def repository(
        self, what: str, query: str, variables: dict[str, Any], size: int
    ) -> tuple[Node, GraphAnswer]:
        """Ask about the project; ProjectGone where it is not there any more."""
        answer = self.client.graphql(
            f"{what} of {self.name}", query, {**self.variables, **variables}, size
        )
        repository = answer.data.get("repository")
        if not isinstance(repository, dict):
            raise gone(self.client.host, self.name)
        return repository, answer

    def target(self, node: Node) -> str:
        """How a reference to an issue or change is kept: its number, with its project elsewhere."""
        number = str(node.get("number"))
        place = optional_text(within(node, "repository"), "nameWithOwner")
        elsewhere = place is not None and place.lower() != self.name.lower()
        return f"{place}#{number}" if elsewhere else number


class People:
    """Accounts that one page names, each once, and what kind of account they are."""

    def __init__(self, host: str, bots: Collection[str]) -> None:
        self._host = host
        self._bots = bots
        self._accounts: dict[str, Account] = {}
        self._emails: dict[tuple[str, str], AccountEmail] = {}

    def actor(self, node: Node | None) -> tuple[str | None, str]:
        """Name and kind of whoever did something; nobody where the account was deleted."""
        if not isinstance(node, dict):
            return None, "unknown"
        login = optional_text(node, "login")
        name, kind = account_of(login, optional_text(node, "__typename"), self._bots)
        if name is not None:
            self.note(name, kind, optional_text(node, "name"))
        return name, kind

    def note(self, login: str, kind: str, name: str | None) -> None:
        """Keep an account; a name that was told once stays."""
        known = self._accounts.get(login)
        if known is None or (known.name is None and name is not None):
            self._accounts[login] = Account(FORGES, self._host, login, kind, name, None)

    def commit_author(self, node: Node) -> tuple[str | None, str | None]:
        """Name and address of a commit's author; GitHub's own addresses hold the name."""
        address = optional_text(node, "email")
        email = address.lower() if address else None
        login = login_of(optional_text(within(node, "user"), "login"))
        if login is None and email and (hidden := _NO_REPLY.fullmatch(email)):
            login = hidden[1]
        elif login is not None and email and "noreply" not in email:
            self._emails[login, email] = AccountEmail(FORGES, self._host, login, email)
        return login, email

    def onto(self, page: Page) -> None:
        """Put them on the page."""
        page.records.extend(self._accounts.values())
        page.records.extend(self._emails.values())


def gone(host: str, name: str) -> ProjectGone:
    """The error for a project that is not there."""
    return ProjectGone(
        f"{host} has no repository {name} (any more), or does not let this token see it: look "
        "whether it was deleted or moved, or give the token access; what was read of it is kept"
    )


def whole(host: str, what: str, told: object, *, paged: bool = True) -> Node:
    """A list that was asked for, as GraphQL tells it; `paged` ones say whether they go on.

    Raises ForgeUnreachable where it is none: taken for an empty one, it would end the reading.
    """
    connection = told if isinstance(told, dict) else {}
    info = within(connection, "pageInfo")
    goes_on = info.get("hasNextPage")
    ended = goes_on is False or (goes_on is True and isinstance(info.get("endCursor"), str))
    if not isinstance(connection.get("nodes"), list) or (paged and not ended):
        raise _no_list(host, what)
    return connection


def whole_sheet(host: str, what: str, told: object) -> list[Any]:
    """A list that was asked for, as REST tells it; null stands for one that did not change."""
    if told is not None and not isinstance(told, list):
        raise _no_list(host, what)
    return told or []


def _no_list(host: str, what: str) -> ForgeUnreachable:
    return ForgeUnreachable(
        f"{host} was asked for {what} and answered with something else: run it again later; what "
        "was read so far is kept"
    )


def all_of(
    client: GitHubClient, of: str, what: str, owner: Node, connection: Node, page: Page
) -> Iterator[Node]:
    """Yield the objects of a connection that hangs on `owner`, those of its further pages too.

    `of` says whose they are in messages, `what` is one of `github_queries.FURTHER`.
    """
    yield from nodes(connection, page)
    cursor = next_cursor(connection)
    while cursor is not None:
        answer = client.graphql(
            f"{what} of {of}", further(what), {"id": owner.get("id"), "cursor": cursor}
        )
        told = within(answer.data, "node", "list")
        count_errors(answer, page)
        if not told:
            page.fault(WITHHELD)
        yield from nodes(told, page)
        cursor = next_cursor(told)


def count_errors(answer: GraphAnswer, page: Page, *, expected: str | None = None) -> None:
    """Count what GitHub could not tell, but for errors of the type that is `expected`."""
    for error in answer.errors:
        path = error.get("path")
        quiet = isinstance(path, list) and bool(path) and path[-1] == QUIET_FIELD
        kind = storable(str(error.get("type") or "error"))
        if not quiet and kind != expected:
            page.fault(f"graphql-{kind.lower().replace('_', '-')[:40]}")
