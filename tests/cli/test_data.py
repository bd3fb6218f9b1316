"""`landed export` and `landed import`."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from landed import cli
from landed.records import AGENTS, FORGES, OUTSIDE
from landed.store import SCHEMA_VERSION, Store


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    paths = pa.table({"path_index": pa.array([0, 1], pa.int32()), "path": ["a", "b"]})
    states = pa.table(
        {
            "source": ["git"],
            "state": ["{}"],
            "read_at": pa.array([0], pa.timestamp("us", tz="UTC")),
        }
    )
    with Store.open(tmp_path / "workspace") as store:
        store.append("path", paths, "r1")
        store.append("source_state", states, "r1")
    return tmp_path / "workspace"


def test_what_was_exported_can_be_imported(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, other = tmp_path / "out", tmp_path / "other"

    assert cli.run(["--workspace", str(workspace), "export", str(out)]) == 0
    assert cli.run(["--workspace", str(other), "import", str(out)]) == 0

    assert capsys.readouterr().out.splitlines() == [
        f"3 rows in 2 tables of 1 repository exported to {out}",
        f"3 rows in 2 tables of 1 repository imported from {out}",
    ]
    with Store.open(other, read_only=True) as store:
        assert store.read("path", "r1")["path"].to_pylist() == ["a", "b"]


def test_what_belongs_to_no_repository_is_not_counted_as_one(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = pa.table({"path_index": pa.array([0], pa.int32()), "path": ["c"]})
    with Store.open(workspace) as store:
        for apart in (AGENTS, FORGES, OUTSIDE):
            store.append("path", paths, apart)

    cli.run(["--workspace", str(workspace), "export", str(tmp_path / "out")])

    assert capsys.readouterr().out.startswith("6 rows in 2 tables of 1 repository exported")


def test_the_outcome_as_json(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")

    cli.run(["--workspace", str(workspace), "export", out, "--portable", "--json"])

    assert json.loads(capsys.readouterr().out) == {
        "directory": out,
        "schema": SCHEMA_VERSION,
        "portable": True,
        "repositories": ["r1"],
        "rows": {"path": 2},
    }


def test_an_export_over_other_files_is_refused(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")

    assert cli.run(["--workspace", str(workspace), "export", str(tmp_path / "out")]) == 2
    assert "holds other files" in capsys.readouterr().err
