"""Claude Code's transcripts for tests: real ones, and lines to make others of.

The files under tests/data/agents/claude-code were written by Claude Code 2.1.197 with a scripted
model: `calc` writes, edits and commits; `denied` is the same with permission refused; `shop` holds
three prompts of which the second spawns a sub-agent, and `fork` goes on from it under a new id;
`build` has tabs, a change from outside between two edits, and edits that fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import orjson

from landed.sources.agents.claude_code import ClaudeCode
from landed.sources.agents.contract import Edit, Log, Reading

DATA = Path(__file__).parents[2] / "data" / "agents" / "claude-code"
PROJECT = "/home/dev/project"
CAPTURES = sorted(path.name for path in DATA.glob("*.jsonl"))


def read(path: Path, state: dict[str, Any] | None = None) -> Reading:
    """Return all that one reading of a log finds, its parts joined."""
    whole = Reading()
    for part in ClaudeCode().read(Log(path, ""), state):
        for field in fields(Reading):
            if field.name == "state":
                whole.state = part.state
            elif field.name == "faults":
                for kind, count in part.faults.items():
                    whole.fault(kind, count)
            else:
                getattr(whole, field.name).extend(getattr(part, field.name))
    return whole


def capture(name: str) -> Reading:
    return read(DATA / f"{name}.jsonl")


def by_key(readings: Iterable[Reading]) -> dict[str, dict[Any, dict[str, Any]]]:
    """Return the records of several readings as a store keeps them: by key, the last one stays."""
    kept: dict[str, dict[Any, dict[str, Any]]] = {
        name: {} for name in ("session", "turn", "call", "edit", "decision", "activity", "named")
    }
    for reading in readings:
        for session in reading.sessions:
            kept["session"][session.session] = asdict(session)
        for turn in reading.turns:
            kept["turn"][turn.turn] = asdict(turn)
        for call in reading.calls:
            kept["call"][call.call] = asdict(call)
        for edit in reading.edits:
            kept["edit"][edit.edit] = asdict(edit)
        for decision in reading.decisions:
            kept["decision"][decision.decision] = asdict(decision)
        for span in reading.activities:
            kept["activity"][span.session, span.by, span.started_at] = asdict(span)
        for named in reading.references:
            kept["named"][named.session, named.kind, named.value] = asdict(named)
    return kept


def told(edit: Edit) -> tuple[str, str, str]:
    return edit.tool, Path(edit.path).name, edit.status


def lines(*records: dict[str, Any] | bytes) -> bytes:
    rows = [row if isinstance(row, bytes) else orjson.dumps(row) for row in records]
    return b"".join(row + b"\n" for row in rows)


def line(kind: str, second: int, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "uuid": f"line-{second}",
        "timestamp": f"2026-10-01T10:{second // 60:02}:{second % 60:02}.000Z",
        "sessionId": "s",
        "cwd": PROJECT,
        "gitBranch": "main",
        "version": "2.1.0",
        "isSidechain": False,
        "entrypoint": "cli",
    } | more


def prompt(second: int, text: str = "please", **more: Any) -> dict[str, Any]:
    known = {"promptId": f"p{second}", "permissionMode": "default"}
    return line("user", second, message={"role": "user", "content": text}) | known | more


def answer(second: int, request: str = "r1", output: int = 5, **more: Any) -> dict[str, Any]:
    usage = more.pop("usage", {"input_tokens": 10, "output_tokens": output})
    message = {"id": f"m-{request}", "model": "claude-opus-4-8", "content": [], "usage": usage}
    return line("assistant", second, requestId=request, message=message | more)


def asks(second: int, tool: str, **given: Any) -> dict[str, Any]:
    block = {"type": "tool_use", "id": f"t{second}", "name": tool, "input": given}
    return answer(second, f"r{second}", content=[block])


def result(second: int, told: Any, *, error: bool = False, **more: Any) -> dict[str, Any]:
    """The answer to the tool call of the second before."""
    text = told if isinstance(told, str) else "done"
    block = {"type": "tool_result", "tool_use_id": f"t{second - 1}", "content": text}
    message = {"role": "user", "content": [block | {"is_error": error}]}
    return line("user", second, message=message, toolUseResult=told) | more


def log(tmp_path: Path, *records: dict[str, Any] | bytes) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_bytes(lines(*records))
    return path
