"""Reviews of a merge request, from its notes and its approvals.

GitLab keeps who approves now, not since when; notes of its own tell when somebody approved, took
that back, or asked for changes. A review that only comments leaves no trace but its notes: those
that one person writes on the code, each less than ten minutes after the one before, are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from landed.records import FORGES, Change, Review, ReviewComment
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    moment,
    optional_moment,
    optional_text,
)
from landed.sources.forges.fields import number as identity
from landed.sources.forges.gitlab_reading import People

TOGETHER = timedelta(minutes=10)
"""Notes of one person on the code that are less apart than this are one review."""
ON_CODE = "DiffNote"
_DECISIONS = {
    "approved this merge request": "approved",
    "unapproved this merge request": "dismissed",
    "requested changes": "changes-requested",
}
"""What GitLab itself notes of decisions."""
_RESET = "reset approvals from "
_MENTIONED = re.compile(r"@([\w.-]+)", re.ASCII)


@dataclass(slots=True)
class Discussion:
    """What people wrote and decided on one merge request.

    Attributes:
        reviews: in the order in which they were submitted.
        comments: of people, not those that GitLab writes.
    """

    reviews: list[Review]
    comments: list[ReviewComment]


def comment_of(note: Node, project: str, number: int, people: People) -> ReviewComment | None:
    """The comment that a note is; null where GitLab wrote it. Raises Unreadable."""
    if note.get("system") is True:
        return None
    author, kind = people.named(note, "author")
    place = "line" if note.get("type") == ON_CODE else "discussion"
    comment = str(identity(note, "id"))
    created = moment(note, "created_at")
    return ReviewComment(FORGES, project, comment, number, author, kind, place, created)


def discussion(
    change: Change, notes: Iterable[Node], approvals: Node | None, people: People, page: Page
) -> Discussion:
    """Read the notes (in any order) and approvals (null = untold) of a merge request.

    What cannot be understood is counted on `page`.
    """
    told = Discussion([], [])
    for note in notes:
        try:
            comment = comment_of(note, change.project, change.number, people)
            if comment:
                told.comments.append(comment)
            else:
                _decided(note, change, people, told.reviews)
        except Unreadable as fault:
            page.fault(fault.kind)
    told.comments.sort(key=lambda comment: (comment.created_at, int(comment.comment)))
    told.reviews.sort(key=lambda review: (review.submitted_at, int(review.review[5:])))
    told.reviews = _standing(told.reviews)
    if approvals is not None:
        _approved_now(approvals, change, people, told, page)
    told.reviews.extend(_rounds(change, told))
    told.reviews.sort(key=lambda review: (review.submitted_at, review.review))
    return told


def _decided(note: Node, change: Change, people: People, reviews: list[Review]) -> None:
    """Add what a note of GitLab's own says about a decision, if it says any."""
    body = optional_text(note, "body") or ""
    body = body.strip()
    reset = body.startswith(_RESET)
    state = "dismissed" if reset else _DECISIONS.get(body)
    if state is None:
        return
    reviewer, kind = people.named(note, "author")
    # Whoever pushed takes back the approvals of those that the note names; without names, of all.
    whose = [name.lower() for name in _MENTIONED.findall(body)] or [None] if reset else [reviewer]
    place = (FORGES, change.project, f"note:{identity(note, 'id')}", change.number)
    submitted = moment(note, "created_at")
    reviews.extend(Review(*place, login, kind, state, submitted, None) for login in whose)


def _standing(decisions: list[Review]) -> list[Review]:
    """Decisions as they stand at the end: an approval that was taken back later is dismissed."""
    standing: list[Review] = []
    for decision in decisions:
        if decision.state != "dismissed":
            standing.append(decision)
            continue
        for place, former in enumerate(standing):
            if former.state == "approved" and decision.reviewer in (None, former.reviewer):
                standing[place] = replace(former, state="dismissed")
    return standing


def _approved_now(
    approvals: Node, change: Change, people: People, told: Discussion, page: Page
) -> None:
    """Settle with who approves now: what no note tells is added, what stands no more dismissed."""
    listed = approvals.get("approved_by")
    if not isinstance(listed, list):
        return
    now: set[str | None] = set()
    for entry in listed:
        if not isinstance(entry, dict):
            continue
        reviewer, kind = people.named(entry, "user")
        now.add(reviewer)
        if reviewer is None or any(
            review.reviewer == reviewer and review.state == "approved" for review in told.reviews
        ):
            continue
        approved = _approved_at(entry, page)
        if approved is None:
            page.fault("untimed-approval")
        told.reviews.append(
            Review(
                repository=FORGES,
                project=change.project,
                review=f"approval:{change.number}:{reviewer}",
                number=change.number,
                reviewer=reviewer,
                reviewer_kind=kind,
                state="approved",
                submitted_at=approved or change.merged_at or change.updated_at,
                commit=None,
            )
        )
    told.reviews = [
        replace(review, state="dismissed")
        if review.state == "approved" and review.reviewer not in now
        else review
        for review in told.reviews
    ]


def _approved_at(entry: Node, page: Page) -> datetime | None:
    try:
        return optional_moment(entry, "approved_at")
    except Unreadable as fault:
        page.fault(fault.kind)
        return None


def _rounds(change: Change, told: Discussion) -> list[Review]:
    """Reviews that only comment: runs of notes on the code by one person, not the author."""
    rounds: list[Review] = []
    last: dict[str, datetime] = {}
    for comment in told.comments:
        author = comment.author
        if comment.place != "line" or author is None or author == change.author:
            continue
        before = last.get(author)
        last[author] = comment.created_at
        if before is not None and comment.created_at - before < TOGETHER:
            continue
        decided = any(
            review.reviewer == author and abs(review.submitted_at - comment.created_at) < TOGETHER
            for review in told.reviews
        )
        if not decided:
            rounds.append(
                Review(
                    repository=FORGES,
                    project=change.project,
                    review=f"notes:{comment.comment}",
                    number=change.number,
                    reviewer=author,
                    reviewer_kind=comment.author_kind,
                    state="commented",
                    submitted_at=comment.created_at,
                    commit=None,
                )
            )
    return rounds


def awaited(item: Node, told: Discussion, people: People) -> list[str]:
    """User names of those who are asked to review a merge request and have not yet."""
    answered = {review.reviewer for review in told.reviews}
    asked = item.get("reviewers")
    names = [people.user(user)[0] for user in asked] if isinstance(asked, list) else []
    return [name for name in dict.fromkeys(names) if name is not None and name not in answered]
