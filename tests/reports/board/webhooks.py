"""A webhook on this machine: a real HTTP server that remembers what it was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

SECRET = "T0SECRET/B0SECRET/xyzzy"


@dataclass
class Webhook:
    """What it was told, and how it answers: `answers` in turn, then 200."""

    address: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    asked: int = 0


@contextmanager
def webhook(*answers: int | tuple[int, dict[str, str]]) -> Iterator[Webhook]:
    """A webhook that listens on loopback, its secret in its path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.asked += 1
            body = self.rfile.read(int(self.headers["content-length"]))
            status, headers = found.answers.pop(0) if found.answers else (200, {})
            if status < 300:
                found.told.append(orjson.loads(body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the test's own output is enough."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Webhook(f"http://127.0.0.1:{listening.server_port}/services/{SECRET}")
    found.answers = [one if isinstance(one, tuple) else (one, {}) for one in answers]
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
