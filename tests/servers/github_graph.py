"""GraphQL over a `GitHub`: the schema that GitHub publishes, executed by graphql-core.

The objects that graphql-core walks are dicts; a value that takes arguments is a function.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    execute_sync,
)
from tests.servers.github_connections import (
    Many,
    Object,
    Refusal,
    by_change,
    connection,
    written,
)
from tests.servers.github_model import (
    Comment,
    Commit,
    Deployment,
    GitHub,
    Issue,
    Organisation,
    PullRequest,
    Repository,
    Review,
)
from tests.servers.github_schema import checked, schema


def answered(forge: GitHub, query: str, variables: Object) -> Object:
    """The answer to a query, in the shape in which GitHub gives it."""
    result = execute_sync(
        schema(), checked(query), root_value=_root(forge), variable_values=variables
    )
    assert isinstance(result, ExecutionResult)
    told: Object = {"data": result.data}
    if result.errors:
        told["errors"] = [_error(error) for error in result.errors]
    return told


def _error(error: GraphQLError) -> Object:
    shown: Object = {"message": error.message}
    if error.path:
        shown["path"] = error.path
    if isinstance(error.original_error, Refusal):
        shown["type"] = error.original_error.kind
    elif "cursor" in error.message:
        shown["type"] = "INVALID_CURSOR_ARGUMENTS"
    return shown


def _root(forge: GitHub) -> Object:
    def repository(_: Any, owner: str, name: str, **__: Any) -> Object:
        found = forge.repository(f"{owner}/{name}")
        if found is None:
            raise Refusal("NOT_FOUND", f"There is no repository '{owner}/{name}'.")
        return _repository(forge, found)

    def owner(_: Any, login: str) -> Object | None:
        held = [one for one in forge.repositories if one.owner.lower() == login.lower()]
        organised = forge.organisation(login) is not None
        if not held and not organised:
            return None
        kind = "Organization" if organised else "User"
        return {
            "__typename": kind,
            "repositories": connection(
                [one for one in held if one.name not in forge.gone],
                lambda one: _repository(forge, one),
            ),
        }

    def organisation(_: Any, login: str) -> Object:
        held = forge.organisation(login)
        if held is None:
            raise Refusal("NOT_FOUND", f"There is no organization '{login}'.")
        return {
            "login": held.login,
            "teams": lambda info, **given: _teams(forge, held)(info, **given),
        }

    def nodes(_: Any, ids: list[str]) -> list[Object | None]:
        return [_node(forge, name) for name in ids]

    return {
        "repository": repository,
        "repositoryOwner": owner,
        "organization": organisation,
        "nodes": nodes,
        "node": lambda _, id: _node(forge, id),
    }


def _node(forge: GitHub, name: str) -> Object | None:
    """The object of this id: a letter for its type, the repository's number, and its own key."""
    kind, home, key = name.split(":", 2)
    if kind == "T":
        organisation = forge.organisation(home)
        return _team(forge, organisation, key) if organisation else None
    repository = next((one for one in forge.repositories if str(one.number) == home), None)
    if repository is None:
        return None
    if kind == "P":
        change = next(one for one in repository.pull_requests if str(one.number) == key)
        return _change(forge, repository, change)
    if kind == "V":
        return next(
            _review(forge, repository, review)
            for change in repository.pull_requests
            for review in change.reviews
            if str(review.number) == key
        )
    if kind == "D":
        deployment = next(one for one in repository.deployments if str(one.number) == key)
        return _deployment(forge, repository, deployment)
    commit = repository.commits().get(key)
    if commit is None:
        return None
    shown = _commit(forge, repository, commit)
    return shown if kind == "C" else shown["statusCheckRollup"]


def _repository(forge: GitHub, held: Repository) -> Object:
    def changes(info: Any, **given: Any) -> Object:
        ordered = sorted(
            held.pull_requests, key=lambda one: (one.updated_at, one.number), reverse=True
        )
        return connection(ordered, lambda one: _change(forge, held, one), by_change)(info, **given)

    def change(_: Any, number: int) -> Object:
        for one in held.pull_requests:
            if one.number == number:
                return _change(forge, held, one)
        raise Refusal("NOT_FOUND", f"There is no pull request {number}.")

    def issues(info: Any, labels: Any = None, filterBy: Any = None, **given: Any) -> Object:
        since = (filterBy or {}).get("since")
        chosen = [
            one
            for one in sorted(held.issues, key=lambda one: (one.updated_at, one.number))
            if (labels is None or set(labels) & set(one.labels))
            and (since is None or one.updated_at >= datetime.fromisoformat(since))
        ]
        return connection(chosen, lambda one: _issue(held, one))(info, **given)

    return {
        "__typename": "Repository",
        "databaseId": held.number,
        "nameWithOwner": held.name,
        "url": (held.address or f"https://github.example/{held.name}").removesuffix(".git"),
        "isPrivate": held.private,
        "isArchived": held.archived,
        "defaultBranchRef": {"name": held.default_branch},
        "pullRequests": changes,
        "pullRequest": change,
        "issues": issues,
        "labels": connection(_label_names(held), lambda name: {"name": name}),
    }


def _label_names(held: Repository) -> list[str]:
    used = {label for issue in held.issues for label in issue.labels + issue.former_labels}
    return sorted(used | set(held.labels))


def _change(forge: GitHub, held: Repository, one: PullRequest) -> Object:
    def commit(each: Commit) -> Object:
        return {"commit": _commit(forge, held, each)}

    merged = one.merge_commit
    return {
        "__typename": "PullRequest",
        "id": f"P:{held.number}:{one.number}",
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "state": one.state,
        "merged": one.state == "MERGED",
        "isDraft": one.draft,
        "isCrossRepository": one.fork,
        "createdAt": written(one.created_at),
        "mergedAt": written(one.merged_at),
        "closedAt": written(one.closed_at),
        "updatedAt": written(one.updated_at),
        "author": _actor(forge, one.author),
        "mergedBy": _actor(forge, one.merged_by),
        "headRefName": one.head_ref,
        "headRefOid": one.commits[-1].oid if one.commits else "0" * 40,
        "baseRefName": one.base_ref,
        "additions": one.additions,
        "deletions": one.deletions,
        "changedFiles": one.changed_files,
        "mergeCommit": _commit(forge, held, merged) if merged else None,
        "repository": {"nameWithOwner": held.name},
        "commits": connection(one.commits, commit),
        "labels": connection(one.labels, lambda name: {"name": name}),
        "closingIssuesReferences": connection(
            one.closes, lambda number: {"number": number, "repository": _name(held)}
        ),
        "reviewRequests": connection(
            [
                *(_actor(forge, login) for login in one.requested_users),
                *({"__typename": "Team", "slug": slug} for slug in one.requested_teams),
            ],
            lambda whom: {"requestedReviewer": whom},
        ),
        "reviews": connection(one.reviews, lambda review: _review(forge, held, review)),
        "comments": connection(one.comments, lambda comment: _comment(forge, comment)),
    }


def _review(forge: GitHub, held: Repository, review: Review) -> Object:
    return {
        "__typename": "PullRequestReview",
        "id": f"V:{held.number}:{review.number}",
        "fullDatabaseId": str(review.number),
        "state": review.state,
        "submittedAt": written(review.submitted_at),
        "author": _actor(forge, review.author),
        "commit": {"oid": review.commit} if review.commit else None,
        "comments": connection(review.comments, lambda comment: _comment(forge, comment)),
    }


def _comment(forge: GitHub, comment: Comment) -> Object:
    return {
        "fullDatabaseId": str(comment.number),
        "createdAt": written(comment.created_at),
        "author": _actor(forge, comment.author),
        "viewerDidAuthor": comment.author == forge.viewer,
        "body": comment.body,
    }


def _commit(forge: GitHub, held: Repository, commit: Commit) -> Object:
    user = commit.author and {"login": commit.author, "name": forge.names.get(commit.author)}
    rollup = None
    if commit.checks or commit.statuses:
        rollup = {
            "__typename": "StatusCheckRollup",
            "id": f"S:{held.number}:{commit.oid}",
            "state": _rolled_up(commit),
            "contexts": connection(
                [*commit.checks, *commit.statuses], lambda one: _context(held, one)
            ),
        }
    return {
        "__typename": "Commit",
        "id": f"C:{held.number}:{commit.oid}",
        "oid": commit.oid,
        "authoredDate": written(commit.authored_at),
        "committedDate": written(commit.committed_at or commit.authored_at),
        "author": {"email": commit.author_email, "user": user},
        "statusCheckRollup": rollup,
    }


def _rolled_up(commit: Commit) -> str:
    if any(check.status != "COMPLETED" for check in commit.checks) or any(
        status.state in ("PENDING", "EXPECTED") for status in commit.statuses
    ):
        return "PENDING"
    bad = {"FAILURE", "TIMED_OUT", "ERROR", "CANCELLED"}
    outcomes = [check.conclusion for check in commit.checks]
    return "FAILURE" if bad & {*outcomes, *(one.state for one in commit.statuses)} else "SUCCESS"


def _context(held: Repository, one: Any) -> Object:
    if hasattr(one, "context"):
        return {
            "__typename": "StatusContext",
            "context": one.context,
            "state": one.state,
            "createdAt": written(one.created_at),
        }
    return {
        "__typename": "CheckRun",
        "databaseId": one.number,
        "permalink": f"https://github.example/{held.name}/runs/{one.number}",
        "name": one.name,
        "status": one.status,
        "conclusion": one.conclusion,
        "startedAt": written(one.started_at),
        "completedAt": written(one.completed_at),
    }


def _issue(held: Repository, one: Issue) -> Object:
    def change(number: int) -> Object:
        return {
            "__typename": "PullRequest",
            "number": number,
            "merged": True,
            "repository": _name(held),
        }

    def timeline(info: Any, itemTypes: list[str], **given: Any) -> Object:
        if itemTypes == ["UNLABELED_EVENT"]:
            items: list[Object] = [
                {"__typename": "UnlabeledEvent", "label": {"name": name}}
                for name in one.former_labels
            ]
        else:
            closer = {"__typename": "Commit", "oid": one.closed_by_commit}
            closed = [closer] if one.closed_by_commit else []
            closed += [change(number) for number in one.closed_by_changes[-1:]]
            items = [{"__typename": "ClosedEvent", "closer": each} for each in closed]
        return connection(items, lambda item: item)(info, **given)

    return {
        "__typename": "Issue",
        "number": one.number,
        "title": one.title,
        "body": one.body,
        "createdAt": written(one.created_at),
        "closedAt": written(one.closed_at),
        "updatedAt": written(one.updated_at),
        "labels": connection(one.labels, lambda name: {"name": name}),
        "closedByPullRequestsReferences": connection(one.closed_by_changes, change),
        "timelineItems": timeline,
    }


def _deployment(forge: GitHub, held: Repository, one: Deployment) -> Object:
    told = [{"state": state, "createdAt": written(at)} for state, at in reversed(one.statuses)]
    return {
        "__typename": "Deployment",
        "id": f"D:{held.number}:{one.number}",
        "commitOid": one.commit,
        "environment": one.environment,
        "createdAt": written(one.created_at),
        "updatedAt": written(one.statuses[-1][1] if one.statuses else one.created_at),
        "ref": {"name": one.ref},
        "creator": _actor(forge, one.creator),
        "statuses": connection(told, lambda status: status),
    }


def _teams(forge: GitHub, held: Organisation) -> Many:
    if "teams" in forge.hidden:
        raise Refusal("INSUFFICIENT_SCOPES", "Your token needs the scope read:org.")
    return connection(list(held.teams), lambda slug: _team(forge, held, slug))


def _team(forge: GitHub, held: Organisation, slug: str) -> Object:
    def member(name: str) -> Object:
        return {"login": name, "name": forge.names.get(name)}

    return {
        "__typename": "Team",
        "id": f"T:{held.login}:{slug}",
        "slug": slug,
        "members": connection(held.teams[slug], member),
    }


def _name(held: Repository) -> Object:
    return {"nameWithOwner": held.name}


def _actor(forge: GitHub, login: str | None) -> Object | None:
    if login is None:
        return None
    if login.endswith("[bot]"):
        return {"__typename": "Bot", "login": login.removesuffix("[bot]")}
    return {"__typename": "User", "login": login, "name": forge.names.get(login)}
