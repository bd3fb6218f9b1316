"""Mines in a process of its own, which may hang, grow without end or be killed."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import subprocess
import sys
from pathlib import Path

from tests.histories.comparing import KEY, Seen, observe

from landed.ledger.planning import LedgerRequest
from landed.ledger.update import update_ledger
from landed.sources.git.scratch import Scratch
from landed.store import Store

PATIENCE_SECONDS = 60
MEMORY_BYTES = 4 << 30


def observe_apart(repository: Path, workspace: Path) -> Seen:
    """As `observe`, failing where the process does not end by itself within time and memory."""
    told = workspace.parent / f"{workspace.name}.pickle"
    finished = _run("observe", repository, workspace, told)
    assert finished.returncode == 0, finished.stderr.decode(errors="replace")
    seen: Seen = pickle.loads(told.read_bytes())
    return seen


def kill_while_mining(repository: Path, workspace: Path, after: int) -> None:
    """Mines, and is killed without warning when `after` commits are mined."""
    finished = _run("die", repository, workspace, after)
    assert finished.returncode == -signal.SIGKILL, finished.stderr.decode(errors="replace")


def _run(task: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", __name__, task, *map(str, arguments)]
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def _observe(repository: str, workspace: str, told: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    Path(told).write_bytes(pickle.dumps(observe(Path(repository), Path(workspace))))


def _die(repository: str, workspace: str, after: str) -> None:
    shown = 0

    def count(*_: object) -> None:
        nonlocal shown
        shown += 1
        if shown == int(after):
            os.kill(os.getpid(), signal.SIGKILL)

    request = LedgerRequest(Path(workspace), KEY, rules=())
    with Scratch.open(Path(repository), Path(workspace)) as scratch:
        update_ledger(scratch, request, lambda: Store.open(Path(workspace)), observer=count)


if __name__ == "__main__":
    {"observe": _observe, "die": _die}[sys.argv[1]](*sys.argv[2:])
