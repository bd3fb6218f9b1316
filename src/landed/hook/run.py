"""The program that the hooks start: `python -m landed.hook.run post-commit`.

It divides at once. One half does the work, in a session of its own, without standard streams; the
other waits for it for a moment and ends with exit code 0, whatever happens. So a commit waits no
longer than that moment, nothing that fails can block it, and what takes longer is done behind it.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_WAIT_SECONDS = 0.12
_GIVE_UP_SECONDS = 300
EVENTS = ("post-commit", "post-rewrite", "catch-up")


def main(arguments: list[str]) -> int:
    """Do what a hook has to do; the exit code is always 0.

    The first of the `arguments` is the event, one of EVENTS. At `post-commit` the commit follows,
    and the one that it was picked from, if any; at `post-rewrite` standard input has a line
    `OLD NEW` for each rewritten commit. After `catch-up` nobody waits.
    """
    until = time.monotonic() + _WAIT_SECONDS
    event, *commits = arguments or [""]
    if event not in EVENTS or (event == "post-commit" and not commits):
        return 0
    told = sys.stdin.buffer.read() if event == "post-rewrite" else b""
    ended, working = os.pipe()
    if os.fork() == 0:
        _work_apart(event, commits, told)
    os.close(working)
    if event != "catch-up":
        select.select([ended], [], [], max(0.0, until - time.monotonic()))
    return 0


def _work_apart(event: str, commits: list[str], told: bytes) -> None:
    """Do the work and end the process; the open end of the pipe says that it is not done."""
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        # whatever hangs ends at last: an agent's log on a network drive, say
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_GIVE_UP_SECONDS)
        _work(event, commits, told)
    finally:
        os._exit(0)


def _work(event: str, commits: list[str], told: bytes) -> None:
    from pathlib import Path

    from landed.hook import work
    from landed.hook.place import find_place

    place = find_place(Path.cwd())
    try:
        if event == "post-commit":
            work.after_commit(place, commits[0], commits[1:2])
        elif event == "post-rewrite":
            pairs = [row.split()[:2] for row in told.decode("ascii", "replace").splitlines()]
            work.after_rewrite(place, [(pair[0], pair[1]) for pair in pairs if len(pair) == 2])
        else:
            work.catch_up(place)
    except Exception as error:
        # nobody is there to be told, and no commit may wait for an answer
        work.complain(place, f"{event}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
