"""Which statement decides for a commit, and for a line."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from landed.attribution.decisions import decide

LINES = pa.table(
    {
        "line": pa.array([10, 11, 12, 20], pa.int32()),
        "commit_index": pa.array([0, 0, 0, 1], pa.int32()),
        "path_index": pa.array([5, 5, 6, 5], pa.int32()),
        "line_number": pa.array([1, 2, 1, 1], pa.int32()),
    }
)
"""Commit 0 added lines 1 and 2 of path 5 and line 1 of path 6, commit 1 line 1 of path 5."""


def whole(commit: int, who: str, agent: str | None, grade: str, source: str) -> dict[str, Any]:
    return {
        "commit_index": commit,
        "path_index": None,
        "first_line": None,
        "last_line": None,
        "who": who,
        "agent": agent,
        "model": None,
        "grade": grade,
        "source": source,
    }


def about(
    commit: int, path: int, first: int, last: int, who: str, agent: str | None, **more: str
) -> dict[str, Any]:
    grade = "none" if who == "unknown" else "recorded"
    place = {"path_index": path, "first_line": first, "last_line": last}
    return whole(commit, who, agent, grade, "git-ai") | place | more


def decided(*statements: dict[str, Any]) -> tuple[dict[int, str], dict[int, str]]:
    """Return what was decided for commits and for lines, as `who agent grade`."""
    types = {"commit_index": pa.int32(), "path_index": pa.int32()}
    types |= {"first_line": pa.int32(), "last_line": pa.int32()}
    schema = pa.schema(
        [(name, types.get(name, pa.string())) for name in statements[0]]
        + [("evidence", pa.int32())]
    )
    rows = [{**statement, "evidence": at} for at, statement in enumerate(statements)]
    decisions = decide(pa.Table.from_pylist(rows, schema=schema), LINES)

    def told(table: pa.Table, key: str) -> dict[int, str]:
        return {
            row[key]: " ".join(filter(None, (row["who"], row["agent"], row["grade"])))
            for row in table.to_pylist()
        }

    return told(decisions.commits, "commit_index"), told(decisions.lines, "line")


TRAILER = whole(0, "ai", "claude-code", "declared", "trailer")
DATED = whole(0, "human", None, "dated", "date")


def test_the_strongest_grade_decides_for_a_commit() -> None:
    weak = whole(0, "ai", "copilot", "inferred", "trailer")

    assert decided(weak, DATED, TRAILER)[0] == {0: "ai claude-code declared"}
    assert decided(weak, DATED)[0] == {0: "human dated"}
    assert decided(weak)[0] == {0: "ai copilot inferred"}


def test_automation_beats_a_date() -> None:
    bot = whole(0, "automation", None, "declared", "author")

    assert decided(DATED, bot)[0] == {0: "automation declared"}


def test_a_trailer_beats_what_configuration_says_of_the_person() -> None:
    person = whole(0, "human", None, "declared", "configuration")

    assert decided(person, TRAILER)[0] == {0: "ai claude-code declared"}
    assert decided(DATED, person)[0] == {0: "human declared"}


def test_of_several_agents_the_author_comes_first_then_the_first_named() -> None:
    codex = whole(0, "ai", "codex", "declared", "trailer")
    author = whole(0, "ai", "copilot", "declared", "author")

    assert decided(codex, TRAILER)[0] == {0: "ai codex declared"}
    assert decided(TRAILER, codex)[0] == {0: "ai claude-code declared"}
    assert decided(TRAILER, codex, author)[0] == {0: "ai copilot declared"}


def test_a_statement_of_nobody_decides_nothing() -> None:
    committer = whole(0, "unknown", None, "none", "committer")

    assert decided(committer) == ({}, {})


def test_a_record_decides_only_lines_that_its_commit_added_there() -> None:
    commits, lines = decided(about(0, 5, 2, 400, "ai", "cursor"), about(1, 6, 1, 9, "ai", "cursor"))

    assert lines == {11: "ai cursor recorded"}
    assert commits == {}


def test_where_an_agent_has_a_record_its_trailer_adds_no_line() -> None:
    record = about(0, 5, 1, 1, "ai", "claude-code")

    assert decided(TRAILER, record) == ({}, {10: "ai claude-code recorded"})


def test_the_lines_left_fall_to_the_next_evidence() -> None:
    record = about(0, 5, 1, 1, "ai", "claude-code")
    codex = whole(0, "ai", "codex", "declared", "trailer")

    assert decided(TRAILER, codex, record)[0] == {0: "ai codex declared"}
    assert decided(TRAILER, DATED, record)[0] == {0: "human dated"}


def test_a_record_of_another_agent_or_commit_does_not_touch_the_trailer() -> None:
    assert decided(TRAILER, about(0, 5, 1, 1, "ai", "cursor"))[0] == {0: "ai claude-code declared"}
    assert decided(TRAILER, about(1, 5, 1, 1, "ai", "claude-code"))[0] == {
        0: "ai claude-code declared"
    }


def test_a_record_none_of_whose_lines_the_commit_added_does_not_touch_the_trailer() -> None:
    elsewhere = about(0, 5, 50, 60, "ai", "claude-code")

    assert decided(TRAILER, elsewhere) == ({0: "ai claude-code declared"}, {})


def test_a_human_who_was_seen_beats_the_trailer_on_that_line() -> None:
    commits, lines = decided(TRAILER, about(0, 5, 2, 2, "human", None))

    assert lines == {11: "human recorded"}
    assert commits == {0: "ai claude-code declared"}


def test_a_key_that_names_nobody_leaves_the_line_to_other_evidence() -> None:
    commits, lines = decided(TRAILER, about(0, 5, 1, 2, "unknown", None))

    assert lines == {}
    assert commits == {0: "ai claude-code declared"}


def test_of_entries_that_overlap_the_last_one_listed_decides() -> None:
    agent = about(0, 5, 1, 2, "ai", "cursor")
    human = about(0, 5, 2, 2, "human", None)

    assert decided(agent, human)[1] == {10: "ai cursor recorded", 11: "human recorded"}
    assert decided(human, agent)[1] == {10: "ai cursor recorded", 11: "ai cursor recorded"}


def test_a_line_changed_by_a_human_before_its_commit_is_mixed() -> None:
    assert decided(about(0, 5, 1, 1, "mixed", "cursor", source="agent-trace"))[1] == {
        10: "mixed cursor recorded"
    }


def test_no_evidence_gives_no_decision() -> None:
    assert decided(about(3, 9, 1, 1, "ai", "cursor")) == ({}, {})
