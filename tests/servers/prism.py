"""Prism on loopback: it holds every request against a description of the API."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.packages import node, package

READY = 30.0
"""Seconds within which it must listen."""


@contextmanager
def prism(description: Path) -> Iterator[str]:
    """Serve the API that an OpenAPI file describes, with made-up answers; yields its address.

    A request that the description does not allow gets a status of 4xx that says why.
    """
    program = package("@stoplight/prism-cli") / "dist" / "index.js"
    port = _free_port()
    command = [node(), str(program), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors"]
    process = subprocess.Popen(
        [*command, str(description)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end:
        assert process.poll() is None, f"Prism ended with exit code {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Prism does not listen")
