"""Reads a GitHub: github.com, or an Enterprise Server."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from landed.errors import TokenRefused
from landed.records import Project
from landed.sources.forges.contract import (
    CHANGES,
    CHECKS,
    DEPLOYMENTS,
    ISSUES,
    RELEASES,
    Finding,
    Page,
)
from landed.sources.forges.credentials import AppKey, Credentials, PersonalToken
from landed.sources.forges.github_addresses import api_address
from landed.sources.forges.github_changes import read_changes, read_chosen
from landed.sources.forges.github_checks import read_checks
from landed.sources.forges.github_client import GitHubClient
from landed.sources.forges.github_comments import put_comment
from landed.sources.forges.github_deployments import read_deployments
from landed.sources.forges.github_findings import findings
from landed.sources.forges.github_issues import read_issues
from landed.sources.forges.github_naming import GITHUB
from landed.sources.forges.github_projects import all_projects, named_project
from landed.sources.forges.github_reading import Place, gone
from landed.sources.forges.github_releases import read_releases
from landed.sources.forges.github_teams import read_teams
from landed.sources.forges.issue_labels import IssueLabels
from landed.sources.forges.signals import MatchSignals


def open_github(
    url: str | None,
    credentials: Credentials,
    organisations: Sequence[str],
    projects: Sequence[str],
    *,
    incident_labels: Sequence[str],
    bug_labels: Sequence[str],
    match_signals: MatchSignals,
    bots: Collection[str] = (),
    concurrency: int = 4,
    wait_minutes: float = 5.0,
    sleep: Callable[[float], None] = time.sleep,
) -> GitHubForge:
    """Return the reader of one GitHub through one connection. Nothing is asked yet.

    Args:
        url: address of the API, such as https://HOST/api/v3; null = github.com.
        credentials: a token, or an app's key.
        organisations: all repositories of these organisations or users are read.
        projects: full names of repositories to read.
        incident_labels, bug_labels: globs of labels, letter case ignored.
        match_signals: finds what a text of a change says about who wrote it.
        bots: user names that are programs, beside those that GitHub marks so.
        concurrency: requests at a time, of all threads that share the reader.
        wait_minutes: all waiting for rate limits together takes at most so long.
        sleep: waits so many seconds.

    Raises ConfigurationError where `url` is no web address, TokenRefused where the token cannot be
    one.
    """
    client = GitHubClient(
        api_address(url),
        _checked(credentials),
        concurrency=concurrency,
        wait_minutes=wait_minutes,
        sleep=sleep,
    )
    labels = IssueLabels(incident_labels, bug_labels)
    return GitHubForge(client, organisations, projects, labels, match_signals, bots)


class GitHubForge:
    """The reader of one GitHub through one connection; see `contract.Forge`.

    What it reads of a project is asked for by the project's name, so that each run first makes
    sure that the name is still that of the same project.
    """

    forge = GITHUB

    def __init__(
        self,
        client: GitHubClient,
        organisations: Sequence[str],
        projects: Sequence[str],
        labels: IssueLabels,
        match_signals: MatchSignals,
        bots: Collection[str],
    ) -> None:
        self._client = client
        self._organisations = tuple(organisations)
        self._named = tuple(projects)
        self._labels = labels
        self._match_signals = match_signals
        self._bots = frozenset(bot.lower() for bot in bots)
        self._names: dict[str, str] = {}
        self.host = client.host

    def projects(self) -> Iterator[Project]:
        """Yield the repositories of the connection; one that it names and that is gone is not.

        A repository that was renamed comes under its new name. Raises ProjectGone for an
        organisation that is not there.
        """
        for project in all_projects(self._client, self._organisations, self._named):
            self._names[project.project] = project.name
            yield project

    def teams(self) -> Iterator[Page]:
        """Yield a page for each organisation whose teams the token may see."""
        for login in self._organisations:
            yield from read_teams(self._client, login, self._bots)

    def read(self, project: Project, noun: str, state: dict[str, Any] | None) -> Iterator[Page]:
        """Yield what is new of one noun; ProjectGone where the project is not there any more."""
        place = self._place(project)
        if noun == CHANGES:
            yield from read_changes(place, state, self._match_signals)
        elif noun == CHECKS:
            yield from read_checks(place, state)
        elif noun == DEPLOYMENTS:
            yield from read_deployments(place, state)
        elif noun == RELEASES:
            yield from read_releases(place, state)
        elif noun == ISSUES:
            yield from read_issues(place, state, self._labels)
        else:
            raise ValueError(f"no noun {noun}")

    def read_again(self, project: Project, numbers: Sequence[int]) -> Iterator[Page]:
        """Yield these pull requests whole; numbers that are gone are left out."""
        yield from read_chosen(self._place(project), numbers, self._match_signals)

    def findings(self, projects: Sequence[Project]) -> list[Finding]:
        """Say what the token may not do, and which of `projects` have no webhook."""
        return findings(self._client, projects, self._organisations, self._named)

    def comment(self, project: Project, number: int, marker: str, body: str) -> str:
        """Post `body` under a pull request, or change the own comment that holds `marker`."""
        return put_comment(self._place(project), number, marker, body)

    def close(self) -> None:
        """Give connections free."""
        self._client.close()

    def __enter__(self) -> GitHubForge:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()

    def _place(self, project: Project) -> Place:
        """Where the project is now; ProjectGone where its name is another project's."""
        name = self._names.get(project.project)
        if name is None:
            found = named_project(self._client, project.name)
            if found is None or found.project != project.project:
                raise gone(self.host, project.name)
            name = self._names[project.project] = found.name
        return Place(self._client, project, name, self._bots)


def _checked(credentials: Credentials) -> Credentials:
    """A token without the blanks around it; what else does not fit a header is refused unshown."""
    if isinstance(credentials, AppKey):
        return credentials
    text = credentials.text.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise TokenRefused(
            "what was given as GitHub token is none: it is empty or holds blanks or other "
            "characters that no token has; look where it is kept"
        )
    return PersonalToken(text)
