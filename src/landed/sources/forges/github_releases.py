"""Releases. There are few of them: where the list changed, all of it is read again.

The state: `etag` of the list's first page once all were read, and `page` where that was
interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landed.records import FORGES, ForgeRelease
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    optional_moment,
    optional_text,
    text,
    within,
)
from landed.sources.forges.github_fields import (
    objects,
)
from landed.sources.forges.github_naming import account_of
from landed.sources.forges.github_reading import Place, whole_sheet

PAGE_SIZE = 100


def read_releases(place: Place, state: dict[str, Any] | None) -> Iterator[Page]:
    """Yield all releases where any is new since `state`."""
    known = state or {}
    sheet: int = known.get("page") or 1
    etag: str | None = known.get("etag")
    while True:
        answer = place.client.rest(
            f"releases of {place.name}",
            "GET",
            f"{place.path}/releases",
            params={"per_page": PAGE_SIZE, "page": sheet},
            etag=etag if sheet == 1 else None,
        )
        if sheet == 1 and answer.status != 304:
            etag = answer.headers.get("etag")
        listed = whole_sheet(place.client.host, "releases", answer.data)
        page = Page()
        for node in objects(listed, page):
            try:
                page.records.append(_release(place, node))
            except Unreadable as fault:
                page.fault(fault.kind)
        sheet += 1
        over = len(listed) < PAGE_SIZE
        page.state = {"etag": etag} if over else {"etag": etag, "page": sheet}
        yield page
        if over:
            return


def _release(place: Place, node: Node) -> ForgeRelease:
    author = within(node, "author")
    login, _ = account_of(optional_text(author, "login"), optional_text(author, "type"), place.bots)
    tag = text(node, "tag_name")
    return ForgeRelease(
        repository=FORGES,
        project=place.project.project,
        tag=tag,
        name=optional_text(node, "name") or tag,
        prerelease=node.get("prerelease") is True,
        published_at=optional_moment(node, "published_at"),
        author=login,
    )
