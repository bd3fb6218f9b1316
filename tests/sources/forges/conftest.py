"""A GitLab on loopback, with one project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.servers.gitlab_forge import GitLabServer
from tests.servers.gitlab_model import Held


@pytest.fixture
def gitlab() -> Iterator[GitLabServer]:
    """A GitLab that holds nothing."""
    with GitLabServer().running() as running:
        yield running


@pytest.fixture
def shop(gitlab: GitLabServer) -> Held:
    """The one project of it: acme/shop, number 7."""
    return gitlab.world.project(7, "acme/shop")
