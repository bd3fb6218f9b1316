"""Asking GitHub: REST and GraphQL through one connection, politely and again where it may help."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from githubkit import AppInstallationAuthStrategy, GitHub, TokenAuthStrategy
from githubkit.cache import MemCacheStrategy
from githubkit.exception import GitHubException, RateLimitExceeded, RequestError, RequestFailed
from githubkit.throttling import LocalThrottler

from landed.errors import ForgeUnreachable
from landed.sources.forges.credentials import Credentials, PersonalToken
from landed.sources.forges.fields import (
    Node,
)
from landed.sources.forges.github_addresses import graphql_address, host_of
from landed.sources.forges.github_refusals import (
    graph_refusal,
    message,
    parsed,
    plain,
    refusal,
    said,
    unusable_key,
)
from landed.sources.forges.patience import Patience

ATTEMPTS = 5
"""So often a question is put before the forge counts as unreachable."""
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
HEAVY = (502, 504)
"""How GitHub answers a GraphQL question that took it too long."""
LIMITED = {"RATE_LIMITED", "RATE_LIMIT"}
NOT_FOUND = "NOT_FOUND"
"""Types of errors that GraphQL tells."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the REST API; `data` is null where nothing changed since `etag`."""

    status: int
    data: Any
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """An answer of the GraphQL API.

    Attributes:
        data: what was asked for, as far as it was told.
        errors: what was not told, as GitHub puts it.
        size: the page size at which GitHub could answer.
        headers: of the HTTP answer.
    """

    data: Node
    errors: list[Node]
    size: int
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Troubles:
    """What one question met with so far."""

    what: str
    failures: int = 0
    too_heavy: bool = False


class _SharedConnections(GitHub[Any]):
    """githubkit's client, with one pool of connections for all threads."""

    _pool: httpx.Client | None = None
    _opening = threading.Lock()

    @contextmanager
    def get_sync_client(self) -> Iterator[httpx.Client]:
        with self._opening:
            if self._pool is None:
                self._pool = self._create_sync_client()
        yield self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None


class GitHubClient:
    """One GitHub, asked with one token.

    Args:
        address: of the REST API; GraphQL lies beside it.
        credentials: a token, or an app's key.
        concurrency: requests at a time, of all threads together.
        wait_minutes: all waiting for rate limits together takes at most so long.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        concurrency: int,
        wait_minutes: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.host = host_of(address)
        self.patience = Patience(self.host, wait_minutes, sleep)
        self._sleep = sleep
        self._graphql = graphql_address(address)
        self._github = _SharedConnections(
            _strategy(credentials),
            base_url=address,
            user_agent="landed",
            timeout=TIMEOUT,
            throttler=LocalThrottler(concurrency),
            # githubkit's own store of apps' tokens is one for all hosts of a process
            cache_strategy=MemCacheStrategy(),
            http_cache=False,
            auto_retry=False,
        )

    def close(self) -> None:
        """Give the connections free."""
        self._github.close()

    def rest(
        self,
        what: str,
        method: str,
        path: str,
        *,
        params: dict[str, str | int] | None = None,
        body: dict[str, Any] | None = None,
        etag: str | None = None,
    ) -> Answer:
        """Ask the REST API; `what` says in messages what was asked for.

        With `etag`, GitHub answers without data where nothing changed, and does not count it.
        Reading is tried again; writing is not, since a lost answer may hide a success. Raises
        ProjectGone for what is not there, and the others of the family `ForgeError`.
        """
        troubles = _Troubles(what)
        while True:
            response = self._sent(
                troubles,
                "core",
                method,
                path,
                params=params,
                json=body,
                headers={"If-None-Match": etag} if etag else None,
                again=method == "GET",
            )
            if response is None:
                continue
            if response.status_code == 304:
                return Answer(304, None, response.headers)
            try:
                return Answer(response.status_code, parsed(response), response.headers)
            except ValueError:
                self._failed(troubles, "an answer that ends in its middle", again=method == "GET")

    def graphql(
        self, what: str, query: str, variables: dict[str, Any], size: int = 100
    ) -> GraphAnswer:
        """Ask the GraphQL API.

        `size` is given to the query as `$size` where it has such a variable; a page that is too
        heavy for GitHub is asked for again at half the size. An answer with faults is an answer as
        long as it has data.
        """
        troubles = _Troubles(what)
        sized = "$size: Int!" in query
        while True:
            asked = {**variables, "size": size} if sized else variables
            response = self._sent(
                troubles,
                "graphql",
                "POST",
                self._graphql,
                json={"query": query, "variables": asked},
                halvable=sized and size > 1,
            )
            if response is None:
                if troubles.too_heavy:
                    size, troubles.too_heavy = size // 2, False
                continue
            try:
                told = parsed(response)
                if not isinstance(told, dict):
                    raise ValueError("no JSON object")
            except ValueError:
                self._failed(troubles, "an answer that ends in its middle")
                continue
            errors = _errors(told)
            kinds = {str(error.get("type")) for error in errors}
            if kinds & LIMITED:
                self.patience.refused("graphql", response.headers, what)
                continue
            data = told.get("data")
            answered = isinstance(data, dict) and (
                not errors or any(value is not None for value in data.values())
            )
            if answered or NOT_FOUND in kinds:
                found = data if isinstance(data, dict) else {}
                return GraphAnswer(found, errors, size, response.headers)
            refused = graph_refusal(self.host, what, errors)
            if refused is not None:
                raise refused
            if sized and size > 1:
                size //= 2
            self._failed(troubles, said(errors) or "an answer without data")

    def _sent(
        self,
        troubles: _Troubles,
        kind: str,
        method: str,
        path: str,
        *,
        json: Any,
        params: dict[str, str | int] | None = None,
        headers: dict[str, str] | None = None,
        again: bool = True,
        halvable: bool = False,
    ) -> httpx.Response | None:
        """Send one request; null where it is to be sent again, after the pause that took."""
        self.patience.before(kind, troubles.what)
        try:
            answer = self._github.request(method, path, params=params, json=json, headers=headers)
        except GitHubException as error:
            self._refused(_innermost(error), troubles, kind, again, halvable)
            return None
        response: httpx.Response = answer.raw_response
        self.patience.learn(kind, response.headers)
        return response

    def _refused(
        self, error: Exception, troubles: _Troubles, kind: str, again: bool, halvable: bool
    ) -> None:
        """Say what a failed request means, or wait where another try may help."""
        if isinstance(error, RequestFailed):
            response = error.response.raw_response
            status = response.status_code
            if isinstance(error, RateLimitExceeded) or _limited(response):
                self.patience.refused(kind, response.headers, troubles.what)
            elif halvable and status in HEAVY:
                troubles.too_heavy = True
                self._sleep(1.0)
            elif status >= 500:
                self._failed(troubles, f"status {status}", again=again)
            else:
                raise refusal(self.host, troubles.what, response)
        elif isinstance(error, httpx.HTTPError):
            self._failed(troubles, plain(str(error)) or type(error).__name__, again=again)
        else:
            raise unusable_key(self.host, error)

    def _failed(self, troubles: _Troubles, said: str, *, again: bool = True) -> None:
        """Wait before another try, each time longer; raise ForgeUnreachable after the last."""
        troubles.failures += 1
        if not again or troubles.failures >= ATTEMPTS:
            tries = f"{troubles.failures} times" if troubles.failures > 1 else "once"
            raise ForgeUnreachable(
                f"{self.host} was asked {tries} for {troubles.what} and gave no answer of use "
                f"({said}): look whether the network and the forge are well, then run it again; "
                "what was read so far is kept"
            )
        self._sleep(float(troubles.failures**2))


def _strategy(credentials: Credentials) -> Any:
    if isinstance(credentials, PersonalToken):
        return TokenAuthStrategy(credentials.text)
    return AppInstallationAuthStrategy(
        str(credentials.app_id), credentials.private_key, credentials.installation_id
    )


def _innermost(error: Exception) -> Exception:
    """What went wrong: an app's token is asked for on the way, and fails inside."""
    while isinstance(error, RequestError) and not isinstance(error, RequestFailed):
        error = error.exc
    return error


def _limited(response: httpx.Response) -> bool:
    """Whether a refusal is one for having asked too much, whatever its headers say."""
    refused = response.status_code in (403, 429)
    return refused and (response.status_code == 429 or "rate limit" in message(response).lower())


def _errors(told: Node) -> list[Node]:
    """What an answer of GraphQL says it could not tell."""
    listed = told.get("errors")
    if not isinstance(listed, list):
        return []
    return [error for error in listed if isinstance(error, dict)]
