"""How projects, deployments, incidents and checks of forges are named in the store."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from landed.errors import UsageError

NAMED = "named:"
"""How keys of projects begin that only files and pipelines name."""


def project_key(forge: str, host: str, number: int | str) -> str:
    """The key of a project: a rename at the forge does not change it."""
    return f"{forge}:{host}:{number}"


def named_project_key(name: str) -> str:
    """The key of a project that only files or pipelines name, by its name or remote address."""
    return f"{NAMED}{name}"


def login_of(text: str | None) -> str | None:
    """A user name as it is kept: lower case; null for nobody."""
    return text.lower() if text else None


def time_of(text: str) -> datetime:
    """A time as forges write it, RFC 3339 with a zone; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment


def plain_address(address: str) -> str:
    """The address of a remote without scheme, credentials and `.git`: host and path.

    `git@github.com:acme/shop.git` and `https://github.com/acme/shop` are both
    `github.com/acme/shop`. Raises UsageError where there is no host and no path.
    """
    text = address.strip()
    if "://" in text:
        parts = urlsplit(text)
        host, path = parts.hostname or "", parts.path
    else:
        found = re.match(r"(?:[^/@:]+@)?([^/:]+)[:/](.+)$", text)
        host, path = (found[1], found[2]) if found else ("", "")
    name = path.strip("/").removesuffix(".git").strip("/")
    if not host or not name:
        raise UsageError(f"{address} is no address of a repository: write HOST/OWNER/NAME")
    return f"{host.lower()}/{name}"
