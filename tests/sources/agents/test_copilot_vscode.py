"""Copilot in VS Code: a small chat and a trace database in the form of their public sources."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agents.contract import Change, Home, Log, Reading
from landed.sources.agents.copilot_vscode import CopilotVSCode
from landed.sources.agents.vscode_chats import document

CHAT = Path(__file__).parents[2] / "data" / "agents" / "copilot-vscode" / "chat.jsonl"
SESSION = "chat-0001"
BEGUN = 1_782_896_400_000
SCHEMA = """
CREATE TABLE spans (span_id TEXT PRIMARY KEY, trace_id TEXT NOT NULL, parent_span_id TEXT,
    name TEXT NOT NULL, start_time_ms INTEGER NOT NULL, end_time_ms INTEGER NOT NULL,
    status_code INTEGER NOT NULL DEFAULT 0, operation_name TEXT, conversation_id TEXT,
    request_model TEXT, response_model TEXT, input_tokens INTEGER, output_tokens INTEGER,
    cached_tokens INTEGER, reasoning_tokens INTEGER, tool_name TEXT, tool_call_id TEXT,
    chat_session_id TEXT);
CREATE TABLE span_attributes (span_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT,
    PRIMARY KEY (span_id, key));
"""


def user_folder(machine: Path) -> Path:
    return machine / ".config" / "Code" / "User"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A home directory with one chat, in a window on a folder."""
    storage = user_folder(tmp_path) / "workspaceStorage" / "1f"
    (storage / "chatSessions").mkdir(parents=True)
    (storage / "workspace.json").write_text('{"folder": "file:///home/dev/shop"}')
    (storage / "chatSessions" / f"{SESSION}.jsonl").write_bytes(CHAT.read_bytes())
    return tmp_path


def span(number: int, operation: str = "chat", at: int = 6000, **more: Any) -> dict[str, Any]:
    return {
        "span_id": f"s-{number}",
        "trace_id": "t-1",
        "name": operation,
        "start_time_ms": BEGUN + at,
        "end_time_ms": BEGUN + at + 1000,
        "operation_name": operation,
        "chat_session_id": SESSION,
        "request_model": "claude-sonnet-4.5",
        **more,
    }


def traces(machine: Path, *spans: dict[str, Any], **attributes: dict[str, str]) -> Path:
    path = user_folder(machine) / "globalStorage" / "github.copilot-chat" / "agent-traces.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    with sqlite3.connect(path) as database:
        if new:
            database.executescript(SCHEMA)
        for row in spans:
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            database.execute(
                f"INSERT OR REPLACE INTO spans ({names}) VALUES ({marks})", list(row.values())
            )
        for key, values in attributes.items():
            database.executemany(
                "INSERT INTO span_attributes VALUES (?, ?, ?)",
                [(key.replace("_", "-"), name, value) for name, value in values.items()],
            )
    database.close()
    return path


def logs(machine: Path) -> tuple[CopilotVSCode, list[Log]]:
    reader = CopilotVSCode()
    return reader, list(reader.locate(Home(machine, {})))


def chat(machine: Path) -> Reading:
    reader, found = logs(machine)
    (reading,) = reader.read(found[0], None)
    return reading


def spans_of(machine: Path, state: dict[str, Any] | None = None) -> Reading:
    reader, found = logs(machine)
    (reading,) = reader.read(found[-1], state)
    return reading


def test_a_journal_is_the_session_at_its_end(machine: Path) -> None:
    found = chat(machine)

    (session,) = found.sessions
    assert (session.session, session.cwd, session.user) == (SESSION, "/home/dev/shop", "dev")
    assert [(turn.turn, turn.interrupted) for turn in found.turns] == [
        ("request-1", False),
        ("request-2", False),
        ("request-3", True),
    ]
    assert found.turns[0].ended_at - found.turns[0].started_at == 20_000_000


def test_edits_are_those_of_the_models_calls(machine: Path) -> None:
    found = {edit.edit: edit for edit in chat(machine).edits}

    assert found["toolu_1"].changes == (Change(("print(rows)",), ("print(sum(rows))",)),)
    assert found["toolu_2"].changes == (
        Change((), ("def total(rows):", "    return sum(rows)"), 1, 1),
    )
    assert found["call_4"].changes == (Change(("old",), ("new",)),)
    assert found["toolu_2"].before == ""


def test_what_a_person_kept_undid_and_changed_is_told(machine: Path) -> None:
    found = chat(machine)

    assert {
        edit.edit: (edit.status, edit.decided_by, edit.changed_by_user) for edit in found.edits
    } == {
        "toolu_1": ("refused", "person", False),  # undone before the next prompt
        "toolu_2": ("applied", "person", True),  # changed, then kept
        "toolu_3": ("refused", "person", False),  # a command that was not let through
        "call_4": ("applied", "automatic", False),
        "request-2:/home/dev/shop/notes.md": ("applied", None, False),
    }
    assert [(item.decision, item.accepted) for item in found.decisions] == [
        ("toolu_1", False),
        ("toolu_2", True),
    ]


def test_an_edit_without_a_call_has_its_new_lines_only(machine: Path) -> None:
    found = chat(machine)

    (edit,) = [edit for edit in found.edits if edit.tool == "textEditGroup"]
    assert edit.changes == (Change((), ("more", "lines")),)
    assert found.faults["edit-without-old-text"] == 1


def test_commits_are_references(machine: Path) -> None:
    assert [(item.value, item.turn) for item in chat(machine).references] == [
        ("1a2b3c4", "request-2")
    ]


def test_without_a_trace_database_tokens_are_missing(machine: Path) -> None:
    assert chat(machine).faults["no-token-counts"] == 2
    traces(machine)
    assert "no-token-counts" not in chat(machine).faults
    assert chat(machine).calls == []


def test_a_document_of_older_versions_reads_the_same(machine: Path) -> None:
    expected = chat(machine)
    folder = user_folder(machine) / "workspaceStorage" / "1f" / "chatSessions"
    session = document(folder / f"{SESSION}.jsonl", Reading())
    (folder / f"{SESSION}.jsonl").unlink()
    (folder / f"{SESSION}.json").write_bytes(orjson.dumps(session))

    assert chat(machine) == expected


def test_spans_are_calls_of_the_turn_that_was_running(machine: Path) -> None:
    traces(
        machine,
        span(1, input_tokens=900, output_tokens=50, cached_tokens=600, reasoning_tokens=9),
        span(2, at=601_000, input_tokens=80, output_tokens=5, response_model="gpt-5"),
        span(3, at=602_000),
        s_1={
            "copilot_chat.server_request_id": "req-1",
            "gen_ai.usage.cache_creation.input_tokens": "200",
            "copilot_chat.copilot_usage_nano_aiu": "2000000000",
        },
    )

    found = spans_of(machine)
    assert [(c.call, c.turn, c.model, c.input_tokens) for c in found.calls] == [
        ("req-1", "request-1", "claude-sonnet-4.5", 100),
        ("s-2", "request-2", "gpt-5", 80),
    ]
    first = found.calls[0]
    assert (first.cache_read_tokens, first.cache_write_5m_tokens) == (600, 200)
    assert (first.output_tokens, first.reasoning_tokens, first.reported_cost) == (50, 9, 20_000)
    assert found.turns == []
    assert found.faults == {"no-token-counts": 1}


def test_the_place_of_a_session_stands_in_its_agent_span(machine: Path) -> None:
    traces(
        machine,
        span(1, "invoke_agent"),
        s_1={
            "copilot_chat.repo.head_branch_name": "main",
            "copilot_chat.repo.head_commit_hash": "a" * 40,
            "copilot_chat.repo.remote_url": "https://github.com/acme/shop.git",
        },
    )

    (session,) = spans_of(machine).sessions
    (of_chat,) = chat(machine).sessions
    assert (session.started_at, session.user) == (of_chat.started_at, of_chat.user)
    assert (session.branch, session.commit) == ("main", "a" * 40)
    assert (session.remote, session.cwd) == ("https://github.com/acme/shop.git", "/home/dev/shop")


def test_helpers_of_a_chat_belong_to_it(machine: Path) -> None:
    counts = {"input_tokens": 9, "output_tokens": 1}
    parent = {"copilot_chat.parent_chat_session_id": SESSION}
    traces(
        machine,
        span(1, chat_session_id="child-1", **counts),
        span(2, chat_session_id="child-2", **counts),
        s_1={**parent, "copilot_chat.debug_log_label": "title"},
        s_2={**parent, "copilot_chat.debug_log_label": "runSubagent"},
    )

    assert [(call.session, call.sub_agent) for call in spans_of(machine).calls] == [
        (SESSION, False),
        (SESSION, True),
    ]


def test_a_chat_without_a_file_has_its_turns_and_edits_from_the_spans(tmp_path: Path) -> None:
    call = {"tool_name": "replace_string_in_file", "tool_call_id": "toolu_9"}
    traces(
        tmp_path,
        span(1, "invoke_agent"),
        span(2, "execute_tool", at=7000, status_code=2, **call),
        span(3, "execute_tool", at=8000, tool_name="read_file"),
        s_2={"gen_ai.tool.call.arguments": '{"filePath":"/a.py","oldString":"a","newString":"b"}'},
    )

    found = spans_of(tmp_path)
    assert [turn.turn for turn in found.turns] == ["t-1"]
    (edit,) = found.edits
    assert (edit.edit, edit.turn, edit.status) == ("toolu_9", "t-1", "failed")
    assert edit.changes == (Change(("a",), ("b",)),)


def test_sessions_of_the_command_line_are_left_to_their_own_log(machine: Path) -> None:
    (machine / ".copilot" / "session-state" / "cli-1").mkdir(parents=True)
    traces(machine, span(1, chat_session_id="cli-1", input_tokens=9, output_tokens=1))

    assert spans_of(machine).calls == []


def test_only_new_spans_are_read(machine: Path) -> None:
    traces(machine, span(1, input_tokens=9, output_tokens=1))
    state = spans_of(machine).state
    traces(machine, span(2, input_tokens=8, output_tokens=1))

    assert [call.call for call in spans_of(machine, state).calls] == ["s-2"]
    assert [call.call for call in spans_of(machine, {"form": 1, "row": 99}).calls] == ["s-1", "s-2"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{broken", "not-json"),
        (b"[1]", "not-an-object"),
        (b'{"kind": 1, "k": ["requests", 99, "a"], "v": 1}', "bad-patch"),
        (b'{"kind": 2, "k": ["requests"], "v": "text"}', "bad-patch"),
        (b'{"kind": 9}', "bad-patch"),
    ],
)
def test_a_change_that_cannot_be_made_is_counted(machine: Path, line: bytes, fault: str) -> None:
    folder = user_folder(machine) / "workspaceStorage" / "1f" / "chatSessions"
    path = folder / f"{SESSION}.jsonl"
    expected = chat(machine)
    path.write_bytes(path.read_bytes() + line + b"\n")

    found = chat(machine)
    assert found.faults.pop(fault) == 1
    assert found == expected


def test_what_is_no_database_is_counted(machine: Path) -> None:
    traces(machine).write_bytes(b"nothing of the kind" * 99)

    assert spans_of(machine).faults == {"unreadable-database": 1}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "requests",
                    "response",
                    "result",
                    "metadata",
                    "toolCallRounds",
                    "toolCalls",
                    "name",
                    "arguments",
                    "kind",
                    "uri",
                    "edits",
                    "editedFileEvents",
                    "timestamp",
                    "modelState",
                    "k",
                    "v",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=14,
)


@given(st.lists(VALUES, max_size=3), st.lists(VALUES, max_size=3))
def test_no_document_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, requests: list[Any], entries: list[Any]
) -> None:
    machine = tmp_path_factory.mktemp("vscode")
    folder = user_folder(machine) / "globalStorage" / "emptyWindowChatSessions"
    folder.mkdir(parents=True)
    snapshot = {"kind": 0, "v": {"creationDate": BEGUN, "requests": requests}}
    (folder / "x.jsonl").write_bytes(
        b"\n".join(orjson.dumps(entry) for entry in [snapshot, *entries])
    )

    assert chat(machine).state == {}
