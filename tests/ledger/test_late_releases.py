"""A release that is tagged after its commit was read holds the same lines as one read at once."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History, lines

from landed.ledger.observing import mine
from landed.store import Store

KEY = b"0123456789abcdef"
TEXT = [f"line number {number}" for number in range(30)]

DIFFERENCES = """
    select tag, present, c."commit", p.path, line_number
    from release_line
    join line using (repository, line)
    join "commit" as c using (repository, commit_index)
    join path as p using (repository, path_index)
    where repository = ? order by all
"""


def differences(history: History, workspace: Path) -> list[dict[str, object]]:
    """How each release beside the main line differs from it, by the births of its lines."""
    update = mine(history.path, workspace, KEY)
    with Store.open(workspace, read_only=True) as store:
        return store.query(DIFFERENCES, [update.repository]).to_pylist()


def release_branch(history: History) -> tuple[str, str]:
    """A main line, and a branch of two commits beside it; returns these."""
    history.write("shop.py", lines(*TEXT[:20]))
    history.write("old.py", lines("old = 1"))
    history.commit()
    history.branch("release")
    history.write("shop.py", lines(*TEXT[5:22]))
    first = history.commit()
    history.rename("old.py", "older.py")
    history.write("new.py", lines("new = 1", "new = 2"))
    second = history.commit()
    history.checkout("main")
    history.write("shop.py", lines(*TEXT[:25]))
    history.commit()
    return first, second


def test_tags_that_come_after_their_commits_were_read(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first, second = release_branch(history)
    mine(history.path, tmp_path / "late", KEY)
    history.tag("v1", first)
    with_one = differences(history, tmp_path / "late")
    history.tag("v2", second)
    history.tag("v2-again", second)

    found = differences(history, tmp_path / "late")

    at_once = differences(history, tmp_path / "at once")
    assert {row["tag"] for row in at_once} == {"v1", "v2", "v2-again"}
    assert found == at_once
    assert with_one == [row for row in at_once if row["tag"] == "v1"]


def test_what_was_found_of_a_late_tag_stays_while_the_history_grows(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first, _ = release_branch(history)
    mine(history.path, tmp_path / "late", KEY)
    history.tag("v1", first)
    found = differences(history, tmp_path / "late")
    history.write("shop.py", lines(*TEXT[:28]))
    history.commit()

    assert found
    assert differences(history, tmp_path / "late") == found


def test_a_late_tag_whose_objects_are_missing_is_a_problem(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    first, _ = release_branch(history)
    mine(history.path, tmp_path / "late", KEY)
    entry = history.files(first)[b"shop.py"]
    history.objects.file(entry.object_id).unlink()
    history.tag("v1", first)

    found = differences(history, tmp_path / "late")

    assert found == []
    with Store.open(tmp_path / "late", read_only=True) as store:
        rows = store.query("select kind, subject from problem").to_pylist()
    assert rows == [{"kind": "unreadable-release", "subject": "v1"}]
