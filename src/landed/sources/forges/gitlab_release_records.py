"""Records of releases, of lists of the API and of webhooks."""

from __future__ import annotations

from landed.records import FORGES, ForgeRelease, Project
from landed.sources.forges.fields import Node, optional_moment, optional_text, text
from landed.sources.forges.gitlab_reading import People


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
