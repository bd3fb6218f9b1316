"""What is left out: lock files, vendored, generated and minified code, and what is configured."""

from __future__ import annotations

from pathlib import Path

from tests.histories.builder import History, lines

from landed.ledger.exclusion import exclusions
from landed.ledger.observing import mine
from landed.store import Store

KEY = b"0123456789abcdef"


def left_out_and_kept(
    history: History, workspace: Path, exclude: tuple[str, ...] = (), include: tuple[str, ...] = ()
) -> tuple[dict[str, str], list[str]]:
    """The reasons of the paths left out, and the paths that have lines."""
    rules = exclusions(exclude, include)
    update = mine(history.path, workspace, KEY, exclusions=rules)
    with Store.open(workspace, read_only=True) as store:
        rows = store.read("excluded_path", update.repository).to_pylist()
        kept = store.query(
            "select distinct path from line join path using (repository, path_index) order by path"
        )["path"].to_pylist()
    return {row["path"]: row["reason"] for row in rows}, kept


def test_paths_left_out_are_listed_with_the_reason_and_have_no_lines(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    for path in ("uv.lock", "vendor/x.go", "api_pb2.py", "app.min.js", "docs/notes.md", "shop.py"):
        history.write(path, lines("one", "two"))
    history.commit()

    left_out, kept = left_out_and_kept(
        history, tmp_path / "workspace", exclude=("docs/**",), include=("vendor/**",)
    )

    assert left_out == {
        "uv.lock": "lock",
        "api_pb2.py": "generated",
        "app.min.js": "minified",
        "docs/notes.md": "configured",
    }
    assert kept == ["shop.py", "vendor/x.go"]


def test_a_file_that_moves_out_of_a_vendored_folder_brings_its_lines(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("vendor/shop.py", lines("one", "two", "three"))
    history.commit()
    history.rename("vendor/shop.py", "shop.py")
    history.commit()

    _, kept = left_out_and_kept(history, tmp_path / "workspace")

    assert kept == ["vendor/shop.py"]


def test_the_users_own_attributes_have_no_say(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write(".gitattributes", "*.py -diff\n")
    history.write("shop.py", lines("one"))
    history.commit()

    left_out, kept = left_out_and_kept(history, tmp_path / "workspace")

    assert left_out == {}
    assert "shop.py" in kept
