"""Telling whether two addresses of remotes are of the same repository."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from landed.errors import UsageError
from landed.records import Project
from landed.sources.forges.keys import plain_address

_PORT = re.compile(r"^([^/:]+):\d+/")


def addresses(remote: str) -> set[str]:
    """How a remote may be written plainly, lower case: no forge tells names apart by case.

    A remote whose scheme was taken off may have a port behind its host, or a first part of its
    path that is a number: then both ways of reading it are there. Empty for no address at all.
    """
    found = set()
    for written in (remote, _PORT.sub(r"\1/", remote.strip())):
        with suppress(UsageError, ValueError):
            found.add(plain_address(written).lower())
    return found


def all_addresses(remotes: Iterable[str]) -> set[str]:
    """How any of several remotes may be written plainly."""
    return {address for remote in remotes for address in addresses(remote)}


def addresses_of(project: Project) -> set[str]:
    """How remotes of a project's clones may be written plainly, lower case."""
    return addresses(project.address or f"{project.host}/{project.name}")
