"""Codex rollouts: sessions of the real program, continued, forked, with a sub-agent, refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.agents.rows import AT_LEISURE, faults_of, rows_in_two_steps, rows_of
from tests.sources.agents.spoiling import spoiled

from landed.sources.agents.codex import Codex
from landed.sources.agents.contract import Change, Home, Log

DATA = Path(__file__).parents[2] / "data" / "agents" / "codex"
TWO_EDITS = DATA / "rollout-2026-11-21T19-35-50-01a1ff9b-9d4b-70d3-9a02-ca9e0bc40878.jsonl"
TWO_PROMPTS = DATA / "rollout-2026-11-22T00-06-09-01a20093-179a-7283-91c3-594a3f66fe54.jsonl"
FORK = DATA / "rollout-2026-11-22T00-06-43-01a20093-9c6f-7e10-9ab6-fb10ac083009.jsonl"
PARENT = DATA / "rollout-2026-11-22T00-07-53-01a20094-af70-7fc3-a76d-6b5ad3336e0b.jsonl"
SUB_AGENT = DATA / "rollout-2026-11-22T00-07-54-01a20094-aff5-7142-882e-a5721caccf71.jsonl"
NEW_PARENT = DATA / "rollout-2026-11-22T00-49-00-01a200ba-5239-7941-98f9-50060c47cbc9.jsonl"
NEW_SUB_AGENT = DATA / "rollout-2026-11-22T00-49-00-01a200ba-529d-7141-b03a-807301e51530.jsonl"
REFUSED = DATA / "rollout-2026-11-22T00-10-44-01a20097-4a7f-7a62-9a4c-a585d1d1cfa2.jsonl"


def rollout(path: Path, *lines: dict[str, Any], **head: Any) -> Path:
    """Write a rollout of a session that begins at 10:00, and of these lines, a minute apart."""
    meta = {"id": "s-1", "timestamp": "2026-01-05T10:00:00Z", "cwd": "/p", **head}
    records = [{"type": "session_meta", "payload": meta}, *lines]
    path.write_bytes(
        b"".join(
            orjson.dumps({"timestamp": f"2026-01-05T10:{minute:02}:00Z", **record}) + b"\n"
            for minute, record in enumerate(records)
        )
    )
    return path


def event(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": "event_msg", "payload": {"type": kind, **payload}}


def item(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": "response_item", "payload": {"type": kind, **payload}}


def totals(total: tuple[int, int], last: tuple[int, int]) -> dict[str, Any]:
    """Return an event of running totals: input and output tokens so far, and of the last answer."""
    info = {
        f"{name}_token_usage": {"input_tokens": tokens[0], "output_tokens": tokens[1]}
        for name, tokens in (("total", total), ("last", last))
    }
    return event("token_count", info=info)


def test_every_token_counts_once_in_its_class() -> None:
    rows = rows_of(Codex(), TWO_EDITS)
    assert len(rows.calls) == 4
    fresh, cached, output, reasoning = rows.tokens
    assert fresh + cached == 23_000
    assert cached == 12_000
    assert (output, reasoning) == (800, 256)
    assert {call.model for call in rows.calls.values()} == {"gpt-5.5"}
    assert all(call.startswith("resp_") for call in rows.calls)


def test_edits_have_their_minimal_lines_and_places() -> None:
    rows = rows_of(Codex(), TWO_EDITS)
    created, patched = rows.edits.values()
    assert (created.kind, created.before, len(created.changes[0].added)) == ("create", "", 6)
    assert created.path == "/home/dev/project/geo.py"
    assert patched.changes == (
        Change((), ("    if w < 0 or h < 0:", "        raise ValueError('negative')"), 2, 2),
    )
    # Each edit was asked for by one answer of the model, in order.
    assert [edit.call for edit in (created, patched)] == list(rows.calls)[:2]


def test_the_session_knows_its_repository() -> None:
    (session,) = rows_of(Codex(), TWO_PROMPTS).sessions.values()
    assert (session.cwd, session.branch) == ("/home/dev/project", "master")
    assert session.commit == "1f3cd1d71257b2ce5a6a562a53fcde9ffddfa196"
    assert session.remote == "https://git.example/dev/project.git"
    assert (session.version, session.parent, session.sub_agent) == ("0.169.0", None, False)


def test_a_resumed_session_has_two_turns_of_edits_of_every_kind() -> None:
    rows = rows_of(Codex(), TWO_PROMPTS)
    assert rows.edited() == [
        ("b.py", "create", "applied", ["b = 1"], []),
        ("a.py", "create", "applied", ["one = 1", "two = 2", "three = 3"], []),
        ("b.py", "delete", "applied", [], ["b = 1"]),
        ("a.py", "rename", "applied", ["two = 22", "four = 4"], ["two = 2"]),
        ("c.py", "update", "failed", ["anything"], ["not there"]),
        ("project", "shell", "applied", [], []),
        ("c.py", "update", "applied", ["half = 0.5"], []),
    ]
    first, second = rows.turns
    assert [edit.turn for edit in rows.edits.values()] == [first] * 6 + [second]
    moved = next(edit for edit in rows.edits.values() if edit.kind == "rename")
    assert moved.moved_to == "/home/dev/project/c.py"
    assert {edit.decided_by for edit in rows.edits.values()} == {"automatic"}
    assert rows.tokens == (29_500, 32_000, 1_800, 576)


def test_a_commit_that_git_tells_of_is_a_reference() -> None:
    rows = rows_of(Codex(), TWO_PROMPTS)
    (reference,) = rows.references.values()
    assert (reference.kind, reference.value) == ("commit", "09b7af4")
    assert reference.turn == next(iter(rows.turns))


def test_a_person_acts_at_prompts_and_the_agent_works_in_between() -> None:
    rows = rows_of(Codex(), TWO_PROMPTS)
    people = [row for row in rows.activities.values() if row.by == "person"]
    agents = [row for row in rows.activities.values() if row.by == "agent"]
    assert [row.turn for row in people] == [row.turn for row in agents] == list(rows.turns)
    for prompt, work in zip(people, agents, strict=True):
        assert prompt.started_at == prompt.ended_at < work.started_at < work.ended_at


def test_a_fork_counts_only_its_own_turns() -> None:
    alone = rows_of(Codex(), FORK)
    assert len(alone.calls) == 2
    assert next(iter(alone.sessions.values())).parent == "01a20093-179a-7283-91c3-594a3f66fe54"
    both = rows_of(Codex(), TWO_PROMPTS, FORK)
    assert len(both.calls) == 9 + 2
    # The program's own total at the end of the fork, which goes on from the first session's.
    assert sum(both.tokens[:2]) == 79_000
    assert both.tokens[2:] == (2_200, 704)


def test_a_sub_agents_copy_of_its_parents_history_counts_for_nothing() -> None:
    parent, child = rows_of(Codex(), PARENT), rows_of(Codex(), SUB_AGENT)
    assert len(parent.calls) == 7
    assert sum(parent.tokens[:2]) == 45_500
    assert child.tokens == (5_000, 0, 200, 64)
    assert [edit.edit for edit in child.edits.values()] == ["call_6068e339f0"]
    (session,) = child.sessions.values()
    assert session.sub_agent
    assert session.parent in parent.sessions


def test_what_a_sub_agent_does_belongs_to_the_turn_that_spawned_it() -> None:
    parent, child = rows_of(Codex(), PARENT), rows_of(Codex(), SUB_AGENT)
    (turn,) = parent.turns
    assert not child.turns
    assert {row.turn for row in [*child.calls.values(), *child.edits.values()]} == {turn}
    assert all(call.sub_agent for call in child.calls.values())
    assert [row.by for row in child.activities.values()] == ["agent"]


def test_a_sub_agent_of_a_new_version_names_the_turn_and_copies_history_too() -> None:
    parent, child = rows_of(Codex(), NEW_PARENT), rows_of(Codex(), NEW_SUB_AGENT)
    assert (len(parent.calls), len(child.calls)) == (3, 2)
    assert not set(parent.calls) & set(child.calls)
    assert {call.turn for call in child.calls.values()} == set(parent.turns)
    # The copy of the history ends with the abortion of the parent's turn, which never was.
    both = rows_of(Codex(), NEW_PARENT, NEW_SUB_AGENT)
    assert [turn.interrupted for turn in both.turns.values()] == [False]
    assert next(iter(child.sessions.values())).parent in parent.sessions


def test_a_record_of_another_threads_answer_is_not_the_sessions(tmp_path: Path) -> None:
    usage = {"input_tokens": 100, "output_tokens": 10}
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        *(
            {
                "type": "token_usage_record",
                "payload": {"thread_id": thread, "response_id": f"r-{thread}", "usage": usage},
            }
            for thread in ("s-0", "s-1")
        ),
    )
    assert list(rows_of(Codex(), path).calls) == ["r-s-1"]


def test_a_refused_patch_keeps_what_it_proposed() -> None:
    rows = rows_of(Codex(), REFUSED)
    # The command that was run too could write nothing: nobody could let it out of its sandbox.
    (edit,) = rows.edits.values()
    assert (edit.status, edit.decided_by) == ("refused", "policy")
    assert edit.changes == (Change((), ("one = 1",), 1, 1),)
    decision = next(iter(rows.decisions.values()))
    assert (decision.accepted, decision.decided_by) == (False, "policy")


@pytest.mark.parametrize(
    ("output", "who"),
    [
        ("patch rejected by user", "person"),
        ("patch rejected: writing is blocked; rejected by user approval settings", "policy"),
    ],
)
def test_who_refused_a_patch_follows_from_the_tools_answer(
    output: str, who: str, tmp_path: Path
) -> None:
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        item(
            "custom_tool_call",
            call_id="c-1",
            name="apply_patch",
            input="*** Begin Patch\n*** Delete File: a.py\n*** End Patch",
        ),
        item("custom_tool_call_output", call_id="c-1", output=output),
    )
    (edit,) = rows_of(Codex(), path).edits.values()
    assert (edit.path, edit.kind, edit.status, edit.decided_by) == (
        "/p/a.py",
        "delete",
        "refused",
        who,
    )


def test_reasoning_is_a_part_of_the_output_and_unchanged_totals_tell_nothing(
    tmp_path: Path,
) -> None:
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        event("user_message", message="hello"),
        totals((100, 10), (100, 10)),
        totals((100, 10), (100, 10)),
        totals((250, 30), (150, 20)),
        event("user_message", message="more"),
        totals((250, 30), (150, 20)),
        totals((300, 35), (50, 5)),
    )
    rows = rows_of(Codex(), path)
    assert [(call.input_tokens, call.output_tokens) for call in rows.calls.values()] == [
        (100, 10),
        (150, 20),
        (50, 5),
    ]
    assert [call.turn for call in rows.calls.values()] == ["s-1/1", "s-1/1", "s-1/2"]


def test_a_total_that_began_anew_counts_by_the_answers_own_tokens(tmp_path: Path) -> None:
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        totals((1_000, 100), (1_000, 100)),
        totals((200, 20), (70, 7)),
    )
    assert rows_of(Codex(), path).tokens == (1_070, 0, 107, 0)


def test_the_parents_last_total_at_the_head_of_a_fork_is_not_the_forks(tmp_path: Path) -> None:
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        event("task_started", turn_id="t-1", started_at=1_767_607_500),
        totals((5_000, 500), (900, 90)),
        item("message", role="assistant"),
        totals((5_300, 540), (300, 40)),
        forked_from_id="s-0",
    )
    assert rows_of(Codex(), path).tokens == (300, 0, 40, 0)


def test_an_aborted_turn_is_interrupted_and_leaves_its_patch_refused(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Add File: a.py\n+x = 1\n*** End Patch"
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        event("task_started", turn_id="t-1"),
        item("custom_tool_call", call_id="c-1", name="apply_patch", input=patch),
        item(
            "function_call",
            call_id="c-2",
            name="shell",
            arguments='{"command": ["bash", "-lc", "echo y > y.txt"]}',
        ),
        event("turn_aborted", turn_id="t-1", reason="interrupted"),
    )
    rows = rows_of(Codex(), path)
    assert rows.turns["t-1"].interrupted
    assert (rows.edits["c-1"].status, rows.edits["c-1"].decided_by) == ("refused", "person")
    assert (rows.edits["c-2"].kind, rows.edits["c-2"].path) == ("shell", "/p")


def test_a_command_run_from_a_script_of_the_model_is_told_by_its_event(tmp_path: Path) -> None:
    command = {
        "type": "CommandExecution",
        "id": "c-1",
        "command": ["/bin/bash", "-lc", "gh pr create --fill > log.txt"],
        "cwd": "file:///p/sub",
        "status": "completed",
        "aggregated_output": "[main 0123abc] One\nhttps://github.example/dev/web/pull/7\n",
    }
    declined = {**command, "id": "c-2", "status": "declined", "aggregated_output": ""}
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        event("task_started", turn_id="t-1"),
        event("item_completed", item=command),
        event("item_completed", item=declined),
    )
    rows = rows_of(Codex(), path)
    assert [
        (edit.kind, edit.path, edit.status, edit.decided_by) for edit in rows.edits.values()
    ] == [
        ("shell", "/p/sub", "applied", None),
        ("shell", "/p/sub", "refused", "person"),
    ]
    assert [reference[1:] for reference in rows.references] == [
        ("commit", "0123abc"),
        ("pull-request", "https://github.example/dev/web/pull/7"),
    ]
    assert [decision.accepted for decision in rows.decisions.values()] == [True, False]


def test_a_patch_that_only_the_tools_answer_tells_of_is_applied(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Update File: a.py\n@@\n x\n-y\n+z\n*** End Patch"
    path = rollout(
        tmp_path / "rollout-1.jsonl",
        item(
            "function_call",
            call_id="c-1",
            name="shell",
            arguments=orjson.dumps({"command": ["apply_patch", patch]}).decode(),
        ),
        item(
            "function_call_output",
            call_id="c-1",
            output='{"output": "Success. Updated the following files:", "metadata": {}}',
        ),
    )
    (edit,) = rows_of(Codex(), path).edits.values()
    assert (edit.status, edit.changes) == ("applied", (Change(("y",), ("z",)),))


def test_a_patch_read_before_its_answer_is_found_again(tmp_path: Path) -> None:
    text = TWO_PROMPTS.read_bytes()
    cut = text.index(b"apply_patch verification failed")
    path = tmp_path / TWO_PROMPTS.name
    rows = rows_in_two_steps(Codex(), text, text.rindex(b"\n", 0, cut) + 1, path)
    failed = next(edit for edit in rows.edits.values() if edit.status == "failed")
    assert failed.changes == (Change(("not there",), ("anything",)),)


def test_a_state_holds_no_code(tmp_path: Path) -> None:
    text = TWO_PROMPTS.read_bytes()
    path = tmp_path / TWO_PROMPTS.name
    for cut in range(0, len(text), 997):
        path.write_bytes(text[:cut])
        for reading in Codex().read(Log(path, ""), None):
            state = orjson.dumps(reading.state)
            assert b"not there" not in state
            assert b"prompt" not in state.replace(b'"prompts"', b"")


@settings(AT_LEISURE, max_examples=40)
@given(st.data())
def test_two_steps_bring_what_one_reading_brings(tmp_path: Path, data: st.DataObject) -> None:
    source = data.draw(
        st.sampled_from([TWO_PROMPTS, SUB_AGENT, PARENT, FORK, REFUSED, NEW_SUB_AGENT])
    )
    text = source.read_bytes()
    cut = data.draw(st.integers(0, len(text)))
    assert rows_in_two_steps(Codex(), text, cut, tmp_path / source.name) == rows_of(Codex(), source)


def test_torn_and_foreign_lines_are_counted(tmp_path: Path) -> None:
    path = rollout(tmp_path / "rollout-1.jsonl", event("user_message", message="hello"))
    with path.open("ab") as file:
        file.write(b'[1]\n{"timestamp": "never", "payload": {"a": 1}}\nnonsense\n{"type": "eve')
    assert faults_of(Codex(), path) == {
        "not-an-object": 1,
        "bad-time": 1,
        "not-json": 1,
        "torn-line": 1,
    }


@settings(AT_LEISURE, max_examples=60)
@given(st.data())
def test_no_value_of_a_wrong_type_stops_a_reading(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / TWO_PROMPTS.name
    path.write_bytes(spoiled(TWO_PROMPTS.read_bytes(), data))
    readings = list(Codex().read(Log(path, ""), None))
    assert readings[-1].state is not None


def test_rollouts_are_found_in_both_folders_and_where_the_environment_says(tmp_path: Path) -> None:
    for folder in ("sessions/2026/11/21", "archived_sessions"):
        (tmp_path / "elsewhere" / folder).mkdir(parents=True)
        rollout(tmp_path / "elsewhere" / folder / "rollout-1.jsonl")
    reader = Codex()
    assert not list(reader.locate(Home(tmp_path, {})))
    logs = list(reader.locate(Home(tmp_path, {"CODEX_HOME": str(tmp_path / "elsewhere")})))
    assert [log.path.parent.name for log in logs] == ["21", "archived_sessions"]
    rollout(logs[0].path, event("user_message", message="hello"))
    again = next(reader.locate(Home(tmp_path, {"CODEX_HOME": str(tmp_path / "elsewhere")})))
    assert again.stamp != logs[0].stamp


def test_a_file_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(Codex(), tmp_path / "rollout-1.jsonl") == {"unreadable-file": 1}
