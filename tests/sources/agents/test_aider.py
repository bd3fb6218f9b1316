"""Aider's histories: two real chats of version 0.86, and what can go wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landed.sources.agents.aider import Aider
from landed.sources.agents.contract import Change, Edit, Home, Reading

DATA = Path(__file__).parents[2] / "data" / "agents" / "aider"
FIRST, SECOND = "2026-11-22 00:34:03 project", "2026-11-22 00:34:07 project"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Chats tell local time; here it is UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A working tree with the captured history."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / ".aider.chat.history.md").write_bytes((DATA / "chat.history.md").read_bytes())
    return folder


def readings(folder: Path, state: dict[str, Any] | None = None) -> list[Reading]:
    reader = Aider([folder])
    (log,) = reader.locate(Home(folder.parent / "nowhere", {}))
    return list(reader.read(log, state))


def edits(found: list[Reading]) -> list[Edit]:
    return [edit for reading in found for edit in reading.edits]


def history(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / ".aider.chat.history.md").write_text(text)
    return folder


def test_every_chat_is_a_session_with_its_prompts_as_turns(project: Path) -> None:
    found = readings(project)

    sessions = [session for reading in found for session in reading.sessions]
    assert [(s.session, s.cwd, s.version) for s in sessions] == [
        (FIRST, str(project), "0.86.2"),
        (SECOND, str(project), "0.86.2"),
    ]
    turns = [turn.turn for reading in found for turn in reading.turns]
    assert turns == [f"{FIRST}:0", f"{SECOND}:0", f"{SECOND}:1", f"{SECOND}:2"]
    assert [reading.faults for reading in found] == [
        {"rounded-counts": 1},
        {"rounded-counts": 4},
        {},
    ]


def test_blocks_are_edits_with_what_became_of_them(project: Path) -> None:
    found = [
        (Path(edit.path).name, edit.status, edit.kind, edit.decided_by)
        for edit in edits(readings(project))
    ]

    assert found == [
        ("greet.py", "applied", "create", None),
        ("main.py", "applied", "update", None),
        ("greet.py", "refused", "update", "person"),  # undone
        ("greet.py", "failed", "update", None),  # its old text is not in the file
        ("main.py", "applied", "update", None),  # of the same answer, and it fits
        ("greet.py", "applied", "update", None),
        (
            "extra.py",
            "refused",
            "update",
            "person",
        ),
    ]


def test_the_lines_of_a_block_are_those_that_differ(project: Path) -> None:
    created, called = edits(readings(project))[:2]

    assert created.changes == (
        Change((), ("def greet(name):", '    return f"Hello, {name}"'), 1, 1),
    )
    assert created.before == ""
    assert called.changes == (
        Change(('print("start")',), ("from greet import greet", "", 'print(greet("world"))')),
    )


def test_commits_of_edits_are_references_and_others_are_not(project: Path) -> None:
    found = [
        (reference.session, reference.value)
        for reading in readings(project)
        for reference in reading.references
    ]

    # 078271e holds what a person had changed before the edits.
    assert found == [
        (FIRST, "2a43347"),
        (SECOND, "0d29f78"),
        (SECOND, "1c9ce55"),
        (SECOND, "a5ee8fc"),
    ]


def test_rounded_counts_are_taken_and_said_to_be_rounded(project: Path) -> None:
    calls = [call for reading in readings(project) for call in reading.calls]

    assert [(call.model, call.input_tokens, call.output_tokens) for call in calls] == [
        ("gpt-4o", 4200, 123),
        ("gpt-4o", 4200, 124),
        ("gpt-4o", 4200, 125),
        ("gpt-4o", 4200, 126),
        ("gpt-4o", 4300, 127),
    ]
    assert {call.reported_cost for call in calls} == {10_000}


def test_an_analytics_log_of_the_run_makes_the_counts_exact(project: Path) -> None:
    rounded = [call.call for reading in readings(project) for call in reading.calls]
    (project / ".aider.analytics.jsonl").write_bytes((DATA / "analytics.jsonl").read_bytes())

    found = readings(project)
    calls = [call for reading in found for call in reading.calls]
    assert [call.input_tokens for call in calls] == [4216, 4227, 4238, 4249, 4260]
    assert [call.reported_cost for call in calls][:2] == [11_770, 11_808]
    assert [call.call for call in calls] == rounded
    assert all(not reading.faults for reading in found)


def test_reading_goes_on_with_the_last_chat(project: Path) -> None:
    state = readings(project)[-1].state
    path = project / ".aider.chat.history.md"
    with path.open("a") as file:
        file.write("\n#### And now?  \n\nNothing.\n\n> Tokens: 900 sent, 12 received.  \n")

    found = readings(project, state)
    assert [session.session for reading in found for session in reading.sessions] == [SECOND]
    assert [turn.turn for reading in found for turn in reading.turns][-1] == f"{SECOND}:3"
    assert found[0].calls[-1].input_tokens == 900
    assert found[0].calls[0].call == f"{SECOND}:0"


def test_another_file_in_its_place_is_read_from_the_beginning(project: Path) -> None:
    state = readings(project)[-1].state
    history(project, "# aider chat started at 2026-01-02 03:04:05\n\n#### Hello  \n\nHi.\n")

    assert [s.session for r in readings(project, state) for s in r.sessions] == [
        "2026-01-02 03:04:05 project"
    ]


def test_headings_of_an_answer_are_no_prompts(tmp_path: Path) -> None:
    folder = history(
        tmp_path / "p",
        "# aider chat started at 2026-01-02 03:04:05\n\n#### Do it  \n\n#### Step 1\n\nDone.\n",
    )

    assert [turn.turn for reading in readings(folder) for turn in reading.turns] == [
        "2026-01-02 03:04:05 p:0"
    ]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("Tokens: 12k sent, 1.5k cache write, 10k cache hit, 300 received.", (10500, 10000, 1500)),
        ("Tokens: 1.2M sent, 300 received.", (1_200_000, 0, 0)),
        ("Tokens: 4.2k sent, 2.2k received. Cost: $0.05 message, $0.09 session.", (4200, 0, 0)),
        ("Tokens: ..k sent, , received. Cost: $9.9.9 message", (0, 0, 0)),
    ],
)
def test_a_line_of_tokens_parts_the_classes(
    tmp_path: Path, said: str, counts: tuple[int, int, int]
) -> None:
    folder = history(tmp_path / "p", f"# aider chat started at 2026-01-02 03:04:05\n\n> {said}  \n")

    (call,) = [call for reading in readings(folder) for call in reading.calls]
    assert (call.input_tokens, call.cache_read_tokens, call.cache_write_5m_tokens) == counts


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<<<<<<< SEARCH\nold\n", "unfinished-block"),
        ("<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n", "edit-without-path"),
        ("> Applied edit to whole.py  \n", "edit-without-patch"),
    ],
)
def test_what_is_broken_is_counted(tmp_path: Path, body: str, fault: str) -> None:
    folder = history(tmp_path / "p", f"# aider chat started at 2026-01-02 03:04:05\n\n{body}")

    found = readings(folder)
    assert found[0].faults == {fault: 1}
    assert edits(found) == []


def test_an_answer_that_was_cut_off_takes_nothing_of_the_next(tmp_path: Path) -> None:
    block = "a.py\n<<<<<<< SEARCH\na\n=======\nb\n"
    folder = history(
        tmp_path / "p",
        "# aider chat started at 2026-01-02 03:04:05\n\n#### One  \n\n"
        f"{block}\n> ^C KeyboardInterrupt  \n\n#### Two  \n\n"
        f"{block}>>>>>>> REPLACE\n\n> Applied edit to a.py  \n",
    )

    found = readings(folder)
    assert found[0].faults == {"unfinished-block": 1}
    assert [turn.interrupted for turn in found[0].turns] == [True, False]
    assert [(edit.turn, edit.status) for edit in edits(found)] == [
        ("2026-01-02 03:04:05 p:1", "applied")
    ]


def test_a_time_that_cannot_be_is_counted(tmp_path: Path) -> None:
    folder = history(tmp_path / "p", "# aider chat started at 2026-99-02 03:04:05\n")

    assert readings(folder)[0].faults == {"bad-time": 1}


def test_bytes_of_any_kind_are_no_error(tmp_path: Path) -> None:
    folder = history(tmp_path / "p", "")
    (folder / ".aider.chat.history.md").write_bytes(
        b"# aider chat started at 2026-01-02 03:04:05\n" + bytes(range(256)) * 40
    )
    (folder / ".aider.broken.jsonl").write_bytes(b"{\n[]\n\xff\n" + bytes(range(256)))

    assert len(readings(folder)) == 2


def test_a_history_that_is_gone_is_counted(project: Path) -> None:
    reader = Aider([project])
    (log,) = reader.locate(Home(project / "nowhere", {}))
    log.path.unlink()

    (reading,) = reader.read(log, {"form": 1, "offset": 3, "head": "x"})
    assert reading.faults == {"unreadable-file": 1}
    assert reading.state == {"form": 1, "offset": 3, "head": "x"}
