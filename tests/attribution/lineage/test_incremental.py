"""However often a growing history is read, the rows are those of one run at its end."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.attribution.lineage.story import REPOSITORY, Story, code

from landed.attribution.lineage import LineageSettings
from landed.store import Store

BLOCKS = [
    *(code(*(f"{letter}_{part}" for part in "abcd")) for letter in "pqrst"),
    "}\n\n",
    "return None\n",
    "result = order(first, second)\n",
    "result = order(\n    first, second\n)\n",
]
BRANCHES = ["main", "one", "two"]
PEOPLE = ["ana", "ben", "agent"]
PATHS = ["cart.py", "bill.py"]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "revert", "pick", "squash", "merge", "branch"]),
        st.sampled_from(BRANCHES),
        st.sampled_from(BRANCHES),
        st.sampled_from(PEOPLE),
        st.sampled_from(PATHS),
        st.lists(st.sampled_from(BLOCKS), max_size=5),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=4,
    max_size=14,
)
Step = tuple[str, str, str, str, str, list[str], int, bool]


def take(story: Story, step: Step) -> None:
    """Let one thing happen in the story."""
    what, on, other, by, path, blocks, back, _ = step
    if on not in story.tips or other not in story.tips or what == "branch":
        story.branch(on if on != "main" else "one")
        return
    tip = story.tips[on]
    date = len(story.commits) - (back if on != "main" else 0)
    source = max(0, len(story.commits) - 1 - back)
    if what == "write":
        story.commit({path: "".join(blocks)}, by=by, on=on, committed=date)
    elif what == "revert":
        before = story.commits[tip].parents
        files = story.texts(before[0]) if before else {}
        story.commit(files, by=by, on=on, reverts=tip if back else None, committed=date)
    elif what == "pick":
        files = story.texts(source)
        authored = story.commits[source].authored
        named = source if back == 1 else None
        story.commit(files, by=story.commits[source].author, on=on, authored=authored, picked=named)
    elif what == "squash":
        story.commit(story.texts(story.tips[other]), by=by, on=on)
    elif story.tips[other] != tip:
        story.commit({path: "".join(blocks)} if back else {}, by=by, on=on, merges=other)


def rows(store: Store) -> tuple[list[object], list[object]]:
    """All links and lineages."""
    links, lineages = (store.read(table, REPOSITORY) for table in ("line_link", "lineage"))
    return links.to_pylist(), lineages.to_pylist()


@settings(max_examples=20, deadline=None)
@given(STEPS)
def test_many_runs_leave_the_rows_of_one(steps: list[Step]) -> None:
    story = Story()
    story.commit({"cart.py": "".join(BLOCKS[:3])})
    with TemporaryDirectory() as directory, Store.open(Path(directory) / "grown") as grown:
        for step in steps:
            take(story, step)
            if step[-1]:
                story.link_into(grown)
        story.link_into(grown)
        with Store.open(Path(directory) / "fresh") as fresh:
            story.link_into(fresh, LineageSettings(lines_at_once=3))
            assert rows(grown) == rows(fresh)


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    story = Story()
    story.commit({"cart.py": BLOCKS[0] + BLOCKS[1]})
    story.commit({"cart.py": BLOCKS[1] + BLOCKS[0]})
    with Store.open(tmp_path) as store:
        first = story.link_into(store)
        again = story.link_into(store)
    assert (first.changed, again.changed) == (True, False)
    assert first.links == again.links
    assert first.links["move"] == 4
    assert first.lines == again.lines == 4


def test_a_branch_that_lands_after_all_takes_its_squash_back(tmp_path: Path) -> None:
    story = Story()
    story.commit({"cart.py": BLOCKS[0]})
    story.branch("one")
    story.commit({"cart.py": BLOCKS[0] + BLOCKS[1]}, on="one")
    story.commit({"cart.py": BLOCKS[0] + BLOCKS[1]})
    with Store.open(tmp_path) as store:
        assert story.link_into(store).links["squash"] == 4
        story.commit({}, merges="one")
        assert story.link_into(store).links["squash"] == 0
        assert store.read("lineage", REPOSITORY).num_rows == 0


def test_another_history_under_the_same_name_is_read_from_nothing(tmp_path: Path) -> None:
    first, second = Story(), Story()
    first.commit({"cart.py": BLOCKS[0] + BLOCKS[1]})
    first.commit({"cart.py": BLOCKS[1] + BLOCKS[0]})
    second.commit({"cart.py": BLOCKS[2]})
    with Store.open(tmp_path) as store:
        first.link_into(store)
        second.link_into(store)
        assert rows(store) == ([], [])


def test_a_commit_amended_once_too_often_is_read_as_from_nothing(tmp_path: Path) -> None:
    story = Story()
    story.commit({"cart.py": BLOCKS[0]})
    text = BLOCKS[0]
    with Store.open(tmp_path / "grown") as grown, Store.open(tmp_path / "fresh") as fresh:
        for number in range(14):
            story.branch("one", 0)
            text += code(f"version_{number}", f"of_{number}", f"many_{number}")
            story.commit({"cart.py": text}, on="one", authored=1)
            story.link_into(grown)
        story.link_into(fresh)
        assert rows(grown) == rows(fresh)
        assert len(rows(fresh)[0]) == 3 * sum(range(14))
