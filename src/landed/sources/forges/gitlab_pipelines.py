"""Pipelines as checks of commits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from landed.records import Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
    Unreadable,
    optional_text,
)
from landed.sources.forges.gitlab_check_records import check_of
from landed.sources.forges.gitlab_client import GitLabClient, NotAllowed, NotThere
from landed.sources.forges.gitlab_fields import (
    optional_commit_id,
)
from landed.sources.forges.gitlab_reading import number_of
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk

MADE_FOR_A_TEST = re.compile(r"refs/merge-requests/[0-9]{1,18}/(?:merge|train)")
"""Refs of pipelines that run on the result that a merge would have, a commit of no branch."""


def _made_for_a_test(pipeline: Node) -> bool:
    """Whether it ran on the result that a merge would have had."""
    return bool(MADE_FOR_A_TEST.fullmatch(optional_text(pipeline, "ref") or ""))


def read_checks(
    client: GitLabClient, project: Project, state: dict[str, Any] | None
) -> Iterator[Page]:
    """Yield the project's pipelines that changed since `state`; see `Forge.read`."""
    walking = Walk.of(state)
    last = Page()
    path = f"/projects/{number_of(project)}/pipelines"

    def listed(since: str | None, number: int) -> list[Node]:
        return client.page(f"pipelines of {project.name}", path, oldest_first(since), number)

    def tip(pipeline: Node) -> str | None:
        return tip_checked(client, project, pipeline)

    for items in walk(listed, walking, last, client.page_size):
        page = Page()
        for pipeline, commit in client.several(tip, items):
            try:
                page.records.append(check_of(pipeline, project.project, commit))
            except Unreadable as fault:
                page.fault(fault.kind)
            walking.note(pipeline)
        page.state = walking.state()
        yield page
    walking.finished = True
    last.state = walking.state()
    yield last


def tip_checked(client: GitLabClient, project: Project, pipeline: Node) -> str | None:
    """The commit that a pipeline checks; of one on a test merge the tip, which is its last parent.

    Null where that cannot be told.
    """
    commit = optional_commit_id(pipeline, "sha")
    if commit is None or not _made_for_a_test(pipeline):
        return commit
    try:
        told = client.one(
            f"commit {commit} of {project.name}",
            f"/projects/{number_of(project)}/repository/commits/{commit}",
        )
    except (NotThere, NotAllowed):
        return commit
    parents = told.get("parent_ids")
    if not isinstance(parents, list) or len(parents) < 2:
        return commit
    return optional_commit_id({"id": parents[-1]}, "id")
