"""Cursor: a small conversation in the form that public parsers describe."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.agents.contract import Change, Home, Log, Reading
from landed.sources.agents.cursor import Cursor

DATA = Path(__file__).parents[2] / "data" / "agents" / "cursor"
COMPOSER = "c0ffee00-0000-4000-8000-000000000001"
TRANSCRIPT = "c0ffee00-0000-4000-8000-000000000002"


def state_database(home: Path, rows: dict[str, Any]) -> Path:
    path = home / ".config" / "Cursor" / "User" / "globalStorage" / "state.vscdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS cursorDiskKV"
            " (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)"
        )
        put(database, rows)
    database.close()
    return path


def put(database: sqlite3.Connection, rows: dict[str, Any]) -> None:
    database.executemany(
        "INSERT INTO cursorDiskKV VALUES (?, ?)",
        [
            (key, value if isinstance(value, str | bytes | None) else orjson.dumps(value).decode())
            for key, value in rows.items()
        ],
    )


def transcript(home: Path, conversation: str = TRANSCRIPT) -> Path:
    folder = home / ".cursor" / "projects" / "home-dev-shop" / "agent-transcripts" / conversation
    folder.mkdir(parents=True)
    path = folder / f"{conversation}.jsonl"
    path.write_bytes((DATA / "transcript.jsonl").read_bytes())
    return path


@pytest.fixture
def conversation() -> dict[str, Any]:
    rows: dict[str, Any] = orjson.loads((DATA / "composer.json").read_bytes())
    return rows


def logs(home: Path) -> tuple[Cursor, list[Log]]:
    reader = Cursor()
    return reader, list(reader.locate(Home(home, {})))


def read_one(home: Path, state: dict[str, Any] | None = None) -> list[Reading]:
    reader, (log,) = logs(home)
    return list(reader.read(log, state))


def test_a_conversation_is_a_session(tmp_path: Path, conversation: dict[str, Any]) -> None:
    state_database(tmp_path, conversation)

    found, end = read_one(tmp_path)
    (session,) = found.sessions
    assert (session.session, session.cwd, session.branch) == (COMPOSER, "/home/dev/shop", "main")
    assert [(turn.turn, turn.interrupted) for turn in found.turns] == [
        ("u-1", False),
        ("u-2", True),
    ]
    assert end.state == {"form": 1, "row": len(conversation)}


def test_edits_have_the_lines_that_the_results_tell(
    tmp_path: Path, conversation: dict[str, Any]
) -> None:
    state_database(tmp_path, conversation)

    found = {edit.edit: edit for edit in read_one(tmp_path)[0].edits}
    by_chunks, by_contents, refused = found["tool_1"], found["tool_2"], found["tool_3"]
    assert by_chunks.path == "/home/dev/shop/main.py"
    assert by_chunks.changes == (Change(("print(rows)",), ("print(sum(rows))",), 5, 5),)
    assert by_contents.changes == (Change(("    return 0",), ("    return sum(rows)",), 2, 2),)
    assert by_contents.before == "def total(rows):\n    return 0\n"
    assert refused.changes == (Change(("Shop",), ("Big shop",)),)
    assert (found["tool_5"].kind, found["tool_5"].before) == ("create", "")
    assert "tool_7" not in found  # not done yet


def test_what_a_person_decided_is_told(tmp_path: Path, conversation: dict[str, Any]) -> None:
    state_database(tmp_path, conversation)

    found = read_one(tmp_path)[0]
    assert {edit.edit: (edit.status, edit.decided_by) for edit in found.edits} == {
        "tool_1": ("applied", "person"),
        "tool_2": ("applied", None),
        "tool_3": ("refused", "person"),
        "tool_4": ("applied", "person"),
        "tool_5": ("applied", None),
        "tool_6": ("failed", None),
    }
    assert [(item.decision, item.accepted) for item in found.decisions] == [
        ("tool_1", True),
        ("tool_3", False),
        ("tool_4", True),
    ]


def test_zero_tokens_are_no_calls_and_counted(tmp_path: Path, conversation: dict[str, Any]) -> None:
    state_database(tmp_path, conversation)

    found = read_one(tmp_path)[0]
    assert found.faults == {"no-token-counts": 1}
    assert [(c.call, c.turn, c.model, c.input_tokens, c.output_tokens) for c in found.calls] == [
        ("a-5", "u-2", "claude-4.5-sonnet", 1200, 80)
    ]


def test_commands_and_commits_are_told(tmp_path: Path, conversation: dict[str, Any]) -> None:
    state_database(tmp_path, conversation)

    found = read_one(tmp_path)[0]
    shell = next(edit for edit in found.edits if edit.kind == "shell")
    assert (shell.path, shell.changes) == ("/home/dev/shop", ())
    assert [(item.kind, item.value) for item in found.references] == [
        ("commit", "1a2b3c4"),
        ("branch", "main"),
    ]


def test_times_that_are_missing_or_relative_are_those_before(
    tmp_path: Path, conversation: dict[str, Any]
) -> None:
    state_database(tmp_path, conversation)

    found = read_one(tmp_path)[0]
    assert found.turns[1].started_at == 1_782_897_000_000_500
    assert next(edit.at for edit in found.edits if edit.edit == "tool_5") == 1_782_897_000_000_500


def test_only_conversations_with_something_new_are_read_again(
    tmp_path: Path, conversation: dict[str, Any]
) -> None:
    path = state_database(tmp_path, conversation)
    state = read_one(tmp_path)[-1].state
    assert [reading.edits for reading in read_one(tmp_path, state)] == [[]]

    done = conversation[f"bubbleId:{COMPOSER}:a-7"]
    done["toolFormerData"]["status"] = "completed"
    done["toolFormerData"]["result"] = '{"afterContentId":"composer.content.n1"}'
    with sqlite3.connect(path) as database:
        put(
            database,
            {
                f"bubbleId:{COMPOSER}:a-7": done,
                "composerData:other": {"createdAt": 1782896400000},
                "bubbleId:other:u": {"type": 1, "createdAt": "2026-07-01T10:00:00Z"},
            },
        )
    database.close()

    first, second, _ = read_one(tmp_path, state)
    assert first.edits[-1].edit == "tool_7"
    assert [turn.turn for turn in second.turns] == ["u"]


def test_a_sketch_or_a_lost_text_tells_no_lines(tmp_path: Path) -> None:
    tool = {"name": "edit_file", "status": "completed", "toolCallId": "t"}
    state_database(
        tmp_path,
        {
            "composerData:c": {"createdAt": 1782896400000},
            "bubbleId:c:1": {
                "type": 2,
                "toolFormerData": {
                    **tool,
                    "rawArgs": '{"target_file":"/a.py","code_edit":"// ... existing code ..."}',
                    "result": '{"beforeContentId":"composer.content.lost"}',
                },
            },
        },
    )

    found = read_one(tmp_path)[0]
    assert found.faults == {"edit-without-patch": 1}
    assert [(edit.path, edit.changes) for edit in found.edits] == [("/a.py", ())]


def test_a_transcript_tells_edits_without_results(tmp_path: Path) -> None:
    transcript(tmp_path)

    (found,) = read_one(tmp_path)
    assert [(Path(edit.path).name, edit.kind) for edit in found.edits] == [
        ("a.py", "update"),
        ("b.py", "update"),
        ("shop", "shell"),
        ("c.py", "delete"),
        ("e.py", "update"),
    ]
    assert found.edits[0].changes == (Change(("y = 2",), ("y = 3",)),)
    assert {edit.turn for edit in found.edits} == {f"{TRANSCRIPT}:0"}
    assert found.faults == {"no-token-counts": 1}


def test_a_transcript_goes_on(tmp_path: Path) -> None:
    path = transcript(tmp_path)
    (first,) = read_one(tmp_path)
    with path.open("ab") as file:
        file.write(
            b'{"role":"user","message":{"content":[]}}\n{"role":"assistant","message":{"content":'
            b'[{"type":"tool_use","name":"Delete","input":{"path":"/z.py"}}]}}\n'
        )

    (second,) = read_one(tmp_path, first.state)
    assert [(edit.edit, edit.turn) for edit in second.edits] == [
        (f"{TRANSCRIPT}:call:6", f"{TRANSCRIPT}:1")
    ]
    assert second.sessions[0].started_at == first.sessions[0].started_at


def test_a_conversation_in_both_places_counts_once(
    tmp_path: Path, conversation: dict[str, Any]
) -> None:
    path = state_database(tmp_path, conversation)
    transcript(tmp_path, COMPOSER)
    reader, (_, log) = logs(tmp_path)

    (reading,) = reader.read(log, None)
    assert (reading.edits, reading.sessions) == ([], [])
    path.unlink()
    reader, (log,) = logs(tmp_path)
    (later,) = reader.read(log, reading.state)
    assert later.edits == []


def test_scored_commits_are_references(tmp_path: Path) -> None:
    path = tmp_path / ".cursor" / "ai-tracking" / "ai-code-tracking.db"
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE scored_commits (commitHash TEXT NOT NULL, branchName TEXT NOT NULL,"
            " scoredAt INTEGER, composerLinesAdded INTEGER, tabLinesAdded INTEGER,"
            " PRIMARY KEY (commitHash, branchName))"
        )
        database.executemany(
            "INSERT INTO scored_commits VALUES (?, 'main', ?, ?, ?)",
            [
                ("a" * 40, 1782896400000, 5, 0),
                ("b" * 40, 1782896400000, 0, 2),
                ("c" * 40, 1782896400000, 0, 0),
                ("d" * 40, None, 3, 0),
            ],
        )
    database.close()

    (found,) = read_one(tmp_path)
    assert [item.value[0] for item in found.references] == ["a", "b"]
    assert found.faults == {"bad-time": 1}
    (again,) = read_one(tmp_path, found.state)
    assert again.references == []


@pytest.mark.parametrize("content", [b"", b"nothing of the kind" * 99])
def test_a_broken_database_is_no_error(tmp_path: Path, content: bytes) -> None:
    path = state_database(tmp_path, {})
    path.write_bytes(content)

    (reading,) = read_one(tmp_path)
    assert reading.faults == ({"unreadable-database": 1} if content else {})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "toolFormerData",
                    "name",
                    "status",
                    "params",
                    "result",
                    "rawArgs",
                    "diff",
                    "chunks",
                    "workspaceUris",
                    "timingInfo",
                    "tokenCount",
                    "createdAt",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(VALUES, VALUES, st.sampled_from(["edit_file", "run_terminal_cmd", "apply_patch"]))
def test_no_value_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, composer: Any, tool: Any, name: str
) -> None:
    home = tmp_path_factory.mktemp("cursor")
    known = tool if isinstance(tool, dict) else {}
    state_database(
        home,
        {
            "composerData:c": composer,
            "bubbleId:c:1": {"type": 1, "workspaceUris": tool, "createdAt": 1782896400000},
            "bubbleId:c:2": {"type": 2, "toolFormerData": {**known, "name": name}},
            "bubbleId:c:3": tool,
            "bubbleId:c:4": b"\xff\x00",
            "bubbleId:c:5": None,
        },
    )

    assert read_one(home)[0].faults
