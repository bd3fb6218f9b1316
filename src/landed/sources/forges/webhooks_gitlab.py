"""Deliveries of GitLab's webhooks as the records that polling gives.

GitLab's payloads tell less than its API: of merge requests neither the author's name nor when they
were merged, so that those are asked for again; of deployments not when they were begun, so that
the first state we hear of stands for it until the next reading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from landed.records import FORGES, Deployment, Project
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.fields import (
    Node,
    moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.fields import state as state_of
from landed.sources.forges.gitlab_check_records import check_of
from landed.sources.forges.gitlab_fields import (
    commit_id,
    label_names,
)
from landed.sources.forges.gitlab_issue_records import incident_of, links_of
from landed.sources.forges.gitlab_naming import (
    DEPLOYMENT_STATES,
    GITLAB,
    deployment_id,
    is_production,
)
from landed.sources.forges.gitlab_reading import People
from landed.sources.forges.gitlab_release_records import release_of
from landed.sources.forges.gitlab_reviews import ON_CODE, comment_of
from landed.sources.forges.issue_labels import NONE
from landed.sources.forges.keys import project_key
from landed.sources.forges.rules import Rules, rules_of
from landed.sources.forges.signals import MatchSignals
from landed.sources.forges.webhooks import Delivery, delivery_id, header, payload
from landed.sources.forges.webhooks_reading import Events, host_named

_NOTHING_MORE = ("push", "tag_push", "repository_update", "build")
"""Events that tell of the project alone: that its refs have moved, or single jobs of a pipeline."""
_PUBLIC = 20
"""GitLab's number of what everybody may see."""
_OF_REQUEST = re.compile(r"refs/merge-requests/([0-9]{1,18})/(?:merge|train)")


def read_gitlab(
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
    """Return what a delivery of GitLab says; it is to be verified before.

    Arguments and promises are those of `read_github`.
    """
    page = Page()
    told = payload(body, page)
    came = header(headers, "X-Gitlab-Event") or "unknown"
    event = optional_text(told, "object_kind") or optional_text(told, "event_name") or came
    rules = rules_of(incident_labels, bug_labels, bots, match_signals)
    names = ("webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID")
    delivery = delivery_id(headers, body, *names)
    return _EVENTS.read(
        delivery,
        event,
        told,
        page,
        rules,
        lambda: _project(told, host, now or datetime.now(UTC)),
    )


def _project(told: Node, host: str | None, now: datetime) -> Project | None:
    """The project of a delivery; None where it concerns none, such as one of a group."""
    project = within(told, "project")
    if "id" not in project:
        return None
    place = (host or host_named(optional_text(project, "web_url"))).lower()
    visibility = project.get("visibility_level")
    return Project(
        repository=FORGES,
        project=project_key(GITLAB, place, identity(project, "id")),
        forge=GITLAB,
        host=place,
        name=text(project, "path_with_namespace"),
        default_branch=optional_text(project, "default_branch"),
        address=optional_text(project, "git_http_url"),
        private=visibility != _PUBLIC if isinstance(visibility, int) else None,
        # Archived projects send nothing.
        archived=False,
        state="present",
        seen_at=now,
        belongs_to=None,
        how="unmatched",
    )


def _merge_request(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    del project, rules
    page.stale.add(identity(within(told, "object_attributes"), "iid"))
    people.named(told, "user")
    for field in ("assignees", "reviewers"):
        listed = told.get(field)
        for user in listed if isinstance(listed, list) else []:
            people.user(user)
    yield from ()


def _note(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    del rules
    note = within(told, "object_attributes")
    if note.get("noteable_type") != "MergeRequest":
        return
    number = identity(within(told, "merge_request"), "iid")
    if note.get("type") == ON_CODE or note.get("system") is True:
        # Notes on the code make up reviews, and GitLab's own tell of decisions.
        page.stale.add(number)
    spoken = {**note, "created_at": _time(note), "author": within(told, "user")}
    comment = comment_of(spoken, project.project, number, people)
    if comment is not None:
        yield comment


def _time(note: Node) -> str:
    """A time of a webhook in the form that the API gives it."""
    return moment(note, "created_at").isoformat()


def _pipeline(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    del rules
    pipeline = within(told, "object_attributes")
    people.named(told, "user")
    tried = _OF_REQUEST.fullmatch(optional_text(pipeline, "ref") or "")
    if tried:
        # It ran on the result that a merge would have: which tip that is, the payload says not.
        page.stale.add(int(tried[1]))
        return
    yield check_of(pipeline, project.project, commit_id(pipeline, "sha"))


def _deployment(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, page
    state = state_of(told, "status", DEPLOYMENT_STATES)
    since = moment(told, "status_changed_at")
    address = text(told, "commit_url").rstrip("/")
    yield Deployment(
        repository=FORGES,
        project=project.project,
        deployment=deployment_id(identity(told, "deployment_id")),
        environment=text(told, "environment"),
        production=is_production(optional_text(told, "environment_tier")),
        service=None,
        commit=commit_id({"id": address.rpartition("/")[2]}, "id"),
        ref=optional_text(told, "ref"),
        state=state,
        created_at=since,
        finished_at=since if state in ("success", "failure") else None,
        updated_at=since,
        creator=people.named(told, "user")[0],
        source=GITLAB,
    )


def _release(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    del rules, page
    if told.get("action") != "delete":
        yield release_of(told, project, people)


def _issue(
    told: Node, project: Project, rules: Rules, people: People, page: Page
) -> Iterator[ForgeRecord]:
    """An issue that is an incident or a bug, or was until now."""
    del page
    issue = within(told, "object_attributes")
    people.named(told, "user")
    labelled = {**issue, "labels": issue.get("labels", told.get("labels"))}
    if labelled.get("state") == "closed" and labelled.get("closed_at") is None:
        labelled["closed_at"] = labelled.get("updated_at")
    incident = incident_of(labelled, project, rules.labels)
    before = label_names(within(told, "changes", "labels"), "previous")
    if incident.kind == NONE and rules.labels.kind(before) == NONE:
        return
    yield incident
    if incident.kind != NONE:
        yield from links_of(incident, optional_text(issue, "description"), [], project)


_READERS = {
    "merge_request": _merge_request,
    "note": _note,
    "pipeline": _pipeline,
    "deployment": _deployment,
    "release": _release,
    "issue": _issue,
    "work_item": _issue,
}
_EVENTS = Events(_READERS, _NOTHING_MORE, People)
