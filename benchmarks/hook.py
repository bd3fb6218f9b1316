"""Measures what the git hooks add to a commit, with Claude Code logs of a realistic size.

    python benchmarks/hook.py --megabytes 20 --commits 20 [--json]

A repository and the sessions of one user are made in a temporary folder. Each commit takes in
what the agent wrote since the one before. It asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WORDS = ["cart", "total", "price", "count", "item", "order", "rate", "discount", "stock", "user"]
FILE_LINES = 250
NEW_LINES = 12
READS = 2


class Agent:
    """Claude Code at work: it reads files, edits them, and writes its log as it goes."""

    def __init__(self, home: Path, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.log = home / ".claude" / "projects" / "shop" / "session.jsonl"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.clock = time.time() + 2
        self.number = 0
        self.files = [root / "src" / f"{word}.py" for word in WORDS]

    def line(self) -> str:
        self.number += 1
        words = " + ".join(self.random.choices(WORDS, k=4))
        return f"    {self.random.choice(WORDS)}_{self.number} = {words}\n"

    def start(self) -> None:
        for file in self.files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("".join(self.line() for _ in range(FILE_LINES)))

    def turn(self) -> None:
        """A prompt, some reading, one edit of a file, and a run of the tests."""
        self.write({"type": "user", "message": {"role": "user", "content": "Go on, please."}})
        rows: list[dict[str, Any]] = []
        for file in self.random.sample(self.files, READS):
            text = file.read_text()
            rows += self.tool(
                "Read",
                {"file_path": str(file)},
                {"type": "text", "file": {"filePath": str(file), "content": text}},
                text,
            )
        file = self.random.choice(self.files)
        before = file.read_text().splitlines(keepends=True)
        at = self.random.randrange(len(before) - NEW_LINES)
        old = "".join(before[at : at + NEW_LINES])
        new = "".join(self.line() for _ in range(NEW_LINES))
        file.write_text("".join(before[:at]) + new + "".join(before[at + NEW_LINES :]))
        result = {
            "filePath": str(file),
            "oldString": old,
            "newString": new,
            "originalFile": "".join(before),
            "structuredPatch": [
                {
                    "oldStart": at + 1,
                    "oldLines": NEW_LINES,
                    "newStart": at + 1,
                    "newLines": NEW_LINES,
                    "lines": [f"-{one}" for one in old.splitlines()]
                    + [f"+{one}" for one in new.splitlines()],
                }
            ],
            "userModified": False,
            "replaceAll": False,
        }
        given = {"file_path": str(file), "old_string": old, "new_string": new}
        rows += self.tool("Edit", given, result, f"The file {file} has been updated.")
        output = "".join(f"tests/test_{word}.py::test_it PASSED\n" for word in WORDS * 8)
        rows += self.tool(
            "Bash", {"command": "pytest -v"}, {"stdout": output, "stderr": ""}, output
        )
        for row in rows:
            self.write(row)

    def tool(
        self, name: str, given: dict[str, Any], result: dict[str, Any], told: str
    ) -> list[dict[str, Any]]:
        self.number += 1
        key = f"toolu_{self.number:024}"
        usage = {"input_tokens": 12, "cache_read_input_tokens": 90_000, "output_tokens": 350}
        message = {
            "id": f"msg_{self.number:024}",
            "type": "message",
            "role": "assistant",
            "model": "claude-opus-4-8",
            "content": [{"type": "tool_use", "id": key, "name": name, "input": given}],
            "usage": usage,
        }
        answer = {"tool_use_id": key, "type": "tool_result", "content": told}
        return [
            {"type": "assistant", "requestId": f"req_{self.number:024}", "message": message},
            {
                "type": "user",
                "message": {"role": "user", "content": [answer]},
                "toolUseResult": result,
            },
        ]

    def write(self, content: dict[str, Any]) -> None:
        self.clock += 0.01
        moment = datetime.fromtimestamp(self.clock, UTC)
        line = {
            **content,
            "uuid": f"{self.clock}",
            "promptId": f"prompt-{self.number}",
            "isSidechain": False,
            "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "cwd": str(self.root),
            "sessionId": "session",
            "version": "2.1.197",
            "gitBranch": "main",
        }
        with self.log.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def work_until(self, size: int) -> None:
        while not self.log.exists() or self.log.stat().st_size < size:
            self.turn()


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def commit_seconds(root: Path) -> tuple[float, float]:
    """Commit everything; return when git came back, and when all work behind the hook ended."""
    git(root, "add", "-A")
    ended, working = os.pipe()
    begun = time.perf_counter()
    subprocess.run(
        ["git", "commit", "-q", "-m", "Change"], cwd=root, check=True, pass_fds=[working]
    )
    back = time.perf_counter() - begun
    os.close(working)
    while os.read(ended, 1):
        pass
    os.close(ended)
    return back, time.perf_counter() - begun


def measure(megabytes: float, commits: int, folder: Path) -> dict[str, Any]:
    home, root = folder / "home", folder / "shop"
    home.mkdir()
    root.mkdir()
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_", "CLAUDE"))]:
        del os.environ[name]
    os.environ |= {"HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    git(root, "init", "-q", "-b", "main", "--template=")
    git(root, "config", "user.name", "Ana")
    git(root, "config", "user.email", "ana@example.com")
    agent = Agent(home, root, seed=1)
    agent.start()
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Start")

    def series() -> list[tuple[float, float]]:
        taken = []
        for _ in range(commits):
            for _ in range(3):
                agent.turn()
            taken.append(commit_seconds(root))
        return taken

    agent.work_until(int(megabytes * 1e6))
    size = agent.log.stat().st_size
    without = series()
    begun = time.perf_counter()
    command = [sys.executable, "-E", "-P", "-m", "landed", "hook", "install", str(root)]
    subprocess.run(command, check=True, capture_output=True)
    installing = time.perf_counter() - begun
    before = agent.log.stat().st_size
    with_hook = series()
    grown = (agent.log.stat().st_size - before) / commits
    agent.work_until(agent.log.stat().st_size + int(megabytes * 1e6))
    late = commit_seconds(root)
    noted = subprocess.run(
        ["git", "notes", "--ref=ai", "list"], cwd=root, check=True, capture_output=True
    )
    milliseconds = {
        "commit_without_hook": [1e3 * back for back, _ in without],
        "commit_with_hook": [1e3 * back for back, _ in with_hook],
        "until_the_note_is_there": [1e3 * ended for _, ended in with_hook],
    }
    return {
        "log_megabytes": size / 1e6,
        "log_growth_between_commits_kilobytes": grown / 1e3,
        "commits": commits,
        "notes": noted.stdout.count(b"\n"),
        "install_milliseconds": 1e3 * installing,
        "median_milliseconds": {
            name: statistics.median(taken) for name, taken in milliseconds.items()
        },
        "largest_milliseconds": {name: max(taken) for name, taken in milliseconds.items()},
        "after_so_many_new_megabytes": {
            "megabytes": megabytes,
            "commit_milliseconds": 1e3 * late[0],
            "until_the_note_is_there_milliseconds": 1e3 * late[1],
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20.0, help="size of the session's log")
    parser.add_argument("--commits", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(chosen.megabytes, chosen.commits, Path(folder).resolve())
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    print(f"log of {found['log_megabytes']:.1f} MB, {found['commits']} commits each")
    print(f"between commits it grew by {found['log_growth_between_commits_kilobytes']:.0f} KB")
    print(f"{'':<26}{'median':>10}{'largest':>10}  ms")
    for name, median in found["median_milliseconds"].items():
        largest = found["largest_milliseconds"][name]
        print(f"{name.replace('_', ' '):<26}{median:>10.1f}{largest:>10.1f}")
    late = found["after_so_many_new_megabytes"]
    print(
        f"after {late['megabytes']:.0f} MB at once: commit {late['commit_milliseconds']:.0f} ms, "
        f"note after {late['until_the_note_is_there_milliseconds']:.0f} ms"
    )
    print(f"installing, with a first look at the log: {found['install_milliseconds']:.0f} ms")
    print(f"{found['notes']} notes were written")


if __name__ == "__main__":
    main()
