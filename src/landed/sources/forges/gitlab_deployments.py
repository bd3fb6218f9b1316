"""Deployments, what GitLab says was in them, and which environments are production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from landed.records import FORGES, Deployment, DeploymentChange, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.fields import state as state_of
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_fields import (
    commit_id,
)
from landed.sources.forges.gitlab_naming import (
    DEPLOYMENT_STATES,
    GITLAB,
    deployment_id,
    is_production,
)
from landed.sources.forges.gitlab_reading import People, number_of
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk
from landed.sources.forges.rules import Rules


def deployment_of(
    item: Node, project: Project, people: People, tiers: dict[str, bool | None]
) -> Deployment:
    """The record of a deployment, from a list of the API. Raises Unreadable.

    `tiers` says of environments by name whether they are production. A deployment ended when its
    job did; one without a job when it was last touched.
    """
    state = state_of(item, "status", DEPLOYMENT_STATES)
    environment = text(within(item, "environment"), "name")
    updated = moment(item, "updated_at" if item.get("updated_at") else "created_at")
    return Deployment(
        repository=FORGES,
        project=project.project,
        deployment=deployment_id(identity(item, "id")),
        environment=environment,
        production=tiers.get(environment),
        service=None,
        commit=commit_id(item, "sha"),
        ref=optional_text(item, "ref"),
        state=state,
        created_at=moment(item, "created_at"),
        finished_at=_finished(item, updated) if state in ("success", "failure") else None,
        updated_at=updated,
        creator=people.named(item, "user")[0],
        source=GITLAB,
    )


def _finished(item: Node, updated: datetime) -> datetime:
    own = optional_moment(item, "finished_at")
    return own or optional_moment(within(item, "deployable"), "finished_at") or updated


def read_deployments(
    client: GitLabClient, project: Project, rules: Rules, state: dict[str, Any] | None
) -> Iterator[Page]:
    """Yield deployments that changed since `state`, with their merge requests; see `Forge.read`."""
    walking = Walk.of(state)
    last = Page()
    path = f"/projects/{number_of(project)}/deployments"
    tiers: dict[str, bool | None] | None = None

    def listed(since: str | None, number: int) -> list[Node]:
        return client.page(f"deployments of {project.name}", path, oldest_first(since), number)

    def merged(record: Deployment | None) -> list[Node] | None:
        return _merge_requests(client, project, record) if record else []

    for items in walk(listed, walking, last, client.page_size):
        tiers = _tiers(client, project) if tiers is None else tiers
        page = Page()
        people = People(project.host, rules.bots)
        records = [_readable(item, project, people, tiers, page) for item in items]
        for record, requests in client.several(merged, records):
            if record is not None:
                page.records.append(record)
                page.records.extend(_changes(requests, record, project, page))
        for item in items:
            walking.note(item)
        people.onto(page)
        page.state = walking.state()
        yield page
    walking.finished = True
    last.state = walking.state()
    yield last


def _readable(
    item: Node, project: Project, people: People, tiers: dict[str, bool | None], page: Page
) -> Deployment | None:
    try:
        return deployment_of(item, project, people, tiers)
    except Unreadable as fault:
        page.fault(fault.kind)
        return None


def _changes(
    requests: list[Node] | None, deployment: Deployment, project: Project, page: Page
) -> Iterator[DeploymentChange]:
    if requests is None:
        page.fault("withheld")
    seen: set[int] = set()
    for request in requests or []:
        try:
            number = identity(request, "iid")
        except Unreadable as fault:
            page.fault(fault.kind)
            continue
        # Numbers of other projects' requests would name wrong ones here.
        if number not in seen and request.get("project_id") in (None, number_of(project)):
            seen.add(number)
            yield DeploymentChange(FORGES, project.project, deployment.deployment, number)


def _merge_requests(
    client: GitLabClient, project: Project, deployment: Deployment
) -> list[Node] | None:
    """What GitLab says was in a deployment; null where it does not tell.

    Only where it may be production and succeeded: short-lived environments for reviews are many.
    """
    if deployment.state != "success" or deployment.production is False:
        return []
    number = deployment.deployment.rpartition(":")[2]
    path = f"/projects/{number_of(project)}/deployments/{number}/merge_requests"
    try:
        return list(client.all(f"merge requests of deployment {number} of {project.name}", path))
    except (NotThere, NotAllowed):
        return None


def _tiers(client: GitLabClient, project: Project) -> dict[str, bool | None]:
    """Whether environments are production, by name; empty where that is not told."""
    path = f"/projects/{number_of(project)}/environments"
    try:
        return {
            name: is_production(optional_text(environment, "tier"))
            for environment in client.all(f"environments of {project.name}", path)
            if (name := optional_text(environment, "name"))
        }
    except (NotThere, NotAllowed):
        return {}
