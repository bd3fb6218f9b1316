"""A server on loopback that answers as it is told to, and notes what it was sent."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import orjson
from tests.push.conftest import KEY

from landed.push.client import KEY_PATH, PUSH_PATH


@dataclass
class Receiver:
    """What the server was asked, and what it answers.

    `answers` are status and headers of the next answers, taken in turn; then all is well.
    """

    url: str = ""
    token: str | None = "landed_secret"
    key: str = KEY.hex()
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def rows(self) -> dict[str, int]:
        """How many rows of each table were taken."""
        counts: dict[str, int] = {}
        for body in self.taken:
            for name, columns in orjson.loads(gzip.decompress(body))["tables"].items():
                counts[name] = counts.get(name, 0) + len(next(iter(columns.values())))
        return counts


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run such a server."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.path == KEY_PATH
            self._answer(200 if good else 404, {"key": receiver.key}, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.headers.append({name.lower(): text for name, text in self.headers.items()})
            status, more = receiver.answers.pop(0) if receiver.answers else (202, {})
            if status == 202 and self.path == PUSH_PATH:
                receiver.taken.append(body)
            self._answer(status, {}, more)

        def _answer(self, status: int, content: dict[str, Any], more: dict[str, str]) -> None:
            asked = self.headers.get("authorization")
            if receiver.token is not None and asked != f"Bearer {receiver.token}":
                status, content = 401, {}
            text = orjson.dumps(content)
            self.send_response(status)
            for name, value in (more | {"content-length": str(len(text))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
