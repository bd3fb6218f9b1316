"""Deployments, the newest first, and what became of those that were not over.

The REST API lists deployments and says which environments are production; GraphQL then tells the
statuses of a whole page in one question. A deployment succeeded when its first success came: what
is `inactive` afterwards was only followed by another one.

The state: `done`, the highest number of the last finished pass; `newest` and `page`, the same of an
unfinished one and how far it got; `etag` of the first page; `pending`, GitHub's ids of those to ask
for again, each with its number, its ref, and whether it is marked as production.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from landed.records import FORGES, Deployment
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    MISSING_FIELD,
    UNKNOWN_STATE,
    Node,
    Unreadable,
    moment,
    number,
    optional_text,
    text,
    within,
)
from landed.sources.forges.github_fields import (
    nodes,
    objects,
)
from landed.sources.forges.github_naming import (
    DEPLOYMENT_STATES,
    GITHUB,
    deployment_id,
    marked_production,
)
from landed.sources.forges.github_queries import OUTCOMES
from landed.sources.forges.github_reading import (
    People,
    Place,
    all_of,
    count_errors,
    whole,
    whole_sheet,
)
from landed.sources.forges.patience import answered_at

WHAT = "deployments"
PAGE_SIZE = 100
PATIENCE = timedelta(days=30)
"""Deployments that hang longer are taken to hang for ever."""

Waiting = dict[str, list[Any]]
"""By GitHub's id: number, ref, marked as production."""


def read_deployments(place: Place, state: dict[str, Any] | None) -> Iterator[Page]:
    """Yield the deployments that came, or came to an end, since `state`."""
    known = dict(state or {})
    pending: Waiting = dict(known.get("pending") or {})
    if known.get("page") is None and pending:
        page = Page()
        pending = _outcomes(place, pending, page)
        known["pending"] = pending
        page.state = known.copy()
        yield page
    yield from _walk(place, known, pending)


def _walk(place: Place, known: dict[str, Any], pending: Waiting) -> Iterator[Page]:
    done: int = known.get("done") or 0
    sheet: int = known.get("page") or 1
    newest: int = known.get("newest") or done
    etag: str | None = known.get("etag")
    while True:
        fresh = sheet == 1
        answer = place.client.rest(
            f"{WHAT} of {place.name}",
            "GET",
            f"{place.path}/deployments",
            params={"per_page": PAGE_SIZE, "page": sheet},
            etag=etag if fresh else None,
        )
        page = Page()
        listed = whole_sheet(place.client.host, WHAT, answer.data)
        if fresh and answer.status != 304:
            etag = answer.headers.get("etag")
        asked: Waiting = {}
        reached = len(listed) < PAGE_SIZE
        for node in objects(listed, page):
            try:
                its_number = number(node, "id")
                if its_number <= done:
                    reached = True
                    break
                newest = max(newest, its_number)
                production = marked_production(node.get("production_environment"))
                asked[text(node, "node_id")] = [its_number, optional_text(node, "ref"), production]
            except Unreadable as fault:
                page.fault(fault.kind)
        pending = {**pending, **(_outcomes(place, asked, page) if asked else {})}
        if reached:
            page.state = {"done": newest, "etag": etag, "pending": pending}
            yield page
            return
        sheet += 1
        page.state = {
            "done": done,
            "newest": newest,
            "page": sheet,
            "etag": etag,
            "pending": pending,
        }
        yield page


def _outcomes(place: Place, asked: Waiting, page: Page) -> Waiting:
    """Put deployments on the page with what their statuses say; return those that are not over."""
    still: Waiting = {}
    people = People(place.project.host, place.bots)
    names = list(asked)
    for start in range(0, len(names), PAGE_SIZE):
        some = names[start : start + PAGE_SIZE]
        answer = place.client.graphql(f"{WHAT} of {place.name}", OUTCOMES, {"ids": some})
        count_errors(answer, page)
        told = whole(place.client.host, WHAT, answer.data, paged=False)
        now = answered_at(answer.headers)
        for node in nodes(told, page):
            name = optional_text(node, "id")
            if name is None or name not in asked:
                page.fault(MISSING_FIELD)
                continue
            try:
                deployment = _deployment(place, node, asked[name], people, page)
            except Unreadable as fault:
                page.fault(fault.kind)
                continue
            page.records.append(deployment)
            if deployment.state == "pending" and now - deployment.created_at < PATIENCE:
                still[name] = asked[name]
    people.onto(page)
    return still


def _deployment(
    place: Place, node: Node, known: list[Any], people: People, page: Page
) -> Deployment:
    its_number, ref, production = known
    outcome, finished, updated = _outcome(place, node, page)
    creator, _ = people.actor(node.get("creator"))
    return Deployment(
        repository=FORGES,
        project=place.project.project,
        deployment=deployment_id(its_number),
        environment=text(node, "environment"),
        production=production,
        service=None,
        commit=text(node, "commitOid"),
        ref=ref or optional_text(within(node, "ref"), "name"),
        state=outcome,
        created_at=moment(node, "createdAt"),
        finished_at=finished,
        updated_at=updated,
        creator=creator,
        source=GITHUB,
    )


def _outcome(place: Place, node: Node, page: Page) -> tuple[str, datetime | None, datetime]:
    """How a deployment ended, when, and when that was so.

    One that became inactive without any outcome was overtaken: it counts as cancelled.
    """
    told: list[tuple[datetime, str | None]] = []
    statuses = within(node, "statuses")
    for status in all_of(place.client, place.name, "statuses", node, statuses, page):
        try:
            name = text(status, "state").lower()
            if name not in DEPLOYMENT_STATES:
                raise Unreadable(UNKNOWN_STATE)
            told.append((moment(status, "createdAt"), DEPLOYMENT_STATES[name]))
        except Unreadable as fault:
            page.fault(fault.kind)
    updated = max([at for at, _ in told], default=moment(node, "createdAt"))
    for wanted in ("success", "failure"):
        times = [at for at, outcome in told if outcome == wanted]
        if times:
            return wanted, min(times), updated
    overtaken = any(outcome is None for _, outcome in told)
    return ("cancelled" if overtaken else "pending"), None, updated
