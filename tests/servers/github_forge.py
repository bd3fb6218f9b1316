"""A GitHub on loopback, REST and GraphQL, with paging, rate limits and failures on demand.

    forge = GitHub()
    forge.repositories.append(Repository(7, "acme/shop", pull_requests=[…]))
    with serving(forge) as server:
        open_github(server.url, PersonalToken(server.token), …)

Everything in `forge` may be changed while it is served. `server.trouble(Trouble.…)` makes coming
requests fail; `server.asked` holds what was asked so far. What is served below `/api/v3` and
`/api/graphql` is the same, as an Enterprise Server has it.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from tests.servers.github_graph import answered
from tests.servers.github_model import GitHub
from tests.servers.github_rest import Reply, missing, reply
from tests.servers.github_schema import SCHEMA
from tests.servers.packages import package

TOKEN = "ghp_of_the_reader"
LIMIT = 5000


@dataclass
class Asked:
    """One request: `what` is the name of the GraphQL query, or method and path of a REST call."""

    what: str
    headers: dict[str, str]
    target: str = ""
    body: Any = None
    variables: dict[str, Any] = field(default_factory=dict)
    status: int = 0


@dataclass
class Trouble:
    """Makes requests fail: those whose `what` holds `on`, after `skip` of them, `times` times.

    Attributes:
        on: part of `Asked.what`; empty = every request.
        skip: so many requests go well before.
        times: so many fail.
        status: the answer's status; 0 = the answer itself is well.
        headers: further headers of the failing answer.
        message: what its JSON body says.
        cut: the connection ends in the middle of the body.
        torn: the body is whole by its length but its JSON ends in the middle.
        body: an answer to give instead, as JSON.
        slow: seconds to wait before the answer.
        heavier_than: only pages of more than so many things fail.
    """

    on: str = ""
    skip: int = 0
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "something went wrong"
    cut: bool = False
    torn: bool = False
    body: Any = None
    slow: float = 0.0
    heavier_than: int = 0

    @classmethod
    def secondary_limit(cls, seconds: int, on: str = "", **given: Any) -> Trouble:
        """A refusal for having asked too much at a time."""
        message = "You have exceeded a secondary rate limit."
        headers = {"retry-after": str(seconds)}
        return cls(on=on, status=403, headers=headers, message=message, **given)

    @classmethod
    def primary_limit(cls, seconds: int, on: str = "", **given: Any) -> Trouble:
        """A refusal for having used up the requests of the hour."""
        reset = datetime.now(UTC) + timedelta(seconds=seconds)
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(reset.timestamp()))}
        message = "API rate limit exceeded"
        return cls(on=on, status=403, headers=headers, message=message, **given)

    def strikes(self, asked: Asked) -> bool:
        """Whether this request fails; counts down."""
        if self.on not in asked.what or self.times <= 0:
            return False
        if self.heavier_than and asked.variables.get("size", 0) <= self.heavier_than:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


class GitHubServer:
    """A `GitHub` that is served; see the module.

    Attributes:
        forge: what it holds.
        url: address of the REST API, as on github.com.
        enterprise_url: the same as an Enterprise Server has it.
        token: a token that it takes.
        tokens: all that it takes.
        app_keys: public keys (PEM) of apps by number; their installations get tokens.
        installations: numbers of those that there are.
        asked: requests so far, each with the status of its answer.
        most_at_once: so many requests were under way at the same time.
        remaining: requests of this hour that are left.
    """

    def __init__(self, forge: GitHub) -> None:
        # asked for here, where the test that needs it can be skipped: threads cannot
        package(SCHEMA)
        self.forge = forge
        self.token = TOKEN
        self.tokens = {TOKEN}
        self.app_keys: dict[int, str] = {}
        self.installations = {4711}
        self.asked: list[Asked] = []
        self.remaining = LIMIT
        self.most_at_once = 0
        self._under_way = 0
        self._troubles: list[Trouble] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.enterprise_url = f"{self.url}/api/v3"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def trouble(self, *troubles: Trouble) -> None:
        """Let coming requests fail."""
        self._troubles.extend(troubles)

    def at_ease(self) -> None:
        """Let no request fail any more."""
        self._troubles.clear()

    def questions(self, part: str = "") -> list[Asked]:
        """The requests so far whose `what` holds `part`."""
        return [asked for asked in self.asked if part in asked.what]

    def forget(self) -> None:
        """Begin to count requests anew."""
        self.asked.clear()

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: Any
    ) -> tuple[Reply, Trouble | None]:
        """Answer one request."""
        parts = urlsplit(target)
        path = parts.path.removeprefix("/api/v3")
        graph = path in ("/graphql", "/api/graphql")
        asked = Asked(f"{method} {path}", headers, target, body)
        if graph:
            asked.what = body["query"].split("query ", 1)[1].split("(", 1)[0].strip()
            asked.variables = body.get("variables") or {}
        with self._lock:
            self.asked.append(asked)
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
            trouble = next((one for one in self._troubles if one.strikes(asked)), None)
        if trouble and trouble.slow:
            time.sleep(trouble.slow)
        if trouble and trouble.status:
            told = Reply(trouble.status, {"message": trouble.message}, dict(trouble.headers))
        elif trouble and trouble.body is not None:
            told = Reply(200, trouble.body, dict(trouble.headers))
        elif path.startswith("/app/installations/"):
            told = self._installation(path, headers)
        elif not self._knows(headers):
            told = Reply(401, {"message": "Bad credentials"})
        elif graph:
            told = Reply(200, answered(self.forge, body["query"], asked.variables))
        else:
            told = reply(self.forge, method, path, dict(parse_qsl(parts.query)), body)
        asked.status = told.status
        with self._lock:
            self._under_way -= 1
        self._limits(told, "graphql" if graph else "core")
        return told, trouble

    def _limits(self, told: Reply, kind: str) -> None:
        self.remaining -= 1
        reset = int(datetime.now(UTC).timestamp()) + 3600
        told.headers = {
            "x-ratelimit-limit": str(LIMIT),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(reset),
            "x-ratelimit-resource": kind,
            **told.headers,
        }
        if self.forge.scopes is not None:
            told.headers["x-oauth-scopes"] = self.forge.scopes

    def _knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization", "").partition(" ")[2] in self.tokens

    def _installation(self, path: str, headers: dict[str, str]) -> Reply:
        """A token for an app that proves by a signed claim who it is."""
        claim = headers.get("authorization", "").partition(" ")[2]
        for number, key in self.app_keys.items():
            try:
                told = jwt.decode(claim, key, algorithms=["RS256"])
            except jwt.PyJWTError:
                continue
            if told["iss"] == str(number):
                installation = int(path.split("/")[3])
                if installation not in self.installations:
                    return missing()
                token = f"ghs_installation_{installation}"
                self.tokens.add(token)
                ends = datetime.now(UTC) + timedelta(hours=1)
                body = {"token": token, "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}
                return Reply(201, body | {"permissions": {}})
        return Reply(401, {"message": "A JSON web token could not be decoded"})


@contextmanager
def serving(forge: GitHub) -> Iterator[GitHubServer]:
    """Serve `forge` while the context lasts."""
    server = GitHubServer(forge)
    try:
        yield server
    finally:
        server.close()


def _handler(server: GitHubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                told, trouble = server.answer(self.command, self.path, headers, body)
            except Exception as error:  # an answer that names the fault, and no hanging client
                told, trouble = missing(), None
                told.status, told.body = 418, {"message": f"{type(error).__name__}: {error}"}
            self._send(told, trouble, headers)

        def _send(self, told: Reply, trouble: Trouble | None, headers: dict[str, str]) -> None:
            content = json.dumps(told.body).encode()
            etag = f'W/"{hashlib.sha256(content).hexdigest()}"'
            if told.status == 200 and headers.get("if-none-match") == etag:
                told.status, content = 304, b""
                server.asked[-1].status = 304
            if trouble and trouble.torn:
                content = content[: len(content) // 2]
            self.send_response(told.status)
            for name, value in {**told.headers, "etag": etag}.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if trouble and trouble.cut:
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is written to the terminal."""

    return Handler
