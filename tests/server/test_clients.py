"""What real agents sent, told to a server that works by itself; then their logs, then the commit.

The bodies were recorded from real sessions (`tests/data/telemetry`), and the logs are of the same.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from tests.server.running import wait_until
from tests.server.test_run import Process, started
from tests.telemetry_captures import CAPTURES, CONTENT_TYPES, HOMES

SESSIONS = ("claude-code", "codex")
DOLLARS = {"claude-code": 125_450, "codex": 85_000}
"""List price in micro-dollars; of Claude Code's session it is what the agent itself printed."""
ELSEWHERE = b"/home/dev/project"
"""Where the project was when the sessions were recorded."""
WHILE = {"since": "2026-11-01"}
CALC = '''def add(a, b):
    return a + b


def subtract(a, b):
    """Return the difference."""
    return a - b
'''
GEO = """def area(w, h):
    if w < 0 or h < 0:
        raise ValueError('negative')
    return w * h


def perimeter(w, h):
    return 2 * (w + h)
"""


@dataclass
class Machine:
    """A machine with a server, a home directory with agents' logs, and a repository."""

    home: Path
    workspace: Path
    project: Path

    def run(self, *command: str) -> str:
        """Run a command in the project and return what it printed."""
        done = subprocess.run(
            command, cwd=self.project, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def landed(self, *words: str) -> str:
        """Run Landed on the workspace."""
        return self.run(sys.executable, "-m", "landed", *words, "--workspace", str(self.workspace))

    def figures(self, *words: str) -> Any:
        """What a command tells as JSON."""
        return orjson.loads(self.landed(*words, "--json"))

    def git(self, *words: str) -> None:
        """Run git in the project."""
        self.run("git", *words)

    def lay(self, capture: str) -> None:
        """The agent wrote its log here, having worked in the project."""
        log, place = HOMES[capture]
        target = self.home / place
        target.parent.mkdir(parents=True, exist_ok=True)
        told = log.read_bytes()
        assert ELSEWHERE in told
        target.write_bytes(told.replace(ELSEWHERE, os.fsencode(self.project)))


@pytest.fixture
def machine(home: Path, tmp_path: Path) -> Machine:
    project = tmp_path / "project"
    project.mkdir()
    made = Machine(home, tmp_path / "workspace", project)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.git("config", "user.name", "Dev")
    made.git("config", "user.email", "dev@example.com")
    made.git("commit", "--quiet", "--allow-empty", "--message", "Start")
    return made


def tell(server: Process, capture: str) -> None:
    """Send what the agent sent, as it sent it."""
    for body in sorted((CAPTURES / capture).iterdir()):
        what = "logs" if "logs" in body.name else "metrics"
        answer = httpx.post(
            f"{server.address}/v1/{what}",
            content=body.read_bytes(),
            headers={"content-type": CONTENT_TYPES[body.suffix]},
        )
        assert answer.status_code == 200, answer.text


def asked(server: Process, path: str) -> Any:
    """The figures of a page."""
    answer = httpx.get(f"{server.address}/api/v1/{path}", params=WHILE, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def add_up(server: Process) -> None:
    """Have the server add up what it was told, as it does once a minute by itself."""

    def begun() -> bool:
        answer = httpx.post(f"{server.address}/api/v1/runs", json={"job": "rollup"})
        assert answer.status_code in (202, 409), answer.text
        return answer.status_code == 202

    def ended() -> bool:
        jobs = httpx.get(f"{server.address}/api/v1/runs").json()["jobs"]
        return not next(job for job in jobs if job["job"] == "rollup")["running"]

    wait_until(begun)
    wait_until(ended)


def spent(server: Process) -> dict[str, int]:
    """List price by agent, as the page of spend has it, in micro-dollars."""
    groups = asked(server, "spend")["data"]["groups"]
    return {
        group["name"]: group["cost"]["list_microdollars"]
        for group in groups
        if group["kind"] == "agent"
    }


def funnel(server: Process) -> dict[str, int]:
    """Lines by stage, as the page of the journey has them."""
    stages = asked(server, "journey")["data"]["stages"]
    return {stage["stage"]: stage["lines"] for stage in stages}


def test_dollars_come_with_telemetry_and_lines_with_the_log(machine: Machine) -> None:
    with started(machine.workspace) as server:
        for capture in SESSIONS:
            tell(server, capture)
        wait_until(lambda: shown(server) == DOLLARS)
        assert funnel(server)["generated"] == 0
        by_telemetry = machine.figures("cost", "--by", "session")

        for capture in SESSIONS:
            machine.lay(capture)
        machine.landed("sync", str(machine.project))
        add_up(server)
        by_log = machine.figures("cost", "--by", "session")
        assert dollars(by_log) == dollars(by_telemetry)
        assert by_log["total"]["calls"] == by_telemetry["total"]["calls"] == 8
        assert spent(server) == DOLLARS
        assert (funnel(server)["generated"], funnel(server)["committed"]) == (15, 0)

        (machine.project / "calc.py").write_text(CALC)
        (machine.project / "geo.py").write_text(GEO)
        machine.git("add", "--all")
        machine.git("commit", "--quiet", "--message", "Add arithmetic")
        report = machine.figures("report", str(machine.project))
        add_up(server)
        assert spent(server) == DOLLARS
        assert funnel(server)["committed"] == 15
        stages = report["journeys"]["stages"]
        assert funnel(server) == {stage["stage"]: stage["lines"] for stage in stages}
        server.ended(signal.SIGTERM)

    assert dollars(machine.figures("cost", "--by", "session")) == dollars(by_telemetry)


def shown(server: Process) -> dict[str, int]:
    """What is spent, once it is added up."""
    add_up(server)
    return spent(server)


def dollars(cost: Any) -> dict[str, int]:
    """List price by session, in micro-dollars."""
    return {row["key"]: row["list_microdollars"] for row in cost["rows"]}
