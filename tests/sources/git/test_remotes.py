"""The addresses under which a clone knows where it comes from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from landed.sources.git.location import locate


def clone(path: Path, **remotes: str) -> Path:
    """A repository with these remotes."""
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    for name, address in remotes.items():
        subprocess.run(["git", "-C", str(path), "remote", "add", name, address], check=True)
    return path


def test_origin_is_first_whatever_it_is_called_beside(tmp_path: Path) -> None:
    here = clone(
        tmp_path,
        aaa="https://github.com/ben/shop.git",
        origin="git@github.com:ana/shop.git",
        upstream="https://github.com/acme/shop",
    )

    assert locate(here).remotes == [
        "github.com:ana/shop",
        "github.com/ben/shop",
        "github.com/acme/shop",
    ]


def test_a_clone_without_remotes_has_none(tmp_path: Path) -> None:
    assert locate(clone(tmp_path)).remotes == []
    assert locate(tmp_path).remote is None


@pytest.mark.parametrize("password", ["secret", "s@cret", "s@cr@t"])
def test_no_part_of_a_password_is_kept(tmp_path: Path, password: str) -> None:
    here = clone(tmp_path, origin=f"https://ana:{password}@github.com/acme/shop.git")

    assert locate(here).remote == "github.com/acme/shop"
    assert locate(here).remotes == ["github.com/acme/shop"]
