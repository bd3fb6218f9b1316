"""What forges tell: projects, changes with their reviews and checks, issues, people and teams.

A change is a pull request or a merge request. These rows belong to a forge's projects, not to a
repository's history: they stand in the partition `forges`, and `project.belongs_to` says which
repository a project is. Bodies and comments are never kept: what they say is kept as references
and signals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.schema import TIMESTAMP, table

FORGES = "forges"
"""The partition of all rows that forges, trackers and pipelines tell."""

Partition = Annotated[str, pa.string(), "always `forges`"]
ProjectKey = Annotated[
    str,
    pa.string(),
    "project: forge, host and the forge's own number, such as github:github.com:1296269; "
    "`named:` and a name or address for one that only files and pipelines name",
]
Number = Annotated[int, pa.int64(), "number of the pull or merge request in its project"]
Login = Annotated[str | None, pa.string(), "user name at the forge, lower case; null = untold"]
AccountKind = Annotated[str, pa.string(), "user, bot or unknown"]
Host = Annotated[str, pa.string(), "host name of the forge, lower case"]


@table(name="project", key=("repository", "project"))
@dataclass(frozen=True)
class Project:
    """A repository as a forge knows it, whatever it is called now."""

    repository: Partition
    project: ProjectKey
    forge: Annotated[str, pa.string(), "github, gitlab or named"]
    host: Host
    name: Annotated[str, pa.string(), "full name now, such as acme/shop"]
    default_branch: Annotated[str | None, pa.string(), "short branch name; null = untold"]
    address: Annotated[str | None, pa.string(), "where git fetches it from, without credentials"]
    private: Annotated[bool | None, pa.bool_(), "not open to everybody; null = untold"]
    archived: Annotated[bool, pa.bool_(), "closed for changes at the forge"]
    state: Annotated[str, pa.string(), "present, or gone (deleted, moved away, or not allowed)"]
    seen_at: Annotated[datetime, TIMESTAMP, "when the forge last told of it"]
    belongs_to: Annotated[str | None, pa.string(), "repository id; null = no repository read is it"]
    how: Annotated[str, pa.string(), "remote, commits, configuration, or unmatched"]


@table(name="change", key=("repository", "project", "number"))
@dataclass(frozen=True)
class Change:
    """A pull request or merge request."""

    repository: Partition
    project: ProjectKey
    number: Number
    title: Annotated[str, pa.string(), "title"]
    state: Annotated[str, pa.string(), "open, merged or closed"]
    draft: Annotated[bool, pa.bool_(), "not ready for review"]
    author: Login
    author_kind: AccountKind
    head_ref: Annotated[str, pa.string(), "short name of the branch that it brings"]
    head_commit: Annotated[str | None, pa.string(), "tip of that branch when last seen"]
    fork: Annotated[bool, pa.bool_(), "the branch lies in another project"]
    base_ref: Annotated[str, pa.string(), "short name of the branch that it goes to"]
    merge_commit: Annotated[
        str | None,
        pa.string(),
        "of a merged one: the merge, the squashed commit, or the tip after a rebase; else null",
    ]
    opened_at: Annotated[datetime, TIMESTAMP, "when it was opened"]
    merged_at: Annotated[datetime | None, TIMESTAMP, "when it was merged; null = it was not"]
    closed_at: Annotated[datetime | None, TIMESTAMP, "when it was closed or merged; null = open"]
    updated_at: Annotated[datetime, TIMESTAMP, "last time that anything of it changed"]
    merged_by: Login
    additions: Annotated[int | None, pa.int32(), "lines added, as the forge counts; null = untold"]
    deletions: Annotated[int | None, pa.int32(), "lines taken out, likewise; null = untold"]
    files: Annotated[int | None, pa.int32(), "files changed; null = untold"]
    commits: Annotated[int | None, pa.int32(), "commits on its branch; null = untold"]


@table(name="change_commit", key=("repository", "project", "number", "commit"))
@dataclass(frozen=True)
class ChangeCommit:
    """A commit on the branch of a change, when that was last read."""

    repository: Partition
    project: ProjectKey
    number: Number
    commit: Annotated[str, pa.string(), "full commit id"]
    ordinal: Annotated[int, pa.int32(), "order on the branch, from 0"]
    author: Login
    author_email: Annotated[str | None, pa.string(), "as in the commit; null = untold"]
    authored_at: Annotated[datetime | None, TIMESTAMP, "author date; null = untold"]


@table(name="change_label", key=("repository", "project", "number", "label"))
@dataclass(frozen=True)
class ChangeLabel:
    """A label that a change bears."""

    repository: Partition
    project: ProjectKey
    number: Number
    label: Annotated[str, pa.string(), "label"]


@table(name="change_signal", key=("repository", "project", "number", "rule"))
@dataclass(frozen=True)
class ChangeSignal:
    """What the author, branch, body or a label of a change says about who wrote it."""

    repository: Partition
    project: ProjectKey
    number: Number
    rule: Annotated[str, pa.string(), "the signal that matched"]
    place: Annotated[str, pa.string(), "author, branch, request-body or label"]
    who: Annotated[str, pa.string(), "ai, human or automation"]
    agent: Annotated[str | None, pa.string(), "agent; null where none"]
    model: Annotated[str | None, pa.string(), "model; null = untold"]
    grade: Annotated[str, pa.string(), "declared or inferred"]
    session: Annotated[str | None, pa.string(), "agent session that is named; null = none"]


@table(name="change_reference", key=("repository", "project", "number", "kind", "target"))
@dataclass(frozen=True)
class ChangeReference:
    """What a change says that it closes, reverts or was picked from."""

    repository: Partition
    project: ProjectKey
    number: Number
    kind: Annotated[str, pa.string(), "closes (an issue), reverts or picks (a change or commit)"]
    target: Annotated[
        str, pa.string(), "number of the issue or change, `OWNER/NAME#N` elsewhere, or a commit id"
    ]


@table(name="review", key=("repository", "project", "review"))
@dataclass(frozen=True)
class Review:
    """One submitted review of a change, or an approval."""

    repository: Partition
    project: ProjectKey
    review: Annotated[str, pa.string(), "the forge's own id of it"]
    number: Number
    reviewer: Login
    reviewer_kind: AccountKind
    state: Annotated[str, pa.string(), "approved, changes-requested, commented or dismissed"]
    submitted_at: Annotated[datetime, TIMESTAMP, "when"]
    commit: Annotated[str | None, pa.string(), "tip that was reviewed; null = untold"]


@table(name="review_comment", key=("repository", "project", "comment"))
@dataclass(frozen=True)
class ReviewComment:
    """That somebody commented on a change; not what was said."""

    repository: Partition
    project: ProjectKey
    comment: Annotated[str, pa.string(), "the forge's own id of it"]
    number: Number
    author: Login
    author_kind: AccountKind
    place: Annotated[str, pa.string(), "line (on the code) or discussion"]
    created_at: Annotated[datetime, TIMESTAMP, "when"]


@table(name="review_request", key=("repository", "project", "number", "reviewer"))
@dataclass(frozen=True)
class ReviewRequest:
    """Somebody, or a team, who is asked to review a change and has not yet."""

    repository: Partition
    project: ProjectKey
    number: Number
    reviewer: Annotated[str, pa.string(), "user name, lower case, or slug of the team"]
    team: Annotated[bool, pa.bool_(), "it is a team"]


@table(name="check_run", key=("repository", "project", "check_id"))
@dataclass(frozen=True)
class CheckRun:
    """One run of a check, commit status, or pipeline on a commit."""

    repository: Partition
    project: ProjectKey
    check_id: Annotated[
        str, pa.string(), "kind and the forge's own id; of a status its context and commit"
    ]
    commit: Annotated[str, pa.string(), "full commit id"]
    name: Annotated[str, pa.string(), "name of the check; the latest run of a name decides"]
    kind: Annotated[str, pa.string(), "check, status or pipeline"]
    state: Annotated[
        str,
        pa.string(),
        "success, failure, neutral (nothing to say, or skipped), cancelled or pending",
    ]
    started_at: Annotated[datetime | None, TIMESTAMP, "start; null = not yet, or untold"]
    finished_at: Annotated[datetime | None, TIMESTAMP, "end; null = not yet, or untold"]
    updated_at: Annotated[datetime, TIMESTAMP, "when this was so"]


@table(name="forge_release", key=("repository", "project", "tag"))
@dataclass(frozen=True)
class ForgeRelease:
    """A release that was published at the forge."""

    repository: Partition
    project: ProjectKey
    tag: Annotated[str, pa.string(), "tag name"]
    name: Annotated[str, pa.string(), "title"]
    prerelease: Annotated[bool, pa.bool_(), "marked as not final"]
    published_at: Annotated[datetime | None, TIMESTAMP, "when; null = a draft"]
    author: Login


@table(name="account", key=("repository", "host", "login"))
@dataclass(frozen=True)
class Account:
    """A user or bot of a forge, as far as it told of them."""

    repository: Partition
    host: Host
    login: Annotated[str, pa.string(), "user name, lower case"]
    kind: AccountKind
    name: Annotated[str | None, pa.string(), "name they show; null = untold"]
    email: Annotated[str | None, pa.string(), "public address, lower case; null = untold"]


@table(name="account_email", key=("repository", "host", "login", "email"))
@dataclass(frozen=True)
class AccountEmail:
    """An address that a forge says is an account's: it names the account as the commit's author."""

    repository: Partition
    host: Host
    login: Annotated[str, pa.string(), "user name, lower case"]
    email: Annotated[str, pa.string(), "address, lower case"]


@table(name="team_member", key=("repository", "host", "organisation", "team", "login"))
@dataclass(frozen=True)
class TeamMember:
    """Who is in which team of an organisation or group."""

    repository: Partition
    host: Host
    organisation: Annotated[str, pa.string(), "organisation or group"]
    team: Annotated[str, pa.string(), "slug of the team"]
    login: Annotated[str, pa.string(), "user name, lower case"]


@table(name="webhook_delivery", key=("repository", "host", "delivery"))
@dataclass(frozen=True)
class WebhookDelivery:
    """A delivery of a webhook that was taken in; the same one again is not."""

    repository: Partition
    host: Host
    delivery: Annotated[str, pa.string(), "the forge's id of the delivery"]
    event: Annotated[str, pa.string(), "the forge's name of the event"]
    project: Annotated[str | None, pa.string(), "project it concerns; null = none"]
    received_at: Annotated[datetime, TIMESTAMP, "when it came"]


@table(name="connection", key=("repository", "connection"), local=True)
@dataclass(frozen=True)
class Connection:
    """A forge that this machine reads, and where its token is kept; never the token itself."""

    repository: Partition
    connection: Annotated[str, pa.string(), "name of the connection"]
    forge: Annotated[str, pa.string(), "github or gitlab"]
    url: Annotated[str, pa.string(), "address of its API"]
    organisations: Annotated[str, pa.string(), "JSON list: all projects of these are read"]
    projects: Annotated[str, pa.string(), "JSON list of full names: these are read"]
    token: Annotated[
        str, pa.string(), "environment:NAME, keyring:NAME, or app:ID/INSTALLATION:KEY PLACE"
    ]
    created_at: Annotated[datetime, TIMESTAMP, "when it was made"]
