"""Both sides of the ledgers are reckoned apart: what is lost between them shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journey.stories import DAY, Story, code

from landed.journey import Balance, read_balance
from landed.store import Store


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Lines and dollars in several buckets."""
    story = Story(tmp_path)
    story.commit({"readme.md": "Shop\n"})
    edit = story.edit("cart.py", 3)
    old = story.edit("cart.py", 1)
    story.removed(old, story.now, state="superseded")
    story.edit("/other/notes.txt", 2, place="unread")
    story.edit("tax.py", 5, status="failed", retried=True)
    story.edit("tax.py", 4)
    story.call("t1", 900, cash=90)
    story.call("t2", 50, cash=5)
    story.call(None, 7, cash=1)
    story.call("t2", None)
    story.unallocated(1_000)
    commit = story.commit({"cart.py": code("total", "tax", "sum")})
    story.carried(edit, commit, "cart.py", 1, 2, 3)
    story.sync()
    return story


def balance(story: Story, *, here: bool = False) -> Balance:
    """The balance a day later, of everything or of the one repository."""
    with Store.open(story.workspace, read_only=True) as store:
        chosen = [story.repository] if here else None
        return read_balance(store, story.settings, chosen, story.now + DAY)


def drop(story: Story, table: str, condition: str) -> None:
    """Lose one row of a table."""
    with Store.open(story.workspace) as store:
        kept = store.query(f"select * from {table} where not ({condition})")
        gone = store.query(f"select repository from {table} where {condition}")
        assert gone.num_rows == 1
        partition = gone["repository"][0].as_py()
        rows = kept.filter([name == partition for name in kept["repository"].to_pylist()])
        store.replace(table, rows, partition)


def test_nothing_is_left_over(story: Story) -> None:
    found = balance(story)

    assert found.lines.generated == 9
    assert {name: lines for name, lines in found.lines.buckets.items() if lines} == {
        "merged": 3,
        "pending": 4,
        "untraced": 2,
    }
    assert (found.lines.residual, found.lines.superseded) == (0, 1)
    assert found.lines.untraced == {"its repository has not been read": 2}
    assert found.dollars.spent == 957
    assert {name: price for name, price in found.dollars.buckets.items() if price} == {
        "merged": 300,
        "pending": 400,
        "untraced": 200,
        "non_code": 50,
        "no_session": 7,
    }
    assert found.dollars.residual == 0
    assert (found.dollars.calls, found.dollars.unpriced_calls) == (4, 1)
    cash = found.dollars.cash
    assert (cash.spent, cash.residual) == (1_096, 0)
    assert cash.buckets["unallocated"] == 1_000
    assert cash.buckets["merged"] == 30


def test_of_one_repository_the_rest_of_its_turns_stands_apart(story: Story) -> None:
    found = balance(story, here=True)

    assert (found.lines.generated, found.lines.residual) == (7, 0)
    assert (found.dollars.spent, found.dollars.residual) == (957, 0)
    assert found.dollars.buckets["other_repositories"] == 200
    assert "unallocated" not in found.dollars.cash.buckets
    assert found.dollars.cash.residual == 0


@pytest.mark.parametrize("here", [False, True])
def test_a_generated_line_that_is_lost_shows(story: Story, here: bool) -> None:
    drop(story, "generated_line", "edit = 1 and ordinal = 0")

    assert balance(story, here=here).lines.residual == 1


def test_a_superseded_line_that_is_lost_shows(story: Story) -> None:
    drop(story, "generated_line", "state = 'superseded'")

    assert balance(story).lines.residual == 1


@pytest.mark.parametrize("here", [False, True])
def test_a_call_that_is_lost_shows(story: Story, here: bool) -> None:
    drop(story, "model_call", "call = 'call-0'")

    found = balance(story, here=here).dollars
    assert (found.residual, found.cash.residual) == (900, 90)


def test_a_turn_that_is_lost_shows(story: Story) -> None:
    drop(story, "turn", "turn = 't2'")

    found = balance(story).dollars
    assert (found.residual, found.cash.residual) == (50, 5)


def test_ai_lines_of_the_ledger_stand_beside_and_are_never_added(story: Story) -> None:
    trailer = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    story.commit({"other.py": code("one", "two")}, f"Others{trailer}")
    story.history.branch("feature")
    story.commit({"draft.py": code("draft")}, f"Draft{trailer}")
    story.sync()

    found = balance(story)

    assert (found.unlinked.lines, found.unlinked.landed) == (3, 2)
    assert {name: lines for name, lines in found.unlinked.buckets.items() if lines} == {
        "merged": 2,
        "unmerged": 1,
    }
    assert found.lines.generated == 9


def test_a_late_transcript_moves_a_line_from_one_table_to_the_other(story: Story) -> None:
    trailer = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    commit = story.commit({"other.py": code("one", "two")}, f"Others{trailer}")
    story.sync()
    assert balance(story).unlinked.lines == 2

    edit = story.edit("other.py", 1, turn="t3", at=story.now - DAY / 24)
    story.carried(edit, commit, "other.py", 1)
    story.sync()

    found = balance(story)
    assert found.unlinked.lines == 1
    assert found.lines.generated == 10
