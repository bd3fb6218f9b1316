"""Asking GitLab through python-gitlab: politely, again where it may help, never anybody else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
from gitlab import Gitlab, GitlabList
from gitlab._backends.requests_backend import RequestsBackend, RequestsResponse
from gitlab.exceptions import GitlabError, GitlabHttpError, GitlabParsingError
from requests.adapters import HTTPAdapter

from landed.errors import (
    ForgeError,
    ForgeUnreachable,
    ProjectGone,
    RateLimited,
    TokenRefused,
    UsageError,
)
from landed.sources.forges.credentials import PersonalToken
from landed.sources.forges.fields import (
    Node,
)
from landed.sources.forges.patience import Patience

GITLAB_COM = "https://gitlab.com"
PER_PAGE = 100
"""The most that GitLab tells at a time."""
ATTEMPTS = 5
"""So often a question is put before the forge counts as unreachable."""
REFUSALS = 30
"""So often one question is put again after a pause that GitLab asked for."""
TIMEOUT = 60.0
"""Seconds."""
JOB_TOKEN = "glcbt-"
"""How tokens of CI jobs begin, which have a header of their own."""
_KINDS = "requests"
_GRAPHQL = "/api/graphql"

Given = TypeVar("Given")
Told = TypeVar("Told")


class NotThere(ProjectGone):
    """What was asked for is not there, or this token may not see it."""


class NotAllowed(TokenRefused):
    """The token is good, and may not do this."""


class GitLabClient:
    """One GitLab, asked with one token; may be shared by threads.

    Args:
        url: address of the server, with or without `/api/v4`; None = gitlab.com.
        credentials: a token of a person, project, group or CI job.
        concurrency: requests at a time.
        wait_minutes: all waiting for rate limits together takes at most so long.
        sleep: waits so many seconds.
        page_size: so much of a list is asked for at a time.

    Raises:
        UsageError: the address is none.
    """

    def __init__(
        self,
        url: str | None,
        credentials: PersonalToken,
        *,
        concurrency: int,
        wait_minutes: float,
        sleep: Callable[[float], None] = time.sleep,
        page_size: int = PER_PAGE,
    ) -> None:
        self.page_size = page_size
        self.address = base_address(url)
        parts = urlsplit(self.address)
        self.host = (parts.hostname or "").lower()
        self._session = requests.Session()
        self._session.max_redirects = 5
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=concurrency)
        self._session.mount(f"{parts.scheme}://", adapter)
        token = credentials.text
        self.has_job_token = token.startswith(JOB_TOKEN)
        # A bearer token is taken off a request that is sent on to another host, GitLab's own
        # header is not.
        self._gitlab = Gitlab(
            self.address,
            oauth_token=None if self.has_job_token else token,
            job_token=token if self.has_job_token else None,
            keep_base_url=True,
            timeout=TIMEOUT,
            user_agent="landed",
            session=self._session,
            backend=partial(
                _Polite,
                base=f"{self.address}/api/",
                patience=Patience(self.host, wait_minutes, sleep),
                sleep=sleep,
                turns=threading.BoundedSemaphore(concurrency),
            ),
        )
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="gitlab")

    def close(self) -> None:
        """Give threads and connections free."""
        self._threads.shutdown(cancel_futures=True)
        self._session.close()

    def one(self, what: str, path: str, **query: Any) -> Node:
        """Return one object; `what` says in messages what was asked for.

        Raises:
            NotThere, NotAllowed, TokenRefused, ForgeUnreachable, RateLimited.
        """
        answer = self._ask(what, lambda: self._gitlab.http_get(path, query_data=query))
        return self._object(what, answer)

    def page(self, what: str, path: str, query: Mapping[str, Any], number: int = 1) -> list[Node]:
        """Return one page of a list: up to `page_size` objects. Raises as `one` does."""
        answer = self._ask(
            what,
            lambda: self._gitlab.http_list(
                path, query_data=dict(query), page=number, per_page=self.page_size, get_all=False
            ),
        )
        return self._objects(what, answer)

    def all(self, what: str, path: str, **query: Any) -> Iterator[Node]:
        """Yield all objects of a list, page by page as GitLab links them. Raises as `one` does."""
        listed = self._ask(
            what,
            lambda: self._gitlab.http_list(
                path, query_data=query, iterator=True, per_page=self.page_size
            ),
        )
        if not isinstance(listed, GitlabList):
            raise self._strange(what)
        while True:
            item = self._ask(what, lambda: next(listed, None))
            if item is None:
                return
            if not isinstance(item, dict):
                raise self._strange(what)
            yield item

    def send(self, what: str, verb: str, path: str, body: Mapping[str, Any]) -> Node:
        """Send something, by `post` or `put`; return the object that it became.

        Raises as `one` does.
        """
        put = self._gitlab.http_post if verb == "post" else self._gitlab.http_put
        return self._object(what, self._ask(what, lambda: put(path, post_data=dict(body))))

    def graphql(self, what: str, query: str, variables: Mapping[str, Any]) -> Node:
        """Return the data that a GraphQL query tells. Raises as `one` does."""
        answer = self._ask(
            what,
            lambda: self._gitlab.http_post(
                f"{self.address}{_GRAPHQL}",
                post_data={"query": query, "variables": dict(variables)},
            ),
        )
        data = self._object(what, answer).get("data")
        return data if isinstance(data, dict) else {}

    def several(
        self, ask: Callable[[Given], Told], about: Iterable[Given]
    ) -> Iterator[tuple[Given, Told]]:
        """Ask about several things at a time; yield each with its answer, in their order."""
        given = list(about)
        yield from zip(given, self._threads.map(ask, given), strict=True)

    def _ask(self, what: str, question: Callable[[], Told]) -> Told:
        try:
            return question()
        except ForgeError:
            raise
        except GitlabParsingError as error:
            raise self._strange(what) from error
        except GitlabHttpError as error:
            self._refused(what, error)
        except GitlabError as error:
            if error.response_code == 401:
                raise TokenRefused(
                    f"{self.host} does not accept the token ({what}): it may have expired or been "
                    "revoked. Make a new one with the scope read_api, and connect again"
                ) from error
            raise ForgeUnreachable(
                f"{self.host} gave no answer of use ({what}): {_said(error)}"
            ) from error
        except (requests.RequestException, KeyError, TypeError, ValueError) as error:
            # python-gitlab takes lists and headers for what they should be.
            raise self._strange(what) from error

    def _refused(self, what: str, error: GitlabHttpError) -> NoReturn:
        if error.response_code in (404, 410):
            raise NotThere(
                f"{self.host} has no {what} (any more), or does not let this token see it: look "
                "whether it was deleted or moved, or give the token access"
            ) from error
        if error.response_code == 403:
            raise NotAllowed(
                f"{self.host} does not let this token read {what}: it needs the scope read_api, "
                f"and the role Reporter or higher ({_said(error)})"
            ) from error
        raise ForgeUnreachable(
            f"{self.host} answered {error.response_code} ({what}): {_said(error)}"
        ) from error

    def _object(self, what: str, answer: object) -> Node:
        if not isinstance(answer, dict):
            raise self._strange(what)
        return answer

    def _objects(self, what: str, answer: object) -> list[Node]:
        if not isinstance(answer, list):
            raise self._strange(what)
        return [item for item in answer if isinstance(item, dict)]

    def _strange(self, what: str) -> ForgeUnreachable:
        return ForgeUnreachable(
            f"{self.host} answered something else than GitLab's API would ({what}): check that "
            f"{self.address} is the address of a GitLab, and that no proxy stands before it"
        )


class _Polite(RequestsBackend):
    """Waits where GitLab wants it, and asks again where nothing could have been changed twice."""

    def __init__(
        self,
        *,
        session: requests.Session,
        base: str,
        patience: Patience,
        sleep: Callable[[float], None],
        turns: threading.BoundedSemaphore,
    ) -> None:
        super().__init__(session)
        self._base = base
        self._host = urlsplit(base).hostname
        self._patience = patience
        self._sleep = sleep
        self._turns = turns

    def http_request(self, method: str, url: str, *args: Any, **kwargs: Any) -> RequestsResponse:
        if not url.startswith(self._base):
            raise ForgeUnreachable(
                f"{self._host} sends us on to another server, which is not given the token: "
                "connect with the address that GitLab itself names"
            )
        failures = refusals = 0
        what = urlsplit(url).path
        while True:
            self._patience.before(_KINDS, what)
            try:
                with self._turns:
                    answer = super().http_request(method, url, *args, **kwargs)
            except requests.RequestException as error:
                trouble = type(error).__name__
            else:
                limits = _limits(answer.headers)
                self._patience.learn(_KINDS, limits)
                if answer.status_code == 429:
                    refusals += 1
                    if refusals > REFUSALS:
                        raise RateLimited(
                            f"{self._host} puts us off again and again: run it again later, and "
                            "it goes on from here"
                        )
                    self._patience.refused(_KINDS, limits, what)
                    continue
                if answer.status_code < 500 and not _torn(method, answer):
                    return answer
                trouble = f"status {answer.status_code}"
            failures += 1
            if failures >= ATTEMPTS or not _repeatable(method, url):
                raise ForgeUnreachable(
                    f"{self._host} cannot be reached, or fails again and again ({trouble}): check "
                    "the network and the address; what was read so far is kept, and the next run "
                    "goes on from there"
                )
            self._sleep(0.5 * 2**failures)


def base_address(url: str | None) -> str:
    """The address of a GitLab without `/api/v4`; UsageError where it is no web address."""
    address = (url or GITLAB_COM).strip().rstrip("/").removesuffix("/api/v4").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise UsageError(f"{url} is no address of a GitLab: write https://gitlab.example.com")
    if parts.username or parts.password:
        raise UsageError("The address of a GitLab holds no user name or password: give a token")
    return address


def _limits(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of GitLab's limits under the names that `Patience` knows."""
    names = {
        "RateLimit-Remaining": "x-ratelimit-remaining",
        "RateLimit-Limit": "x-ratelimit-limit",
        "RateLimit-Reset": "x-ratelimit-reset",
        "Retry-After": "retry-after",
        "Date": "date",
    }
    return {ours: headers[theirs] for theirs, ours in names.items() if theirs in headers}


def _repeatable(method: str, url: str) -> bool:
    """Whether asking twice does no harm; our GraphQL only ever asks."""
    return method.lower() != "post" or url.endswith(_GRAPHQL)


def _torn(method: str, answer: RequestsResponse) -> bool:
    """Whether a good answer that calls itself JSON ends before its end."""
    if method.lower() != "get" or "json" not in answer.headers.get("Content-Type", ""):
        return False
    content = answer.content.rstrip()
    if content[:1] + content[-1:] in (b"{}", b"[]"):
        return False
    try:
        json.loads(content)
    except ValueError:
        return True
    return False


def _said(error: GitlabError) -> str:
    """What GitLab said, as one short line without control characters."""
    said = str(error.error_message)
    return "".join(letter if letter.isprintable() else " " for letter in said)[:200]
