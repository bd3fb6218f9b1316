"""The organisation as GitHub holds it, to be served by the test server."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from tests.organisation import history
from tests.organisation.history import Landed, Repository
from tests.organisation.plan import ANA, BEN, CARA, HOUR, LOGINS, Trouble, attempts_of, troubles
from tests.servers import github_model as forge

REVIEWER = {ANA: BEN, BEN: ANA, CARA: BEN}
CHECKED = timedelta(minutes=12)
"""How long the checks of each request take."""


def github(repositories: list[Repository], address: str) -> forge.GitHub:
    """All of it; git fetches repositories from below `address`."""
    held = [_repository(number, one, address) for number, one in enumerate(repositories, start=71)]
    teams = {"platform": ["ana", "ben"], "shop": ["cara"]}
    names = {login: person[0] for person, login in LOGINS.items()}
    return forge.GitHub(
        repositories=held,
        organisations={"acme": forge.Organisation("acme", teams)},
        names=names,
    )


def _repository(number: int, repository: Repository, address: str) -> forge.Repository:
    numbers = count(number * 10_000)
    requests = [_request(landed, numbers) for landed in repository.requests.values()]
    return forge.Repository(
        number,
        f"acme/{repository.name}",
        address=f"{address}/acme/{repository.name}.git",
        private=True,
        pull_requests=requests,
        issues=[_issue(repository, one) for one in troubles() if one.repository == repository.name],
        deployments=_deployments(repository, number),
    )


def _request(landed: Landed, numbers: count[int]) -> forge.PullRequest:
    request = landed.request
    base = "main"
    if request.method == "stacked":
        base = f"topic/{request.number - 1}"
    state = {"closed": "CLOSED", "open": "OPEN"}.get(request.method, "MERGED")
    commits = [_commit(commit) for commit in landed.commits]
    conclusion = "SUCCESS" if request.green else "FAILURE"
    commits[-1].checks = [
        forge.Check(next(numbers), "tests", conclusion, request.opened, request.opened + CHECKED)
    ]
    before, after = (set(_texts(commit)) for commit in (landed.base, landed.tip))
    bot = request.kind.by == "bot"
    return forge.PullRequest(
        number=request.number,
        title=request.title,
        author=f"{LOGINS[request.author]}[bot]" if bot else LOGINS[request.author],
        head_ref=request.branch,
        base_ref=base,
        created_at=request.opened,
        updated_at=request.closed or request.opened + HOUR,
        state=state,
        merged_at=request.merged,
        closed_at=request.closed,
        merged_by="ben" if request.merged else None,
        merge_commit=_commit(landed.merge) if landed.merge else None,
        additions=len(after - before),
        deletions=len(before - after),
        changed_files=len(
            {
                path
                for path in {*landed.base.tree, *landed.tip.tree}
                if landed.base.tree.get(path) != landed.tip.tree.get(path)
            }
        ),
        commits=commits,
        closes=[one.number for one in troubles() if _repairs(one, landed)],
        reviews=_reviews(landed, numbers),
    )


def _repairs(trouble: Trouble, landed: Landed) -> bool:
    return (
        trouble.rule == "fix"
        and trouble.repository == _name(landed)
        and trouble.about == landed.request.number
    )


def _name(landed: Landed) -> str:
    return landed.request.repository


def _reviews(landed: Landed, numbers: count[int]) -> list[forge.Review]:
    """A first review with two comments on lines, then the approval."""
    request = landed.request
    if request.reviewed is None or request.approved is None:
        return []
    by = LOGINS[REVIEWER[request.author]]
    comments = [
        forge.Comment(next(numbers), by, request.reviewed, "Why so?"),
        forge.Comment(next(numbers), by, request.reviewed, "And this?"),
    ]
    head = landed.tip.sha
    return [
        forge.Review(next(numbers), by, "COMMENTED", request.reviewed, head, comments),
        forge.Review(next(numbers), by, "APPROVED", request.approved, head),
    ]


def _commit(commit: history.Commit) -> forge.Commit:
    return forge.Commit(
        commit.sha,
        commit.author[1],
        commit.authored,
        LOGINS.get(commit.author),
        commit.committed,
    )


def _texts(commit: history.Commit) -> list[str]:
    return [line for lines in commit.tree.values() for line in lines]


def _deployments(repository: Repository, number: int) -> list[forge.Deployment]:
    return [
        forge.Deployment(
            number=number * 1_000 + attempt.number,
            environment=attempt.environment,
            commit=repository.deployed[attempt.number].sha,
            created_at=attempt.at - timedelta(minutes=10),
            statuses=[
                ("IN_PROGRESS", attempt.at - timedelta(minutes=9)),
                (attempt.state.upper(), attempt.at),
            ],
        )
        for attempt in attempts_of(repository.name)
    ]


def _issue(repository: Repository, trouble: Trouble) -> forge.Issue:
    body = "Customers saw errors."
    if trouble.rule == "root-cause":
        merge = repository.requests[trouble.about].merge
        assert merge is not None
        body += f"\n\nRoot cause: {merge.sha}"
    elif trouble.rule == "link":
        body += f"\n\nCaused by #{trouble.about}"
    elif trouble.rule == "deployment":
        taken_back = next(
            attempt for attempt in attempts_of(repository.name) if attempt.of == "previous"
        )
        bad = [
            attempt
            for attempt in attempts_of(repository.name)
            if attempt.at < taken_back.at and attempt.environment == "production"
        ][-1]
        place = {"api": 71, "web": 72, "jobs": 73}[repository.name]
        body += f"\n\nDeployment: {place * 1_000 + bad.number}"
    return forge.Issue(
        trouble.number,
        f"Trouble {trouble.number}",
        trouble.started,
        trouble.resolved,
        body=body,
        closed_at=trouble.resolved,
        labels=[trouble.kind],
        closed_by_changes=[trouble.about] if trouble.rule == "fix" else [],
    )
