"""The balance as people see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journey.stories import DAY, Story, code

from landed.journey import read_balance
from landed.reports.balance import NamedBalance
from landed.reports.balance_terminal import balance_rows, money
from landed.store import Store


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A session that wrote in the shop and elsewhere."""
    story = Story(tmp_path)
    edit = story.edit("cart.py", 1)
    old = story.edit("cart.py", 1)
    story.removed(old, story.now, state="superseded")
    story.edit("/other/notes.txt", 1, place="unread")
    story.call("t1", 25_000_000, cash=10_000_000)
    story.call("t1", None)
    story.unallocated(3_000_000)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    story.commit(
        {"other.py": code("a", "b")}, "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    )
    story.sync()
    return story


def rows(story: Story, name: str = "shop", *, everything: bool = True) -> list[str]:
    with Store.open(story.workspace, read_only=True) as store:
        chosen = None if everything else [story.repository]
        found = read_balance(store, story.settings, chosen, story.now + DAY)
    named = NamedBalance(found, {story.repository: name}, everything)
    return [row.plain.rstrip() for row in balance_rows(named)]


def test_the_whole_balance(story: Story) -> None:
    assert rows(story) == [
        "everything that was read   as of 2025-01-02",
        "",
        "2 generated lines, 0 of them live (0 %)",
        "1 cannot be followed:",
        "  1: its repository has not been read",
        "",
        "                                      lines           list price          cash",
        "generated, spent                          2               $25.00        $13.00",
        "  merged, not in production               1   50 %        $12.50         $5.00",
        "  untraced                                1   50 %        $12.50         $5.00",
        "  paid, used by no call                                                  $3.00",
        "residual                                  0                $0.00         $0.00",
        "",
        "apart: 1 line that its own turn replaced",
        "without a list price: 1 of 2 calls",
        "beside these: 2 AI lines of commits that no session here generated: 2 merged,",
        "  not in production",
        "shop: no release tags and no deployments are known, so nothing can be called",
        "  live: lines on the default branch count as merged",
    ]


def test_of_one_repository_what_others_bear_stands_apart(story: Story) -> None:
    found = rows(story, everything=False)

    assert found[0] == "shop   as of 2025-01-02"
    assert "  lines in other repositories                             $12.50         $5.00" in found


def test_names_of_repositories_never_act_on_the_terminal(story: Story) -> None:
    found = rows(story, "sh\x1b[31mop", everything=False)

    assert found[0].startswith("sh\\x1b[31mop")
    assert not any("\x1b" in row for row in found)


@pytest.mark.parametrize(
    ("amount", "digits", "shown"),
    [
        (0, 2, "$0.00"),
        (1_904_120_000, 2, "$1,904.12"),
        (48_000, 3, "$0.048"),
        (12, 3, "<$0.001"),
        (-2_500_000, 2, "-$2.50"),
    ],
)
def test_money(amount: int, digits: int, shown: str) -> None:
    assert money(amount, digits) == shown
