"""Readings in processes of their own, so that they can be killed as by a power cut."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.servers.github_forge import GitHubServer

from landed.records import FORGES, TABLES
from landed.store import Store

READ = """
import resource, sys
from pathlib import Path
from landed.config import ConnectionSettings, Settings
from landed.delivery.reading import read_forges
from landed.store import Store
connection = ConnectionSettings(
    forge="github", url=sys.argv[2], projects=("acme/shop",), token="environment:FORGE_TOKEN"
)
settings = Settings(workspace=Path(sys.argv[1]), connections=(connection,))
read = read_forges(settings, lambda: Store.for_settings(settings))
assert not read.troubles, read.troubles
print(sum(read.rows.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
"""Prints how many rows were told, and the most memory that it took, in KiB."""


def start(workspace: Path, server: GitHubServer) -> subprocess.Popen[str]:
    """Begin a reading."""
    return subprocess.Popen(
        [sys.executable, "-c", READ, str(workspace), server.url],
        env={**os.environ, "FORGE_TOKEN": server.token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read(workspace: Path, server: GitHubServer) -> tuple[int, int]:
    """Read to the end; the number of rows that were told, and the memory taken in KiB."""
    with start(workspace, server) as process:
        said, complaint = process.communicate()
    assert process.returncode == 0, complaint
    found = re.fullmatch(r"(\d+) (\d+)\n", said)
    assert found, said
    return int(found[1]), int(found[2])


def read_and_be_killed(
    workspace: Path, server: GitHubServer, chance: random.Random, most: int
) -> bool:
    """Read until the forge was asked a random number of times, up to `most`; false where the
    reading came to its end before."""
    enough = len(server.asked) + chance.randint(1, most)
    pause = chance.uniform(0, 0.05)
    with start(workspace, server) as process:
        while len(server.asked) < enough and process.poll() is None:
            time.sleep(0.002)
        time.sleep(pause)
        process.kill()
        _, complaint = process.communicate()
        assert process.returncode in (-9, 0), complaint
    return process.returncode == -9


def everything(workspace: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows but those that say when they were read."""
    found = {}
    with Store.open(workspace) as store:
        for name in TABLES:
            if name != "source_state":
                rows = store.read(name, FORGES).to_pylist()
                found[name] = [{k: v for k, v in row.items() if k != "seen_at"} for row in rows]
    return found
