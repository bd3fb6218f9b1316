"""What a GitHub holds, as plain data to fill from outside.

Times are aware datetimes; people are named by their login, `NAME[bot]` for an app.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Check:
    """A check run. `status` and `conclusion` as GraphQL spells them, such as COMPLETED, SUCCESS."""

    number: int
    name: str
    conclusion: str | None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    status: str = "COMPLETED"


@dataclass
class Status:
    """A commit status: `state` is SUCCESS, FAILURE, ERROR, PENDING or EXPECTED."""

    context: str
    state: str
    created_at: datetime


@dataclass
class Commit:
    """A commit; `author` is the login that GitHub found for the address, null where none."""

    oid: str
    author_email: str
    authored_at: datetime
    author: str | None = None
    committed_at: datetime | None = None
    checks: list[Check] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)


@dataclass
class Comment:
    """A comment in the discussion or on a line."""

    number: int
    author: str | None
    created_at: datetime
    body: str = ""


@dataclass
class Review:
    """A review: `state` is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING."""

    number: int
    author: str | None
    state: str
    submitted_at: datetime | None
    commit: str | None = None
    comments: list[Comment] = field(default_factory=list)


@dataclass
class PullRequest:
    """A pull request: `state` is OPEN, MERGED or CLOSED.

    Its head is the last of `commits`. A merged one has `merged_at`, `closed_at` and
    `merge_commit`. `closes` holds numbers of issues in the same repository. Whoever changes it
    sets `updated_at`, as GitHub would.
    """

    number: int
    title: str
    author: str | None
    head_ref: str
    created_at: datetime
    updated_at: datetime
    state: str = "OPEN"
    body: str = ""
    draft: bool = False
    fork: bool = False
    base_ref: str = "main"
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    merged_by: str | None = None
    merge_commit: Commit | None = None
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    commits: list[Commit] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    requested_users: list[str] = field(default_factory=list)
    requested_teams: list[str] = field(default_factory=list)


@dataclass
class Deployment:
    """A deployment; `statuses` are (state, time), states as in SUCCESS, FAILURE, INACTIVE."""

    number: int
    environment: str
    commit: str
    created_at: datetime
    ref: str = "main"
    creator: str = "deployer"
    production: bool | None = None
    statuses: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass
class Release:
    """A release; without `published_at` it is a draft."""

    number: int
    tag: str
    name: str | None
    author: str
    created_at: datetime
    published_at: datetime | None
    prerelease: bool = False


@dataclass
class Issue:
    """An issue. `former_labels` were taken away; it may have been closed by merged pull requests
    (numbers) or by a commit."""

    number: int
    title: str
    created_at: datetime
    updated_at: datetime
    body: str = ""
    closed_at: datetime | None = None
    labels: list[str] = field(default_factory=list)
    former_labels: list[str] = field(default_factory=list)
    closed_by_changes: list[int] = field(default_factory=list)
    closed_by_commit: str | None = None


@dataclass
class Hook:
    """A webhook of a repository or organisation."""

    number: int
    events: list[str]
    active: bool = True


@dataclass
class Repository:
    """A repository; `name` is OWNER/NAME, `address` what git fetches it from."""

    number: int
    name: str
    address: str | None = None
    default_branch: str = "main"
    private: bool = False
    archived: bool = False
    pull_requests: list[PullRequest] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """The organisation or user it belongs to."""
        return self.name.partition("/")[0]

    def commits(self) -> dict[str, Commit]:
        """Every commit that its pull requests name, by id."""
        found = {}
        for request in self.pull_requests:
            found.update({commit.oid: commit for commit in request.commits})
            if request.merge_commit:
                found[request.merge_commit.oid] = request.merge_commit
        return found


@dataclass
class Organisation:
    """An organisation with its teams: slug → logins."""

    login: str
    teams: dict[str, list[str]] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)


@dataclass
class GitHub:
    """Everything there is.

    Attributes:
        repositories: to be read.
        organisations: by login; owners without an entry are persons.
        names: login → the name that person shows.
        gone: full names of repositories that are not there any more, with the status that REST
            gives for them (404, 410 or 451).
        moved: former full name → the name now.
        viewer: the login of the token.
        scopes: of the token; null = it has none to name, as fine-grained ones.
        hidden: nouns that the token may not see: teams, hooks, deployments, releases.
    """

    repositories: list[Repository] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    viewer: str = "reader"
    scopes: str | None = "repo, read:org, read:repo_hook"
    hidden: set[str] = field(default_factory=set)

    def repository(self, name: str) -> Repository | None:
        """The repository of this name, or the one that was once called so."""
        if name in self.gone:
            return None
        now = self.moved.get(name, name).lower()
        return next((held for held in self.repositories if held.name.lower() == now), None)

    def organisation(self, login: str) -> Organisation | None:
        """The organisation of this login, letter case ignored."""
        named = (one for one in self.organisations.values() if one.login.lower() == login.lower())
        return next(named, None)

    def rename(self, repository: Repository, name: str) -> None:
        """Give a repository another name; the former one leads to it."""
        self.moved[repository.name] = name
        repository.name = name

    def remove(self, repository: Repository, status: int = 404) -> None:
        """Delete a repository."""
        self.repositories.remove(repository)
        self.gone[repository.name] = status
