"""A path that is gone is called what the file with most of its lines is called at the tip."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History, lines

from landed.ledger.observing import mine
from landed.store import Store

KEY = b"0123456789abcdef"


def present_names(history: History, workspace: Path) -> dict[str, str | None]:
    """Each path that ever held lines, and what it is called now; None where it has its own name."""
    update = mine(history.path, workspace, KEY)
    with Store.open(workspace, read_only=True) as store:
        rows = store.query(
            "select born.path, now.path as called from path as born "
            "left join renamed_path using (repository, path_index) "
            "left join path as now on now.repository = born.repository "
            "and now.path_index = renamed_path.renamed_to where born.repository = ?",
            [update.repository],
        ).to_pylist()
    return {row["path"]: row["called"] for row in rows}


def test_a_renamed_file_is_called_by_its_new_name(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("old/shop.py", lines("one", "two", "three", "four"))
    history.write("kept.py", lines("a", "b"))
    history.commit()
    history.rename("old/shop.py", "new/shop.py")
    history.commit()
    history.write("new/shop.py", lines("one", "two", "three", "four", "five"))
    history.commit()

    assert present_names(history, tmp_path / "workspace") == {
        "old/shop.py": "new/shop.py",
        "new/shop.py": None,
        "kept.py": None,
    }


def test_of_a_split_file_the_larger_part_has_its_name(tmp_path: Path) -> None:
    text = [f"line number {number}" for number in range(20)]
    history = History(tmp_path / "repo")
    history.write("all.py", lines(*text))
    history.commit()
    history.remove("all.py")
    history.write("larger.py", lines(*text[:16]))
    history.write("smaller.py", lines(*text[8:]))
    history.commit()

    assert present_names(history, tmp_path / "workspace")["all.py"] == "larger.py"


def test_a_file_that_is_gone_with_all_its_lines_keeps_its_name(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("gone.py", lines("one", "two"))
    history.write("kept.py", lines("a"))
    history.commit()
    history.remove("gone.py")
    history.commit()

    assert present_names(history, tmp_path / "workspace")["gone.py"] is None
