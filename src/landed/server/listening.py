"""The socket on which people and programs reach the server."""

from __future__ import annotations

import errno
import socket

from landed.config import ServerSettings
from landed.errors import UsageError

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port`; port 0 is any that is free.

    Raises UsageError, saying what to do, where that cannot be.
    """
    try:
        found = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{host} is no address of this machine: choose another --host") from error
    # where a name has both kinds of addresses, browsers try the older kind too
    family, kind, protocol, _, place = min(found, key=lambda each: each[0] != socket.AF_INET)
    listening = socket.socket(family, kind, protocol)
    try:
        # what a stopped server's connections leave behind does not hinder the next one
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        raise UsageError(_cannot(host, port, error)) from error
    return listening


def address_of(listening: socket.socket, settings: ServerSettings) -> str:
    """The address to open in a browser: `server.url`, else where the socket listens."""
    if settings.url is not None:
        return settings.url.rstrip("/")
    name, port = listening.getsockname()[:2]
    if name in ("0.0.0.0", "::"):
        name = socket.gethostname()
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _cannot(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: choose another --port, or 0 for any that is free"
    if error.errno == errno.EACCES:
        return f"port {port} is for the system's own services: choose a --port from 1024 on"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: choose another --host"
    return f"cannot listen on port {port} of {host}: {error.strerror or error}"
