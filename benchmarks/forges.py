"""Reading a forge over HTTP: what it takes, and that being killed loses and doubles nothing.

    python -m benchmarks.forges --changes 10000 --kills 10 [--json]

A GitHub on loopback, the tests' own, holds so many merged changes. One reading runs undisturbed;
another is killed (SIGKILL) at random moments and begun again; the rows of both are compared. A
reading of a tenth of the changes tells whether memory grows with them. Each reading is a process
of its own; the server's CPU is not counted. Read README.md beside this file before quoting a
figure.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import sys
import tempfile
import time
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.delivery.killed import everything, read, read_and_be_killed
from tests.servers.github_forge import GitHubServer, serving
from tests.servers.github_samples import change, shop


@dataclass
class Reading:
    """One undisturbed reading: seconds of CPU and on the clock, requests, rows, memory in MB."""

    changes: int
    cpu: float
    wall: float
    requests: int
    rows: int
    megabytes: float


def measure(workspace: Path, server: GitHubServer, changes: int) -> Reading:
    """Read everything once."""
    asked, began = len(server.asked), time.monotonic()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows, kibibytes = read(workspace, server)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Reading(
        changes,
        after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        time.monotonic() - began,
        len(server.asked) - asked,
        rows,
        kibibytes / 1024,
    )


def main() -> None:
    """Serve, read, kill, compare, print."""
    parser = argparse.ArgumentParser(description="The cost of reading a forge.")
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    readings = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tenth = arguments.changes // 10
        with serving(shop(*map(change, range(1, tenth + 1)))) as server:
            readings.append(measure(place / "tenth", server, tenth))
        with serving(shop(*map(change, range(1, arguments.changes + 1)))) as server:
            readings.append(measure(place / "calm", server, arguments.changes))
            server.remaining = sys.maxsize
            kills = 0
            # whoever is killed leaves the server in the middle of a sentence, which it complains of
            with redirect_stderr(io.StringIO()):
                while kills < arguments.kills:
                    most = max(2, readings[-1].requests // arguments.kills)
                    kills += read_and_be_killed(place / "killed", server, chance, most)
            read(place / "killed", server)
        same = everything(place / "calm") == everything(place / "killed")
    if arguments.json:
        told = {"readings": [asdict(one) for one in readings], "kills": kills, "same_rows": same}
        print(json.dumps(told))
    else:
        for one in readings:
            print(
                f"{one.changes:>7,} changes  {one.rows:>9,} rows  {one.requests:>5,} requests  "
                f"{one.cpu:6.1f} s CPU  {one.wall:6.1f} s wall  {one.megabytes:5.0f} MB"
            )
        print(f"killed {kills} times: {'the same rows' if same else 'OTHER ROWS'}")
    sys.exit(not same)


if __name__ == "__main__":
    main()
