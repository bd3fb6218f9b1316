"""Codex's tool calls: what was asked for, what came of it, and what it did to files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from landed.sources.agents.contract import DecidedBy, Reading, Status
from landed.sources.agents.differences import difference
from landed.sources.agents.fields import mapping, objects, parsed, path_of_uri, text
from landed.sources.agents.file_edits import FileEdit
from landed.sources.agents.jsonlines import last_line_with, object_of
from landed.sources.agents.patches import enveloped, unified
from landed.sources.agents.shell import commits_made, may_change_files, opens_request, requests_made

_PATCH = "*** Begin Patch"
_SHELLS = frozenset({"exec_command", "local_shell_call", "shell", "shell_command"})
_REFUSED = re.compile(r"(?:(?:patch|command|exec command) )?rejected\b")
_BY_PERSON = re.compile(r"[a-z ]*rejected by (?:the )?user(?! approval settings)")
_STATUS: dict[str, Status] = {"completed": "applied", "failed": "failed", "declined": "refused"}


class Outcome(NamedTuple):
    """What came of a tool call.

    `edits` are those of a patch that no event tells of; `shell` is true for a command that may
    have changed files; `decided` for a call that was let through or refused.
    """

    name: str
    tool: str
    status: Status
    decided: bool
    decided_by: DecidedBy | None
    edits: list[FileEdit]
    shell: bool
    directory: str | None
    call: str | None
    commits: list[str]
    requests: list[str]


class Tools:
    """The tool calls of one turn.

    What is remembered from one reading to the next holds no command and no patch: those are read
    again from the file, up to the byte `until`, should they be asked for.
    """

    def __init__(self, path: Path, until: int, memory: dict[str, Any]) -> None:
        self._path = path
        self._until = until
        self._waiting: dict[str, dict[str, Any]] = dict(memory.get("waiting", {}))
        self._patched: set[str] = set(memory.get("patched", ()))
        self._called: set[str] = set(memory.get("called", ()))
        self._texts: dict[str, str] = {}

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on."""
        return {
            "waiting": self._waiting,
            "patched": sorted(self._patched),
            "called": sorted(self._called),
        }

    def forget(self) -> None:
        """A new turn begins: what was not answered never will be."""
        self._waiting, self._texts = {}, {}
        self._patched, self._called = set(), set()

    def called(self, item: dict[str, Any], directory: str | None) -> None:
        """Take in a call."""
        name = text(item, "call_id") or text(item, "id")
        if name is None:
            return
        tool = text(item, "name") or text(item, "type") or ""
        given = _given(item)
        patch = _PATCH in given
        shell = tool in _SHELLS and not patch
        self._called.add(name)
        self._texts[name] = given if patch else ""
        self._waiting[name] = {
            "tool": tool,
            "directory": _directory(item) or directory,
            "patch": patch,
            "runs": tool in _SHELLS or tool == "write_stdin",
            "writes": shell and may_change_files(given),
            "requests": shell and opens_request(given),
            "call": None,
        }

    def charged(self, call: str) -> None:
        """An answer of the model ends: the calls in it belong to it."""
        for waiting in self._waiting.values():
            waiting["call"] = waiting["call"] or call

    def patched(self, name: str) -> dict[str, Any]:
        """An event tells what a patch did; return what is known of the call."""
        self._patched.add(name)
        return self._waiting.get(name, {})

    def answered(self, item: dict[str, Any], policy: str | None) -> Outcome | None:
        """Take in the answer to a call and return what came of it, None for an unknown call."""
        name = text(item, "call_id")
        waiting = self._waiting.pop(name, None) if name else None
        if name is None or waiting is None:
            return None
        output = _output(item)
        patch = waiting["patch"] and name not in self._patched
        status: Status = "applied"
        if _REFUSED.match(output):
            status = "refused"
        elif patch and not output.startswith("Success"):
            status = "failed"
        return Outcome(
            name,
            waiting["tool"],
            status,
            status != "failed" and (waiting["patch"] or waiting["tool"] in _SHELLS),
            decided_by(status, policy, _BY_PERSON.match(output) is not None),
            self._proposed(name) if patch else [],
            waiting["writes"],
            waiting["directory"],
            waiting["call"],
            commits_made(output) if waiting["runs"] else [],
            requests_made(output) if waiting["requests"] else [],
        )

    def ran(self, item: dict[str, Any], cwd: str | None, policy: str | None) -> Outcome | None:
        """Take in the event of a command that ended.

        One whose call is not in the log was run from a script of the model; of others the answer
        tells, and of one that went on in the background only this event tells all output.
        """
        name = text(item, "id")
        if name is None:
            return None
        output = text(item, "aggregated_output") or ""
        unknown = name not in self._called
        declined = unknown and text(item, "status") == "declined"
        status: Status = "refused" if declined else "applied"
        command = command_of(item)
        return Outcome(
            name,
            "exec_command",
            status,
            unknown,
            decided_by(status, policy, policy != "never"),
            [],
            unknown and may_change_files(command),
            path_of_uri(item.get("cwd")) or cwd,
            None,
            commits_made(output),
            requests_made(output) if opens_request(command) else [],
        )

    def interrupted(self, policy: str | None, by_person: bool) -> Iterator[Outcome]:
        """Yield what came of the calls that a stopped turn leaves unanswered.

        A command may have run in part; a patch was not let through.
        """
        for name, waiting in self._waiting.items():
            patch = waiting["patch"] and name not in self._patched
            if not patch and not waiting["writes"]:
                continue
            status: Status = "refused" if patch else "applied"
            yield Outcome(
                name,
                waiting["tool"],
                status,
                patch,
                decided_by(status, policy, by_person),
                self._proposed(name) if patch else [],
                waiting["writes"],
                waiting["directory"],
                waiting["call"],
                [],
                [],
            )
        self.forget()

    def _proposed(self, name: str) -> list[FileEdit]:
        return [
            FileEdit(
                patch.path,
                "rename" if patch.moved_to else patch.kind,
                patch.changes,
                patch.moved_to,
                None,
            )
            for patch in enveloped(self._texts.get(name) or self._read_again(name))
        ]

    def _read_again(self, name: str) -> str:
        try:
            line = last_line_with(self._path, name.encode(), self._until)
        except OSError:
            return ""
        record = object_of(line, Reading()) if line else None
        return _given(mapping(record, "payload")) if record else ""


def decided_by(status: Status, policy: str | None, by_person: bool) -> DecidedBy | None:
    """Return who let a call through or refused it, None where the log does not tell."""
    if status == "refused":
        return "person" if by_person else "policy"
    return "automatic" if policy == "never" else None


def told_status(event: dict[str, Any]) -> Status | None:
    """Return what an event says came of a patch, None while it is under way."""
    status = text(event, "status")
    if status is not None:
        return _STATUS.get(status)
    return "applied" if event.get("success") is True else "failed"


def told_edits(event: dict[str, Any]) -> Iterator[FileEdit]:
    """Yield what an event says a patch did to each file."""
    for path, change in mapping(event, "changes").items():
        kind = text(change, "type")
        content = text(change, "content") or ""
        if kind == "add":
            yield FileEdit(path, "create", difference("", content), None, "")
        elif kind == "delete":
            yield FileEdit(path, "delete", difference(content, ""), None, content or None)
        elif kind == "update":
            moved_to = text(change, "move_path")
            diff = text(change, "unified_diff") or ""
            patches = unified(f"--- a\n+++ b\n{diff}") or []
            changes = patches[0].changes if patches else ()
            yield FileEdit(path, "rename" if moved_to else "update", changes, moved_to, None)


def command_of(item: dict[str, Any]) -> str:
    """Return the command line of a command's item or arguments."""
    command = item.get("command") or item.get("cmd")
    if isinstance(command, list):
        words = [word for word in command if isinstance(word, str)]
        # A shell and its flags stand before the command line itself.
        return words[-1] if len(words) > 2 and words[1].startswith("-") else " ".join(words)
    return command if isinstance(command, str) else ""


def _given(item: dict[str, Any]) -> str:
    """Return the command line or the patch that a call was given."""
    freeform = text(item, "input")
    if freeform is not None:
        return freeform
    arguments = parsed(item.get("arguments")) or mapping(item, "action")
    return text(arguments, "input") or text(arguments, "patch") or command_of(arguments)


def _directory(item: dict[str, Any]) -> str | None:
    arguments = parsed(item.get("arguments")) or mapping(item, "action")
    return text(arguments, "workdir") or text(arguments, "working_directory")


def _output(item: dict[str, Any]) -> str:
    """Return the text that a tool gave back, without the envelopes that versions put about it."""
    output = item.get("output")
    if isinstance(output, list):
        return "\n".join(text(piece, "text") or "" for piece in objects(output))
    if isinstance(output, dict):
        return text(output, "content") or text(output, "output") or ""
    if not isinstance(output, str):
        return ""
    inner = text(parsed(output), "output") if output.startswith("{") else None
    found = inner or output
    _, mark, rest = found.partition("\nOutput:\n")
    return rest if mark else found
