"""Whether a request is of this machine's owner, who needs no account on a machine of their own."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from landed.server.security.addresses import is_forwarded, is_loopback
from landed.server.security.peers import is_this_user
from landed.server.state import Server


def is_local_owner(connection: HTTPConnection, server: Server) -> bool:
    """Whether there is no account, the server listens on loopback, and this user asks from there.

    Never where the request came through a proxy: then it may be anybody's.
    """
    if not server.loopback or server.accounts.people.any():
        return False
    client, here = connection.client, connection.scope.get("server")
    if client is None or here is None or not is_loopback(client.host) or is_forwarded(connection):
        return False
    return is_this_user((client.host, client.port), (here[0], here[1]))
