"""What the agent on Ana's machine left behind: one log of Claude Code for each request.

The rows have the shape that the real client writes; only the times, lines and tokens are ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from tests.organisation.history import Edit, Landed, Repository

WORKED_IN = "/home/ana/code"
"""Where her working trees were when the agent worked in them."""
MODEL = "claude-sonnet-4-5"
INPUT, OUTPUT = 2_000, 1_000
CALL = INPUT * 3 + OUTPUT * 15
"""What each call costs, in micro-dollars: 3 dollars a million tokens in, 15 out."""
_SPACE = uuid.UUID("6ba7b814-9dad-11d1-80b4-00c04fd430c8")


def write_logs(repository: Repository, home: Path) -> None:
    """Lay the logs under the home directory `home`."""
    for number, edits in repository.edits.items():
        session = str(uuid.uuid5(_SPACE, f"{repository.name} {number}"))
        landed = repository.requests[number]
        folder = home / ".claude" / "projects" / f"-home-ana-code-{repository.name}"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [orjson.dumps(row) + b"\n" for row in _rows(repository.name, session, landed, edits)]
        (folder / f"{session}.jsonl").write_bytes(b"".join(rows))


def turns(edits: list[Edit]) -> list[list[Edit]]:
    """The edits of each turn: what was refused or not used was tried in the first one."""
    kept = [edit for edit in edits if not edit.refused and not edit.unused]
    tried = [edit for edit in edits if edit.refused or edit.unused]
    return [[kept[0], *tried], *([edit] for edit in kept[1:])]


def _rows(
    repository: str, session: str, landed: Landed, edits: list[Edit]
) -> Iterator[dict[str, Any]]:
    top = f"{WORKED_IN}/{repository}"
    common = {
        "isSidechain": False,
        "userType": "external",
        "entrypoint": "cli",
        "cwd": top,
        "sessionId": session,
        "version": "2.1.197",
        "gitBranch": landed.request.branch,
    }
    parent: str | None = None
    for place, turn in enumerate(turns(edits)):
        prompt = str(uuid.uuid5(_SPACE, f"{session} turn {place}"))
        at = turn[0].at - timedelta(minutes=1)

        def row(kind: str, key: str, moment: datetime, **more: Any) -> dict[str, Any]:
            nonlocal parent
            told = {"parentUuid": parent, "type": kind, "timestamp": _time(moment), **common}
            parent = str(uuid.uuid5(_SPACE, f"{session} {key}"))
            return told | {"uuid": parent} | more

        yield row(
            "user",
            f"prompt {place}",
            at,
            promptId=prompt,
            message={"role": "user", "content": "Go on."},
        )
        for number, edit in enumerate(turn):
            key = f"{place} {number}"
            use = f"toolu_{uuid.uuid5(_SPACE, f'{session} {key}').hex[:22]}"
            yield row(
                "assistant",
                f"call {key}",
                edit.at - timedelta(seconds=20),
                requestId=f"req_{uuid.uuid5(_SPACE, f'{session} request {key}').hex[:20]}",
                message=_answer(session, key, use, f"{top}/{edit.path}", edit),
            )
            yield row(
                "user",
                f"result {key}",
                edit.at,
                promptId=prompt,
                message=_outcome(use, edit, top),
                **_result(f"{top}/{edit.path}", edit),
            )


def _answer(session: str, key: str, use: str, path: str, edit: Edit) -> dict[str, Any]:
    if edit.before:
        tool = {
            "name": "Edit",
            "input": {
                "file_path": path,
                "old_string": edit.before[-1],
                "new_string": "\n".join([edit.before[-1], *edit.after[len(edit.before) :]]),
            },
        }
    else:
        tool = {"name": "Write", "input": {"file_path": path, "content": _text(edit.after)}}
    return {
        "id": f"msg_{uuid.uuid5(_SPACE, f'{session} message {key}').hex[:24]}",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": [{"type": "tool_use", "id": use, **tool}],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": INPUT,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": OUTPUT,
            "service_tier": "standard",
        },
    }


def _outcome(use: str, edit: Edit, top: str) -> dict[str, Any]:
    told = f"File created successfully at: {top}/{edit.path}"
    result: dict[str, Any] = {"tool_use_id": use, "type": "tool_result", "content": told}
    if edit.refused:
        result |= {"content": _REFUSED, "is_error": True}
    return {"role": "user", "content": [result]}


_REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it "
    "was a file edit, the new_string was NOT written to the file). STOP what you are doing and "
    "wait for the user to tell you how to proceed."
)


def _result(path: str, edit: Edit) -> dict[str, Any]:
    if edit.refused:
        return {"toolUseResult": "User rejected tool use"}
    if not edit.before:
        return {
            "toolUseResult": {
                "type": "create",
                "filePath": path,
                "content": _text(edit.after),
                "structuredPatch": [],
                "originalFile": None,
                "userModified": False,
            }
        }
    added = edit.after[len(edit.before) :]
    hunk = {
        "oldStart": len(edit.before),
        "oldLines": 1,
        "newStart": len(edit.before),
        "newLines": 1 + len(added),
        "lines": [f" {edit.before[-1]}", *(f"+{line}" for line in added)],
    }
    return {
        "toolUseResult": {
            "filePath": path,
            "oldString": edit.before[-1],
            "newString": "\n".join([edit.before[-1], *added]),
            "originalFile": _text(edit.before),
            "structuredPatch": [hunk],
            "userModified": False,
            "replaceAll": False,
        }
    }


def _text(lines: tuple[str, ...]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
