"""Claude Code: logs that grow, are cut off, replaced or hostile; nothing is lost or fatal."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.agents.claude_code_logs import (
    CAPTURES,
    DATA,
    PROJECT,
    answer,
    asks,
    by_key,
    line,
    lines,
    log,
    prompt,
    read,
    result,
)

from landed.sources.agents.claude_code import ClaudeCode
from landed.sources.agents.contract import Change, Home, Reading

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place inside a JSON value: what holds it, and its key there."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    for key in keys:
        if isinstance(value[key], (dict, list)):
            found += places(value[key])
    return found


@pytest.mark.parametrize("name", CAPTURES)
def test_no_line_of_a_real_session_is_a_fault(name: str) -> None:
    assert read(DATA / name).faults == {}


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(CAPTURES))
def test_reading_in_steps_finds_what_one_reading_finds(
    data: st.DataObject, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = (DATA / name).read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(whole)), min_size=1, max_size=4).map(sorted))
    path = tmp_path_factory.mktemp("cut") / name
    readings: list[Reading] = []
    state = None
    for cut in [*cuts, len(whole)]:
        path.write_bytes(whole[:cut])
        readings.append(read(path, state))
        state = orjson.loads(orjson.dumps(readings[-1].state))
    assert by_key(readings) == by_key([read(DATA / name)])
    assert read(path, state).state == state


def test_a_growing_log_is_read_from_where_it_was_left(tmp_path: Path) -> None:
    path = log(tmp_path, prompt(0), answer(1, "r1"))
    first = read(path)
    with path.open("ab") as file:
        file.write(lines(prompt(9), answer(10, "r2")))
    second = read(path, first.state)
    assert [call.call for call in second.calls] == ["r2"]
    assert read(path, second.state).calls == []


def test_a_log_put_in_place_of_another_is_read_from_the_beginning(tmp_path: Path) -> None:
    path = log(tmp_path, prompt(0), answer(1, "r1"), answer(2, "r2"))
    first = read(path)
    path.write_bytes(lines(prompt(5), answer(6, "r3")))
    again = read(path, first.state)
    assert [call.call for call in again.calls] == ["r3"]
    assert {call.turn for call in again.calls} == {"p5"}


def test_a_log_that_is_gone_is_a_fault_and_keeps_its_state(tmp_path: Path) -> None:
    state = read(log(tmp_path, prompt(0))).state
    found = read(tmp_path / "gone.jsonl", state)
    assert found.faults == {"unreadable-file": 1}
    assert found.state == state


def test_the_last_line_is_read_before_it_is_ended_and_again_after(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    text = lines(prompt(0), answer(1, "r1", output=3))
    path.write_bytes(text[:-1])
    first = read(path)
    assert [call.call for call in first.calls] == ["r1"]
    path.write_bytes(text[:-1] + b"\n" + lines(answer(2, "r1", output=9)))
    assert [call.output_tokens for call in read(path, first.state).calls] == [9]
    path.write_bytes(text[:-20])
    assert read(path).faults == {"torn-line": 1}


def test_hostile_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        b"not json at all",
        b'{"type":"user","a":"\x00\x01"}',
        b"[1, 2]",
        b'"text"',
        b"[" * 5000,
        prompt(0),
        line("user", 1, message="no object"),
        line("user", 1, message={"content": [7, None, {"type": "tool_result"}]}, promptId="p0"),
        line("assistant", 1, timestamp="yesterday", message={}),
        line("assistant", 1, timestamp=12, message={}),
        line("assistant", 1, timestamp="9999-12-31T23:59:59Z", message={}),
        {"type": "assistant"},
        {"type": ["assistant"]},
        {"type": "worktree-state", "worktreeSession": 4},
        {"type": "pr-link", "prUrl": {}},
        answer(2, content=[{"type": "tool_use", "id": 3}, "x", {"type": "tool_use"}]),
        answer(3, "r2", usage={"input_tokens": -4, "output_tokens": "9", "cache_creation": [1]}),
        b'{"type":"assistant","timestamp":"2026-10-01T10:00:04Z","sessionId":"s","requestId":"r3",'
        b'"message":{"usage":{"input_tokens":99999999999999999999999999,"output_tokens":true}}}',
        answer(5, "r4", usage={"output_tokens": 8}, content="text"),
    )
    found = read(path)
    assert found.faults == {
        "not-json": 3,
        "not-an-object": 2,
        "missing-field": 3,
        "bad-time": 4,
        "bad-number": 4,
    }
    assert [(call.call, call.output_tokens) for call in found.calls] == [
        ("r1", 5),
        ("r2", 0),
        ("r3", 0),
        ("r4", 8),
    ]


@settings(max_examples=200, deadline=None)
@given(data=st.data(), name=st.sampled_from(CAPTURES))
def test_whatever_stands_in_a_line_reading_goes_on(
    data: st.DataObject, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    records = [orjson.loads(row) for row in (DATA / name).read_bytes().splitlines()]
    for _ in range(data.draw(st.integers(1, 5))):
        holder, key = data.draw(st.sampled_from(places(data.draw(st.sampled_from(records)))))
        holder[key] = data.draw(JSON)
    path = tmp_path_factory.mktemp("changed") / name
    path.write_bytes(lines(*records))
    found = read(path)
    assert found.sessions
    assert orjson.loads(orjson.dumps(found.state)) == found.state


def test_half_a_character_costs_no_line(tmp_path: Path) -> None:
    row = orjson.dumps(answer(1, "r1", content=[{"type": "text", "text": "cut HERE"}]))
    path = log(tmp_path, prompt(0), row.replace(b"HERE", rb"\ud83d"))
    found = read(path)
    assert (len(found.calls), found.faults) == (1, {})


def test_hostile_answers_to_edits_are_no_error(tmp_path: Path) -> None:
    hunk = {"oldStart": "1", "newStart": 1, "lines": ["+x"]}
    path = log(
        tmp_path,
        prompt(0),
        asks(1, "Edit", file_path="a.py", old_string="x", new_string="y"),
        result(2, {"filePath": 5, "originalFile": 5, "structuredPatch": [hunk]}),
        asks(3, "Write", content="x"),
        result(4, {"content": [1]}),
        asks(5, "MultiEdit", file_path="/b.py", edits="all"),
        result(6, {"originalFile": "text\n", "structuredPatch": [3]}),
        asks(7, "Bash", command=["rm"]),
        result(8, {"stdout": 3, "gitOperation": {"commit": {"sha": 4}, "pr": "x"}}),
        asks(9, "Bash", command="rm a"),
        result(10, ["no"], error=True, toolDenialKind=["user-rejected"]),
    )
    found = read(path)
    assert [(edit.path, edit.changes) for edit in found.edits] == [
        (f"{PROJECT}/a.py", (Change(("x",), ("y",)),)),
        ("/b.py", ()),
        (PROJECT, ()),
    ]
    assert found.references == []


def test_logs_are_found_under_every_directory_that_is_named(tmp_path: Path) -> None:
    for place in (".claude", ".config/claude", "a", "b"):
        folder = tmp_path / place / "projects" / "-home-dev-project"
        (folder / "s1" / "subagents").mkdir(parents=True)
        shutil.copy(DATA / "calc.jsonl", folder / "s1.jsonl")
        (folder / "s1" / "subagents" / "agent-1.jsonl").write_bytes(b"")
        (folder / "s1" / "subagents" / "agent-1.meta.json").write_bytes(b"{}")

    def found(**environment: str) -> list[str]:
        logs = ClaudeCode().locate(Home(tmp_path, environment))
        return [str(log.path.relative_to(tmp_path)) for log in logs]

    below = ["s1/subagents/agent-1.jsonl", "s1.jsonl"]
    assert found() == [
        f"{place}/projects/-home-dev-project/{name}"
        for place in (".config/claude", ".claude")
        for name in below
    ]
    named = f"{tmp_path}/a, {tmp_path}/b"
    assert found(CLAUDE_CONFIG_DIR=named) == [
        f"{place}/projects/-home-dev-project/{name}" for place in ("a", "b") for name in below
    ]
    assert found(CLAUDE_CONFIG_DIR="/nowhere") == []


def test_a_directory_with_two_names_is_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "dotfiles" / "claude" / "projects" / "x"
    folder.mkdir(parents=True)
    (folder / "s.jsonl").write_bytes(b"")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "loop").symlink_to(folder)
    (tmp_path / ".claude").symlink_to(tmp_path / "dotfiles" / "claude")
    (tmp_path / ".config").symlink_to(tmp_path / "dotfiles")
    assert [log.path.name for log in ClaudeCode().locate(Home(tmp_path, {}))] == ["s.jsonl"]


def test_the_stamp_of_a_log_changes_with_it(tmp_path: Path) -> None:
    path = tmp_path / ".claude" / "projects" / "x" / "s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{}\n")
    home = Home(tmp_path, {})
    (before,) = ClaudeCode().locate(home)
    assert list(ClaudeCode().locate(home)) == [before]
    path.write_bytes(b"{}\n{}\n")
    assert next(ClaudeCode().locate(home)).stamp != before.stamp
