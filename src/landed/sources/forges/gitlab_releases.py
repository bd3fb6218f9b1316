"""Releases, in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landed.records import Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Unreadable,
)
from landed.sources.forges.gitlab_client import GitLabClient
from landed.sources.forges.gitlab_reading import People, number_of
from landed.sources.forges.gitlab_release_records import release_of
from landed.sources.forges.rules import Rules


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
