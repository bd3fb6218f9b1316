"""Lineage over repositories that git itself made and the miner has read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.attribution.lineage.story import code
from tests.histories.builder import ANA, BEN, History

from landed.config import Settings
from landed.store import Store
from landed.sync import sync

AGENT = ("agent", "agent@example.com")
HEAD, TAIL = code("name", "price", "stock"), code("tax", "country", "rate")
NEW = code("sum", "freight", "grand")

_WRITERS = """
select path.path, line.line_number, root.author_name
from line
join path using (repository, path_index)
join "commit" using (repository, commit_index)
left join lineage using (repository, line)
join line as first on first.repository = line.repository
    and first.line = coalesce(lineage.root_line, line.line)
join "commit" as root on root.repository = line.repository
    and root.commit_index = first.commit_index
where "commit".commit = ? and line.origin_line is null
order by all
"""


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository whose first commit is Ana's."""
    history = History(tmp_path / "shop")
    history.write("cart.py", HEAD + TAIL)
    history.commit(author=ANA)
    return history


def writers(history: History, commit: str) -> list[str]:
    """Who wrote each line that a commit added, by path and line number."""
    workspace = history.path.parent / "workspace"
    sync(history.path, Settings(workspace=workspace))
    with Store.open(workspace) as store:
        names: list[str] = store.query(_WRITERS, [commit])["author_name"].to_pylist()
    return names


def test_a_revert_made_by_git_gives_lines_back(history: History) -> None:
    history.write("cart.py", HEAD + NEW + TAIL)
    history.commit(author=AGENT)
    history.write("cart.py", HEAD + code("other") + TAIL)
    other = history.commit(author=ANA)
    reverted = history.revert(other, author=BEN)
    assert writers(history, reverted) == ["agent"] * 3


def test_a_revert_of_a_revert_made_by_git(history: History) -> None:
    history.write("cart.py", HEAD + NEW + TAIL)
    feature = history.commit(author=AGENT)
    reverted = history.revert(feature, author=BEN)
    again = history.revert(reverted, author=BEN)
    assert writers(history, again) == ["agent"] * 3


def test_a_cherry_pick_made_by_git(history: History) -> None:
    history.branch("release")
    history.write("readme", code("unrelated"))
    history.commit()
    history.checkout("main")
    history.write("cart.py", HEAD + NEW + TAIL)
    source = history.commit(author=AGENT)
    history.checkout("release")
    pick = history.cherry_pick(source)
    history.checkout("main")
    assert writers(history, pick) == ["agent"] * 3


def test_a_squash_made_by_git_is_divided_among_the_branchs_writers(history: History) -> None:
    history.branch("feature")
    history.write("cart.py", HEAD + NEW + TAIL)
    history.commit(author=AGENT)
    history.write("cart.py", HEAD + NEW + TAIL + code("by_hand"))
    history.commit(author=ANA)
    history.checkout("main")
    history.write("readme", code("unrelated"))
    history.commit(author=BEN)
    squash = history.squash("feature", author=BEN)
    assert writers(history, squash) == ["agent"] * 3 + ["Ana"]


def test_a_formatter_run_by_a_person_leaves_the_agents_lines(history: History) -> None:
    history.write("bill.py", code("first") + "result = order(first, second, third)\n")
    history.commit(author=AGENT)
    history.write("bill.py", code("first") + "result = order(\n    first, second,\n    third,\n)\n")
    formatted = history.commit(author=BEN)
    assert writers(history, formatted) == ["agent"] * 4


def test_a_block_moved_to_another_file_leaves_the_agents_lines(history: History) -> None:
    history.write("cart.py", HEAD + NEW + TAIL)
    history.commit(author=AGENT)
    history.write("cart.py", HEAD + TAIL)
    history.write("bill.py", NEW + code("by_hand"))
    moved = history.commit(author=BEN)
    assert writers(history, moved) == ["agent"] * 3 + ["Ben"]
