"""Errors: one family, each with the exit code that scripts see."""

from __future__ import annotations

import pytest

from landed.errors import (
    ConfigurationError,
    GitError,
    LandedError,
    RepositoryError,
    StoreError,
    UsageError,
)


@pytest.mark.parametrize("kind", [UsageError, RepositoryError, ConfigurationError])
def test_what_the_user_asked_wrongly_ends_with_two(kind: type[LandedError]) -> None:
    assert kind("say what to do").exit_code == 2


def test_trouble_below_has_codes_of_its_own() -> None:
    assert StoreError("full").exit_code == 3
    assert GitError(["log"], 128, "").exit_code == 4


def test_a_git_error_tells_command_status_and_what_git_said() -> None:
    error = GitError(["diff-tree", "--stdin"], 128, "fatal: bad object\n  abc\n")

    assert str(error) == "git ended with exit code 128 (diff-tree --stdin): fatal: bad object abc"
    assert error.command == ("diff-tree", "--stdin")
    assert error.status == 128
