"""What every reading of a GitLab project needs: its names and its people."""

from __future__ import annotations

from collections.abc import Collection

from landed.records import FORGES, Account, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    optional_text,
    within,
)
from landed.sources.forges.gitlab_naming import account_of


class People:
    """Accounts that one page names, each once, and what kind of account they are."""

    def __init__(self, host: str, bots: Collection[str]) -> None:
        self._host = host
        self._bots = bots
        self._accounts: dict[str, Account] = {}

    def user(self, node: object) -> tuple[str | None, str]:
        """Name and kind of a user object; nobody where there is none."""
        if not isinstance(node, dict):
            return None, "unknown"
        login, kind = account_of(optional_text(node, "username"), self._bots)
        if login is not None:
            email = optional_text(node, "public_email") or optional_text(node, "email")
            address = email.lower() if email and "@" in email else None
            known = self._accounts.get(login)
            name = optional_text(node, "name") or (known.name if known else None)
            address = address or (known.email if known else None)
            self._accounts[login] = Account(FORGES, self._host, login, kind, name, address)
        return login, kind

    def named(self, node: Node, field: str) -> tuple[str | None, str]:
        """Name and kind of the user in a field."""
        return self.user(within(node, field) or None)

    def onto(self, page: Page) -> None:
        """Put them on the page."""
        page.records.extend(self._accounts.values())


def number_of(project: Project) -> int:
    """GitLab's own number of a project, which its key ends with."""
    return int(project.project.rpartition(":")[2])


def reference(full: str, project: Project) -> str:
    """How a reference such as `acme/shop#12` or `acme/shop!12` is kept: alone where it is ours."""
    place, sign, number = full.replace("!", "#").rpartition("#")
    return number if place.lower() == project.name.lower() else f"{place}{sign}{number}"
