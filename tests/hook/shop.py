"""A shop under construction by agents and people, with real git, hooks and session logs.

The sessions are Claude Code's transcripts, written as it writes them. Every `git` returns only
when all work behind the hooks has ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landed.hook.install import place_of
from landed.hook.place import Place
from landed.sources.git_ai import parse_git_ai

MODEL = "claude-opus-4-8"


def lines(*texts: str) -> str:
    """Text of the given lines, each ended by a newline."""
    return "".join(f"{text}\n" for text in texts)


class Session:
    """One Claude Code session, written line by line."""

    def __init__(self, home: Path, folder: Path, session: str, clock: list[float]) -> None:
        self.path = home / ".claude" / "projects" / "shop" / f"{session}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.session = session
        self.clock = clock
        self.count = 0
        self._line({"type": "user", "message": {"role": "user", "content": "Work on the shop."}})

    def write(self, name: str, text: str, *, refused: bool = False) -> None:
        """Have the agent write a whole file; a refused proposal changes nothing."""
        path = self.folder / name
        before = path.read_text() if path.exists() else None
        tool = self._call("Write", {"file_path": str(path), "content": text})
        if refused:
            error = "The user doesn't want to proceed with this tool use."
            self._result(tool, f"Error: {error}", error, is_error=True)
            return
        result = {
            "type": "create" if before is None else "update",
            "filePath": str(path),
            "content": text,
            "structuredPatch": [],
            "originalFile": before,
            "userModified": False,
        }
        self._put(path, text)
        self._result(tool, result, f"File created successfully at: {path}")

    def replace(self, name: str, old: str, new: str, *, changed_by_user: bool = False) -> None:
        """Have the agent replace a part of a file."""
        path = self.folder / name
        before = path.read_text()
        after = before.replace(old, new, 1)
        tool = self._call("Edit", {"file_path": str(path), "old_string": old, "new_string": new})
        result = {
            "filePath": str(path),
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": [],
            "userModified": changed_by_user,
            "replaceAll": False,
        }
        self._put(path, after)
        self._result(tool, result, f"The file {path} has been updated.")

    def _put(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def _call(self, name: str, given: dict[str, Any]) -> str:
        self.count += 1
        tool = f"toolu_{self.session}_{self.count}"
        self._line(
            {
                "type": "assistant",
                "requestId": f"req_{self.session}_{self.count}",
                "message": {
                    "id": f"msg_{self.session}_{self.count}",
                    "type": "message",
                    "role": "assistant",
                    "model": MODEL,
                    "content": [{"type": "tool_use", "id": tool, "name": name, "input": given}],
                    "stop_reason": "tool_use",
                    "usage": {"input_tokens": 900, "output_tokens": 120},
                },
            }
        )
        return tool

    def _result(self, tool: str, result: Any, told: str, *, is_error: bool = False) -> None:
        answer = {"tool_use_id": tool, "type": "tool_result", "content": told}
        if is_error:
            answer["is_error"] = True
        self._line(
            {
                "type": "user",
                "message": {"role": "user", "content": [answer]},
                "toolUseResult": result,
            }
        )

    def _line(self, content: dict[str, Any]) -> None:
        self.clock[0] += 0.01
        moment = datetime.fromtimestamp(self.clock[0], UTC)
        line = {
            **content,
            "uuid": f"{self.session}-{self.clock[0]}",
            "promptId": f"prompt-{self.session}",
            "isSidechain": False,
            "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z",
            "cwd": str(self.folder),
            "sessionId": self.session,
            "version": "2.1.197",
            "gitBranch": "main",
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


class Shop:
    """A repository with one commit, `Start`, and the sessions of the user at `home`."""

    def __init__(self, path: Path, home: Path) -> None:
        self.path = path
        self.home = home
        self.clock = [time.time()]
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", "--template=")
        self.git("config", "user.name", "Ana")
        self.git("config", "user.email", "ana@example.com")
        self.write("README.md", lines("A shop"))
        self.commit("Start")

    @property
    def place(self) -> Place:
        return place_of(self.path)

    def session(self, name: str = "s-1", folder: Path | None = None) -> Session:
        return Session(self.home, folder or self.path, name, self.clock)

    def write(self, name: str, text: str) -> None:
        """Have a person write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(
        self,
        *arguments: str,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        accept: tuple[int, ...] = (0,),
    ) -> str:
        """Run git, and wait until the last process that a hook of it started has ended."""
        ended, working = os.pipe()
        # every command has a second of its own: author and date are what a rewrite is known by
        self.clock[0] += 1
        now = f"@{int(self.clock[0])} +0000"
        dated = {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now}
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=folder or self.path,
                env=os.environ | dated | (environment or {}),
                pass_fds=[working],
                capture_output=True,
                text=True,
            )
        finally:
            os.close(working)
        # every process that descends from git has the other end; the last one to go closes it
        while os.read(ended, 1):
            pass
        os.close(ended)
        assert done.returncode in accept, f"git {arguments}: {done.stderr}{done.stdout}"
        return done.stdout.strip()

    def commit(self, message: str = "Change", *arguments: str) -> str:
        """Commit everything, and return the commit's id."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *arguments)
        return self.tip()

    def tip(self, revision: str = "HEAD") -> str:
        return self.git("rev-parse", revision)

    def note(self, commit: str = "HEAD") -> str:
        """The text of a commit's note; empty where it has none."""
        return self.git("notes", "--ref=ai", "show", commit, accept=(0, 1))

    def attested(self, commit: str = "HEAD") -> dict[str, list[int]]:
        """The lines of each path that Landed's own parser reads from a commit's note as AI's."""
        note = self.note(commit)
        if not note:
            return {}
        claims = parse_git_ai(note.encode())
        assert claims.faults == {}
        told: dict[str, set[int]] = {}
        for claim in claims.claims:
            assert (claim.contributor.who, claim.contributor.tool) == ("ai", "claude")
            assert claim.contributor.model == MODEL
            for first, last in claim.ranges:
                told.setdefault(claim.path, set()).update(range(first, last + 1))
        return {path: sorted(numbers) for path, numbers in told.items()}

    def texts(self, commit: str = "HEAD") -> dict[str, list[str]]:
        """The texts of the attested lines as the commit has them."""
        return {
            path: [self.git("show", f"{commit}:{path}").split("\n")[at - 1] for at in numbers]
            for path, numbers in self.attested(commit).items()
        }

    def complaints(self) -> str:
        """What the hook wrote into its log."""
        log = self.place.kept / "hook.log"
        return log.read_text() if log.exists() else ""
