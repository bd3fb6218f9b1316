"""Commits that no ref reaches are read as history that never landed, and stay when git forgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.histories.builder import lines
from tests.histories.comparing import Seen, assert_equal_to_blame
from tests.histories.laptop import Laptop
from tests.histories.random_histories import RandomHistory, random_histories

from landed.ledger import running
from landed.ledger.observing import Birth, mine
from landed.ledger.update import LedgerUpdate
from landed.sources.git import unreachable
from landed.store import Store

KEY = b"0123456789abcdef"
TEXT = [f"line number {number}" for number in range(30)]
LANDED = """
    select c."commit", p.path, line_number, i.entered, i."left"
    from line_interval i
    join line using (repository, line)
    join "commit" c using (repository, commit_index)
    join path p using (repository, path_index)
    order by all
"""


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    laptop = Laptop(tmp_path / "shop")
    laptop.save("cart.py", lines(*TEXT[:10]))
    return laptop


def read(laptop: Laptop, workspace: str = "workspace") -> LedgerUpdate:
    return mine(laptop.path, laptop.path.parent / workspace, KEY, unreachable=True)


def ask(laptop: Laptop, sql: str, workspace: str = "workspace") -> list[dict[str, object]]:
    with Store.open(laptop.path.parent / workspace, read_only=True) as store:
        return store.query(sql).to_pylist()


def births(laptop: Laptop, workspace: str = "workspace") -> dict[object, int]:
    """How many lines each commit added, by commit id, for those that never landed."""
    rows = ask(
        laptop, 'select "commit", lines_added from "commit" where change_index is null', workspace
    )
    return {row["commit"]: int(str(row["lines_added"])) for row in rows}


def test_an_amended_commit_is_history_that_never_landed(laptop: Laptop) -> None:
    amended = laptop.save("cart.py", lines(*TEXT[:15]))
    laptop.write("cart.py", lines(*TEXT[:13]))
    laptop.commit("Better", amend=True)

    read(laptop)

    assert births(laptop) == {amended: 5}
    landed = ask(laptop, LANDED)
    mine(laptop.path, laptop.path.parent / "refs only", KEY)
    assert landed == ask(laptop, LANDED, "refs only")
    assert len(landed) == 13


def test_new_ones_are_read_on_from_the_checkpoint(laptop: Laptop) -> None:
    assert read(laptop).mode == "full"
    laptop.git("checkout", "-q", "-b", "side")
    dropped = laptop.save("bill.py", lines(*TEXT[:4]))
    laptop.git("checkout", "-q", "main")
    laptop.git("branch", "-q", "-D", "side")

    update = read(laptop)

    assert (update.mode, update.commits, update.lines) == ("incremental", 1, 4)
    assert births(laptop) == {dropped: 4}


def test_what_git_throws_away_stays_in_the_ledger(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    dropped = laptop.save("bill.py", lines(*TEXT[:4]))
    laptop.git("checkout", "-q", "main")
    laptop.git("branch", "-q", "-D", "side")
    read(laptop)
    before = ask(laptop, "select * from line order by all")
    laptop.forget_reflogs()
    assert laptop.git("cat-file", "-t", dropped, check=False) == ""

    update = read(laptop)
    laptop.save("cart.py", lines(*TEXT[:12]))
    further = read(laptop)

    assert (update.mode, update.commits) == ("unchanged", 0)
    assert (further.mode, further.commits, further.lines) == ("incremental", 1, 2)
    assert births(laptop) == {dropped: 4}
    assert ask(laptop, "select * from line order by all")[: len(before)] == before
    assert read(laptop).mode == "unchanged"


def test_a_branch_deleted_and_thrown_away_stays_in_the_ledger(laptop: Laptop) -> None:
    laptop.git("checkout", "-q", "-b", "side")
    dropped = laptop.save("bill.py", lines(*TEXT[:4]))
    laptop.git("checkout", "-q", "main")
    read(laptop)
    laptop.git("branch", "-q", "-D", "side")
    laptop.forget_reflogs()

    update = read(laptop)

    assert (update.mode, update.commits) == ("incremental", 0)
    assert births(laptop) == {dropped: 4}


def test_a_dropped_commit_that_lands_after_all_has_landed(laptop: Laptop) -> None:
    dropped = laptop.save("cart.py", lines(*TEXT[:12]))
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    read(laptop)
    assert births(laptop) == {dropped: 2}
    laptop.git("merge", "-q", "--no-ff", "-m", "After all", dropped)

    update = read(laptop)

    assert (update.mode, update.commits) == ("incremental", 1)
    assert births(laptop) == {}
    mine(laptop.path, laptop.path.parent / "refs only", KEY)
    assert ask(laptop, LANDED) == ask(laptop, LANDED, "refs only")


def test_new_loose_objects_that_are_no_commits_change_nothing(laptop: Laptop) -> None:
    read(laptop)
    laptop.write("cart.py", "never committed\n")
    laptop.git("add", "cart.py")
    runs = ask(laptop, "select count(*) as n from run")

    assert read(laptop).mode == "unchanged"
    assert ask(laptop, "select count(*) as n from run") == runs


def test_a_stash_and_what_it_holds_is_beside_the_main_line(laptop: Laptop) -> None:
    laptop.write("cart.py", lines(*TEXT[:12]))
    laptop.git("add", "cart.py")
    laptop.write("cart.py", lines(*TEXT[:13]))
    laptop.write("new.py", lines("untracked"))
    laptop.git("stash", "-q", "--include-untracked")
    stash, base, index, untracked = laptop.git("rev-list", "--parents", "-1", "stash").split()

    read(laptop)

    assert births(laptop) == {stash: 1, index: 2, untracked: 1}
    assert base == laptop.head()
    assert len(ask(laptop, LANDED)) == 10


def test_it_can_be_switched_off(laptop: Laptop) -> None:
    laptop.save("cart.py", lines(*TEXT[:12]))
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    read(laptop)
    assert len(births(laptop)) == 1

    update = mine(laptop.path, laptop.path.parent / "workspace", KEY)

    assert (update.mode, births(laptop)) == ("rebuilt", {})


def test_what_cannot_be_read_is_counted(laptop: Laptop) -> None:
    laptop.save("cart.py", lines(*TEXT[:12]))
    blob = laptop.rev("HEAD:cart.py")
    laptop.git("reset", "-q", "--hard", "HEAD~1")
    (laptop.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    log = laptop.git_dir / "logs" / "HEAD"
    log.write_bytes(log.read_bytes() + b"\x1b[31mhostile\n")

    read(laptop)

    assert births(laptop) == {}
    assert ask(laptop, "select kind, subject, count from problem order by kind") == [
        {"kind": "malformed-reflog", "subject": "logs/HEAD", "count": 1},
        {"kind": "unreachable-left-out", "subject": "incomplete", "count": 1},
    ]


@pytest.mark.parametrize("size", [1, 2, 5000])
def test_in_chunks_or_at_once_the_rows_are_the_same(
    laptop: Laptop, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        laptop.save("cart.py", lines(*TEXT[: 11 + number]))
        laptop.write("cart.py", lines(*TEXT[1 : 12 + number]))
        laptop.commit("Amended", amend=True)
    read(laptop, "at once")
    monkeypatch.setattr(running, "_CHUNK_COMMITS", size)

    read(laptop, "in chunks")

    expected = births(laptop, "at once")
    assert births(laptop, "in chunks") == expected
    assert len(expected) == 4
    assert ask(laptop, LANDED, "in chunks") == ask(laptop, LANDED, "at once")


@settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(plan=random_histories(), data=st.data())
def test_every_line_of_unreachable_commits_is_born_where_git_blame_says(
    plan: RandomHistory, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(plan.steps)), label="commits before the first reading")
    with TemporaryDirectory() as directory, patch.object(unreachable, "OLDEST_DAYS", 1 << 30):
        built = plan.build(Path(directory) / "repo")
        seen: Seen = {}

        def observer(commit: str, files: Mapping[bytes, Sequence[Birth] | None]) -> None:
            seen[commit] = {
                path: None if found is None else list(found) for path, found in files.items()
            }

        for last in dict.fromkeys((cut - 1, len(plan.steps) - 1)):
            built.history.set_ref("refs/heads/main", built.commits[last])
            workspace = Path(directory) / "workspace"
            mine(built.path, workspace, KEY, exclusions=(), unreachable=True, observer=observer)

        now = {built.commits[number] for number in _joined_with(plan, len(plan.steps) - 1)}
        before = {built.commits[number] for number in _joined_with(plan, cut - 1)}
        assert now <= seen.keys() <= now | before
        contents = {
            commit: {path: thing.content for path, thing in built.files(number).items()}
            for number, commit in enumerate(built.commits)
            if commit in seen
        }
        assert_equal_to_blame(built.path, seen, contents)


def _joined_with(plan: RandomHistory, tip: int) -> set[int]:
    """The history of `tip`, with all history that grew from it and what that merged."""
    inside = _history(plan, {tip})
    grown = set(inside)
    for number, step in enumerate(plan.steps):
        if grown.intersection(step.parents):
            grown.add(number)
    return _history(plan, grown)


def _history(plan: RandomHistory, tips: set[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(tips)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(plan.steps[number].parents)
    return found
