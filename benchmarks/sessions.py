"""What reading agent logs costs, beside ccusage on the same logs and in the same run.

    python benchmarks/sessions.py [--megabytes N] [--ccusage PATH] [--runs N] [--keep DIR] [--json]

Transcripts of Claude Code are made up, the same for the same seed: prompts, thinking, tool calls,
whole files read, edits with the file before them, command output, sub-agents, forks. CPU seconds
are user and system time of the whole process. Nothing outside the directory is read or written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import orjson

SEED = 7
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
WORDS = re.findall(
    r"\w+",
    """
    account amount balance batch cache cart client config count cursor customer data entry error
    event field file filter format group handle header index invoice item key label limit line
    list lookup map message model name node number offset option order page parse path payment
    price query queue rate record request response result row rule schema score select session
    state status store stream table task text time token total trace type update user value view
    """,
)
SHAPES = (
    "    {0}_{1} = self.{2}.{3}({4}, {5}={6})",
    "        if {0}.{1} is None or {2} > {3}:",
    "            return {0}_{1}({2})",
    '    """Return the {0} of {1} by {2}."""',
    "def {0}_{1}({2}: str, {3}: int = 0) -> {4}:",
    '        raise ValueError(f"no {0} for {{{1}!r}} in {2}")',
    "    for {0} in {1}.{2}({3}):",
    "",
    "        # the {0} of a {1} comes before its {2}, see {3}",
)
COMMANDS = (
    "python -m pytest -q tests/test_{0}.py -k {1} 2>&1 | tail -20",
    "git status --short && git diff --stat HEAD~1 -- src/{0}",
    'grep -rn "{0}_{1}" src tests --include="*.py" | head -{2}',
    "ls -la src/{0} | grep {1}",
    "cd src && sed -n '1,80p' {0}.py && cd ..",
    'git add -A && git commit -m "Let {0} know its {1}"',
    "cat > src/{0}.py <<'EOF'\nfrom {1} import {2}\n\nprint({2})\nEOF",
    "sed -i 's/{0}/{1}/g' src/{2}.py",
    'for f in src/*.py; do echo "$f"; wc -l "$f"; done',
    "npm run build -- --{0} > /dev/null 2>&1; echo $?",
)
READER = """
import sys
from pathlib import Path
from landed.sources.agents.claude_code import ClaudeCode
from landed.sources.agents.contract import Home
reader, calls, edits = ClaudeCode(), {}, {}
for log in reader.locate(Home(Path(sys.argv[1]), {})):
    for reading in reader.read(log, None):
        for call in reading.calls:
            calls[call.call] = max(call.output_tokens, calls.get(call.call, 0))
        edits.update((edit.edit, len(edit.changes)) for edit in reading.edits)
print(len(calls), sum(calls.values()), len(edits))
"""


def some_line(chance: random.Random) -> str:
    """Return a line that looks like code."""
    shape = chance.choice(SHAPES)
    return shape.format(*chance.choices(WORDS, k=7))


def prose(chance: random.Random, words: int) -> str:
    """Return that many words."""
    return " ".join(chance.choices(WORDS, k=words))


@dataclass
class Clock:
    """The time in a transcript."""

    now: datetime

    def tick(self, seconds: float) -> str:
        """Let time pass, and return it as the transcripts write it."""
        self.now += timedelta(seconds=seconds)
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Transcript:
    """One made-up session: its lines, in the order and with the keys of the real ones."""

    def __init__(self, chance: random.Random, number: int, files: dict[str, list[str]]) -> None:
        """Begin session `number` in a project of `files`, whose lines the session will change."""
        self.chance = chance
        self.files = files
        self.session = self.uuid()
        self.clock = Clock(START + timedelta(hours=7 * number))
        self.prompt = self.last = ""
        self.agent: str | None = None
        self.lines: list[bytes] = []
        self.size = 0

    def uuid(self) -> str:
        """Return an identifier as the transcripts have them."""
        digits = f"{self.chance.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def write(self, record: dict[str, Any]) -> None:
        """Add a line."""
        line = orjson.dumps(record)
        self.lines.append(line)
        self.size += len(line) + 1

    def place(self) -> dict[str, Any]:
        """Return what ends every line of a conversation."""
        return {
            "userType": "external",
            "entrypoint": "cli",
            "cwd": "/home/dev/shop",
            "sessionId": self.session,
            "version": "2.1.197",
            "gitBranch": "feature/cart",
        }

    def user(self, content: Any, **more: Any) -> None:
        """Add a user line: a prompt or the answer to a tool call."""
        parent, self.last = self.last, self.uuid()
        spawned = {"agentId": self.agent} if self.agent else {}
        self.write(
            {"parentUuid": parent or None, "isSidechain": bool(self.agent)}
            | {"promptId": self.prompt, **spawned, "type": "user"}
            | {"message": {"role": "user", "content": content}, "uuid": self.last}
            | {"timestamp": self.clock.tick(self.chance.uniform(0.1, 4)), **more}
            | self.place()
        )

    def answer(self, blocks: Sequence[dict[str, Any]]) -> None:
        """Add an answer of the model, one line for each block."""
        message, request = f"msg_{self.chance.getrandbits(96):024x}", f"req_{self.uuid()[:18]}"
        read, written = self.chance.randint(15_000, 160_000), self.chance.randint(0, 6_000)
        output = 0
        for block in blocks:
            output += self.chance.randint(20, 600)
            usage = {
                "input_tokens": self.chance.randint(1, 12),
                "cache_creation_input_tokens": written,
                "cache_read_input_tokens": read,
                "output_tokens": output,
                "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
                "service_tier": "standard",
                "cache_creation": {
                    "ephemeral_1h_input_tokens": 0,
                    "ephemeral_5m_input_tokens": written,
                },
                "inference_geo": "",
                "iterations": [],
                "speed": "standard",
            }
            parent, self.last = self.last, self.uuid()
            spawned = {"agentId": self.agent} if self.agent else {}
            self.write(
                {"parentUuid": parent, "isSidechain": bool(self.agent), **spawned}
                | {
                    "message": {
                        "id": message,
                        "type": "message",
                        "role": "assistant",
                        "model": "claude-opus-4-8",
                        "content": [block],
                        "stop_reason": "tool_use" if block["type"] == "tool_use" else None,
                        "stop_sequence": None,
                        "usage": usage,
                        "stop_details": None,
                    },
                    "requestId": request,
                    "type": "assistant",
                    "uuid": self.last,
                    "timestamp": self.clock.tick(self.chance.uniform(0.5, 9)),
                }
                | self.place()
            )

    def tool(self, name: str, given: dict[str, Any]) -> str:
        """Add the answer that calls a tool, mostly after some thought, and return the call's id."""
        blocks: list[dict[str, Any]] = []
        if self.chance.random() < 0.35:
            signature = f"{self.chance.getrandbits(4 * 900):0900x}"
            thought = prose(self.chance, self.chance.randint(20, 250))
            blocks.append({"type": "thinking", "thinking": thought, "signature": signature})
        if self.chance.random() < 0.4:
            blocks.append({"type": "text", "text": prose(self.chance, self.chance.randint(8, 60))})
        key = f"toolu_{self.chance.getrandbits(88):022x}"
        blocks.append({"type": "tool_use", "id": key, "name": name, "input": given})
        self.answer(blocks)
        return key

    def result(self, key: str, text: str, told: Any) -> None:
        """Add the answer to a tool call; sub-agents are told in text only."""
        block = {"tool_use_id": key, "type": "tool_result", "content": text}
        more = {} if self.agent else {"toolUseResult": told}
        self.user([block], **more, sourceToolAssistantUUID=self.last)

    def path(self) -> str:
        """Return a file of the project; few files are worked on most."""
        names = list(self.files)
        return names[min(int(self.chance.expovariate(0.25)), len(names) - 1)]

    def read(self) -> None:
        """Read a file."""
        path = self.path()
        rows = self.files[path]
        key = self.tool("Read", {"file_path": path})
        numbered = "\n".join(f"{number}\t{row}" for number, row in enumerate([*rows, ""], 1))
        file = {
            "filePath": path,
            "content": "\n".join([*rows, ""]),
            "numLines": len(rows) + 1,
            "startLine": 1,
            "totalLines": len(rows) + 1,
        }
        self.result(key, numbered, {"type": "text", "file": file})

    def edit(self) -> None:
        """Change some lines of a file."""
        path = self.path()
        rows = self.files[path]
        at = self.chance.randrange(len(rows) - 12)
        count = self.chance.randint(1, 8)
        old = rows[at : at + count]
        new = [some_line(self.chance) for _ in range(self.chance.randint(1, 14))]
        texts = "\n".join(old), "\n".join(new)
        before = "\n".join([*rows, ""])
        first = before.find(texts[0])
        at = before.count("\n", 0, first) if first >= 0 else at
        given: dict[str, Any] = {"replace_all": False, "file_path": path}
        key = self.tool("Edit", given | {"old_string": texts[0], "new_string": texts[1]})
        above, below = rows[max(0, at - 3) : at], rows[at + count : at + count + 3]
        hunk = {
            "oldStart": at - len(above) + 1,
            "oldLines": len(above) + count + len(below),
            "newStart": at - len(above) + 1,
            "newLines": len(above) + len(new) + len(below),
            "lines": [
                *(f" {row}" for row in above),
                *(f"-{row}" for row in old),
                *(f"+{row}" for row in new),
                *(f" {row}" for row in below),
            ],
        }
        after = before.replace(*texts, 1)
        self.files[path] = after.split("\n")[:-1]
        told: dict[str, Any] = {
            "filePath": path,
            "oldString": texts[0],
            "newString": texts[1],
            "originalFile": before,
            "structuredPatch": [hunk],
            "userModified": False,
            "replaceAll": False,
        }
        self.result(key, f"The file {path} has been updated successfully.", told)

    def write_file(self) -> None:
        """Create a file."""
        path = f"/home/dev/shop/src/{'_'.join(self.chance.choices(WORDS, k=3))}.py"
        rows = [some_line(self.chance) for _ in range(self.chance.randint(30, 250))]
        self.files.setdefault(path, rows)
        content = "\n".join([*rows, ""])
        key = self.tool("Write", {"file_path": path, "content": content})
        told: dict[str, Any] = {
            "type": "create",
            "filePath": path,
            "content": content,
            "structuredPatch": [],
            "originalFile": None,
            "userModified": False,
        }
        self.result(key, f"File created successfully at: {path}", told)

    def shell(self) -> None:
        """Run a command."""
        command = self.chance.choice(COMMANDS).format(*self.chance.choices(WORDS, k=3))
        key = self.tool("Bash", {"command": command, "description": prose(self.chance, 4)})
        rows = [some_line(self.chance) for _ in range(int(self.chance.expovariate(1 / 40)) + 1)]
        text = "\n".join(rows)
        told = {"stdout": text, "stderr": "", "interrupted": False, "isImage": False}
        self.result(key, text, told)

    def search(self) -> None:
        """Search the project."""
        key = self.tool("Grep", {"pattern": self.chance.choice(WORDS), "output_mode": "content"})
        rows = [some_line(self.chance) for _ in range(self.chance.randint(1, 50))]
        text = "\n".join(f"src/{self.chance.choice(WORDS)}.py:{row}" for row in rows)
        told = {"mode": "content", "numFiles": 3, "filenames": [], "content": text}
        self.result(key, text, told)

    def turn(self) -> None:
        """Add one prompt and the work that it asks for."""
        self.clock.tick(self.chance.expovariate(1 / 200))
        if not self.agent:
            self.prompt = self.uuid()
        asked = prose(self.chance, self.chance.randint(6, 80))
        self.user(asked, **({} if self.agent else {"permissionMode": "acceptEdits"}))
        snapshot = {"trackedFileBackups": {}, "messageId": self.last}
        self.write({"type": "file-history-snapshot", "messageId": self.last, "snapshot": snapshot})
        steps = (self.read, self.edit, self.write_file, self.shell, self.search)
        for _ in range(int(self.chance.expovariate(1 / 14)) + 1):
            self.chance.choices(steps, weights=(24, 24, 3, 34, 15))[0]()
        self.answer([{"type": "text", "text": prose(self.chance, self.chance.randint(30, 200))}])


def transcripts(megabytes: int) -> Iterator[tuple[str, list[bytes]]]:
    """Yield made-up transcripts of that size in all: path below `projects`, and lines."""
    chance = random.Random(SEED)
    left = megabytes * 1_000_000
    number = 0
    while left > 0:
        files = {
            f"/home/dev/shop/src/{name}.py": [
                some_line(chance) for _ in range(int(chance.lognormvariate(5.5, 0.7)) + 20)
            ]
            for name in chance.sample(WORDS, 25)
        }
        transcript = Transcript(chance, number, files)
        wanted = min(left, int(chance.lognormvariate(14.8, 0.9)))
        while transcript.size < wanted:
            transcript.turn()
        yield f"-home-dev-shop/{transcript.session}.jsonl", transcript.lines
        left -= transcript.size
        if chance.random() < 0.4:
            helper = Transcript(chance, number, files)
            helper.session, helper.prompt = transcript.session, transcript.prompt
            helper.agent = f"a{helper.uuid()[:8]}"
            helper.turn()
            below = f"-home-dev-shop/{helper.session}/subagents/agent-{helper.agent}.jsonl"
            yield below, helper.lines
            left -= helper.size
        if chance.random() < 0.05:
            fork = transcript.uuid()
            copied = transcript.lines[: len(transcript.lines) // 2]
            renamed = [line.replace(transcript.session.encode(), fork.encode()) for line in copied]
            yield f"-home-dev-shop/{fork}.jsonl", renamed
            left -= sum(len(line) + 1 for line in renamed)
        number += 1


def generate(home: Path, megabytes: int) -> int:
    """Write the transcripts under a home directory, and return their bytes."""
    size = 0
    for name, lines in transcripts(megabytes):
        path = home / ".claude" / "projects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\n".join([*lines, b""]))
        size += path.stat().st_size
    return size


class Taken(NamedTuple):
    """What one run of a command took, in seconds, and what it printed."""

    cpu: float
    wall: float
    said: str


def taken_by(command: Sequence[str], home: Path, workspace: Path) -> Taken:
    """Run a command to its end.

    Raises RuntimeError where it fails.
    """
    environment = os.environ | {"HOME": str(home), "LANDED_WORKSPACE": str(workspace)}
    environment.pop("CLAUDE_CONFIG_DIR", None)
    with tempfile.TemporaryFile("w+") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode:
            raise RuntimeError(f"{command[0]} failed: {output.read()[-500:]}")
        return Taken(usage.ru_utime + usage.ru_stime, wall, output.read())


def measure(home: Path, ccusage: str | None, runs: int) -> dict[str, Taken]:
    """Return the median run of each contestant, one after the other in every round.

    Their sums of output tokens must be the same; where they differ it is said.
    """
    landed = [sys.executable, "-m", "landed", "cost", "--json", "--no-waste"]
    reader = [sys.executable, "-c", READER, str(home)]
    rounds: dict[str, list[Taken]] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as workspace:
            place = Path(workspace)
            if ccusage:
                peer = [ccusage, "claude", "daily", "--json", "--offline"]
                rounds.setdefault("ccusage", []).append(taken_by(peer, home, place))
            rounds.setdefault("reader alone", []).append(taken_by(reader, home, place))
            rounds.setdefault("landed cost, first", []).append(taken_by(landed, home, place))
            rounds.setdefault("landed cost, again", []).append(taken_by(landed, home, place))
    found = {name: sorted(all_)[len(all_) // 2] for name, all_ in rounds.items()}
    ours = sum(row["output_tokens"] for row in json.loads(found["landed cost, again"].said)["rows"])
    told = {"reader alone": int(found["reader alone"].said.split()[1]), "landed cost": ours}
    if ccusage:
        told["ccusage"] = json.loads(found["ccusage"].said)["totals"]["outputTokens"]
    if len(set(told.values())) > 1:
        print(f"output tokens differ: {told}", file=sys.stderr)
    return found


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description="The cost of reading agent logs.")
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--ccusage", help="the native binary of ccusage")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a directory for the logs, used again if there")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = arguments.keep or Path(temporary)
        if not (home / ".claude").exists():
            generate(home, arguments.megabytes)
        size = sum(path.stat().st_size for path in home.rglob("*.jsonl"))
        found = measure(home.resolve(), arguments.ccusage, arguments.runs)
    if arguments.json:
        seconds = {name: {"cpu": taken.cpu, "wall": taken.wall} for name, taken in found.items()}
        print(json.dumps({"bytes": size, "seconds": seconds}))
        return
    print(f"{size / 1e6:,.0f} MB of transcripts, median of {arguments.runs}")
    peer_cpu = found["ccusage"].cpu if "ccusage" in found else None
    for name, taken in found.items():
        ratio = f"  {taken.cpu / peer_cpu:5.1f} × ccusage" if peer_cpu else ""
        print(f"  {name:<20} {taken.cpu:6.2f} s CPU {taken.wall:6.2f} s wall{ratio}")


if __name__ == "__main__":
    main()
