"""Incidents and bugs out of a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from landed.sources.incidents.files import FileIncident, read_incidents

FULL = "1234567890" * 4


def read(tmp_path: Path, header: str, cells: str) -> list[FileIncident]:
    (tmp_path / "incidents.csv").write_text(f"{header}\n{cells}\n")
    found = read_incidents(tmp_path / "incidents.csv", "acme/cart")
    assert found.faults == []
    return [row for _, row in found.rows]


def test_every_column_is_read(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        "id,repository,title,kind,severity,service,environment,started_at,resolved_at",
        'OPS-1,acme/shop,"Down, again",Bug,sev1,web,production,2026-03-01 12:00,2026-03-01 13:00',
    )

    assert row == FileIncident(
        "OPS-1",
        "acme/shop",
        "Down, again",
        "bug",
        "sev1",
        "web",
        "production",
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        datetime(2026, 3, 1, 13, tzinfo=UTC),
        (),
    )


def test_little_is_needed(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "id,started_at", "OPS-1,2026-03-01")

    assert (row.title, row.kind, row.repository, row.resolved_at) == (
        "OPS-1",
        "incident",
        "acme/cart",
        None,
    )


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("#12", ("caused-by-change", "12")),
        ("!012", ("caused-by-change", "12")),
        ("acme/shop#12", ("caused-by-change", "acme/shop#12")),
        ("group/sub/shop!3", ("caused-by-change", "group/sub/shop#3")),
        ("ABCDEF1", ("caused-by-commit", "abcdef1")),
        (FULL, ("caused-by-commit", FULL)),
        ("1234567", ("caused-by-deployment", "1234567")),
        ("release-42", ("caused-by-deployment", "release-42")),
    ],
)
def test_a_cause_is_a_change_a_commit_or_a_deployment(
    tmp_path: Path, said: str, link: tuple[str, str]
) -> None:
    (row,) = read(tmp_path, "id,started_at,caused_by", f"1,2026-03-01,{said}")

    assert row.links == (link,)


def test_causes_and_repairs_are_lists(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path, "id,started_at,caused_by,fixed_by", '1,2026-03-01,"#1, abcdef1 #1",#2 abcdef2'
    )

    assert row.links == (
        ("caused-by-change", "1"),
        ("caused-by-commit", "abcdef1"),
        ("fixed-by-change", "2"),
        ("fixed-by-commit", "abcdef2"),
    )


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (",2026-03-01,,,", "no id"),
        ("1,,,,", "no started_at"),
        ("1,2026-03-01,outage,,", "outage is no kind"),
        ("1,2026-03-02,,2026-03-01,", "resolved_at is before started_at"),
        ("1,2026-03-01,,,release-42", "fixed_by release-42 is no commit and no change"),
    ],
)
def test_bad_rows_are_told(tmp_path: Path, cells: str, fault: str) -> None:
    (tmp_path / "f.csv").write_text(f"id,started_at,kind,resolved_at,fixed_by\n{cells}\n")

    found = read_incidents(tmp_path / "f.csv")

    assert [(number, fault in said) for number, said in found.faults] == [(2, True)]
