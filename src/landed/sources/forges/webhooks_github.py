"""Deliveries of GitHub's webhooks as the records that polling gives."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from landed.records import (
    FORGES,
    Account,
    CheckRun,
    Deployment,
    ForgeRelease,
    Project,
    Review,
    ReviewComment,
)
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.fields import (
    UNKNOWN_STATE,
    Node,
    Unreadable,
    moment,
    number,
    optional_moment,
    optional_text,
    state,
    text,
    within,
)
from landed.sources.forges.github_naming import (
    CHECK_CONCLUSIONS,
    DEPLOYMENT_STATES,
    GITHUB,
    REVIEW_STATES,
    STATUS_STATES,
    account_of,
    check_run_id,
    deployment_id,
    marked_production,
    status_id,
)
from landed.sources.forges.keys import project_key
from landed.sources.forges.rules import Rules, rules_of
from landed.sources.forges.signals import MatchSignals
from landed.sources.forges.webhooks import Delivery, delivery_id, header, payload
from landed.sources.forges.webhooks_github_changes import change_of, incident_of, said_by
from landed.sources.forges.webhooks_reading import Events, host_named

_NOTHING_MORE = (
    *("push", "create", "delete", "repository", "public", "ping"),
    *("check_suite", "workflow_run", "workflow_job"),
)
"""Events that tell of the project alone, such as that its refs have moved, or that check runs tell
better."""
_GONE = "deleted"


def read_github(
    headers: Mapping[str, str],
    body: bytes,
    *,
    incident_labels: Sequence[str],
    bug_labels: Sequence[str],
    bots: Collection[str],
    match_signals: MatchSignals,
    host: str | None = None,
    now: datetime | None = None,
) -> Delivery:
    """Return what a delivery of GitHub says; its signature is to be verified before.

    Args:
        headers: of the HTTP request.
        body: of it, as it came.
        incident_labels, bug_labels: globs of labels.
        bots: user names of programs.
        match_signals: finds signals in texts of a change.
        host: name of the forge's host; None = that of the project's own address.
        now: when it came; None = now.

    Never raises for what the body holds: what cannot be understood is a fault of the page.
    """
    page = Page()
    event = header(headers, "X-GitHub-Event") or "unknown"
    told = payload(body, page)
    rules = rules_of(incident_labels, bug_labels, bots, match_signals)
    delivery = delivery_id(headers, body, "X-GitHub-Delivery")
    return _EVENTS.read(
        delivery,
        event,
        told,
        page,
        rules,
        lambda: _project(told, event, host, now or datetime.now(UTC)),
    )


class _People:
    """Accounts that a payload names, and what kind of account they are."""

    def __init__(self, host: str, bots: frozenset[str]) -> None:
        self._host = host
        self._bots = bots
        self._accounts: dict[str, Account] = {}

    def __call__(self, user: Node) -> tuple[str | None, str]:
        login, kind = account_of(
            optional_text(user, "login"), optional_text(user, "type"), self._bots
        )
        if login is not None:
            self._accounts[login] = Account(FORGES, self._host, login, kind, None, None)
        return login, kind

    def onto(self, page: Page) -> None:
        """Put them on the page."""
        page.records.extend(self._accounts.values())


def _project(told: Node, event: str, host: str | None, now: datetime) -> Project | None:
    """The project of a delivery; None where it concerns none, such as one of an organisation."""
    repository = within(told, "repository")
    if "id" not in repository:
        return None
    address = optional_text(repository, "clone_url") or optional_text(repository, "html_url")
    place = (host or host_named(optional_text(repository, "html_url"))).lower()
    deleted = event == "repository" and told.get("action") == _GONE
    # What befell the project itself is news; else the payload repeats what was so for long.
    changed = None if event == "repository" else _changed(repository)
    private = repository.get("private")
    return Project(
        repository=FORGES,
        project=project_key(GITHUB, place, number(repository, "id")),
        forge=GITHUB,
        host=place,
        name=text(repository, "full_name"),
        default_branch=optional_text(repository, "default_branch"),
        address=address,
        private=private if isinstance(private, bool) else None,
        archived=repository.get("archived") is True,
        state="gone" if deleted else "present",
        seen_at=changed or now,
        belongs_to=None,
        how="unmatched",
    )


def _changed(repository: Node) -> datetime | None:
    try:
        return optional_moment(repository, "updated_at")
    except Unreadable:
        return None


def _pull_request(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    request = within(told, "pull_request")
    page.stale.add(number(request, "number"))
    change = change_of(request, project, people)
    yield change
    yield from said_by(request, change, project, rules)


def _review(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules
    review = within(told, "review")
    request = number(within(told, "pull_request"), "number")
    page.stale.add(request)
    reviewer, kind = people(within(review, "user"))
    yield Review(
        repository=FORGES,
        project=project.project,
        review=str(number(review, "id")),
        number=request,
        reviewer=reviewer,
        reviewer_kind=kind,
        state=state(review, "state", REVIEW_STATES),
        submitted_at=moment(review, "submitted_at"),
        commit=optional_text(review, "commit_id"),
    )


def _line_comment(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, page
    request = number(within(told, "pull_request"), "number")
    if told.get("action") != _GONE:
        yield _comment(within(told, "comment"), project, request, "line", people)


def _issue_comment(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, page
    issue = within(told, "issue")
    if "pull_request" in issue and told.get("action") != _GONE:
        request = number(issue, "number")
        yield _comment(within(told, "comment"), project, request, "discussion", people)


def _comment(
    comment: Node, project: Project, request: int, place: str, people: _People
) -> ReviewComment:
    author, kind = people(within(comment, "user"))
    name, created = str(number(comment, "id")), moment(comment, "created_at")
    return ReviewComment(FORGES, project.project, name, request, author, kind, place, created)


def _check_run(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, people, page
    run = within(told, "check_run")
    started, finished = optional_moment(run, "started_at"), optional_moment(run, "completed_at")
    outcome = "pending"
    if text(run, "status").upper() == "COMPLETED":
        outcome = state(run, "conclusion", CHECK_CONCLUSIONS)
    yield CheckRun(
        repository=FORGES,
        project=project.project,
        check_id=check_run_id(number(run, "id")),
        commit=text(run, "head_sha"),
        name=text(run, "name"),
        kind="check",
        state=outcome,
        started_at=started,
        finished_at=finished,
        updated_at=finished or started or moment(within(run, "check_suite"), "updated_at"),
    )


def _status(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, people, page
    context, commit = text(told, "context"), text(told, "sha")
    outcome, created = state(told, "state", STATUS_STATES), moment(told, "created_at")
    yield CheckRun(
        repository=FORGES,
        project=project.project,
        check_id=status_id(context, commit),
        commit=commit,
        name=context,
        kind="status",
        state=outcome,
        started_at=None,
        finished_at=None if outcome == "pending" else created,
        updated_at=created,
    )


def _deployment(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    """A deployment, or what became of one; that another followed it says nothing new."""
    del rules, page
    deployment = within(told, "deployment")
    created = moment(deployment, "created_at")
    outcome: str | None = "pending"
    since = created
    if "deployment_status" in told:
        status = within(told, "deployment_status")
        name = text(status, "state").lower()
        if name not in DEPLOYMENT_STATES:
            raise Unreadable(UNKNOWN_STATE)
        outcome, since = DEPLOYMENT_STATES[name], moment(status, "created_at")
    if outcome is None:
        return
    yield Deployment(
        repository=FORGES,
        project=project.project,
        deployment=deployment_id(number(deployment, "id")),
        environment=text(deployment, "environment"),
        production=marked_production(deployment.get("production_environment")),
        service=None,
        commit=text(deployment, "sha"),
        ref=optional_text(deployment, "ref"),
        state=outcome,
        created_at=created,
        finished_at=since if outcome in ("success", "failure") else None,
        updated_at=since,
        creator=people(within(deployment, "creator"))[0],
        source=GITHUB,
    )


def _release(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, page
    release = within(told, "release")
    if told.get("action") == _GONE:
        return
    tag = text(release, "tag_name")
    yield ForgeRelease(
        repository=FORGES,
        project=project.project,
        tag=tag,
        name=optional_text(release, "name") or tag,
        prerelease=release.get("prerelease") is True,
        published_at=optional_moment(release, "published_at"),
        author=people(within(release, "author"))[0],
    )


def _issue(
    told: Node, project: Project, rules: Rules, people: _People, page: Page
) -> Iterator[ForgeRecord]:
    del people, page
    yield from incident_of(told, project, rules)


_READERS = {
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _line_comment,
    "issue_comment": _issue_comment,
    "check_run": _check_run,
    "status": _status,
    "deployment": _deployment,
    "deployment_status": _deployment,
    "release": _release,
    "issues": _issue,
}
_EVENTS = Events(_READERS, _NOTHING_MORE, _People)
