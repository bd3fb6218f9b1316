"""Sessions as transcripts of Claude Code: one JSONL file each below `.claude/projects`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from landed.demo.calls import ModelCall, Prompt, hunk, name_of, prompts_of, told
from landed.demo.script import Edit, Session

_REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it "
    "was a file edit, the new_string was NOT written to the file). STOP what you are doing and "
    "wait for the user to tell you how to proceed."
)
_FAILED = "<tool_use_error>String to replace not found in file.</tool_use_error>"


def write_claude(session: Session, home: Path, cwd: str, seed: int) -> None:
    """Write one session below the home directory `home`."""
    log = _Log(session, cwd, seed)
    rows = []
    for prompt in prompts_of(session, seed):
        rows += log.prompt(prompt)
    folder = home / ".claude" / "projects" / cwd.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    text = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    (folder / f"{log.name}.jsonl").write_bytes(text)


class _Log:
    """The transcript of one session."""

    def __init__(self, session: Session, cwd: str, seed: int) -> None:
        self.name = name_of(seed, session.key)
        self._model = session.model
        self._cwd = cwd
        self._parent: str | None = None
        self._common = {
            "isSidechain": False,
            "userType": "external",
            "entrypoint": "cli",
            "cwd": cwd,
            "sessionId": self.name,
            "version": "2.1.197",
            "gitBranch": session.branch or "HEAD",
        }

    def prompt(self, prompt: Prompt) -> list[dict[str, Any]]:
        """The lines of a prompt and all that followed."""
        rows = [
            self._row(
                "user",
                prompt.key,
                told(prompt.at),
                promptId=prompt.key,
                permissionMode="default" if int(prompt.key[:2], 16) < 150 else "acceptEdits",
                message={"role": "user", "content": "(made up)"},
            )
        ]
        for call in prompt.calls:
            rows += self._call(call, prompt.key)
        return rows

    def _row(self, kind: str, key: str, at: str, **more: Any) -> dict[str, Any]:
        row = {"parentUuid": self._parent, "type": kind, "timestamp": at, **self._common}
        self._parent = name_of(self.name, kind, key)
        return row | {"uuid": self._parent} | more

    def _call(self, call: ModelCall, prompt: str) -> list[dict[str, Any]]:
        use = f"toolu_{call.key.replace('-', '')[:22]}"
        tool = self._tool(call)
        answer = self._row(
            "assistant",
            call.key,
            told(call.at - timedelta(seconds=6)),
            requestId=f"req_{call.key.replace('-', '')}",
            message={
                "id": f"msg_{call.key.replace('-', '')}",
                "type": "message",
                "role": "assistant",
                "model": self._model,
                "content": [{"type": "tool_use", "id": use, **tool}],
                "stop_reason": "tool_use",
                "stop_sequence": None,
                "usage": {
                    "input_tokens": call.fresh,
                    "cache_creation_input_tokens": call.written,
                    "cache_read_input_tokens": call.cached,
                    "output_tokens": call.output,
                    "service_tier": "standard",
                },
            },
        )
        result: dict[str, Any] = {"tool_use_id": use, "type": "tool_result", "content": "Done."}
        outcome: Any = None
        if call.edit is not None:
            if call.edit.fate == "refused":
                result |= {"content": _REFUSED, "is_error": True}
                outcome = "User rejected tool use"
            elif call.edit.fate == "failed":
                result |= {"content": _FAILED, "is_error": True}
                outcome = "Error: String to replace not found in file."
            else:
                outcome = self._result(call.edit)
        more = {} if outcome is None else {"toolUseResult": outcome}
        answered = self._row(
            "user",
            call.key,
            told(call.at),
            promptId=prompt,
            message={"role": "user", "content": [result]},
            **more,
        )
        return [answer, answered]

    def _tool(self, call: ModelCall) -> dict[str, Any]:
        edit = call.edit
        if call.command:
            return {"name": "Bash", "input": {"command": "sed -i 's/old/new/' notes.txt"}}
        if edit is None:
            return {"name": "Read", "input": {"file_path": f"{self._cwd}/README.md"}}
        path = f"{self._cwd}/{edit.path}"
        if edit.creates:
            content = "".join(f"{line}\n" for line in edit.added)
            return {"name": "Write", "input": {"file_path": path, "content": content}}
        above = [] if edit.above is None else [edit.above]
        given = {
            "file_path": path,
            "old_string": "\n".join([*above, *edit.removed]),
            "new_string": "\n".join([*above, *edit.added]),
        }
        return {"name": "Edit", "input": given}

    def _result(self, edit: Edit) -> dict[str, Any]:
        path = f"{self._cwd}/{edit.path}"
        if edit.creates:
            content = "".join(f"{line}\n" for line in edit.added)
            return {
                "type": "create",
                "filePath": path,
                "content": content,
                "structuredPatch": [],
                "originalFile": None,
                "userModified": False,
            }
        start, before, after, rows = hunk(edit)
        patch = {
            "oldStart": start,
            "oldLines": before,
            "newStart": start,
            "newLines": after,
            "lines": rows,
        }
        return {
            "filePath": path,
            "structuredPatch": [patch],
            "userModified": False,
            "replaceAll": False,
        }
