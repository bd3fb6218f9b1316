"""A server that is killed at any moment, under the load of exporters that send until it answers.

What was acknowledged must be in the store once, whenever the process died.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.server.exports import PROTOBUF, added_body, calls_body

from landed.records import AGENTS
from landed.store import Store
from landed.store.inbox import NAME, Inbox

EVENTS = 20
"""Events of a request."""
SESSION = 3
"""Requests of a session."""
_EARLY = 0.25
"""Share of kills that come whether anything was taken or not: while the server starts, too."""
_LONGEST_LIFE = 0.7
_PATIENCE = 60.0


@dataclass
class Sent:
    """What one exporter was acknowledged: ids of calls with their tokens, and points of metrics."""

    calls: dict[str, int] = field(default_factory=dict)
    points: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0
    failure: str = ""
    """What the server answered that it must not."""


@dataclass
class Outcome:
    """What was sent, and what was then in the store.

    Attributes:
        kills: how often the server was killed.
        acknowledged: events of calls, all unique.
        unanswered: requests that were broken off under way, and sent again.
        missing: acknowledged calls that the store lacks.
        unsent: calls in the store that nobody sent.
        doubled: rows beyond one for a call.
        tokens_sent, tokens_kept: sums over all calls.
        sums_sent, sums_kept: sums over all points of deltas.
        set_aside: rows that could not be read in.
        standing: tokens of the calls in `model_call`, where telemetry stands in for logs.
    """

    kills: int
    acknowledged: int
    unanswered: int
    missing: int
    unsent: int
    doubled: int
    tokens_sent: int
    tokens_kept: int
    sums_sent: int
    sums_kept: int
    set_aside: int
    standing: int

    @property
    def exact(self) -> bool:
        """Nothing was lost and nothing doubled."""
        return (
            not (self.missing or self.unsent or self.doubled or self.set_aside)
            and self.tokens_sent == self.tokens_kept == self.standing
            and self.sums_sent == self.sums_kept
        )


def run(
    workspace: Path,
    *,
    kills: int,
    exporters: int,
    seed: int,
    gently: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Kill a server so often, let it come to rest, and compare what it holds with what was sent.

    `gently` asks it to stop (SIGTERM) instead.
    """
    chance = random.Random(seed)
    port = free_port()
    stopping = threading.Event()
    sent = [Sent() for _ in range(exporters)]
    threads = [
        threading.Thread(target=_export, args=(number, port, one, stopping), daemon=True)
        for number, one in enumerate(sent)
    ]
    server = start(workspace, port)
    try:
        for thread in threads:
            thread.start()
        for number in range(kills):
            _live_a_while(server, sent, chance)
            if gently:
                _stop(server)
            server.kill()
            server.wait()
            tell(number + 1)
            server = start(workspace, port)
        stopping.set()
        for thread in threads:
            thread.join()
        wait_until_read(workspace)
        server.terminate()
        server.wait()
    finally:
        stopping.set()
        server.kill()
        server.wait()
    return _compared(workspace, sent, kills)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask a server to stop; before it can be asked, the signal ends it."""
    server.terminate()
    status = server.wait(_PATIENCE)
    if status not in (0, -signal.SIGTERM):
        raise AssertionError(f"the server stopped with {status}")


def _live_a_while(server: subprocess.Popen[bytes], sent: list[Sent], chance: random.Random) -> None:
    if chance.random() < _EARLY:
        time.sleep(chance.uniform(0, 2 * _LONGEST_LIFE))
    else:
        before = sum(len(one.calls) for one in sent)
        deadline = time.monotonic() + _PATIENCE
        while sum(len(one.calls) for one in sent) == before:
            if time.monotonic() > deadline:
                raise AssertionError("the server acknowledges nothing")
            time.sleep(0.005)
        time.sleep(chance.uniform(0, _LONGEST_LIFE))
    if server.poll() is not None:
        raise AssertionError(f"the server ended by itself with {server.returncode}")


def _export(number: int, port: int, sent: Sent, stopping: threading.Event) -> None:
    """Send one request after another, each until it is acknowledged."""
    base = f"http://127.0.0.1:{port}"
    turn = 0
    with httpx.Client(base_url=base, timeout=30) as client:
        while not stopping.is_set() and not sent.failure:
            calls = {f"req-{number}-{turn}-{event}": turn + event for event in range(EVENTS)}
            session = f"session-{number}-{turn // SESSION}"
            _until_acknowledged(client, "/v1/logs", calls_body(calls, session, turn), sent)
            sent.calls.update(calls)
            _until_acknowledged(
                client, "/v1/metrics", added_body(f"metrics-{number}", turn, turn + 1), sent
            )
            sent.points[turn] = turn + 1
            turn += 1


def _until_acknowledged(client: httpx.Client, path: str, body: bytes, sent: Sent) -> None:
    while True:
        try:
            answer = client.post(path, content=body, headers=PROTOBUF)
        except httpx.TransportError as error:
            answer = None
            # Without an answer nobody knows whether it was kept.
            sent.unanswered += not isinstance(error, httpx.ConnectError)
        if answer is not None and answer.status_code == 200:
            sent.failure = sent.failure or (f"{path} rejected something" if answer.content else "")
            return
        if answer is not None and answer.status_code not in (429, 503):
            sent.failure = f"{path} answered {answer.status_code}"
            return
        time.sleep(0.02)


def start(workspace: Path, port: int) -> subprocess.Popen[bytes]:
    """Start `landed serve` as people do; what it says goes to `server.log` in the workspace."""
    command = [sys.executable, "-m", "landed", "serve", "--no-open"]
    places = ["--workspace", str(workspace), "--port", str(port)]
    with (workspace / "server.log").open("ab") as log:
        return subprocess.Popen(
            [*command, *places], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=os.environ
        )


def wait_until_read(workspace: Path) -> None:
    """Wait until nothing waits in the inbox."""
    deadline = time.monotonic() + 5 * _PATIENCE
    with Inbox(workspace / NAME) as inbox:
        while inbox.count():
            if time.monotonic() > deadline:
                raise AssertionError(f"{inbox.count()} rows are not read in")
            time.sleep(0.05)


def _compared(workspace: Path, sent: list[Sent], kills: int) -> Outcome:
    for one in sent:
        if one.failure:
            raise AssertionError(one.failure)
    calls = {name: tokens for one in sent for name, tokens in one.calls.items()}
    with Store.open(workspace, read_only=True) as store:
        rows = store.query("select request, input_tokens from telemetry_call").to_pylist()
        (sums,) = store.query(
            "select sum(value) as told from telemetry_sum where delta and counts = 'lines_added'"
        ).to_pylist()
        (standing,) = store.query(
            "select sum(input_tokens) as tokens from model_call where repository = ?", [AGENTS]
        ).to_pylist()
    with Inbox(workspace / NAME) as inbox:
        set_aside = inbox.count_aside()
    kept = {row["request"] for row in rows}
    return Outcome(
        kills=kills,
        acknowledged=len(calls),
        unanswered=sum(one.unanswered for one in sent),
        missing=len(calls.keys() - kept),
        unsent=len(kept - calls.keys()),
        doubled=len(rows) - len(kept),
        tokens_sent=sum(calls.values()),
        tokens_kept=sum(row["input_tokens"] for row in rows),
        sums_sent=sum(sum(one.points.values()) for one in sent),
        sums_kept=int(sums["told"] or 0),
        set_aside=set_aside,
        standing=int(standing["tokens"] or 0),
    )


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
