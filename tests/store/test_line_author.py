"""The view that tells who wrote a line: its lineage's first line decides."""

from __future__ import annotations

import pyarrow as pa
import pytest

from landed.store import Store

Author = tuple[int, str, str | None, str | None, str]


def lines(*commits: int) -> pa.Table:
    count = len(commits)
    return pa.table(
        {
            "line": pa.array(range(count), pa.int32()),
            "commit_index": pa.array(commits, pa.int32()),
            "path_index": pa.array([0] * count, pa.int32()),
            "line_number": pa.array(range(1, count + 1), pa.int32()),
            "text_hash": pa.array(range(count), pa.uint64()),
            "token_hash": pa.array(range(count), pa.uint64()),
            "trivial": [False] * count,
            "origin_line": pa.nulls(count, pa.int32()),
        }
    )


def decision(subject: str, number: int, who: str, agent: str | None, grade: str) -> pa.Table:
    return pa.table(
        {
            subject: pa.array([number], pa.int32()),
            "who": [who],
            "agent": pa.array([agent], pa.string()),
            "model": pa.array([None], pa.string()),
            "grade": [grade],
            "evidence": pa.array([0], pa.int32()),
        }
    )


def lineage(line: int, root: int) -> pa.Table:
    return pa.table(
        {"line": pa.array([line], pa.int32()), "root_line": pa.array([root], pa.int32())}
    )


def author(store: Store, line: int, repository: str = "r1") -> Author:
    rows = store.query(
        "select root_line, who, agent, model, grade from line_author "
        "where repository = ? and line = ?",
        [repository, line],
    ).to_pylist()
    assert len(rows) == 1
    found = rows[0]
    return found["root_line"], found["who"], found["agent"], found["model"], found["grade"]


@pytest.fixture
def two_commits(store: Store) -> Store:
    """Lines 0 and 1 of commit 0, line 2 of commit 1; commit 0 is an agent's."""
    store.append("line", lines(0, 0, 1), "r1")
    store.append("commit_attribution", decision("commit_index", 0, "ai", "aider", "declared"), "r1")
    return store


def test_a_line_is_its_commits(two_commits: Store) -> None:
    assert author(two_commits, 0) == (0, "ai", "aider", None, "declared")


def test_a_line_without_any_evidence_is_unknown(two_commits: Store) -> None:
    assert author(two_commits, 2) == (2, "unknown", None, None, "none")


def test_a_lines_own_decision_outranks_its_commits_as_a_whole(two_commits: Store) -> None:
    two_commits.append("line_attribution", decision("line", 1, "human", None, "recorded"), "r1")

    assert author(two_commits, 1) == (1, "human", None, None, "recorded")


def test_a_successor_has_the_author_of_the_first_line_of_its_lineage(two_commits: Store) -> None:
    two_commits.append("lineage", lineage(2, 0), "r1")

    assert author(two_commits, 2) == (0, "ai", "aider", None, "declared")


def test_a_formatting_agent_does_not_become_the_author(two_commits: Store) -> None:
    two_commits.append("line_attribution", decision("line", 0, "human", None, "dated"), "r1")
    two_commits.append("lineage", lineage(2, 0), "r1")
    two_commits.append(
        "commit_attribution", decision("commit_index", 1, "ai", "codex", "declared"), "r1"
    )

    assert author(two_commits, 2) == (0, "human", None, None, "dated")


def test_repositories_do_not_mix(two_commits: Store) -> None:
    two_commits.append("line", lines(0), "r2")

    assert author(two_commits, 0, "r2") == (0, "unknown", None, None, "none")
