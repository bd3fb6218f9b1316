"""Which paths a pattern of CODEOWNERS covers: at GitHub as git ignores, but for what it excepts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.histories.objects import run_git

from landed.sources.codeowners_patterns import MOST_CHARACTERS, beginning, expression

Dialect = Literal["github", "gitlab"]
PATHS = (
    "a",
    "b.py",
    "a/b.py",
    "a/a/b",
    "a/b/c.py",
    "b/a",
    "b/a/b.py",
    "b/b/a/c",
    "c d/a.py",
    ".a/b",
    "ab/c.py",
)


def covered(pattern: str, dialect: Dialect = "github") -> list[str]:
    found = expression(pattern, dialect)
    assert found is not None
    # Python's own engine, which knows \Z and not \z
    matches = re.compile(found.removesuffix(r"\z") + r"\Z")
    return [path for path in PATHS if matches.match(path)]


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*", list(PATHS)),
        ("/*", ["a", "b.py"]),
        ("a/*", ["a/b.py"]),
        ("/a/", ["a/b.py", "a/a/b", "a/b/c.py"]),
        ("a/", ["a/b.py", "a/a/b", "a/b/c.py", "b/a/b.py", "b/b/a/c"]),
        ("b/a", ["b/a", "b/a/b.py"]),
        ("a/**/c.py", ["a/b/c.py"]),
        ("**/a/b.py", ["a/b.py", "b/a/b.py"]),
        ("c\\ d", ["c d/a.py"]),
        ("a/b*", ["a/b.py", "a/b/c.py"]),
        ("a**/c.py", ["ab/c.py"]),
    ],
)
def test_patterns_of_github(pattern: str, paths: list[str]) -> None:
    assert covered(pattern) == paths


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*", list(PATHS)),
        ("/", list(PATHS)),
        ("/*", ["a", "b.py"]),
        ("/a", ["a"]),
        ("/a/", ["a/b.py", "a/a/b", "a/b/c.py"]),
        ("/a/**", ["a/b.py"]),
        ("/a/**/*", ["a/b.py", "a/a/b", "a/b/c.py"]),
        ("b/a", ["b/a"]),
        ("a/b.py", ["a/b.py", "b/a/b.py"]),
        ("a/", ["a/b.py", "a/a/b", "a/b/c.py", "b/a/b.py", "b/b/a/c"]),
        ("[!a].py", ["b.py", "a/b.py", "a/b/c.py", "b/a/b.py", "ab/c.py"]),
        ("c\\ d/", ["c d/a.py"]),
    ],
)
def test_patterns_of_gitlab(pattern: str, paths: list[str]) -> None:
    assert covered(pattern, "gitlab") == paths


@pytest.mark.parametrize("pattern", ["", "!a", "\\#a", "a[bc]", "//", "a\\", "a" * 2000])
def test_what_github_has_no_pattern_for(pattern: str) -> None:
    assert expression(pattern, "github") is None


@pytest.mark.parametrize("pattern", ["[a", "[z-a]", "a\\", "x" * (MOST_CHARACTERS + 1)])
def test_what_gitlab_has_no_pattern_for(pattern: str) -> None:
    assert expression(pattern, "gitlab") is None


PARTS = st.sampled_from(["a", "b", "*", "**", "?", "a*", "*.py", "b.py", "c.py", "***"])
PATTERNS = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("ignoring")
    run_git(directory, "init", "--quiet")
    for path in PATHS:
        if not any(other.startswith(f"{path}/") for other in PATHS):
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_text("")
    return directory


@given(pattern=PATTERNS)
@settings(max_examples=40, deadline=None)
def test_github_covers_what_git_ignores(repository: Path, pattern: str) -> None:
    """But for `folder/*`, which at GitHub covers only what lies in the folder itself."""
    if pattern.rpartition("/")[2] == "*":
        pattern += ".py"
    (repository / ".git" / "info" / "exclude").write_text(f"{pattern}\n")
    files = [path for path in PATHS if (repository / path).is_file()]

    ignored = run_git(
        repository,
        *("check-ignore", "--no-index", "-z", "--stdin"),
        stdin="\0".join(files).encode(),
        check=False,
    )

    told = [path.decode() for path in ignored.stdout.split(b"\0") if path]
    assert [path for path in covered(pattern) if path in files] == told


@given(pattern=PATTERNS, dialect=st.sampled_from(["github", "gitlab"]))
def test_whatever_a_pattern_covers_begins_as_it_says(pattern: str, dialect: Dialect) -> None:
    assert all(path.startswith(beginning(pattern, dialect)) for path in covered(pattern, dialect))
