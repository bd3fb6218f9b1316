"""Globs over paths mean what they mean in `.gitignore`."""

from __future__ import annotations

import pytest

from landed.errors import UsageError
from landed.metrics.paths import path_filter


@pytest.mark.parametrize(
    ("glob", "path", "selected"),
    [
        ("*.py", "shop.py", True),
        ("*.py", "src/deep/shop.py", True),
        ("*.py", "src/shop.pyc", False),
        ("src", "src/shop.py", True),
        ("src/", "src/shop.py", True),
        ("src/*.py", "src/shop.py", True),
        ("src/*.py", "src/deep/shop.py", False),
        ("src/**/*.py", "src/shop.py", True),
        ("src/**/*.py", "src/deep/er/shop.py", True),
        ("/docs", "docs/start.md", True),
        ("/docs", "src/docs/start.md", False),
        ("test_[a-c]*", "test_cart.py", True),
        ("test_[!a-c]*", "test_cart.py", False),
        ("shop.p?", "shop.py", True),
        ("**", "anything/at/all", True),
        ("a+b.py", "a+b.py", True),
    ],
)
def test_a_glob_selects_paths(glob: str, path: str, selected: bool) -> None:
    assert path_filter([glob], [])(path) is selected


def test_excluded_paths_win_over_selected_ones() -> None:
    selects = path_filter(["src"], ["*.json", "src/vendor"])
    assert selects("src/shop.py")
    assert not selects("src/menu.json")
    assert not selects("src/vendor/lib.py")


def test_without_globs_every_path_is_selected() -> None:
    assert path_filter([], [])("README.md")


@pytest.mark.parametrize("glob", ["", "/", "src/[a-", "[z-a]"])
def test_a_glob_that_cannot_be_one_is_refused(glob: str) -> None:
    with pytest.raises(UsageError, match=r"--exclude .*glob"):
        path_filter([], [glob])
