"""The comment under a pull request: one, of our own, changed in place."""

from __future__ import annotations

from landed.errors import ForgeError, ProjectGone
from landed.sources.forges.contract import Page
from landed.sources.forges.github_fields import (
    next_cursor,
    nodes,
)
from landed.sources.forges.github_queries import OWN_COMMENTS
from landed.sources.forges.github_reading import Place, whole


def put_comment(place: Place, number: int, marker: str, body: str) -> str:
    """Post `body` under a pull request, or change the comment of one's own that holds `marker`.

    Returns its web address.
    """
    known = _own_comment(place, number, marker)
    what = f"comments of pull request {number} of {place.name}"
    if known is None:
        path = f"{place.path}/issues/{number}/comments"
        answer = place.client.rest(what, "POST", path, body={"body": body})
    else:
        path = f"{place.path}/issues/comments/{known}"
        answer = place.client.rest(what, "PATCH", path, body={"body": body})
    address = answer.data.get("html_url") if isinstance(answer.data, dict) else None
    if not isinstance(address, str):
        raise ForgeError(
            f"{place.client.host} took the comment on pull request {number} of {place.name} but "
            "did not say where it is: look there"
        )
    return address


def _own_comment(place: Place, number: int, marker: str) -> str | None:
    """The number of the comment to change; null where there is none."""
    cursor: str | None = None
    while True:
        repository, _ = place.repository(
            "comments", OWN_COMMENTS, {"number": number, "cursor": cursor}, 100
        )
        change = repository.get("pullRequest")
        if not isinstance(change, dict):
            raise ProjectGone(
                f"{place.name} has no pull request {number}: give the number it has on "
                f"{place.client.host}"
            )
        listed = whole(place.client.host, "comments", change.get("comments"))
        for node in nodes(listed, Page()):
            if node.get("viewerDidAuthor") is True and marker in str(node.get("body")):
                return str(node.get("fullDatabaseId"))
        cursor = next_cursor(listed)
        if cursor is None:
            return None
