"""Gemini CLI's chats: sessions of the real program, resumed, with failed and refused edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.agents.rows import AT_LEISURE, faults_of, rows_in_two_steps, rows_of
from tests.sources.agents.spoiling import spoiled

from landed.sources.agents.contract import Change, Home, Log
from landed.sources.agents.gemini import Gemini

DATA = Path(__file__).parents[2] / "data" / "agents" / "gemini"
PLAIN = DATA / "session-2026-11-21T20-34-ff10cefe.jsonl"
RESUMED = DATA / "session-2026-11-22T00-28-3bf8dca8.jsonl"
REFUSED = DATA / "session-2026-11-22T00-28-96f8e2ee.jsonl"
HEAD = {"sessionId": "s-1", "startTime": "2026-01-05T10:00:00Z", "kind": "main"}


def said(name: str, minute: int, **more: Any) -> dict[str, Any]:
    """Return a message of a person, or what `more` makes of it."""
    return {
        "id": name,
        "timestamp": f"2026-01-05T10:{minute:02}:00Z",
        "type": "user",
        "content": [{"text": "hello"}],
        **more,
    }


def answered(name: str, minute: int, *tools: dict[str, Any], **tokens: int) -> dict[str, Any]:
    return said(
        name, minute, type="gemini", content="", model="m", toolCalls=[*tools], tokens=tokens
    )


def chat(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return path


def test_every_token_counts_once_in_its_class() -> None:
    rows = rows_of(Gemini(), PLAIN)
    # Each message is written twice, the second time with the outcome of its tools.
    assert len(rows.calls) == 4
    fresh, cached, output, reasoning = rows.tokens
    assert fresh + cached == 4_000 + 4_100 + 4_200 + 4_300
    assert (cached, output, reasoning) == (6_000, 4 * (80 + 20), 4 * 20)
    assert {call.model for call in rows.calls.values()} == {"gemini-2.5-pro"}


def test_edits_have_their_minimal_lines_and_places() -> None:
    rows = rows_of(Gemini(), PLAIN)
    created, changed = rows.edits.values()
    assert (created.kind, created.before, len(created.changes[0].added)) == ("create", "", 6)
    assert changed.changes == (Change(("def sub(a, b):",), ("def subtract(a, b):",), 5, 5),)
    assert (changed.before or "").startswith("def add(a, b):\n")
    assert [edit.call for edit in (created, changed)] == list(rows.calls)[:2]


def test_a_resumed_chat_lists_its_history_and_tells_nothing_new_by_it() -> None:
    rows = rows_of(Gemini(), RESUMED)
    assert len(rows.calls) == 8
    assert len(rows.turns) == 2
    first, second = rows.turns.values()
    assert first.ended_at < second.started_at
    assert rows.edited() == [
        ("a.py", "create", "applied", ["one = 1", "two = 2", "three = 3"], []),
        ("a.py", "update", "applied", ["two = 22", "half = 0.5"], ["two = 2"]),
        ("a.py", "update", "failed", ["anything"], ["not there"]),
        ("a.py", "update", "applied", ["three = 33"], ["half = 0.5", "three = 3"]),
        # No directory is known without the file beside the chats.
        ("", "shell", "applied", [], []),
    ]
    assert [reference[1:] for reference in rows.references] == [("commit", "a3b179b")]
    people = [row for row in rows.activities.values() if row.by == "person"]
    assert [row.turn for row in people] == list(rows.turns)


def test_a_tool_that_is_not_allowed_was_refused_by_a_policy() -> None:
    rows = rows_of(Gemini(), REFUSED)
    (edit,) = rows.edits.values()
    assert (edit.status, edit.decided_by) == ("refused", "policy")
    assert edit.changes == (Change((), ("r = 1",)),)
    assert not rows.decisions[edit.edit].accepted


def test_a_cancelled_edit_keeps_its_proposal_and_a_person_refused_it(tmp_path: Path) -> None:
    tool = {
        "id": "t-1",
        "name": "replace",
        "status": "cancelled",
        "args": {"file_path": "/p/a.py", "old_string": "a\n", "new_string": "b\n"},
    }
    waiting = {**tool, "id": "t-2", "status": "awaiting_approval"}
    path = chat(
        tmp_path / "session-1.jsonl", HEAD, said("m-1", 1), answered("m-2", 2, tool, waiting)
    )
    rows = rows_of(Gemini(), path)
    (edit,) = rows.edits.values()
    assert (edit.status, edit.decided_by) == ("refused", "person")
    assert edit.changes == (Change(("a",), ("b",)),)
    assert sum(row.by == "person" for row in rows.activities.values()) == 2


def test_a_change_by_the_user_is_told(tmp_path: Path) -> None:
    tool = {
        "id": "t-1",
        "name": "write_file",
        "status": "success",
        "args": {"file_path": "/p/a.py", "content": "a\n"},
        "resultDisplay": {
            "originalContent": "x\n",
            "newContent": "x\ny\n",
            "diffStat": {"user_added_lines": 1},
        },
    }
    path = chat(tmp_path / "session-1.jsonl", HEAD, said("m-1", 1), answered("m-2", 2, tool))
    (edit,) = rows_of(Gemini(), path).edits.values()
    assert edit.changed_by_user
    assert edit.changes == (Change((), ("y",), 2, 2),)


def test_going_back_takes_nothing_back(tmp_path: Path) -> None:
    path = chat(
        tmp_path / "session-1.jsonl",
        HEAD,
        said("m-1", 1),
        answered("m-2", 2, input=100, output=10, total=110),
        {"$rewindTo": "m-1"},
        said("m-3", 3),
        answered("m-4", 4, input=50, output=5, thoughts=3, total=58),
    )
    rows = rows_of(Gemini(), path)
    assert rows.tokens == (150, 0, 18, 3)
    assert [call.turn for call in rows.calls.values()] == ["m-1", "m-3"]


def test_a_prompt_that_is_written_again_begins_no_turn_again(tmp_path: Path) -> None:
    path = chat(
        tmp_path / "session-1.jsonl", HEAD, said("m-1", 1), answered("m-2", 4), said("m-1", 1)
    )
    rows = rows_of(Gemini(), path)
    (turn,) = rows.turns.values()
    assert turn.ended_at - turn.started_at == 3 * 60 * 1_000_000


def test_a_sub_agents_chat_belongs_to_the_turn_in_which_it_began(tmp_path: Path) -> None:
    chats = tmp_path / "chats"
    chat(
        chats / "session-2026-01-05T10-00-s-1.jsonl",
        HEAD,
        said("m-1", 1),
        said("m-2", 5),
        said("m-3", 9),
    )
    head = {"sessionId": "a-1", "startTime": "2026-01-05T10:07:00Z", "kind": "subagent"}
    path = chat(
        chats / "s-1" / "a-1.jsonl", head, said("x-1", 7), answered("x-2", 8, input=7, total=7)
    )
    rows = rows_of(Gemini(), path)
    (call,) = rows.calls.values()
    assert (call.turn, call.sub_agent) == ("m-2", True)
    assert (rows.sessions["a-1"].parent, rows.sessions["a-1"].sub_agent) == ("s-1", True)
    assert not rows.turns
    assert all(row.by == "agent" for row in rows.activities.values())


def test_a_chat_in_one_object_tells_the_same(tmp_path: Path) -> None:
    messages = [said("m-1", 1), answered("m-2", 2, input=100, output=10, total=110)]
    lines = chat(tmp_path / "session-1.jsonl", HEAD, *messages)
    whole = tmp_path / "session-1.json"
    whole.write_bytes(orjson.dumps({**HEAD, "messages": messages}))
    assert rows_of(Gemini(), whole) == rows_of(Gemini(), lines)
    for text, fault in ((b"{", "not-json"), (b"[]", "not-an-object")):
        whole.write_bytes(text)
        assert faults_of(Gemini(), whole) == {fault: 1}


def test_the_directory_is_in_a_file_beside_the_chats(tmp_path: Path) -> None:
    path = chat(tmp_path / ".gemini" / "tmp" / "p" / "chats" / "session-1.jsonl", HEAD)
    assert rows_of(Gemini(), path).sessions["s-1"].cwd is None
    (tmp_path / ".gemini" / "tmp" / "p" / ".project_root").write_text("/home/dev/project\n")
    assert rows_of(Gemini(), path).sessions["s-1"].cwd == "/home/dev/project"


def test_chats_are_found_with_those_of_sub_agents(tmp_path: Path) -> None:
    chats = tmp_path / ".gemini" / "tmp" / "p" / "chats"
    for name in ("session-1.jsonl", "session-2.json", "s-1/a-1.jsonl"):
        chat(chats / name, HEAD)
    (chats / "session-1.json.bak").write_text("")
    found = [log.path.name for log in Gemini().locate(Home(tmp_path, {}))]
    assert found == ["session-1.jsonl", "session-2.json", "a-1.jsonl"]
    elsewhere = Home(tmp_path / "none", {"GEMINI_CLI_HOME": str(tmp_path)})
    assert len(list(Gemini().locate(elsewhere))) == 3


@settings(AT_LEISURE, max_examples=40)
@given(st.data())
def test_two_steps_bring_what_one_reading_brings(tmp_path: Path, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([PLAIN, RESUMED, REFUSED]))
    text = source.read_bytes()
    cut = data.draw(st.integers(0, len(text)))
    assert rows_in_two_steps(Gemini(), text, cut, tmp_path / source.name) == rows_of(
        Gemini(), source
    )


def test_a_state_holds_no_code_and_no_prompt(tmp_path: Path) -> None:
    path = tmp_path / RESUMED.name
    text = RESUMED.read_bytes()
    for cut in range(0, len(text), 997):
        path.write_bytes(text[:cut])
        for reading in Gemini().read(Log(path, ""), None):
            state = orjson.dumps(reading.state)
            assert b"two = 2" not in state
            assert b"first prompt" not in state


def test_foreign_lines_are_counted(tmp_path: Path) -> None:
    path = chat(tmp_path / "session-1.jsonl", said("m-0", 0), HEAD, said("m-1", 1, timestamp="?"))
    with path.open("ab") as file:
        file.write(b'7\n{"sessionId": "s')
    assert faults_of(Gemini(), path) == {
        "missing-field": 1,
        "bad-time": 1,
        "not-an-object": 1,
        "torn-line": 1,
    }


@settings(AT_LEISURE, max_examples=60)
@given(st.data())
def test_no_value_of_a_wrong_type_stops_a_reading(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / RESUMED.name
    path.write_bytes(spoiled(RESUMED.read_bytes(), data))
    assert list(Gemini().read(Log(path, ""), None))[-1].state is not None
