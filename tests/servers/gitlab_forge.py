"""A GitLab on loopback: real paging (by number and by cursor), limits and failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from tests.servers.gitlab_model import Held, Json, World, at

TOKEN = "glpat-good"


@dataclass(frozen=True)
class Asked:
    """A request as the server understood it; `place` counts requests from 0."""

    place: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Trouble:
    """An answer other than the right one; `torn` breaks the right one off in its middle."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    torn: bool = False


class _NotFound(Exception):
    """There is no such thing."""


class _Forbidden(Exception):
    """The token may not do this."""


class GitLabServer:
    """Serves a world under `prefix`; see `url`.

    Attributes:
        world: what it holds; tests change it between requests.
        asked: every request so far.
        trouble: called with each request before it is answered; what it returns is sent instead.
        forbidden: beginnings of paths that are answered with 403.
        largest_page: so much of a list is told at a time at most.
        inclusive: whether `updated_after` takes in its own moment.
    """

    def __init__(self, prefix: str = "") -> None:
        self.world = World()
        self.asked: list[Asked] = []
        self.trouble: Callable[[Asked], Trouble | None] = lambda _: None
        self.forbidden: tuple[str, ...] = ()
        self.largest_page = 100
        self.inclusive = True
        self.prefix = prefix
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                server._serve(self)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, *args: Any) -> None:
                del args

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}{prefix}"
        self.world.address = self.url

    @contextmanager
    def running(self) -> Iterator[GitLabServer]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        length = int(handler.headers.get("Content-Length") or 0)
        sent = handler.rfile.read(length)
        query = {key: ",".join(values) for key, values in parse_qs(parts.query).items()}
        with self._lock:
            asked = Asked(
                len(self.asked),
                handler.command,
                parts.path.removeprefix(f"{self.prefix}/api/v4"),
                query,
                dict(handler.headers),
                json.loads(sent) if sent else None,
            )
            self.asked.append(asked)
            trouble = self.trouble(asked)
            if trouble and not trouble.torn:
                status, headers, body = trouble.status, trouble.headers, trouble.body
            else:
                status, headers, body = self._right(asked)
        if "Date" in headers:
            handler.send_response_only(status)
        else:
            handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if trouble and trouble.torn else body)
        if trouble and trouble.torn:
            handler.close_connection = True

    def _right(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        token = asked.headers.get("Authorization") or asked.headers.get("JOB-TOKEN")
        if token not in (f"Bearer {TOKEN}", "glcbt-good"):
            return 401, {}, b'{"message":"401 Unauthorized"}'
        if asked.path.startswith(self.forbidden) if self.forbidden else False:
            return 403, {}, b'{"message":"403 Forbidden"}'
        try:
            told, headers = self._told(asked)
        except _NotFound:
            return 404, {}, b'{"message":"404 Not Found"}'
        except _Forbidden:
            return 403, {}, b'{"message":"403 Forbidden"}'
        return 200, headers, json.dumps(told).encode()

    def _told(self, asked: Asked) -> tuple[Any, dict[str, str]]:
        steps = [unquote(step) for step in asked.path.strip("/").split("/")]
        match steps:
            case ["personal_access_tokens", "self"]:
                return self._there(self.world.token), {}
            case ["user"]:
                return self.world.me, {}
            case ["groups", path, *rest]:
                return self._group(asked, path, rest)
            case ["projects", name, *rest]:
                return self._project(asked, self._held(name), rest)
        if asked.path.endswith("/api/graphql"):
            return self._sizes(asked.body["variables"]), {}
        raise _NotFound

    def _group(self, asked: Asked, path: str, rest: list[str]) -> tuple[Any, dict[str, str]]:
        for full, told in self.world.groups.items():
            if path in (full, str(told["id"])):
                path = full
        if path not in self.world.groups:
            raise _NotFound
        if not rest:
            return self.world.groups[path], {}
        if rest == ["members"]:
            return self._cursored(asked, self.world.members[path])
        if rest == ["descendant_groups"]:
            below = [
                group for full, group in self.world.groups.items() if full.startswith(f"{path}/")
            ]
            return self._numbered(asked, below)
        projects = [
            held.project
            for held in self.world.projects.values()
            if held.project["path_with_namespace"].startswith(f"{path}/")
        ]
        return self._cursored(asked, projects)

    def _held(self, name: str) -> Held:
        for number, held in self.world.projects.items():
            if name in (str(number), held.project["path_with_namespace"]):
                return held
        raise _NotFound

    def _project(self, asked: Asked, held: Held, rest: list[str]) -> tuple[Any, dict[str, str]]:
        match rest:
            case []:
                return held.project, {}
            case ["hooks"]:
                if held.hooks is None:
                    raise _Forbidden
                return self._numbered(asked, held.hooks)
            case ["merge_requests"] if "iids[]" in asked.query:
                wanted = asked.query["iids[]"].split(",")
                return self._numbered(
                    asked, [one for one in held.merge_requests if str(one["iid"]) in wanted]
                )
            case ["merge_requests"]:
                return self._changed(asked, held.merge_requests)
            case ["merge_requests", iid, *more]:
                return self._request(asked, held, int(iid), more)
            case ["pipelines"] if "sha" in asked.query:
                of = [one for one in held.pipelines if one["sha"] == asked.query["sha"]]
                return self._numbered(asked, of)
            case ["pipelines"]:
                return self._changed(asked, held.pipelines)
            case ["repository", "commits", commit]:
                return {"id": commit, "parent_ids": self._there(held.parents.get(commit))}, {}
            case ["deployments"]:
                return self._changed(asked, held.deployments)
            case ["deployments", number, "merge_requests"]:
                return self._numbered(asked, held.deployed.get(int(number), []))
            case ["environments"]:
                return self._numbered(asked, held.environments)
            case ["releases"]:
                made = sorted(held.releases, key=lambda one: str(one["created_at"]))
                return self._numbered(asked, made)
            case ["issues"]:
                return self._changed(asked, held.issues)
            case ["issues", iid, "closed_by"]:
                return self._numbered(asked, held.closed_by.get(int(iid), []))
        raise _NotFound

    def _request(
        self, asked: Asked, held: Held, iid: int, more: list[str]
    ) -> tuple[Any, dict[str, str]]:
        found = [one for one in held.merge_requests if one["iid"] == iid]
        if not found:
            raise _NotFound
        match more:
            case []:
                return found[0], {}
            case ["commits"]:
                return self._numbered(asked, held.commits.get(iid, []))
            case ["notes"] if asked.method == "POST":
                number = 9000 + len(asked.body["body"])
                note = held.note(iid, number, "nobody", 0, body=asked.body["body"])
                note["author"] = self.world.me
                return note, {}
            case ["notes"]:
                return self._cursored(asked, held.notes.get(iid, []))
            case ["notes", number] if asked.method == "PUT":
                note = next(one for one in held.notes[iid] if one["id"] == int(number))
                note["body"] = asked.body["body"]
                return note, {}
            case ["approvals"]:
                return held.approvals.get(iid, {"approved_by": []}), {}
            case ["closes_issues"]:
                return self._numbered(asked, held.closes.get(iid, []))
            case ["pipelines"]:
                return self._numbered(asked, held.request_pipelines.get(iid, []))
        raise _NotFound

    def _sizes(self, variables: Json) -> Json:
        held = self._held(variables["project"])
        nodes = [
            {"iid": number, "diffStatsSummary": held.sizes.get(int(number))}
            for number in variables["numbers"]
        ]
        return {"data": {"project": {"mergeRequests": {"nodes": nodes}}}}

    def _changed(self, asked: Asked, items: list[Json]) -> tuple[Any, dict[str, str]]:
        """A list in the order of change, oldest first, from `updated_after` on."""
        if asked.query.get("order_by") != "updated_at" or asked.query.get("sort") != "asc":
            raise AssertionError(f"{asked.path} is asked for in an order that can skip things")

        def changed(item: Json) -> str:
            return item["updated_at"] or "9"

        since = asked.query.get("updated_after", "").replace("+00:00", "Z")
        kept = [
            item
            for item in items
            if changed(item) > since or (self.inclusive and changed(item) == since)
        ]
        kept.sort(key=lambda item: (changed(item), item["id"]))
        return self._numbered(asked, kept)

    def _numbered(self, asked: Asked, items: list[Any]) -> tuple[Any, dict[str, str]]:
        page = int(asked.query.get("page", "1"))
        size = min(int(asked.query.get("per_page", "20")), self.largest_page)
        told = items[(page - 1) * size : page * size]
        last = -(-len(items) // size) or 1
        following = str(page + 1) if page < last else ""
        headers = {
            "X-Page": str(page),
            "X-Per-Page": str(size),
            "X-Total": str(len(items)),
            "X-Total-Pages": str(last),
            "X-Next-Page": following,
        }
        return told, headers | self._link(asked, {"page": following} if following else None)

    def _cursored(self, asked: Asked, items: list[Any]) -> tuple[Any, dict[str, str]]:
        begin = int(asked.query.get("cursor", "0"))
        size = min(int(asked.query.get("per_page", "20")), self.largest_page)
        more = begin + size < len(items)
        headers = self._link(asked, {"cursor": str(begin + size)} if more else None)
        return items[begin : begin + size], headers

    def _link(self, asked: Asked, following: dict[str, str] | None) -> dict[str, str]:
        if following is None:
            return {}
        query = urlencode(asked.query | following)
        return {"Link": f'<{self.url}/api/v4{asked.path}?{query}>; rel="next"'}

    @staticmethod
    def _there(thing: Any) -> Any:
        if thing is None:
            raise _NotFound
        return thing


def touch(item: Json, minutes: float) -> None:
    """Change something at a time, as anybody's comment on it would."""
    item["updated_at"] = at(minutes)
