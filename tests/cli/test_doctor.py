"""`landed doctor`."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from landed import cli
from landed.config import Settings, key_path, organisation_key
from landed.store import SCHEMA_VERSION, Store


def fill(workspace: Path, *, names: list[str]) -> None:
    """A store with one repository, read once, with two problems of one kind."""
    count = len(names)
    when = pa.array([1_700_000_000_000_000], pa.timestamp("us", tz="UTC"))
    one = pa.array([1], pa.int32())
    with Store.open(workspace) as store:
        store.append(
            "path",
            pa.table({"path_index": pa.array(range(count), pa.int32()), "path": names}),
            "r1",
        )
        store.append(
            "repository",
            pa.table(
                {
                    "object_format": ["sha1"],
                    "default_branch": ["main"],
                    "head": ["a" * 40],
                    "commits": pa.array([1234], pa.int32()),
                    "mainline_length": one,
                    "shallow": [False],
                    "first_commit_at": when,
                    "last_commit_at": when,
                }
            ),
            "r1",
        )
        store.append(
            "location",
            pa.table({"path": ["/srv/shop.git"], "name": ["acme/shop"], "remote": ["x"]}),
            "r1",
        )
        store.append(
            "run",
            pa.table(
                {
                    "run": ["one"],
                    "started_at": when,
                    "finished_at": when,
                    "commits": one,
                    "lines": pa.array([5], pa.int64()),
                    "mode": ["full"],
                    "detail": ["{}"],
                }
            ),
            "r1",
        )
        store.append(
            "problem",
            pa.table(
                {
                    "source": ["git"],
                    "kind": ["missing-object"],
                    "subject": ["x"],
                    "count": pa.array([2], pa.int64()),
                    "detail": ["gone"],
                }
            ),
            "r1",
        )


def test_a_fresh_machine_has_nothing_to_put_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor"]) == 0

    said = capsys.readouterr().out
    assert "empty: run landed report PATH" in said
    assert "agent sessions  not connected" in said
    assert "forges          not connected" in said
    assert said.endswith("nothing to put right\n")


def test_looking_makes_nothing(home: Path) -> None:
    cli.run(["doctor"])

    assert list(home.iterdir()) == []


def test_each_repository_with_its_last_run_and_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path, names=["a", "b"])

    assert cli.run(["doctor", "--workspace", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert "acme/shop\n  lies in       /srv/shop.git\n" in said
    assert "1,234 commits, 0 lines born" in said
    assert "2023-11-14 22:13 UTC (full)" in said
    assert "2 missing-object" in said


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, names=["a", "b"])

    cli.run(["doctor", "--json", "--workspace", str(tmp_path)])

    said = json.loads(capsys.readouterr().out)
    assert said["store"]["schema_version"] == SCHEMA_VERSION
    assert said["store"]["repositories"][0]["problems"] == {"missing-object": 2}
    assert said["findings"] == []


def test_a_broken_key_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(tmp_path, names=["a"])
    with Store.open(tmp_path) as store:
        store.append("path", store.read("path", "r1"), "r1")

    assert cli.run(["doctor", "--workspace", str(tmp_path)]) == 1
    assert (
        "to put right: 1 keys of the table path stand on more than one row"
        in capsys.readouterr().out
    )


def test_a_key_that_others_can_read_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    organisation_key(Settings.load())
    key_path().chmod(0o644)

    assert cli.run(["doctor"]) == 1
    assert f"chmod 600 {key_path()}" in capsys.readouterr().out


def test_a_missing_git_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.run(["doctor"]) == 1
    assert "git does not run: install git 2.39 or newer" in capsys.readouterr().out


def test_an_old_git_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\necho git version 2.17.1\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.run(["doctor"]) == 1
    assert "git 2.17.1 is too old" in capsys.readouterr().out
