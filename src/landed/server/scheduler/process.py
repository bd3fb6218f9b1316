"""A process of the scheduler: it ends when it is done, takes too long, or the server ends.

It leads a process group, so that whatever it starts ends with it. The server holds one end of its
standard input as long as it lives: a process that finds it closed kills its group. So even a
server that is killed leaves nothing behind, on any system.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO

import orjson

from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.wording import plain, span

HEAD = 8
"""Bytes of the order's length, before the order."""
GRACE_SECONDS = 2.0
"""After being asked to end it has so long."""
_TOLD = 4000
_log = logging.getLogger(__name__)


class Apart:
    """Does one order in a process of its own."""

    def __init__(self, order: Order, *, program: str = "landed.server.scheduler.child") -> None:
        self._order = order
        self._program = program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    def run(self, limit_seconds: float) -> Result:
        """What became of it; never raises for what happens there."""
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
            with self._lock:
                if self.cut_off():
                    return Result("interrupted", "the server was stopped before it began")
                process = self._process = self._begin(said, complained)
            try:
                self._hand_over(process)
                process.wait(limit_seconds)
            except subprocess.TimeoutExpired:
                _end(process)
                return Result("failed", _too_long(limit_seconds), crashed=True)
            finally:
                _end(process)
                assert process.stdin is not None
                with contextlib.suppress(OSError):
                    process.stdin.close()
            if self.cut_off():
                return Result("interrupted", "the server was stopped while this ran")
            return _result(process.returncode, said, complained, self._order)

    def cut_off(self) -> bool:
        """Whether `end` was called."""
        return self._ended.is_set()

    def end(self) -> None:
        """Cut it off, from whatever thread; returns once it has ended."""
        with self._lock:
            self._ended.set()
            process = self._process
        if process is not None:
            _end(process)

    def _begin(self, said: IO[bytes], complained: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", self._program],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=complained,
            start_new_session=True,
        )

    def _hand_over(self, process: subprocess.Popen[bytes]) -> None:
        """Settings hold secrets: they go through the pipe, not into arguments or environment."""
        told = pickle.dumps(self._order)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(len(told).to_bytes(HEAD, "big") + told)
            process.stdin.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it has started."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    # what it started may be there though it is not
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _result(code: int, said: IO[bytes], complained: IO[bytes], order: Order) -> Result:
    """What it said; a process that said nothing has come to grief."""
    said.seek(0)
    try:
        told = orjson.loads(said.read())
        return Result(
            outcome=told["outcome"],
            message=None if told["message"] is None else plain(told["message"]),
            counts=told["counts"],
            places=tuple(told["places"]),
            crashed=told["crashed"],
        )
    except (orjson.JSONDecodeError, KeyError, TypeError):
        _log.error("%s ended with %s: %s", order.what, code, plain(_end_of(complained)))
        return Result("failed", _died(code), crashed=True)


def _died(code: int) -> str:
    if code == -signal.SIGKILL:
        return (
            "it was killed, as the system does where memory is short: give the machine more, or "
            "lower store.memory_limit"
        )
    return f"it ended unexpectedly (exit code {code}); the server's log says more"


def _too_long(limit_seconds: float) -> str:
    return (
        f"it took longer than {span(limit_seconds)} and was ended; run it by hand to see how far "
        "it comes"
    )


def _end_of(file: IO[bytes]) -> str:
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TOLD))
    return file.read().decode("utf-8", "replace")
