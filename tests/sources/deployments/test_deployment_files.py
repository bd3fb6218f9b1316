"""Deployments out of a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from landed.errors import UsageError
from landed.sources.deployments.files import read_deployments

HEADER = "id,repository,environment,service,commit,started_at,finished_at,state,ref,creator\n"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "deployments.csv").write_text(text)
    return tmp_path / "deployments.csv"


def test_every_column_is_read(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        f"{HEADER}7,acme/shop,production,web,{COMMIT.upper()},2026-03-01T12:00Z,"
        "2026-03-01T12:05Z,Succeeded,v1,Ann\n",
    )

    (row,) = [row for _, row in read_deployments(file).rows]

    assert (row.id, row.has_id, row.repository, row.environment) == (
        "7",
        True,
        "acme/shop",
        "production",
    )
    assert (row.service, row.commit, row.state, row.ref, row.creator) == (
        "web",
        COMMIT,
        "success",
        "v1",
        "Ann",
    )
    assert row.started_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert row.finished_at == datetime(2026, 3, 1, 12, 5, tzinfo=UTC)


def test_little_is_needed(tmp_path: Path) -> None:
    file = written(tmp_path, "environment,commit,finished_at\nproduction,abcdef1,2026-03-01\n")

    (row,) = [row for _, row in read_deployments(file, "acme/shop").rows]

    assert (row.repository, row.state, row.has_id, row.service) == (
        "acme/shop",
        "success",
        False,
        None,
    )
    assert row.id == read_deployments(file, "acme/shop").rows[0][1].id
    assert row.id != read_deployments(file, "acme/cart").rows[0][1].id


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("1,,production,,abcdef1,,2026-03-01,,,", "no repository"),
        ("1,a/b,,,abcdef1,,2026-03-01,,,", "no environment"),
        ("1,a/b,production,,,,2026-03-01,,,", "no commit"),
        ("1,a/b,production,,abcdef,,2026-03-01,,,", "abcdef is no commit id"),
        ("1,a/b,production,,main,,2026-03-01,,,", "main is no commit id"),
        ("1,a/b,production,,abcdef1,,,,,", "no finished_at"),
        ("1,a/b,production,,abcdef1,,,pending,,", "no finished_at"),
        ("1,a/b,production,,abcdef1,,2026-03-01,fine,,", "fine is no state"),
        ("1,a/b,production,,abcdef1,2026-03-02,2026-03-01,,,", "finished_at is before started_at"),
    ],
)
def test_bad_rows_are_told(tmp_path: Path, cells: str, fault: str) -> None:
    found = read_deployments(written(tmp_path, f"{HEADER}{cells}\n"))

    assert found.rows == []
    assert [(number, fault in said) for number, said in found.faults] == [(2, True)]


def test_one_under_way_has_no_end(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HEADER}1,a/b,production,,abcdef1,2026-03-01,,running,,\n")

    (row,) = [row for _, row in read_deployments(file).rows]

    assert (row.state, row.finished_at) == ("pending", None)


def test_a_file_without_repositories_needs_one_told(tmp_path: Path) -> None:
    file = written(tmp_path, "environment,commit,finished_at\nproduction,abcdef1,2026-03-01\n")

    with pytest.raises(UsageError, match="has no column repository"):
        read_deployments(file)
