"""What a made-up GitLab holds, in the shape in which GitLab's API tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
START = datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)


def at(minutes: float) -> str:
    """A time as GitLab writes it, so many minutes after a Monday morning."""
    moment = START + timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def sha(seed: int) -> str:
    """A commit id."""
    return f"{seed:040x}"


def user(name: str) -> Json:
    """A person as other objects name them."""
    return {"id": sum(map(ord, name)), "username": name, "name": name.title(), "state": "active"}


@dataclass
class Held:
    """One project with all that belongs to it; lists stand as the API tells them."""

    project: Json
    merge_requests: list[Json] = field(default_factory=list)
    commits: dict[int, list[Json]] = field(default_factory=dict)
    notes: dict[int, list[Json]] = field(default_factory=dict)
    approvals: dict[int, Json] = field(default_factory=dict)
    closes: dict[int, list[Json]] = field(default_factory=dict)
    request_pipelines: dict[int, list[Json]] = field(default_factory=dict)
    sizes: dict[int, Json] = field(default_factory=dict)
    pipelines: list[Json] = field(default_factory=list)
    parents: dict[str, list[str]] = field(default_factory=dict)
    deployments: list[Json] = field(default_factory=list)
    deployed: dict[int, list[Json]] = field(default_factory=dict)
    environments: list[Json] = field(default_factory=list)
    releases: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    closed_by: dict[int, list[Json]] = field(default_factory=dict)
    hooks: list[Json] | None = field(default_factory=list)

    def request(self, iid: int, **fields: Any) -> Json:
        """Add a merge request, opened by Ana, with two commits."""
        number = self.project["id"]
        told: Json = {
            "id": 1000 + iid,
            "iid": iid,
            "project_id": number,
            "title": f"Change {iid}",
            "description": "",
            "state": "opened",
            "draft": False,
            "author": user("ana"),
            "merge_user": None,
            "merged_by": None,
            "merged_at": None,
            "closed_at": None,
            "created_at": at(iid * 10),
            "updated_at": at(iid * 10 + 5),
            "source_branch": f"topic-{iid}",
            "target_branch": "main",
            "source_project_id": number,
            "target_project_id": number,
            "labels": [],
            "reviewers": [],
            "sha": sha(iid * 100 + 1),
            "merge_commit_sha": None,
            "squash_commit_sha": None,
            "web_url": f"{self.project['web_url']}/-/merge_requests/{iid}",
        } | fields
        self.merge_requests.append(told)
        self.commits.setdefault(
            iid,
            [
                {
                    "id": sha(iid * 100 + place),
                    "title": "A step",
                    "author_name": "Ana",
                    "author_email": "Ana@acme.example",
                    "authored_date": at(iid * 10 + place),
                }
                for place in (1, 0)
            ],
        )
        return told

    def note(self, iid: int, number: int, who: str, minutes: float, **fields: Any) -> Json:
        """Add a note to a merge request."""
        told: Json = {
            "id": number,
            "type": None,
            "body": "Fine",
            "author": user(who),
            "created_at": at(minutes),
            "updated_at": at(minutes),
            "system": False,
            "resolvable": False,
        } | fields
        self.notes.setdefault(iid, []).append(told)
        return told

    def pipeline(self, number: int, commit: str, **fields: Any) -> Json:
        """Add a pipeline that succeeded."""
        told: Json = {
            "id": number,
            "iid": number,
            "project_id": self.project["id"],
            "sha": commit,
            "ref": "main",
            "status": "success",
            "source": "push",
            "created_at": at(number),
            "updated_at": at(number + 4),
        } | fields
        self.pipelines.append(told)
        return told

    def deployment(self, number: int, commit: str, **fields: Any) -> Json:
        """Add a deployment to production that succeeded."""
        told: Json = {
            "id": number,
            "iid": number,
            "ref": "main",
            "sha": commit,
            "status": "success",
            "created_at": at(number),
            "updated_at": at(number + 3),
            "user": user("ana"),
            "environment": {"id": 1, "name": "production"},
            "deployable": {"id": number, "finished_at": at(number + 2)},
        } | fields
        self.deployments.append(told)
        return told

    def issue(self, iid: int, labels: list[str], **fields: Any) -> Json:
        """Add an issue."""
        told: Json = {
            "id": 2000 + iid,
            "iid": iid,
            "title": f"Issue {iid}",
            "description": "",
            "state": "opened",
            "labels": labels,
            "issue_type": "issue",
            "severity": "UNKNOWN",
            "created_at": at(iid),
            "updated_at": at(iid + 1),
            "closed_at": None,
        } | fields
        self.issues.append(told)
        return told


@dataclass
class World:
    """A whole GitLab."""

    address: str = ""
    projects: dict[int, Held] = field(default_factory=dict)
    groups: dict[str, Json] = field(default_factory=dict)
    members: dict[str, list[Json]] = field(default_factory=dict)
    token: Json | None = field(
        default_factory=lambda: {"scopes": ["api"], "expires_at": "2999-01-01"}
    )
    me: Json = field(default_factory=lambda: user("landed-bot"))

    def project(self, number: int, name: str, **fields: Any) -> Held:
        """Add a project."""
        held = Held(
            {
                "id": number,
                "path_with_namespace": name,
                "default_branch": "main",
                "http_url_to_repo": f"{self.address}/{name}.git",
                "web_url": f"{self.address}/{name}",
                "visibility": "private",
                "archived": False,
                "permissions": {"project_access": {"access_level": 20}, "group_access": None},
            }
            | fields
        )
        self.projects[number] = held
        return held

    def group(self, path: str, members: list[str]) -> None:
        """Add a group with its own members."""
        self.groups[path] = {"id": 500 + len(self.groups), "full_path": path}
        self.members[path] = [user(name) | {"access_level": 30} for name in members]
