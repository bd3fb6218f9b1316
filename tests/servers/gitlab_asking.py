"""Asking the GitLab on loopback through the reader that is tested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.servers.gitlab_forge import TOKEN, GitLabServer
from tests.servers.gitlab_model import at
from tests.servers.kept import Kept

from landed.records import Project
from landed.sources.forges.credentials import Credentials, PersonalToken
from landed.sources.forges.gitlab import GitLabForge, open_gitlab
from landed.sources.forges.signals import Place, SignalMatch


def signals(place: Place, text: str) -> Sequence[SignalMatch]:
    """Finds the name of an agent that signs everything, twice at each place."""
    if "robo" not in text:
        return []
    return [SignalMatch(f"robo-{place}", "ai", "robo", None, "declared", None)] * 2


def opened(
    url: str,
    *groups: str,
    projects: Sequence[str] = ("acme/shop",),
    credentials: Credentials | None = None,
    wait_minutes: float = 1,
    sleep: Callable[[float], None] = lambda _: None,
) -> GitLabForge:
    """A forge that asks for three things at a time, and never really waits."""
    return open_gitlab(
        url,
        credentials or PersonalToken(TOKEN),
        groups,
        projects,
        incident_labels=["incident*"],
        bug_labels=["bug"],
        bots=["Mender"],
        concurrency=3,
        wait_minutes=wait_minutes,
        match_signals=signals,
        sleep=sleep,
        page_size=3,
    )


def the_project(server: GitLabServer) -> Project:
    """The shop as the forge tells of it."""
    with opened(server.url) as forge:
        return next(iter(forge.projects()))


def read(server: GitLabServer, noun: str, state: dict[str, Any] | None = None) -> Kept:
    """Everything of a noun that is new since `state`."""
    project = the_project(server)
    with opened(server.url) as forge:
        return Kept().take(forge.read(project, noun, state))


def read_on(server: GitLabServer, noun: str, held: Kept) -> Kept:
    """Take in what is new since the last reading."""
    project = the_project(server)
    with opened(server.url) as forge:
        return held.take(forge.read(project, noun, held.state))


def when(minutes: float) -> datetime:
    """So many minutes after a Monday morning."""
    return datetime.fromisoformat(at(minutes))
