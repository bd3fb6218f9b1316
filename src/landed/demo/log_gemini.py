"""Sessions as chats of Gemini CLI: one JSONL file each below `.gemini/tmp`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from landed.demo.calls import ModelCall, hunk, name_of, prompts_of, told
from landed.demo.script import Edit, Session


def write_gemini(session: Session, home: Path, cwd: str, seed: int) -> None:
    """Write one session below the home directory `home`."""
    name = name_of(seed, session.key)
    prompts = list(prompts_of(session, seed))
    began = prompts[0].at
    project = home / ".gemini" / "tmp" / cwd.strip("/").replace("/", "-")
    chats = project / "chats"
    chats.mkdir(parents=True, exist_ok=True)
    (project / ".project_root").write_text(f"{cwd}\n", "utf-8")
    rows: list[dict[str, Any]] = [
        {
            "sessionId": name,
            "projectHash": name_of(cwd),
            "startTime": told(began),
            "lastUpdated": told(began),
            "kind": "main",
        }
    ]
    for prompt in prompts:
        asked = {"id": prompt.key, "timestamp": told(prompt.at), "type": "user"}
        rows.append(asked | {"content": [{"text": "(made up)"}]})
        rows += [_answer(call, session.model, cwd) for call in prompt.calls]
    file = chats / f"session-{began.strftime('%Y-%m-%dT%H-%M')}-{name[:8]}.jsonl"
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def _answer(call: ModelCall, model: str, cwd: str) -> dict[str, Any]:
    given = call.fresh + call.cached + call.written
    answer: dict[str, Any] = {
        "id": call.key,
        "timestamp": told(call.at),
        "type": "gemini",
        "content": "(made up)",
        "model": model,
        "tokens": {
            "input": given,
            "output": call.output,
            "cached": call.cached,
            "thoughts": call.reasoning,
            "tool": 0,
            "total": given + call.output + call.reasoning,
        },
    }
    if call.edit is not None:
        answer["toolCalls"] = [_tool(call, call.edit, cwd)]
    elif call.command:
        shell = {"command": "sed -i s/old/new/ notes.txt"}
        answer["toolCalls"] = [_use(call, "run_shell_command", shell, "success", "Done.")]
    return answer


def _tool(call: ModelCall, edit: Edit, cwd: str) -> dict[str, Any]:
    path = f"{cwd}/{edit.path}"
    name, given = "replace", {"file_path": path}
    if edit.creates:
        name = "write_file"
        given["content"] = "".join(f"{line}\n" for line in edit.added)
    else:
        above = [] if edit.above is None else [edit.above]
        given["old_string"] = "\n".join([*above, *edit.removed])
        given["new_string"] = "\n".join([*above, *edit.added])
    if edit.fate == "refused":
        return _use(call, name, given, "cancelled", "Cancelled by the user.")
    if edit.fate == "failed":
        return _use(call, name, given, "error", "Failed to edit, could not find the string.")
    start, before, after, rows = hunk(edit)
    old = f"-{start},{before}" if not edit.creates else "-0,0"
    diff = "\n".join(
        [f"--- a/{edit.path}", f"+++ b/{edit.path}", f"@@ {old} +{start},{after} @@", *rows]
    )
    shown: dict[str, Any] = {"fileDiff": f"{diff}\n", "filePath": path}
    if edit.creates:
        shown |= {"originalContent": "", "newContent": given["content"], "isNewFile": True}
    return _use(call, name, given, "success", shown)


def _use(
    call: ModelCall, name: str, given: dict[str, str], status: str, shown: Any
) -> dict[str, Any]:
    return {
        "id": f"{name}_{call.key[:8]}",
        "name": name,
        "args": given,
        "status": status,
        "timestamp": told(call.at),
        "resultDisplay": shown,
    }
