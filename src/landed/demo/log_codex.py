"""Sessions as rollouts of Codex: one JSONL file each below `.codex/sessions`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from landed.demo.calls import ModelCall, Prompt, hunk, name_of, prompts_of, told
from landed.demo.script import Edit, Session


def write_codex(session: Session, home: Path, cwd: str, seed: int) -> None:
    """Write one session below the home directory `home`."""
    name = name_of(seed, session.key)
    prompts = list(prompts_of(session, seed))
    began = prompts[0].at
    rows = [_head(session, name, cwd, began)]
    total = [0, 0, 0, 0]
    for prompt in prompts:
        rows += _prompt(prompt, name, session.model, cwd, total)
    folder = home / ".codex" / "sessions" / began.strftime("%Y/%m/%d")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"rollout-{began.strftime('%Y-%m-%dT%H-%M-%S')}-{name}.jsonl"
    file.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))


def _head(session: Session, name: str, cwd: str, began: datetime) -> dict[str, Any]:
    git: dict[str, Any] | None = None
    if session.product is not None:
        git = {
            "commit_hash": session.base.sha if session.base is not None else None,
            "branch": session.branch,
            "repository_url": session.product.address,
        }
    return _row(
        began,
        "session_meta",
        {
            "session_id": name,
            "id": name,
            "timestamp": told(began),
            "cwd": cwd,
            "originator": "codex_cli_rs",
            "cli_version": "0.169.0",
            "source": "cli",
            "model_provider": "openai",
            "git": git,
        },
    )


def _row(at: datetime, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"timestamp": told(at), "type": kind, "payload": payload}


def _prompt(
    prompt: Prompt, name: str, model: str, cwd: str, total: list[int]
) -> Iterator[dict[str, Any]]:
    yield _row(
        prompt.at,
        "turn_context",
        {
            "turn_id": prompt.key,
            "root_turn_id": prompt.key,
            "cwd": cwd,
            "approval_policy": "never" if int(prompt.key[:2], 16) < 128 else "on-request",
            "model": model,
            "sandbox_policy": {"type": "workspace-write"},
        },
    )
    message = {"type": "UserMessage", "id": name_of(prompt.key, "prompt"), "content": []}
    yield _row(prompt.at, "event_msg", {"type": "item_completed", "item": message})
    for call in prompt.calls:
        yield from _call(call, prompt, name, cwd, total)


def _call(
    call: ModelCall, prompt: Prompt, name: str, cwd: str, total: list[int]
) -> Iterator[dict[str, Any]]:
    use = f"call_{call.key.replace('-', '')[:16]}"
    edit = call.edit
    if edit is None:
        command = "sed -i s/old/new/ notes.txt" if call.command else "ls"
        asked = {
            "type": "function_call",
            "name": "exec_command",
            "arguments": orjson.dumps({"cmd": command}).decode(),
            "call_id": use,
        }
    else:
        asked = {
            "type": "custom_tool_call",
            "status": "completed",
            "call_id": use,
            "name": "apply_patch",
            "input": _patch(edit),
        }
    yield _row(call.at, "response_item", asked)
    yield _usage(call, prompt, name, total)
    output = "Success. Updated the following files:"
    if edit is not None and edit.fate == "refused":
        output = "patch rejected by user"
    elif edit is not None and edit.fate == "failed":
        output = "apply_patch verification failed: Failed to find expected lines"
    elif edit is not None:
        yield _row(
            call.at,
            "event_msg",
            {
                "type": "patch_apply_end",
                "call_id": use,
                "turn_id": prompt.key,
                "success": True,
                "status": "completed",
                "changes": {f"{cwd}/{edit.path}": _change(edit)},
            },
        )
    kind = "function_call_output" if edit is None else "custom_tool_call_output"
    yield _row(call.at, "response_item", {"type": kind, "call_id": use, "output": output})


def _usage(call: ModelCall, prompt: Prompt, name: str, total: list[int]) -> dict[str, Any]:
    given = call.fresh + call.cached + call.written
    own = [given, call.cached + call.written // 2, call.output, call.reasoning]
    total[:] = [before + more for before, more in zip(total, own, strict=True)]
    return _row(
        call.at,
        "token_usage_record",
        {
            "thread_id": name,
            "turn_id": prompt.key,
            "session_id": name,
            "response_id": f"resp_{call.key.replace('-', '')}",
            "usage": _tokens(own),
            "thread_token_usage": _tokens(total),
        },
    )


def _tokens(four: list[int]) -> dict[str, int]:
    given, cached, output, reasoning = four
    return {
        "input_tokens": given,
        "cached_input_tokens": cached,
        "cache_write_input_tokens": 0,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": given + output,
    }


def _patch(edit: Edit) -> str:
    rows = ["*** Begin Patch"]
    if edit.creates:
        rows.append(f"*** Add File: {edit.path}")
        rows += [f"+{line}" for line in edit.added]
    else:
        rows += [f"*** Update File: {edit.path}", "@@", *hunk(edit)[3]]
    return "\n".join([*rows, "*** End Patch"])


def _change(edit: Edit) -> dict[str, Any]:
    if edit.creates:
        return {"type": "add", "content": "".join(f"{line}\n" for line in edit.added)}
    start, before, after, rows = hunk(edit)
    diff = "\n".join([f"@@ -{start},{before} +{start},{after} @@", *rows, ""])
    return {"type": "update", "unified_diff": diff, "move_path": None}
