"""Releases, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landed.records import FORGES, ForgeRelease, Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    optional_moment,
    optional_text,
    text,
)
from landed.sources.forges.gitlab_client import GitLabClient
from landed.sources.forges.gitlab_reading import People, number_of
from landed.sources.forges.rules import Rules


def release_of(item: Node, project: Project, people: People) -> ForgeRelease:
    """The record of a release, from a list of the API or a webhook. Raises Unreadable.

    GitLab marks none as not final; one that is dated ahead counts as such until then.
    """
    tag = text(item, "tag_name" if "tag_name" in item else "tag")
    return ForgeRelease(
        repository=FORGES,
        project=project.project,
        tag=tag,
        name=optional_text(item, "name") or tag,
        prerelease=item.get("upcoming_release") is True,
        published_at=optional_moment(item, "released_at") or optional_moment(item, "created_at"),
        author=people.named(item, "author")[0],
    )


def read_releases(
    client: GitLabClient, project: Project, rules: Rules, state: dict[str, Any] | None
) -> Iterator[Page]:
    """Yield releases since the page that was read last; see `Forge.read`.

    New ones come to the end of the list, so that a page that was full stays as it is; only those
    of the last page are read again.
    """
    told = state.get("page") if state else None
    number = told if isinstance(told, int) and told > 0 else 1
    path = f"/projects/{number_of(project)}/releases"
    asked = {"order_by": "created_at", "sort": "asc"}
    while True:
        items = client.page(f"releases of {project.name}", path, asked, number)
        page = Page()
        people = People(project.host, rules.bots)
        seen: set[str] = set()
        for item in items:
            try:
                release = release_of(item, project, people)
            except Unreadable as fault:
                page.fault(fault.kind)
                continue
            if release.tag not in seen:
                seen.add(release.tag)
                page.records.append(release)
        people.onto(page)
        full = len(items) >= client.page_size
        number += full
        page.state = {"page": number}
        yield page
        if not full:
            return
