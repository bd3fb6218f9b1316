"""OpenCode's database and files: sessions of the real program, of a new and of an old version."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.agents.rows import AT_LEISURE, Rows, faults_of, rows_of
from tests.sources.agents.spoiling import spoiled

from landed.sources.agents.contract import Change, Home, Log
from landed.sources.agents.opencode import OpenCode

DATA = Path(__file__).parents[2] / "data" / "agents" / "opencode"
PLAIN = DATA / "opencode.db"
CONTINUED = DATA / "opencode-continued.db"
PATCHES = DATA / "opencode-patches.db"
FIRST = "ses_dff5accdfffeCOEvgyRbUfvaaD"
SUB_AGENT = "ses_dff5ab325ffeDchyXXSlBbXp5s"
FORK = "ses_dff5aaae4ffeYHmxdiaNQCoUEY"


def stored(home: Path) -> Path:
    """Lay out the files of an old version under a home directory; return the session's."""
    storage = home / ".local" / "share" / "opencode" / "storage"
    for name, value in orjson.loads((DATA / "storage.json").read_bytes()).items():
        (storage / name).parent.mkdir(parents=True, exist_ok=True)
        (storage / name).write_bytes(orjson.dumps(value))
    (session,) = storage.glob("session/*/*.json")
    return session


def test_every_message_is_a_call_with_the_programs_own_cost() -> None:
    rows = rows_of(OpenCode(), PLAIN)
    assert len(rows.calls) == 4
    for call in rows.calls.values():
        assert (call.input_tokens, call.cache_read_tokens, call.output_tokens) == (
            2_000,
            1_000,
            100,
        )
        assert call.reported_cost == 7_500
        assert (call.model, call.provider) == ("claude-sonnet-4-5", "mock")


def test_edits_have_their_minimal_lines_and_places() -> None:
    created, changed = rows_of(OpenCode(), PLAIN).edits.values()
    assert (created.kind, created.before, len(created.changes[0].added)) == ("create", "", 6)
    assert changed.path == "/home/dev/project/calc.py"
    assert changed.changes == (Change(("def sub(a, b):",), ("def subtract(a, b):",), 5, 5),)


def test_a_continued_session_has_edits_of_every_outcome() -> None:
    rows = rows_of(OpenCode(), CONTINUED)
    session = Rows(edits={name: e for name, e in rows.edits.items() if e.session == FIRST})
    assert session.edited() == [
        ("a.py", "create", "applied", ["one = 1", "two = 2", "three = 3"], []),
        ("a.py", "update", "applied", ["two = 22", "half = 0.5"], ["two = 2"]),
        ("a.py", "update", "failed", ["anything"], ["not there"]),
        # Written over as a whole: only what differs was generated.
        ("a.py", "update", "applied", ["three = 33"], ["half = 0.5", "three = 3"]),
        ("project", "shell", "applied", [], []),
        ("a.py", "update", "applied", ["one = 11"], ["one = 1"]),
    ]
    turns = [turn.turn for turn in rows.turns.values() if turn.session == FIRST]
    assert [edit.turn for edit in session.edits.values()] == [turns[0]] * 5 + [turns[1]]
    assert [reference[1:] for reference in rows.references] == [("commit", "29e5281")]


def test_a_fork_counts_only_its_own_messages() -> None:
    rows = rows_of(OpenCode(), CONTINUED)
    assert sum(call.session == FIRST for call in rows.calls.values()) == 11
    assert sum(call.session == FORK for call in rows.calls.values()) == 1
    assert not any(edit.session == FORK for edit in rows.edits.values())
    assert sum(turn.session == FORK for turn in rows.turns.values()) == 1


def test_what_a_sub_agent_does_belongs_to_the_turn_that_spawned_it() -> None:
    rows = rows_of(OpenCode(), CONTINUED)
    (call,) = (call for call in rows.calls.values() if call.session == SUB_AGENT)
    assert call.sub_agent
    assert rows.turns[call.turn or ""].session == FIRST
    assert rows.sessions[SUB_AGENT].parent == FIRST
    assert not any(turn.session == SUB_AGENT for turn in rows.turns.values())
    assert [row.by for row in rows.activities.values() if row.session == SUB_AGENT] == ["agent"]


def test_a_refused_edit_is_a_persons_decision() -> None:
    rows = rows_of(OpenCode(), CONTINUED)
    (refused,) = (edit for edit in rows.edits.values() if edit.status == "refused")
    assert refused.decided_by == "person"
    assert refused.changes == (Change(("one = 11",), ("one = 111",)),)
    decision = rows.decisions[refused.edit]
    assert (decision.accepted, decision.decided_by) == (False, "person")


def test_a_patch_of_several_files_is_an_edit_a_file() -> None:
    rows = rows_of(OpenCode(), PATCHES)
    assert rows.edited() == [
        ("a.py", "create", "applied", ["one = 1", "two = 2"], []),
        ("b.py", "create", "applied", ["b = 1"], []),
        ("a.py", "rename", "applied", ["two = 22"], ["two = 2"]),
        ("b.py", "delete", "applied", [], ["b = 1"]),
    ]
    moved = next(edit for edit in rows.edits.values() if edit.kind == "rename")
    assert moved.moved_to == "/home/dev/project/c.py"


def test_reasoning_beside_the_output_is_billed_with_it() -> None:
    rows = rows_of(OpenCode(), PATCHES)
    assert rows.tokens == (6_000, 3_000, 300, 120)


def test_the_files_of_an_old_version_tell_the_same(tmp_path: Path) -> None:
    rows = rows_of(OpenCode(), stored(tmp_path))
    # Reasoning stood inside the output then.
    assert rows.tokens == (16_000, 8_000, 800, 320)
    assert rows.edited() == [
        ("a.py", "create", "applied", ["one = 1", "two = 2", "three = 3"], []),
        ("a.py", "update", "applied", ["two = 22", "half = 0.5"], ["two = 2"]),
        ("a.py", "update", "failed", ["anything"], ["not there"]),
        ("a.py", "update", "applied", ["three = 33"], ["half = 0.5", "three = 3"]),
        ("project", "shell", "applied", [], []),
    ]
    assert [edit.before for edit in rows.edits.values()][:2] == [
        "",
        "one = 1\ntwo = 2\nthree = 3\n",
    ]
    assert [reference[1:] for reference in rows.references] == [("commit", "379de2f")]


def test_a_sub_agents_file_belongs_to_the_turn_that_spawned_it(tmp_path: Path) -> None:
    session = stored(tmp_path)
    storage = session.parents[2]
    head = orjson.loads(session.read_bytes())
    messages = [orjson.loads(file.read_bytes()) for file in storage.glob("message/*/*.json")]
    asked, answer = sorted(messages, key=lambda message: message["time"]["created"])[:2]
    task = {"type": "tool", "tool": "task", "state": {"metadata": {"sessionId": "ses_sub"}}}
    (storage / "part" / answer["id"] / "prt_task.json").write_bytes(orjson.dumps(task))
    sub_agent = session.with_name("ses_sub.json")
    sub_agent.write_bytes(orjson.dumps({**head, "id": "ses_sub", "parentID": head["id"]}))
    (storage / "message" / "ses_sub").mkdir()
    (storage / "message" / "ses_sub" / "msg_sub.json").write_bytes(
        orjson.dumps({**answer, "sessionID": "ses_sub", "parentID": "msg_own"})
    )
    rows = rows_of(OpenCode(), sub_agent)
    (call,) = rows.calls.values()
    assert (call.call, call.turn, call.sub_agent) == ("msg_sub", asked["id"], True)
    assert not rows.turns


def test_each_step_of_a_message_is_a_call(tmp_path: Path) -> None:
    session = stored(tmp_path)
    storage = session.parents[2]
    step = next(
        file for file in storage.glob("part/*/*.json") if b"step-finish" in file.read_bytes()
    )
    more = {**orjson.loads(step.read_bytes()), "cost": 0.5}
    step.with_name("prt_z.json").write_bytes(orjson.dumps(more))
    rows = rows_of(OpenCode(), session)
    assert len(rows.calls) == 9
    assert rows.tokens == (18_000, 9_000, 900, 360)
    assert rows.calls["prt_z"].reported_cost == 500_000


def test_a_request_that_was_opened_is_a_reference(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(PLAIN, path)
    address = "https://github.example/dev/project/pull/7"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE part SET data = json_set(data, '$.state.input.command', 'gh pr create --fill',"
            " '$.state.metadata.output', ?) WHERE data LIKE '%\"tool\":\"bash\"%'",
            [f"Creating\n{address}\n"],
        )
    references = rows_of(OpenCode(), path).references
    assert [reference[1:] for reference in references] == [("pull-request", address)]


def test_only_changed_sessions_are_read_again(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(CONTINUED, path)
    rows = Rows()
    state = rows.add(OpenCode().read(Log(path, ""), None))
    again = Rows()
    assert again.add(OpenCode().read(Log(path, ""), state)) == state
    # The session that changed last is read again: something else may have changed in its moment.
    assert len(again.sessions) == 1
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE part SET data = json_set(data, '$.state.status', 'error'),"
            " time_updated = time_updated + 86400000 WHERE message_id IN"
            " (SELECT id FROM message WHERE session_id = ?) AND data LIKE '%one = 11%'",
            [FIRST],
        )
    rows.add(OpenCode().read(Log(path, ""), state))
    assert [edit.status for edit in rows.edits.values() if edit.session == FIRST][-1] == "failed"
    assert len(rows.calls) == 14


def test_a_database_in_use_is_read_and_never_locked(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(PLAIN, path)
    with closing(sqlite3.connect(path, timeout=0)) as agent:
        agent.execute("PRAGMA journal_mode = WAL")
        agent.execute("UPDATE session SET version = '2.0'")
        agent.commit()
        agent.execute("BEGIN IMMEDIATE")
        agent.execute("UPDATE session SET version = '3.0'")
        readings = OpenCode().read(Log(path, ""), None)
        first = next(readings)
        assert first.sessions[0].version == "2.0"
        agent.commit()
        assert list(readings)[-1].state is not None


def test_a_database_of_another_kind_is_a_fault(tmp_path: Path) -> None:
    broken = tmp_path / "opencode.db"
    broken.write_bytes(b"no database at all" * 100)
    assert faults_of(OpenCode(), broken) == {"unreadable-database": 1}
    assert faults_of(OpenCode(), tmp_path / "opencode-2.db") == {"unreadable-file": 1}
    with closing(sqlite3.connect(tmp_path / "opencode-3.db")) as connection, connection:
        connection.execute("CREATE TABLE session (id)")
    assert faults_of(OpenCode(), tmp_path / "opencode-3.db") == {"unreadable-database": 1}


@pytest.mark.parametrize(
    ("data", "fault"),
    [("nonsense", "not-an-object"), ('{"role": "user", "time": {"created": "?"}}', "bad-time")],
)
def test_messages_that_make_no_sense_are_counted(data: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(PLAIN, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            'UPDATE message SET data = ? WHERE data LIKE \'%"finish":"stop"%\'', [data]
        )
    assert faults_of(OpenCode(), path)[fault] == 1
    assert len(rows_of(OpenCode(), path).calls) == 3


@settings(AT_LEISURE, max_examples=40)
@given(st.data())
def test_no_value_of_a_wrong_type_stops_a_reading(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(PLAIN, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("message", "part"):
            rows = connection.execute(f"SELECT id, data FROM {table}").fetchall()
            lines = spoiled(b"\n".join(text.encode() for _, text in rows), data).splitlines()
            connection.executemany(
                f"UPDATE {table} SET data = ? WHERE id = ?",
                [(line.decode(), name) for line, (name, _) in zip(lines, rows, strict=True)],
            )
    readings = list(OpenCode().read(Log(path, ""), None))
    assert readings[-1].state is not None


def test_an_aborted_answer_interrupts_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    shutil.copy(PLAIN, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE message SET data = json_set(data, '$.error', json('{\"name\":"
            ' "MessageAbortedError"}\')) WHERE data LIKE \'%"finish":"stop"%\''
        )
    rows = rows_of(OpenCode(), path)
    assert [turn.interrupted for turn in rows.turns.values()] == [True]
    assert sum(row.by == "person" for row in rows.activities.values()) == 2


def test_databases_and_files_are_found(tmp_path: Path) -> None:
    session = stored(tmp_path)
    shutil.copy(PLAIN, session.parents[3] / "opencode.db")
    home = Home(tmp_path, {})
    logs = list(OpenCode().locate(home))
    assert [log.path.suffix for log in logs] == [".db", ".json"]
    message = next(iter((session.parents[2] / "message" / session.stem).iterdir()))
    (message.parent / "msg_z.json").write_bytes(message.read_bytes())
    assert [
        new.stamp == old.stamp for new, old in zip(OpenCode().locate(home), logs, strict=True)
    ] == [
        True,
        False,
    ]
    elsewhere = Home(tmp_path / "none", {"XDG_DATA_HOME": str(tmp_path / ".local" / "share")})
    assert len(list(OpenCode().locate(elsewhere))) == 2
