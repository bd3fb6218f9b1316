"""Qwen Code's chats: sessions of the real program, continued, refused, with a sub-agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.agents.rows import AT_LEISURE, faults_of, rows_in_two_steps, rows_of
from tests.sources.agents.spoiling import spoiled

from landed.sources.agents.contract import Change, Home, Log
from landed.sources.agents.qwen import Qwen

DATA = Path(__file__).parents[2] / "data" / "agents" / "qwen"
PLAIN = DATA / "7ea37ee6-6977-46ae-b870-8ba7c485dad7.jsonl"
CONTINUED = DATA / "12a9c017-f847-4383-ab35-6fb6c88c20e2.jsonl"
REFUSED = DATA / "544553b0-ce22-42ca-a340-b6846ade71a5.jsonl"
SUB_AGENT = DATA / "c7496725-2068-46dd-acdc-398dd4817c85.jsonl"


def records(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return path


def test_an_answer_that_is_told_twice_counts_once() -> None:
    rows = rows_of(Qwen(), PLAIN)
    assert len(rows.calls) == 4
    assert rows.tokens == (8_000, 4_000, 400, 0)
    assert {call.model for call in rows.calls.values()} == {"qwen3-coder-plus"}


def test_edits_have_their_minimal_lines_and_places() -> None:
    rows = rows_of(Qwen(), PLAIN)
    created, changed = rows.edits.values()
    assert (created.kind, created.before, len(created.changes[0].added)) == ("create", "", 6)
    assert changed.path == "/home/dev/qwen/project/calc.py"
    assert changed.changes == (Change(("def sub(a, b):",), ("def subtract(a, b):",), 5, 5),)
    assert [edit.call for edit in (created, changed)] == list(rows.calls)[:2]
    assert {edit.decided_by for edit in (created, changed)} == {"automatic"}


def test_a_continued_session_has_edits_of_every_outcome() -> None:
    rows = rows_of(Qwen(), CONTINUED)
    assert rows.edited() == [
        ("a.py", "create", "applied", ["one = 1", "two = 2", "three = 3"], []),
        ("a.py", "update", "applied", ["two = 22", "half = 0.5"], ["two = 2"]),
        ("a.py", "update", "failed", ["anything"], ["not there"]),
        ("a.py", "update", "applied", ["three = 33"], ["half = 0.5", "three = 3"]),
        ("project", "shell", "applied", [], []),
        ("a.py", "update", "failed", ["one = 11"], ["one = 1"]),
    ]
    first, second = rows.turns
    assert [edit.turn for edit in rows.edits.values()] == [first] * 5 + [second]
    assert {turn.branch for turn in rows.turns.values()} == {"master"}
    assert [reference[1:] for reference in rows.references] == [("commit", "4417428")]
    (session,) = rows.sessions.values()
    assert (session.cwd, session.branch) == ("/home/dev/project", "master")


def test_an_edit_that_a_rule_denies_was_refused_by_a_policy() -> None:
    rows = rows_of(Qwen(), REFUSED)
    (edit,) = rows.edits.values()
    assert (edit.status, edit.decided_by) == ("refused", "policy")
    assert edit.changes == (Change((), ("r = 1",)),)
    assert not rows.decisions[edit.edit].accepted


def test_the_calls_and_edits_of_a_sub_agent_count() -> None:
    rows = rows_of(Qwen(), SUB_AGENT)
    assert [call.sub_agent for call in rows.calls.values()] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert {call.turn for call in rows.calls.values()} == set(rows.turns)
    assert rows.edited() == [
        ("a.py", "update", "applied", ["one = 1"], []),
        ("a.py", "update", "failed", ["one = 1"], []),
    ]


def test_without_telemetry_the_record_of_an_answer_counts(tmp_path: Path) -> None:
    lines = [line for line in records(PLAIN) if line["type"] != "system"]
    rows = rows_of(Qwen(), written(tmp_path / PLAIN.name, lines))
    assert rows.tokens == (8_000, 4_000, 400, 0)
    assert len(rows.calls) == 4


def test_a_response_id_is_the_call_where_it_can_be_unique(tmp_path: Path) -> None:
    lines = records(PLAIN)
    for number, line in enumerate(lines):
        event = line.get("systemPayload", {}).get("uiEvent", {})
        if event.get("event.name") == "qwen-code.api_response":
            event["response_id"] = f"chatcmpl-00000000-0000-0000-{number:012}"
    rows = rows_of(Qwen(), written(tmp_path / PLAIN.name, lines))
    assert len(rows.calls) == 4
    assert all(call.startswith("chatcmpl-0000") for call in rows.calls)


def test_a_fork_counts_only_its_own_records(tmp_path: Path) -> None:
    copies = [
        {
            **line,
            "sessionId": "f-1",
            "forkedFrom": {"sessionId": line["sessionId"], "messageUuid": line["uuid"]},
        }
        for line in records(PLAIN)
    ]
    own = [
        {**line, "sessionId": "f-1", "uuid": f"own-{number}"}
        for number, line in enumerate(records(REFUSED))
    ]
    rows = rows_of(Qwen(), PLAIN, written(tmp_path / "f-1.jsonl", copies + own))
    assert len(rows.calls) == 4 + 2
    assert rows.sessions["f-1"].parent == PLAIN.stem
    assert rows.sessions["f-1"].started_at > rows.sessions[PLAIN.stem].started_at
    assert {edit.session for edit in rows.edits.values()} == {PLAIN.stem, "f-1"}


@pytest.mark.parametrize(
    ("decision", "status", "outcome", "changed"),
    [
        ("accept", "success", ("applied", "person"), False),
        ("modify", "success", ("applied", "person"), True),
        ("reject", "cancelled", ("refused", "person"), False),
    ],
)
def test_what_a_person_decides_is_told(
    decision: str, status: str, outcome: tuple[str, str], changed: bool, tmp_path: Path
) -> None:
    lines = records(PLAIN)
    for line in lines:
        event = line.get("systemPayload", {}).get("uiEvent", {})
        if event.get("function_name") == "edit":
            event["decision"] = decision
        if line.get("toolCallResult", {}).get("callId") == "call_1f23785f":
            line["toolCallResult"]["status"] = status
    rows = rows_of(Qwen(), written(tmp_path / PLAIN.name, lines))
    edit = rows.edits["call_1f23785f"]
    assert ((edit.status, edit.decided_by), edit.changed_by_user) == (outcome, changed)
    assert rows.decisions["call_1f23785f"].accepted == (status == "success")
    assert sum(row.by == "person" for row in rows.activities.values()) == 2


def test_a_proposal_read_before_its_outcome_is_found_again(tmp_path: Path) -> None:
    text = REFUSED.read_bytes()
    cut = text.rindex(b"\n", 0, text.index(b'"type":"tool_result"')) + 1
    rows = rows_in_two_steps(Qwen(), text, cut, tmp_path / REFUSED.name)
    assert [edit.changes for edit in rows.edits.values()] == [(Change((), ("r = 1",)),)]


@settings(AT_LEISURE, max_examples=40)
@given(st.data())
def test_two_steps_bring_what_one_reading_brings(tmp_path: Path, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from([PLAIN, CONTINUED, REFUSED, SUB_AGENT]))
    text = source.read_bytes()
    cut = data.draw(st.integers(0, len(text)))
    assert rows_in_two_steps(Qwen(), text, cut, tmp_path / source.name) == rows_of(Qwen(), source)


def test_a_state_holds_no_code_and_no_prompt(tmp_path: Path) -> None:
    path = tmp_path / CONTINUED.name
    text = CONTINUED.read_bytes()
    for cut in range(0, len(text), 997):
        path.write_bytes(text[:cut])
        for reading in Qwen().read(Log(path, ""), None):
            state = orjson.dumps(reading.state)
            assert b"not there" not in state
            assert b"first prompt" not in state


def test_foreign_lines_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "s.jsonl", [{"type": "user"}, records(PLAIN)[0] | {"uuid": 7}])
    with path.open("ab") as file:
        file.write(b"null\n{")
    assert faults_of(Qwen(), path) == {
        "bad-time": 1,
        "missing-field": 1,
        "not-an-object": 1,
        "torn-line": 1,
    }


@settings(AT_LEISURE, max_examples=60)
@given(st.data())
def test_no_value_of_a_wrong_type_stops_a_reading(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / CONTINUED.name
    path.write_bytes(spoiled(CONTINUED.read_bytes(), data))
    assert list(Qwen().read(Log(path, ""), None))[-1].state is not None


def test_chats_are_found_where_the_environment_says(tmp_path: Path) -> None:
    chats = tmp_path / ".qwen" / "projects" / "-p" / "chats"
    chats.mkdir(parents=True)
    written(chats / "s-1.jsonl", records(PLAIN))
    assert [log.path.name for log in Qwen().locate(Home(tmp_path, {}))] == ["s-1.jsonl"]
    for name in ("QWEN_HOME", "QWEN_RUNTIME_DIR"):
        home = Home(tmp_path / "none", {name: str(tmp_path / ".qwen")})
        assert len(list(Qwen().locate(home))) == 1
    assert not list(Qwen().locate(Home(tmp_path, {"QWEN_HOME": str(tmp_path / "none")})))
