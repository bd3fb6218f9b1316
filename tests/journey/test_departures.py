"""Why a line left the default branch, and who took it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journey.stories import Story, code

from landed.journey.departures import says_fix

CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """An agent's three lines have landed."""
    story = Story(tmp_path)
    edit = story.edit("cart.py", 3)
    commit = story.commit({"cart.py": code("total", "tax", "sum"), "readme.md": "Shop\n"})
    story.carried(edit, commit, "cart.py", 1, 2, 3)
    return story


def reasons(story: Story) -> list[str | None]:
    found: list[str | None] = story.lines()["reason"].to_pylist()
    return found


def test_a_revert_says_so_in_its_message(story: Story) -> None:
    story.commit({"other.py": code("other")})
    story.history.revert("HEAD~1")

    assert reasons(story) == ["revert"] * 3


def test_a_fix_says_so_in_its_subject(story: Story) -> None:
    story.commit({"cart.py": code("total", "duty", "sum")}, "fix(cart): wrong tax")

    assert reasons(story) == [None, "fix", None]


def test_a_line_with_nothing_in_its_place_was_deleted_and_others_rewritten(story: Story) -> None:
    story.commit({"cart.py": code("amount", "tax") + "# the end\n"}, "Clean up")
    story.commit({"cart.py": code("amount") + "# the end\n"}, "Clean up more")

    assert reasons(story) == ["rewrite", "deletion", "rewrite"]


def test_a_line_of_a_file_that_was_removed_was_deleted(story: Story) -> None:
    story.commit({"cart.py": None})

    assert reasons(story) == ["deletion"] * 3


def test_lines_below_an_insertion_are_not_taken_for_replaced(story: Story) -> None:
    story.commit({"cart.py": "# new at the top\n" + code("total", "tax")})

    assert reasons(story) == [None, None, "deletion"]


@pytest.mark.parametrize(
    ("subject", "author", "who"),
    [
        (f"Other tax{CLAUDE}", ("Ana", "ana@example.com"), "ai"),
        (
            "Other tax",
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            "automation",
        ),
        ("Other tax", ("Ana", "ana@example.com"), "unknown"),
    ],
)
def test_who_took_a_line_out_is_who_wrote_the_commit(
    story: Story, subject: str, author: tuple[str, str], who: str
) -> None:
    story.commit({"cart.py": code("total", "duty", "sum")}, subject, author=author)

    assert story.lines()["removed_by"].to_pylist() == [None, who, None]


def test_a_commit_that_says_nothing_is_by_who_wrote_its_lines(story: Story) -> None:
    edit = story.edit("cart.py", 1, turn="t2")
    commit = story.commit({"cart.py": code("total", "duty", "sum")})
    story.carried(edit, commit, "cart.py", 2)
    story.sync()
    line = story.line_of(commit, "cart.py", 2)
    story.decided(line, "ai", "matched")

    assert story.lines()["removed_by"].to_pylist() == [None, "ai", None, None]


@pytest.mark.parametrize(
    "subject",
    ["fix: tax", "Fix tax", "fixes #12", "fixed", "bugfix: a", "hotfix b", "fix(cart)!: c"],
)
def test_subjects_of_fixes(subject: str) -> None:
    assert says_fix(subject)


@pytest.mark.parametrize("subject", ["Fixture for tests", "feat: fix", "prefix tax", ""])
def test_subjects_of_other_commits(subject: str) -> None:
    assert not says_fix(subject)
