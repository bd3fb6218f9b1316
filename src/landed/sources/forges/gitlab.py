"""GitLab: gitlab.com, and servers of one's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from landed.errors import ProjectGone, UsageError
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
from landed.sources.forges.credentials import Credentials, PersonalToken
from landed.sources.forges.fields import (
    Node,
    optional_text,
    within,
)
from landed.sources.forges.gitlab_changes import read_changes, read_some
from landed.sources.forges.gitlab_client import PER_PAGE, GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_deployments import read_deployments
from landed.sources.forges.gitlab_findings import findings_of
from landed.sources.forges.gitlab_groups import read_projects, read_teams
from landed.sources.forges.gitlab_issues import read_issues
from landed.sources.forges.gitlab_naming import GITLAB
from landed.sources.forges.gitlab_pipelines import read_checks
from landed.sources.forges.gitlab_reading import number_of
from landed.sources.forges.gitlab_releases import read_releases
from landed.sources.forges.rules import Rules, rules_of
from landed.sources.forges.signals import MatchSignals

_FEATURES = {
    CHANGES: "merge_requests_access_level",
    CHECKS: "builds_access_level",
    DEPLOYMENTS: "environments_access_level",
    RELEASES: "releases_access_level",
    ISSUES: "issues_access_level",
}
"""Settings of a project that may switch a noun off."""


def open_gitlab(
    url: str | None,
    credentials: Credentials,
    organisations: Sequence[str],
    projects: Sequence[str],
    *,
    incident_labels: Sequence[str],
    bug_labels: Sequence[str],
    bots: Collection[str],
    concurrency: int,
    wait_minutes: float,
    match_signals: MatchSignals,
    sleep: Callable[[float], None] = time.sleep,
    page_size: int = PER_PAGE,
) -> GitLabForge:
    """Return the forge at `url` (None = gitlab.com); nothing is asked yet.

    `organisations` are full paths of groups, `projects` full names; `bots` are user names of
    programs; `wait_minutes` bounds all waiting for rate limits, `sleep` waits
    seconds, and lists are asked for `page_size` things at a time.

    Raises:
        UsageError: the address is none, or the credentials are no token.
    """
    if not isinstance(credentials, PersonalToken):
        raise UsageError("GitLab knows no apps: give the token of a person, project or group")
    client = GitLabClient(
        url,
        credentials,
        concurrency=concurrency,
        wait_minutes=wait_minutes,
        sleep=sleep,
        page_size=page_size,
    )
    rules = rules_of(incident_labels, bug_labels, bots, match_signals)
    return GitLabForge(client, rules, organisations, projects)


class GitLabForge:
    """A GitLab through one token: see `Forge` for what its methods promise."""

    forge = GITLAB

    def __init__(
        self,
        client: GitLabClient,
        rules: Rules,
        groups: Sequence[str],
        projects: Sequence[str],
    ) -> None:
        self._client = client
        self._rules = rules
        self._groups = [group.strip("/") for group in groups]
        self._projects = [name.strip("/") for name in projects]
        self.host = client.host

    def projects(self) -> Iterator[Project]:
        """Yield every project that is named, and those of the groups."""
        return read_projects(self._client, self._groups, self._projects)

    def teams(self) -> Iterator[Page]:
        """Yield accounts and members of the groups and their subgroups."""
        return read_teams(self._client, self._groups, self._rules)

    def read(self, project: Project, noun: str, state: dict[str, Any] | None) -> Iterator[Page]:
        """Yield what is new of one noun since `state`; a noun that is switched off is empty."""
        try:
            yield from self._read(project, noun, state)
        except (NotThere, NotAllowed) as error:
            if not self._switched_off(project, noun, error):
                raise
            yield Page(state=state or {})

    def _read(self, project: Project, noun: str, state: dict[str, Any] | None) -> Iterator[Page]:
        if noun == CHANGES:
            return read_changes(self._client, project, self._rules, state)
        if noun == CHECKS:
            return read_checks(self._client, project, state)
        if noun == DEPLOYMENTS:
            return read_deployments(self._client, project, self._rules, state)
        if noun == RELEASES:
            return read_releases(self._client, project, self._rules, state)
        if noun == ISSUES:
            return read_issues(self._client, project, self._rules, state)
        raise ValueError(f"no forge tells of {noun}")

    def _switched_off(self, project: Project, noun: str, error: Exception) -> bool:
        """Whether the project is there, and does without what was asked for.

        Raises ProjectGone where it is not there.
        """
        try:
            told = self._client.one(f"project {project.name}", f"/projects/{number_of(project)}")
        except NotThere as gone:
            raise ProjectGone(str(gone)) from error
        return told.get(_FEATURES[noun]) == "disabled"

    def read_again(self, project: Project, numbers: Sequence[int]) -> Iterator[Page]:
        """Yield these merge requests whole, with their pipelines."""
        return read_some(self._client, project, self._rules, numbers)

    def findings(self, projects: Sequence[Project]) -> list[Finding]:
        """Say what the token may not do, and which of `projects` have no webhook."""
        return findings_of(self._client, projects)

    def comment(self, project: Project, number: int, marker: str, body: str) -> str:
        """Post `body` under a merge request, or change our note that holds `marker` to it."""
        what = f"notes of {project.name}!{number}"
        path = f"/projects/{number_of(project)}/merge_requests/{number}"
        request = self._client.one(f"merge request {project.name}!{number}", path)
        ours = self._own_note(what, f"{path}/notes", marker)
        if ours is None:
            note = self._client.send(what, "post", f"{path}/notes", {"body": body})
        else:
            note = self._client.send(what, "put", f"{path}/notes/{ours}", {"body": body})
        return f"{optional_text(request, 'web_url') or self._client.address}#note_{note.get('id')}"

    def _own_note(self, what: str, path: str, marker: str) -> int | None:
        myself = self._client.one("user of the token", "/user").get("id")
        for note in self._client.all(what, path, sort="asc", order_by="created_at"):
            number: object = note.get("id")
            if (
                marker in (optional_text(note, "body") or "")
                and _author(note) == myself
                and isinstance(number, int)
            ):
                return number
        return None

    def close(self) -> None:
        """Give threads and connections free."""
        self._client.close()

    def __enter__(self) -> GitLabForge:
        return self

    def __exit__(self, *reason: object) -> None:
        self.close()


def _author(note: Node) -> object:
    return within(note, "author").get("id")
