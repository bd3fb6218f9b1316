"""Where the server can be reached, and from where a request comes."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from starlette.requests import HTTPConnection

from landed.config import ServerSettings
from landed.errors import ConfigurationError

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""How this machine may be called where it is the only one that can ask."""
_HOST = re.compile(r"[a-z0-9._:-]+")
_FORWARDED = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via")


def is_loopback(host: str) -> bool:
    """Whether a host to listen on, or an address that asks, is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def public_url(settings: ServerSettings) -> SplitResult | None:
    """The address under which people reach the server, where one is set.

    Raises ConfigurationError where it is none.
    """
    if settings.url is None:
        return None
    parts = urlsplit(settings.url)
    try:
        parts.port  # noqa: B018 - a port that is none is found out when it is asked for
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ConfigurationError(
            f"server.url {settings.url}: write it as https://landed.example.com, without a path"
        )
    return parts


def is_public(settings: ServerSettings) -> bool:
    """Whether others than this machine can reach the server: by its host, or by a proxy."""
    url = public_url(settings)
    beyond = url is not None and url.hostname is not None and not is_loopback(url.hostname)
    return beyond or not is_loopback(settings.host)


def is_https(settings: ServerSettings) -> bool:
    """Whether browsers reach the server by https."""
    url = public_url(settings)
    return url is not None and url.scheme == "https"


def host_name(header: str) -> str | None:
    """The host that a Host header names, lower case, without port; None for what is none."""
    try:
        parts = urlsplit(f"//{header}")
        parts.port  # noqa: B018 - as above
    except ValueError:
        return None
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    name = parts.hostname
    return name if name is not None and _HOST.fullmatch(name) else None


def client_address(connection: HTTPConnection, settings: ServerSettings) -> str:
    """The address that a request comes from.

    What a proxy says of it counts only where `server.url` says that one stands before the server:
    then the last word is that proxy's own.
    """
    told = connection.headers.get("x-forwarded-for")
    if settings.url is not None and told:
        last = told.rsplit(",", 1)[-1].strip()
        try:
            return str(ipaddress.ip_address(last))
        except ValueError:
            pass
    return connection.client.host if connection.client else "unknown"


def is_forwarded(connection: HTTPConnection) -> bool:
    """Whether a proxy says that it asks for somebody else."""
    return any(name in connection.headers for name in _FORWARDED)
