"""Asking a server for its key, and sending it batches."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from landed import __version__
from landed.config.key import parse_key
from landed.errors import LandedError
from landed.push.batch import Batch, write_batch

KEY_PATH = "/api/v1/organisation-key"
PUSH_PATH = "/api/v1/push"
_TRIES = 6
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 120.0
_SECONDS = 60.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class PushFailed(LandedError):
    """The server did not take what was sent; the message says why and what to do."""

    exit_code = 5


class ServerClient:
    """One server; to be closed.

    `pause` waits so many seconds; a test hands over one that only notes them.
    """

    def __init__(
        self, url: str, token: str | None, pause: Callable[[float], None] = time.sleep
    ) -> None:
        headers = {"user-agent": f"landed/{__version__}"}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        # a redirect could carry the token elsewhere
        self._client = httpx.Client(
            base_url=url, headers=headers, timeout=_SECONDS, follow_redirects=False
        )
        self._url = url
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def organisation_key(self) -> bytes:
        """The 16 bytes with which the server's organisation hashes lines.

        Raises:
            PushFailed: it cannot be had.
        """
        answer = self._ask("GET", KEY_PATH)
        try:
            return parse_key(answer.json()["key"])
        except (ValueError, KeyError, TypeError):
            raise PushFailed(
                f"{self._url} answers, but is no server of Landed: check the address"
            ) from None

    def send(self, batch: Batch) -> None:
        """Send one batch, which the server has on its disk once this returns.

        Raises:
            PushFailed: it was not taken.
            BatchRefused: it holds what may not leave; nothing was sent.
        """
        body = write_batch(batch)
        headers = {
            "content-type": "application/json",
            "content-encoding": "gzip",
            "idempotency-key": batch.key,
        }
        self._ask("POST", PUSH_PATH, content=body, headers=headers)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer, once it is a good one; what passes by itself is waited for."""
        wait, reason = _FIRST_PAUSE, ""
        for tried in range(_TRIES):
            if tried:
                self._pause(wait)
            wait = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (tried + 1))
            try:
                answer = self._client.request(method, path, **more)
            except httpx.HTTPError as error:
                reason = f"it cannot be reached ({type(error).__name__})"
                continue
            if answer.is_success:
                return answer
            if answer.status_code not in _AGAIN:
                raise PushFailed(self._refusal(answer))
            reason = f"it answers {answer.status_code} again and again"
            wait = _asked_pause(answer) or wait
        raise PushFailed(
            f"{self._url}: {reason}; what was taken before counts, run landed push again later"
        )

    def _refusal(self, answer: httpx.Response) -> str:
        status = answer.status_code
        if status in (401, 403):
            return (
                f"{self._url} does not accept the token ({status}): ask its administrators for one "
                f"with the scope ingest, and run landed connect server {self._url} again"
            )
        if status == 404 or answer.is_redirect:
            return (
                f"{self._url} takes no sessions at this address ({status}): check it, and that the "
                "server's Landed is not older than yours"
            )
        if status == 413:
            return f"{self._url} takes no batch of this size: raise server.body_megabytes there"
        return f"{self._url} refuses the batch ({status}): bring Landed to its version"


def _asked_pause(answer: httpx.Response) -> float | None:
    """How many seconds the server asks to wait for, within reason."""
    told = answer.headers.get("retry-after", "")
    return min(float(told), _LONGEST_PAUSE) if told.isascii() and told.isdecimal() else None
