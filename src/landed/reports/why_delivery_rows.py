"""The rows of `landed why` about a line's way: requests, reviews, deployments and incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from landed.reports.delivery_words import RULE_WORDS
from landed.reports.why_incidents import IncidentOfLine
from landed.reports.why_production import DeploymentShown, ProductionStay
from landed.reports.why_requests import ChecksShown, Request, Requests, ReviewsShown
from landed.reports.why_session_rows import Cell, minute
from landed.reports.wording import count, day, listed, percent

LANDED = {
    "merge": "with a merge",
    "squash": "squashed",
    "rebase": "rebased",
    "fast-forward": "fast-forwarded",
    "subject": "known by the subject of its commit",
}
_VERDICTS = {
    "approved": "approved",
    "changes-requested": "changes requested",
    "none": "not approved",
}
_BEGUN = {
    "redeploy": ", redeployed",
    "rollback": ", brought back by a rollback",
    "hotfix": ", as a hotfix",
}
_SHOWN = 6
_NAMES_SHOWN = 3
_BRANCH = 24
_SHORTEST = 12


def request_cells(told: Requests, moved: str | None, title: int) -> Iterator[Cell]:
    """Yield the rows of the requests; `moved` says where evidence came from, if it was moved.

    Titles are cut to `title` characters.
    """
    for request in told.requests:
        yield ("request", _request(request, title))
        for aside in _asides(request, moved):
            yield ("", aside)
        if request.made_in or request.landed_with:
            yield ("reviewed", _reviewed(request))
            yield ("CI", _checks(request.checks))
    if not told.requests:
        yield ("request", "none that the forge tells of")
    if told.checks is not None:
        yield ("CI", _checks(told.checks))


def _request(request: Request, room: int) -> str:
    by = f" by {request.author}" if request.author else ""
    return f'#{request.number} "{_cut(request.title, room - len(by))}"{by}, {_state(request)}'


def _state(request: Request) -> str:
    if request.state == "merged" and request.merged_at is not None:
        return f"merged {day(request.merged_at)}"
    if request.state == "closed" and request.closed_at is not None:
        return f"closed {day(request.closed_at)}, not merged"
    return f"{'draft' if request.draft else 'open'} since {day(request.opened_at)}"


def _asides(request: Request, moved: str | None) -> Iterator[str]:
    if not request.made_in and not request.landed_with:
        yield "it carried the line on"
    elif not request.landed_with and request.landed_by is not None:
        yield f"went to {_cut(request.base, _BRANCH)}; the line landed with the next request"
    elif request.landed_by is not None:
        how = LANDED.get(request.landed_by, request.landed_by)
        yield f"{how}; {moved}" if moved else how


def _reviewed(request: Request) -> str:
    reviews = request.reviews
    if not reviews.reviewers:
        until = "before the merge" if request.state == "merged" else "so far"
        parts = [f"by nobody{f' {until}' if request.state != 'closed' else ''}"]
        parts += [count(reviews.comments, "comment")] if reviews.comments else []
    else:
        parts = [count(reviews.reviewers, "reviewer"), count(reviews.comments, "comment")]
        parts += [_VERDICTS[reviews.verdict]]
    return f"{', '.join(parts)}{_later(reviews)}"


def _later(reviews: ReviewsShown) -> str:
    return f"; {reviews.later:,} more after the merge" if reviews.later else ""


def _checks(checks: ChecksShown) -> str:
    if not checks.failing:
        return "nothing to say" if checks.state == "silent" else checks.state
    names = [_cut(name, _BRANCH) for name in checks.failing[:_NAMES_SHOWN]]
    left = len(checks.failing) - len(names)
    return f"{checks.state} ({listed([*names, f'{left:,} more'] if left else names)})"


def production_cells(stays: Sequence[ProductionStay], gone: bool) -> Iterator[Cell]:
    """Yield the rows of stays in production; `gone` tells that the line left the main line."""
    if not stays:
        yield ("deployed", "never" if gone else "not yet")
    for number, stay in enumerate(stays[:_SHOWN]):
        label = "" if number else "deployed"
        yield (label, f"{_stay(stay)}, {_length(stay)}")
        if stay.ended is not None:
            yield ("", _ended(stay.ended))
    yield from _more(len(stays))


def _stay(stay: ProductionStay) -> str:
    where = stay.environment if stay.service is None else f"{stay.environment} {stay.service}"
    return f"{minute(stay.begun.at)} {where}{_ref(stay.begun)}{_BEGUN.get(stay.begun.kind, '')}"


def _ref(deployment: DeploymentShown) -> str:
    return f" ({deployment.ref})" if deployment.ref else ""


def _length(stay: ProductionStay) -> str:
    until = datetime.now(UTC) if stay.ended is None else stay.ended.at
    days = (until - stay.begun.at).days
    length = count(days, "day") if days > 0 else "under a day"
    return f"{'live ' if stay.ended is None else 'for '}{length}"


def _ended(ended: DeploymentShown) -> str:
    how = "taken back by a rollback" if ended.kind == "rollback" else "gone with the deployment of"
    return f"{how} {minute(ended.at)}{_ref(ended)}"


def incident_cells(incidents: Sequence[IncidentOfLine], title: int) -> Iterator[Cell]:
    """Yield the rows of incidents and bugs; titles are cut to `title` characters."""
    if not incidents:
        yield ("incidents", "none traced to its change")
    for number, one in enumerate(incidents[:_SHOWN]):
        named = f" #{one.number}" if one.number is not None else ""
        told = f'{one.kind}{named} "{_cut(one.title, title)}", {day(one.started_at)}'
        yield ("" if number else "incidents", told)
        yield ("", f"{percent(one.weight)} by its change: {RULE_WORDS[one.rule]}")
    yield from _more(len(incidents))


def _more(number: int) -> Iterator[Cell]:
    if number > _SHOWN:
        yield ("", f"and {number - _SHOWN:,} more: --json has all")


def _cut(text: str, room: int) -> str:
    room = max(room, _SHORTEST)
    return text if len(text) <= room else f"{text[: room - 1]}…"
