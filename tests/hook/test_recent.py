"""What the hook remembers of edits: each once, as it stands now, and not for ever."""

from __future__ import annotations

from pathlib import Path

from landed.hook.recent import KEPT_SECONDS, Recent, load_recent, save_recent
from landed.sources.agents.contract import Change, Edit

NOW = 1_790_000_000_000_000
SECOND = 1_000_000


def edit(key: str, at: int, *changes: Change, path: str = "/shop/cart.py") -> Edit:
    return Edit(key, "s-1", None, NOW + at * SECOND, path, "Edit", "applied", changes=changes)


def added(*lines: str) -> Change:
    return Change((), lines)


def waiting(recent: Recent) -> list[tuple[str, int]]:
    """Which edits have lines that still stand, and how many."""
    counts = [(one.edit, len(one.hashes) - len(one.closed())) for one in recent.generations]
    return [(key, count) for key, count in counts if count]


def test_an_edit_that_a_copied_log_brings_again_counts_once() -> None:
    recent = Recent(since=0)

    recent.take_edits("claude-code", [edit("e-1", 1, added("one"), added("two"))], {})
    recent.take_edits("claude-code", [edit("e-1", 1, added("one"), added("two"))], {})
    recent.take_edits("codex", [edit("e-1", 1, added("one"))], {})

    assert [(one.agent, len(one.hashes)) for one in recent.generations] == [
        ("claude-code", 1),
        ("claude-code", 1),
        ("codex", 1),
    ]


def test_what_an_edit_takes_out_is_the_latest_that_stands_uncommitted() -> None:
    recent = Recent(since=0)
    recent.take_edits("codex", [edit("e-1", 1, added("one")), edit("e-2", 2, added("one"))], {})
    recent.generations[0].used["c0ffee"] = [0]

    recent.take_edits("codex", [edit("e-3", 3, Change(("one",), ("two",)))], {})
    recent.take_edits("codex", [edit("e-4", 4, Change(("one",), ()))], {})

    assert waiting(recent) == [("e-3", 1)]
    assert recent.generations[0].gone == []


def test_edits_are_taken_in_order_of_time() -> None:
    recent = Recent(since=0)

    recent.take_edits(
        "codex", [edit("e-2", 2, Change(("one",), ("two",))), edit("e-1", 1, added("one"))], {}
    )

    assert waiting(recent) == [("e-2", 1)]


def test_a_file_that_an_agent_moves_takes_its_lines_along() -> None:
    recent = Recent(since=0)
    moving = edit("e-2", 2, Change(("one",), ("three",)))
    moving.moved_to = "/shop/basket.py"

    recent.take_edits("codex", [edit("e-1", 1, added("one", "two")), moving], {})

    assert {one.path for one in recent.generations} == {"/shop/basket.py"}
    assert waiting(recent) == [("e-1", 1), ("e-2", 1)]


def test_the_model_is_that_of_the_call_else_of_the_session() -> None:
    recent = Recent(since=0)
    first, second = edit("e-1", 1, added("one")), edit("e-2", 2, added("two"))
    first.call = "call-1"

    recent.take_edits("codex", [first, second], {"call-1": "gpt-5", "session/s-1": "gpt-5-mini"})

    assert [one.model for one in recent.generations] == ["gpt-5", "gpt-5-mini"]


def test_what_is_too_old_is_forgotten_and_not_taken_again() -> None:
    recent = Recent(since=0)
    recent.take_edits("codex", [edit("e-1", 0, added("one")), edit("e-2", 60, added("two"))], {})
    recent.generations[0].used["c0ffee"] = [0]
    recent.written["c0ffee"] = "ana 1"

    recent.forget(NOW + (KEPT_SECONDS + 30) * SECOND)
    recent.take_edits("codex", [edit("e-1", 0, added("one"))], {})

    assert [one.edit for one in recent.generations] == ["e-2"]
    assert recent.written == {}


def test_what_is_remembered_is_read_back_the_same(tmp_path: Path) -> None:
    recent = Recent(since=5, logs={"codex\t/log": {"stamp": "1", "state": None, "read_at": 1}})
    recent.take_edits("codex", [edit("e-1", 1, added("one", "größe \ud83d"))], {})
    recent.generations[0].used["c0ffee"] = [1]
    recent.see("c0ffee", NOW)

    save_recent(tmp_path, recent)
    again = load_recent(tmp_path)

    assert again is not None
    assert again.generations == recent.generations
    assert (again.since, again.logs, again.seen) == (5, recent.logs, {"c0ffee": NOW})
    assert again.overtaken() == []
    assert recent.overtaken() == []


def test_a_commit_is_overtaken_by_an_earlier_edit() -> None:
    recent = Recent(since=0)
    recent.see("c0ffee", NOW + 5 * SECOND)
    recent.see("decade", NOW + 15 * SECOND)

    recent.take_edits("codex", [edit("e-1", 10, added("one"))], {})

    assert recent.overtaken() == ["decade"]
