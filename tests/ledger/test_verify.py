"""`landed verify` finds a ledger equal to git blame, and finds a line that is not."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.histories.builder import History, lines

from landed.ledger.observing import mine
from landed.ledger.verify import StoredLedger, Verification
from landed.sources.git.scratch import Scratch
from landed.store import Store

KEY = b"0123456789abcdef"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A main line with a merge and a release, and a release beside it."""
    history = History(tmp_path / "repo")
    history.write("shop.py", lines("one", "two", "three"))
    base = history.commit()
    history.tag("v1")
    history.branch("fix", base)
    history.write("shop.py", lines("one", "fixed", "three"))
    history.commit()
    history.tag("v1.1")
    history.checkout("main")
    history.write("shop.py", lines("one", "two", "three", "four"))
    history.write("logo.png", b"\x89PNG\0\0")
    history.commit()
    return history


def verified(history: History, workspace: Path, repository: str) -> Verification:
    with Store.open(workspace, read_only=True) as store:
        stored = StoredLedger(store, repository, tags=5, seed=0)
    with Scratch.open(history.path, workspace) as scratch:
        return stored.compare(scratch, sample=None)


def test_every_line_at_the_tip_and_at_tags_on_and_beside_the_main_line(
    history: History, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    repository = mine(history.path, workspace, KEY).repository

    result = verified(history, workspace, repository)

    assert result.revisions == ["tip", "v1", "v1.1"]
    assert (result.files, result.lines, result.equal) == (3, 4 + 3 + 3, 10)
    assert result.agreement == 1.0


def test_a_line_with_another_birth_is_named(history: History, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    repository = mine(history.path, workspace, KEY).repository
    with Store.open(workspace) as store:
        rows = store.read("line", repository)
        numbers = pa.array([number + 50 for number in rows["line_number"].to_pylist()], pa.int32())
        moved = rows.set_column(rows.schema.get_field_index("line_number"), "line_number", numbers)
        store.replace("line", moved, repository)

    result = verified(history, workspace, repository)

    assert result.equal == 0
    first = result.differences[0]
    assert (first.revision, first.path, first.line, first.born_line) == ("tip", "shop.py", 1, 1)


def test_a_line_that_has_left_is_not_taken_for_one_that_stands(
    history: History, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    repository = mine(history.path, workspace, KEY).repository
    with Store.open(workspace) as store:
        rows = store.read("line_interval", repository)
        ended = rows.set_column(
            rows.schema.get_field_index("left"),
            "left",
            pa.array([entered + 1 for entered in rows["entered"].to_pylist()], pa.int32()),
        )
        store.replace("line_interval", ended, repository)

    result = verified(history, workspace, repository)

    assert {difference.revision for difference in result.differences} >= {"tip"}
    assert result.equal < result.lines
