"""Which requests of browsers are let in: by the host they ask for and the page they come from.

The first keeps out other people's names that lead to this machine (DNS rebinding); the second
keeps other people's pages from sending something in the name of who looks at them.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from landed.server.errors import refuse
from landed.server.security.addresses import LOOPBACK_NAMES, host_name, public_url
from landed.server.state import Server

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})


class KnownOrigins:
    """Refuses requests that ask for another host, or that another site's page sends."""

    def __init__(self, app: ASGIApp, *, server: Server) -> None:
        self._app = app
        settings = server.settings.server
        url = public_url(settings)
        self._public = None if url is None else f"{url.scheme}://{url.netloc}".lower()
        self._hosts: frozenset[str] | None = None
        if server.loopback:
            named = [url.hostname] if url is not None and url.hostname else []
            self._hosts = LOOPBACK_NAMES | {*named, settings.host.strip("[]").lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            reason = self._wrong(scope["method"], Headers(scope=scope))
            if reason is not None:
                status, text = reason
                await refuse(scope, receive, send, status, text)
                return
        await self._app(scope, receive, send)

    def _wrong(self, method: str, headers: Headers) -> tuple[int, str] | None:
        if len(headers.getlist("host")) != 1:
            return 400, "The request does not say for which host it is."
        name = host_name(headers["host"])
        if name is None:
            return 400, "The request does not say for which host it is."
        if self._hosts is not None and name not in self._hosts:
            return (
                421,
                f"This server does not answer for {name!r}. If a proxy stands before it, set "
                "server.url to the address that people use.",
            )
        if method not in _SAFE and not self._from_here(headers):
            return 403, "Another site has sent this request. Nothing was done."
        if method in _SAFE and not _asked_by_a_person(headers):
            return 403, "Another site has sent this request."
        return None

    def _from_here(self, headers: Headers) -> bool:
        """Whether it is a page of ours that sends, or no page at all: programs name no origin."""
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            return False
        origin = headers.get("origin")
        if origin is None or origin.lower() == self._public:
            return True
        if self._public is not None and urlsplit(self._public).netloc == headers["host"].lower():
            # people reach it by the address that is set: then that is the whole of the origin
            return False
        return urlsplit(origin).netloc.lower() == headers["host"].lower()


def _asked_by_a_person(headers: Headers) -> bool:
    """Whether a page of ours asks, or a person who followed a link; no picture or script does."""
    if headers.get("sec-fetch-site", "none") in _OWN_SITES:
        return True
    return (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )
