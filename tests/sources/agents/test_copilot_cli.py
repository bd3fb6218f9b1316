"""Copilot's command line: a small session in the form of its public event types."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agents.contract import Change, Home, Reading
from landed.sources.agents.copilot_cli import CopilotCli

EVENTS = Path(__file__).parents[2] / "data" / "agents" / "copilot-cli" / "events.jsonl"
SESSION = "5e55-0001"
SCHEMA = """
CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, branch TEXT,
    created_at TEXT, updated_at TEXT);
CREATE TABLE turns (id INTEGER PRIMARY KEY, session_id TEXT, turn_index INTEGER, timestamp TEXT);
CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT,
    turn_index INTEGER, agent_id TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER,
    cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,
    total_nano_aiu INTEGER, created_at TEXT);
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home directory with one session."""
    path = tmp_path / ".copilot" / "session-state" / SESSION / "events.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(EVENTS.read_bytes())
    return tmp_path


def read_all(folder: Path) -> Reading:
    """Everything in one reading, as far as its rows go."""
    reader = CopilotCli()
    whole = Reading()
    for log in reader.locate(Home(folder, {})):
        for part in reader.read(log, None):
            join(whole, part)
    return whole


def join(whole: Reading, part: Reading) -> None:
    for name in ("sessions", "turns", "calls", "edits", "decisions", "activities", "references"):
        getattr(whole, name).extend(getattr(part, name))
    for kind, count in part.faults.items():
        whole.fault(kind, count)


def store(folder: Path, *rows: tuple[Any, ...]) -> Path:
    path = folder / ".copilot" / "session-store.db"
    path.parent.mkdir(exist_ok=True)
    with sqlite3.connect(path) as database:
        database.executescript(SCHEMA)
        database.executemany(
            "INSERT INTO assistant_usage_events (session_id, turn_index, agent_id, model,"
            " input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,"
            " reasoning_tokens, total_nano_aiu, created_at) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            rows,
        )
    database.close()
    return path


def row(when: str, turn: int = 0, prompt: int = 1000, **more: Any) -> tuple[Any, ...]:
    return (
        more.get("session", SESSION),
        turn,
        more.get("agent"),
        "claude-sonnet-4.5",
        prompt,
        more.get("output", 90),
        600,
        100,
        10,
        more.get("credits", 2_000_000_000),
        when,
    )


def test_a_session_knows_where_it_began(folder: Path) -> None:
    found = read_all(folder)

    (session,) = found.sessions
    assert (session.session, session.version) == (SESSION, "1.0.91")
    assert (session.cwd, session.branch, session.commit) == ("/home/dev/shop", "main", "a" * 40)
    assert session.remote == "https://github.com/acme/shop"
    assert session.ended_at - session.started_at == 1_203_000_000
    assert found.faults == {}


def test_prompts_of_a_person_are_turns_and_injected_ones_are_not(folder: Path) -> None:
    found = [(turn.turn, turn.branch, turn.interrupted) for turn in read_all(folder).turns]

    assert found == [
        (f"{SESSION}:0", "main", False),
        (f"{SESSION}:1", "main", True),
        (f"{SESSION}:2", "docs", False),
    ]


def test_an_applied_edit_has_the_lines_and_places_of_its_result(folder: Path) -> None:
    created, edited = read_all(folder).edits[:2]

    assert (created.path, created.kind, created.before) == ("/home/dev/shop/total.py", "create", "")
    assert created.changes == (Change((), ("def total(rows):", "    return sum(rows)"), 1, 1),)
    assert edited.changes == (Change(("print(2)",), ("print(total([2]))",), 5, 5),)
    assert (edited.edit, edited.status, edited.turn) == ("tc-2", "applied", f"{SESSION}:0")


def test_who_refused_is_told(folder: Path) -> None:
    found = {edit.edit: edit for edit in read_all(folder).edits}

    assert (found["tc-4"].status, found["tc-4"].decided_by) == ("refused", "person")
    assert found["tc-4"].path == "/home/dev/shop/README.md"
    assert found["tc-4"].changes == (Change(("Shop",), ("Shop with totals",)),)
    assert (found["tc-5"].status, found["tc-5"].decided_by) == ("refused", "policy")
    assert (found["tc-5"].kind, found["tc-5"].changes) == ("shell", ())


def test_a_patch_without_a_result_has_lines_without_places(folder: Path) -> None:
    found = {edit.edit: edit for edit in read_all(folder).edits if edit.tool == "apply_patch"}

    assert {key: edit.kind for key, edit in found.items()} == {
        "tc-6:/home/dev/shop/main.py": "update",
        "tc-6:/home/dev/shop/old.py": "delete",
    }
    assert found["tc-6:/home/dev/shop/main.py"].changes == (Change(("print(1)",), ("print(one)",)),)


def test_commits_and_branches_are_references(folder: Path) -> None:
    assert [(found.kind, found.value) for found in read_all(folder).references] == [
        ("branch", "main"),
        ("commit", "1a2b3c4"),
        ("branch", "docs"),
    ]


@pytest.mark.parametrize(
    ("answer", "accepted", "by", "error"),
    [
        ("approved-for-session", True, "person", None),
        ("denied-interactively-by-user", False, "person", "rejected"),
        ("denied-by-rules", False, "policy", "denied"),
    ],
)
def test_permissions_are_decisions(
    tmp_path: Path, answer: str, accepted: bool, by: str, error: str | None
) -> None:
    path = tmp_path / ".copilot" / "session-state" / "old.jsonl"
    path.parent.mkdir(parents=True)
    events = [
        (
            "tool.execution_start",
            {"toolCallId": "t", "toolName": "create", "arguments": {"path": "/a"}},
        ),
        ("permission.requested", {"requestId": "p", "permissionRequest": {"toolCallId": "t"}}),
        ("permission.completed", {"requestId": "p", "result": {"kind": answer}}),
        (
            "tool.execution_complete",
            {"toolCallId": "t", "success": error is None, "error": {"code": error}},
        ),
    ]
    path.write_bytes(
        b"".join(
            orjson.dumps({"type": kind, "timestamp": "2026-07-01T09:00:00Z", "data": data}) + b"\n"
            for kind, data in events
        )
    )

    found = read_all(tmp_path)
    assert [(d.decision, d.tool, d.accepted, d.decided_by) for d in found.decisions] == [
        ("p", "create", accepted, by)
    ]
    (edit,) = found.edits
    assert (edit.status, edit.decided_by) == ("applied" if accepted else "refused", by)
    assert [session.session for session in found.sessions] == ["old"]


def test_work_has_spans_and_a_person_has_instants(folder: Path) -> None:
    found = read_all(folder).activities

    assert [item.turn for item in found if item.by == "person"] == [
        f"{SESSION}:0",
        f"{SESSION}:1",
        f"{SESSION}:1",
        f"{SESSION}:1",
        f"{SESSION}:2",
    ]
    spans = [item.ended_at - item.started_at for item in found if item.by == "agent"]
    assert spans == [5_000_000, 6_400_000, 0]


def test_totals_go_on_over_a_resume_and_count_once(folder: Path) -> None:
    calls = read_all(folder).calls

    assert [
        (c.turn, c.input_tokens, c.cache_read_tokens, c.cache_write_5m_tokens, c.output_tokens)
        for c in calls
    ] == [(f"{SESSION}:1", 300, 600, 100, 90), (f"{SESSION}:2", 200, 300, 0, 30)]
    assert [call.reasoning_tokens for call in calls] == [10, 2]


def test_the_store_counts_each_call_and_the_totals_add_nothing(folder: Path) -> None:
    store(
        folder,
        row("2026-07-01 09:00:10"),
        row("2026-07-01 09:20:02", turn=2, prompt=500, output=30, agent="sub-1"),
    )

    calls = read_all(folder).calls
    assert [(call.call, call.turn, call.input_tokens, call.sub_agent) for call in calls] == [
        (f"{SESSION}:1", f"{SESSION}:0", 300, False),
        (f"{SESSION}:2", f"{SESSION}:2", 0, True),
    ]
    assert [call.reported_cost for call in calls] == [20_000, 20_000]


def test_the_totals_give_what_an_older_version_did_not_store(folder: Path) -> None:
    store(folder, row("2026-07-01 09:20:02", turn=2, prompt=500, output=30))

    calls = read_all(folder).calls
    assert sum(call.output_tokens for call in calls) == 120
    assert len(calls) == 2


def test_a_session_without_events_is_known_from_the_store(tmp_path: Path) -> None:
    path = store(tmp_path, row("2026-07-01 09:00:10", session="gone", turn=0))
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO sessions VALUES ('gone', '/home/dev/shop', 'acme/shop', 'main',"
            " '2026-07-01 09:00:00', '2026-07-01 09:30:00')"
        )
        database.execute("INSERT INTO turns VALUES (1, 'gone', 0, '2026-07-01 09:00:01')")
    database.close()

    found = read_all(tmp_path)
    assert [(session.session, session.cwd) for session in found.sessions] == [
        ("gone", "/home/dev/shop")
    ]
    assert [turn.turn for turn in found.turns] == [found.calls[0].turn] == ["gone:0"]


def test_a_store_is_read_on_from_its_last_row(folder: Path) -> None:
    path = store(folder, row("2026-07-01 09:00:10"))
    reader = CopilotCli()
    log = next(log for log in reader.locate(Home(folder, {})) if log.path == path)
    (first,) = reader.read(log, None)
    with sqlite3.connect(path) as database:
        database.execute(
            "INSERT INTO assistant_usage_events (session_id, turn_index, output_tokens, created_at)"
            " VALUES ('x', 1, 5, '2026-07-01 10:00:00')"
        )
    database.close()

    (second,) = reader.read(log, first.state)
    assert [call.call for call in second.calls] == ["x:2"]
    assert (first.state, second.state) == ({"row": 1}, {"row": 2})


@pytest.mark.parametrize("cut", range(1, 26))
def test_any_two_readings_find_what_one_finds(folder: Path, cut: int) -> None:
    path = folder / ".copilot" / "session-state" / SESSION / "events.jsonl"
    once = read_all(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    reader = CopilotCli()
    twice = Reading()
    state = None
    for part in (lines[:cut], lines):
        path.write_bytes(b"".join(part))
        (log,) = reader.locate(Home(folder, {}))
        for reading in reader.read(log, orjson.loads(orjson.dumps(state))):
            join(twice, reading)
            state = reading.state

    assert {edit.edit: edit for edit in twice.edits} == {edit.edit: edit for edit in once.edits}
    assert {call.call: call for call in twice.calls} == {call.call: call for call in once.calls}
    assert {turn.turn: turn for turn in twice.turns} == {turn.turn: turn for turn in once.turns}
    assert twice.sessions[-1] == once.sessions[-1]
    assert twice.faults == {}
    assert b"print" not in orjson.dumps(state)


def test_a_last_line_without_newline_is_seen_and_a_torn_one_counted(folder: Path) -> None:
    path = folder / ".copilot" / "session-state" / SESSION / "events.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.rstrip(b"\n"))
    assert len(read_all(folder).calls) == 2

    path.write_bytes(whole + b'{"type": "user.mess')
    assert read_all(folder).faults == {"torn-line": 1}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{broken", "not-json"),
        (b"[1]", "not-an-object"),
        (b'{"data": {}}', "missing-field"),
        (b'{"type": "user.message", "timestamp": "yesterday"}', "bad-time"),
        (b'{"type": "tool.execution_start", "timestamp": "2026-07-01T09:30:00Z"}', "missing-field"),
        (
            b'{"type": "tool.execution_complete", "timestamp": "2026-07-01T09:30:00Z",'
            b' "data": {"toolCallId": "never-begun", "success": true}}',
            "result-without-call",
        ),
        (
            b'{"type": "permission.completed", "timestamp": "2026-07-01T09:30:00Z"}',
            "missing-field",
        ),
    ],
)
def test_a_line_that_cannot_be_is_counted(folder: Path, line: bytes, fault: str) -> None:
    path = folder / ".copilot" / "session-state" / SESSION / "events.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")

    found = read_all(folder)
    assert found.faults == {fault: 1}
    assert len(found.edits) == 6


def test_a_store_that_is_none_is_counted(folder: Path) -> None:
    (folder / ".copilot" / "session-store.db").write_bytes(b"not a database" * 100)

    found = read_all(folder)
    assert found.faults == {"unreadable-database": 1}
    assert len(found.calls) == 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "context",
                    "usage",
                    "toolCallId",
                    "toolName",
                    "arguments",
                    "modelMetrics",
                    "requestId",
                    "result",
                    "kind",
                    "command",
                    "path",
                    "success",
                    "cwd",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "session.start",
                    "session.resume",
                    "user.message",
                    "tool.execution_start",
                    "tool.execution_complete",
                    "session.shutdown",
                    "permission.requested",
                    "permission.completed",
                    "abort",
                ]
            ),
            VALUES,
        ),
        max_size=6,
    )
)
def test_no_event_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("copilot")
    path = folder / ".copilot" / "session-state" / "s" / "events.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(
        b"\n".join(
            orjson.dumps(
                {"type": kind, "timestamp": "2026-07-01T09:00:00Z", "data": data},
                option=orjson.OPT_PASSTHROUGH_SUBCLASS,
            )
            for kind, data in events
            if _fits(data)
        )
        + b"\n"
    )

    for reading in CopilotCli().read(next(CopilotCli().locate(Home(folder, {}))), None):
        assert orjson.dumps(reading.state)


def _fits(data: Any) -> bool:
    try:
        orjson.dumps(data)
    except TypeError:
        return False
    return True
