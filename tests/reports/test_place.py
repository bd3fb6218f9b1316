"""What a person means by FILE and REV."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History

from landed.config import LedgerSettings, Settings
from landed.errors import LandedError, RepositoryError, UsageError
from landed.reports.place import Place, find_place, find_repository, open_scratch


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "repo")
    history.write("src/cart.py", "total = 0\n")
    history.write("src/logo.png", b"\x89PNG\0")
    history.write("uv.lock", "[[package]]\n")
    history.symlink("link.py", "src/cart.py")
    history.submodule("module")
    history.commit("Add")
    history.check_out_files()
    return history


def place(history: History, file: str, revision: str | None = None, **settings: object) -> Place:
    made = Settings(workspace=history.path.parent / "workspace", **settings)
    with open_scratch(history.path, made) as scratch:
        return find_place(scratch, file, revision, made)


def test_a_file_is_named_from_the_top_or_from_where_one_stands(
    history: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = [(tmp_path, "src/cart.py"), (history.path, "src/cart.py")]
    asked += [(history.path / "src", "cart.py"), (history.path / "src", "src/cart.py")]
    asked += [(tmp_path, str(history.path / "src" / "cart.py")), (history.path, "./src/cart.py")]
    for directory, file in asked:
        monkeypatch.chdir(directory)
        assert place(history, file).path == b"src/cart.py"


def test_a_file_that_is_gone_from_the_work_tree_is_still_found(history: History) -> None:
    (history.path / "src" / "cart.py").unlink()

    assert place(history, "src/cart.py").commit == history.tip()


def test_a_revision_is_where_the_file_is_looked_for(history: History) -> None:
    first = history.tip()
    history.remove("src/cart.py")
    history.commit("Remove")

    assert place(history, "src/cart.py", "HEAD~1").commit == first
    with pytest.raises(UsageError, match=r"no file src/cart\.py at HEAD"):
        place(history, "src/cart.py")


@pytest.mark.parametrize(
    ("file", "revision", "said"),
    [
        ("no.py", None, "there is no file no.py at HEAD"),
        ("src", None, "src is a directory at HEAD"),
        (".", None, "there is no file"),
        ("module", None, "module is a submodule"),
        ("link.py", None, "link.py is a symbolic link"),
        ("src/logo.png", None, "src/logo.png is binary"),
        ("uv.lock", None, r"uv.lock is left out \(lock, by the pattern \*.lock\)"),
        ("src/cart.py", "v9", "there is no revision v9"),
        ("src/cart.py", "--all", "there is no revision --all"),
        ("../../etc/passwd", None, "there is no file"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_line(
    history: History, file: str, revision: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        place(history, file, revision)

    assert "\n" not in str(caught.value)


def test_configuration_can_take_a_file_back_in(history: History) -> None:
    included = LedgerSettings(include=("uv.lock",))

    assert place(history, "uv.lock", ledger=included).path == b"uv.lock"


def test_a_branch_without_a_commit_is_said(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")

    with pytest.raises(RepositoryError, match="has no commit"):
        place(history, "a.py")


def test_the_repository_is_the_files_own_unless_named(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert find_repository("repo/src/cart.py", None) == Path("repo/src")
    assert find_repository("nowhere/cart.py", None) == Path()
    assert find_repository("src/cart.py", history.path) == history.path
    with pytest.raises(LandedError), open_scratch(tmp_path, Settings(workspace=tmp_path / "w")):
        pass
