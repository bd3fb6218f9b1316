"""A real git server on loopback: `git http-backend` behind Python's http.server.

    with serve(tmp_path / "srv", secret="t0ken") as server:
        address = server.address("acme/shop")   # serves tmp_path/srv/acme/shop.git
        server.trouble = "break"                 # the next answers are torn in the middle

`asked` keeps every request as it came, so that a test can see what was sent.
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@dataclass
class GitServer:
    """A server of all repositories under a directory.

    Attributes:
        root: that directory.
        port: where it listens on 127.0.0.1.
        secret: password that every request must bear; None lets everybody in.
        trouble: None; `break` (packs are cut off), `unavailable` (503) or `moved` (301).
        asked: method and path of each request, and whether it bore the right password.
    """

    root: Path
    port: int
    secret: str | None = None
    trouble: str | None = None
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    def address(self, name: str) -> str:
        """Where a repository is fetched from."""
        return f"http://127.0.0.1:{self.port}/{name}.git"


@contextmanager
def serve(root: Path, *, secret: str | None = None) -> Iterator[GitServer]:
    """Serve the bare repositories under `root` until the block ends."""

    class Handler(_Handler):
        git_server: GitServer

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    Handler.git_server = server = GitServer(root, listener.server_address[1], secret)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    git_server: GitServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        server = self.git_server
        body = self._body()
        allowed = server.secret is None or self._password() == server.secret
        server.asked.append((self.command, self.path, allowed))
        if not allowed:
            return self._refuse(401, ("WWW-Authenticate", 'Basic realm="git"'))
        if server.trouble == "unavailable":
            return self._refuse(503)
        if server.trouble == "moved":
            return self._refuse(301, ("Location", f"http://127.0.0.1:{server.port}/elsewhere"))
        if not (server.root / self._repository()).is_dir():
            return self._refuse(404)
        head, _, content = self._backend(body).partition(b"\r\n\r\n")
        if server.trouble == "break" and self.command == "POST" and b"PACK" in content:
            content = content[: len(content) // 2]
        self.send_response(200)
        for row in head.decode().split("\r\n"):
            name, _, value = row.partition(": ")
            if name.lower() != "status":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return None

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _password(self) -> str | None:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return None
        return base64.b64decode(value).decode().partition(":")[2]

    def _repository(self) -> str:
        return urlsplit(self.path).path.lstrip("/").partition(".git/")[0] + ".git"

    def _refuse(self, status: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _backend(self, body: bytes) -> bytes:
        asked = urlsplit(self.path)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROJECT_ROOT": str(self.git_server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "REQUEST_METHOD": self.command,
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        ran = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, env=environment, check=True
        )
        return ran.stdout
