"""The example of a plug-in, found through a real entry point and used like our own readers."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest

from landed.sources.agents.contract import AgentReader, Change, Home, Reading
from landed.sources.agents.registry import GROUP, agent_readers

TOP = Path(__file__).parents[3]
EXAMPLE = TOP / "examples" / "agent-plugin"
PAGE = (TOP / "docs" / "agents.md").read_text("utf-8")
LINES: list[dict[str, Any]] = [
    {"type": "session", "version": 3, "id": "s-1", "cwd": "/home/dev/shop"},
    {"type": "message", "id": "m-1", "message": {"role": "user", "content": "Sum the rows"}},
    {
        "type": "message",
        "id": "m-2",
        "message": {
            "role": "assistant",
            "model": "claude-sonnet-4-5",
            "provider": "anthropic",
            "usage": {"input": 12, "output": 34, "cacheRead": 56, "cacheWrite": 7},
            "content": [
                {
                    "type": "toolCall",
                    "id": "toolu_1",
                    "name": "edit",
                    "arguments": {
                        "path": "/home/dev/shop/main.py",
                        "edits": [{"oldText": "a = 1\nb = 2", "newText": "a = 1\nb = 3"}],
                    },
                },
                {
                    "type": "toolCall",
                    "id": "toolu_2",
                    "name": "bash",
                    "arguments": {"command": "rm old.py"},
                },
            ],
        },
    },
    {"type": "message", "id": "m-3", "message": {"role": "toolResult", "toolCallId": "toolu_1"}},
    {
        "type": "message",
        "id": "m-4",
        "message": {"role": "toolResult", "toolCallId": "toolu_2", "isError": True},
    },
]


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AgentReader:
    """The example's reader, installed as a package of its own."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    metadata = tmp_path / "site" / f"landed_pi-{project['version']}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = "".join(f"{k} = {v}\n" for k, v in project["entry-points"][GROUP].items())
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\n{points}")
    monkeypatch.syspath_prepend(EXAMPLE / "src")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.delitem(sys.modules, "landed_pi", raising=False)
    (reader,) = [reader for reader in agent_readers() if reader.agent == "pi"]
    return reader


def write(folder: Path, lines: list[dict[str, Any]]) -> Path:
    path = folder / ".pi" / "agent" / "sessions" / "--shop--" / "1_s-1.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"".join(
            orjson.dumps({"timestamp": f"2026-07-01T09:00:{number:02}Z", **line}) + b"\n"
            for number, line in enumerate(lines)
        )
    )
    return path


def read(reader: AgentReader, folder: Path, state: dict[str, Any] | None = None) -> Reading:
    (log,) = reader.locate(Home(folder, {}))
    (reading,) = reader.read(log, state)
    return reading


def test_the_example_reads_a_session(pi: AgentReader, tmp_path: Path) -> None:
    write(tmp_path, LINES)

    found = read(pi, tmp_path)
    assert [(session.session, session.cwd) for session in found.sessions] == [
        ("s-1", "/home/dev/shop")
    ]
    assert [turn.turn for turn in found.turns] == ["m-1"]
    (call,) = found.calls
    assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (12, 56, 34)
    edit, command = found.edits
    assert edit.changes == (Change(("b = 2",), ("b = 3",)),)
    assert (command.kind, command.status, command.path) == ("shell", "failed", "/home/dev/shop")
    assert found.faults == {}


@pytest.mark.parametrize("cut", range(1, len(LINES)))
def test_the_example_goes_on_where_it_stopped(pi: AgentReader, tmp_path: Path, cut: int) -> None:
    write(tmp_path, LINES)
    once = read(pi, tmp_path)
    write(tmp_path, LINES[:cut])
    first = read(pi, tmp_path)
    write(tmp_path, LINES)

    second = read(pi, tmp_path, first.state)
    edits = {edit.edit: edit for edit in [*first.edits, *second.edits]}
    assert list(edits.values()) == once.edits
    assert second.sessions == once.sessions
    assert b"b = 3" not in orjson.dumps(first.state)


def test_the_example_counts_what_it_cannot_read(pi: AgentReader, tmp_path: Path) -> None:
    path = write(tmp_path, LINES)
    path.write_bytes(path.read_bytes() + b'{broken\n{"type": "message", "timestamp": 7}\n')

    assert read(pi, tmp_path).faults == {"not-json": 1, "bad-time": 1}


def test_the_reader_on_the_page_reads(tmp_path: Path) -> None:
    example = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert example is not None
    names: dict[str, Any] = {}
    exec(compile(example[1], "docs/agents.md", "exec"), names)
    (tmp_path / ".scribe").mkdir()
    (tmp_path / ".scribe" / "s-1.jsonl").write_text(
        '{"id": "e-1", "time": 1782896400, "path": "/a.py", "old": "a", "new": "b"}\n{}\n{torn\n'
    )

    reader: AgentReader = names["Scribe"]()
    found = read(reader, tmp_path)
    assert [(edit.edit, edit.changes) for edit in found.edits] == [
        ("e-1", (Change(("a",), ("b",)),))
    ]
    assert found.faults == {"missing-field": 1, "not-json": 1}
    assert read(reader, tmp_path, found.state).edits == []


def test_every_reader_of_ours_is_on_the_page() -> None:
    rows = re.findall(r"^\| ([\w ()]+?) \| .* \| (?:on real|by )", PAGE, re.M)
    told = {
        {"Copilot (command line)": "copilot-cli", "Copilot in VS Code": "copilot-vscode"}.get(
            row, row.lower().replace(" ", "-")
        )
        for row in rows
    }

    assert told == {reader.agent for reader in agent_readers()}
