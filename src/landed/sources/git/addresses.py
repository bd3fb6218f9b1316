"""Addresses that git may fetch from, and where the mirror of each lies.

An address comes from a forge, so it is not trusted: git would run programs for some of them
(`ext::…`), take others for options (`--upload-pack=…`), or read this machine's own files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from landed.errors import ForgeError

_SHORT_SSH = re.compile(r"(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!/)([^:\s]+)\Z")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_FILE_NAME = re.compile(r"[^a-z0-9._-]+")
_FILES = "files"


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was found harmless, without credentials.

    Attributes:
        url: as git is given it.
        scheme: https, http, ssh or file.
        host: host name, lower case, with the port where one is named; `files` for a path here.
        path: path of the repository there, without `.git`, each part safe as a file name.
    """

    url: str
    scheme: str
    host: str
    path: str

    @property
    def shown(self) -> str:
        """The address as people are shown it."""
        return self.url

    def mirror_in(self, workspace: Path) -> Path:
        """Where the mirror of this address lies in a workspace."""
        return workspace / "mirrors" / _FILE_NAME.sub("+", self.host) / f"{self.path}.git"


def checked_address(
    address: str, *, plain_http: bool = False, local_files: bool = False
) -> Address:
    """Take an address apart and refuse what git must not be given.

    Allowed are https and ssh (`git@host:path` too); http where it stays on this machine or
    `plain_http` says so; file where `local_files` says so.

    Raises:
        ForgeError: the address is not allowed, or holds a password.
    """
    text = address.strip()
    short = _SHORT_SSH.match(text) if "://" not in text else None
    if short is not None:
        text = f"ssh://{short[1] or 'git'}@{short[2]}/{short[3]}"
    if not text.isprintable() or " " in text or "://" not in text:
        raise _refused(address, "it is no https or ssh address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _refused("", "it cannot be understood") from None
    if parts.password is not None:
        raise _refused("", "it holds a password; connect the forge with a token instead")
    path = _safe_path(parts.path)
    if parts.query or parts.fragment or path is None:
        raise _refused(text, "it names no repository")
    if parts.scheme == "file":
        if not local_files or parts.netloc:
            raise _refused(text, "it is a path of this machine")
        return Address(f"file://{unquote(parts.path)}", "file", _FILES, path)
    host = (parts.hostname or "").lower()
    if not _HOST.match(host) and not _is_number(host):
        raise _refused(text, "its host is no host name")
    if parts.scheme == "http" and not (plain_http or _stays_here(host)):
        raise _refused(text, "http would send everything in clear; use https")
    if parts.scheme not in ("https", "http", "ssh"):
        raise _refused(text, "it is no https or ssh address")
    named = f"[{host}]" if ":" in host else host
    place = f"{named}:{port}" if port is not None else named
    user = parts.username if parts.scheme == "ssh" else None
    if user is not None and not _USER.match(user):
        raise _refused(text, "its user is no user name")
    whole = f"{parts.scheme}://{f'{user}@' if user else ''}{place}{parts.path}"
    return Address(whole, parts.scheme, place, path)


def _safe_path(path: str) -> str | None:
    """The path without `.git`, each part a file name of its own; None where it is no path."""
    plain = path.strip("/").removesuffix(".git").strip("/")
    parts = [unquote(part) for part in plain.split("/")]
    if any(part in ("", ".", "..") or part.startswith("-") for part in parts):
        return None
    return "/".join(quote(part, safe="~+ ") for part in parts)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _stays_here(host: str) -> bool:
    return host == "localhost" or (_is_number(host) and ip_address(host).is_loopback)


def _refused(address: str, reason: str) -> ForgeError:
    shown = f" {address!r}" if address else ""
    return ForgeError(f"the address{shown} is not fetched from: {reason}")
