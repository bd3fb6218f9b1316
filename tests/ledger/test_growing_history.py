"""A history that grows is read on from where it was, with the rows of a reading at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.histories.builder import History, lines

from landed.ledger import running
from landed.ledger.observing import mine
from landed.store import Store

KEY = b"0123456789abcdef"
TEXT = [f"line number {number}" for number in range(30)]

STAYS = """
    select c."commit", p.path, line_number, i.entered, i."left"
    from line_interval i
    join line using (repository, line)
    join "commit" c using (repository, commit_index)
    join path p using (repository, path_index)
    where repository = ?
    order by all
"""


def stays(history: History, workspace: Path) -> list[dict[str, object]]:
    """Every stay on the main line, by the births of its lines; nothing may have gone wrong."""
    update = mine(history.path, workspace, KEY)
    with Store.open(workspace, read_only=True) as store:
        assert store.read("problem", update.repository).num_rows == 0
        return store.query(STAYS, [update.repository]).to_pylist()


def grow_with_branches_beyond_main(history: History) -> None:
    """A main line whose tip goes on in two branches that have not landed."""
    history.write("shop.py", lines(*TEXT[:20]))
    history.commit()
    history.write("shop.py", lines(*TEXT[:22]))
    tip = history.commit()
    for number, name in enumerate(("first", "second")):
        history.branch(name, tip)
        history.write("shop.py", lines(*TEXT[number : 24 + number]))
        history.commit()
    history.checkout("main")


def test_branches_that_go_on_from_the_tip_do_not_take_its_files_along(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    grow_with_branches_beyond_main(history)
    mine(history.path, tmp_path / "in parts", KEY)
    history.write("shop.py", lines(*TEXT[2:25]))
    history.commit()

    assert stays(history, tmp_path / "in parts") == stays(history, tmp_path / "at once")


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_history_mined_in_small_chunks_has_the_same_rows(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path / "repo")
    grow_with_branches_beyond_main(history)
    history.write("shop.py", lines(*TEXT[3:28]))
    history.commit()
    history.merge("first", resolution={"shop.py": lines(*TEXT[:30])})
    history.tag("v1")
    at_once = stays(history, tmp_path / "at once")

    monkeypatch.setattr(running, "_CHUNK_COMMITS", size)

    assert stays(history, tmp_path / "in chunks") == at_once


def test_what_was_pushed_away_stays_as_history_that_never_landed(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("shop.py", lines(*TEXT[:10]))
    kept = history.commit()
    history.write("shop.py", lines(*TEXT[:15]))
    pushed_away = history.commit()
    mine(history.path, tmp_path / "workspace", KEY)
    history.set_ref("refs/heads/main", kept)
    history.checkout("main")
    history.write("shop.py", lines(*TEXT[:12]))
    history.commit()

    update = mine(history.path, tmp_path / "workspace", KEY)

    with Store.open(tmp_path / "workspace", read_only=True) as store:
        rows = store.query(
            'select "commit", change_index, lines_added from "commit" where repository = ?',
            [update.repository],
        ).to_pylist()
    assert update.mode == "rebuilt"
    found = {row["commit"]: (row["change_index"], row["lines_added"]) for row in rows}
    assert found[pushed_away] == (None, 5)
    assert found[kept] == (0, 10)
    assert sorted(step for step, _ in found.values() if step is not None) == [0, 1]


def test_a_chunk_may_end_before_the_main_line_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path / "repo")
    for number in range(3):
        history.write("other.py", lines(*TEXT[: 5 + number]))
        history.commit(when=1_000_000_000 + number)
    history.branch("elsewhere")
    history.orphan("later")
    history.write("shop.py", lines(*TEXT[:10]))
    history.commit(when=1_100_000_000)
    history.write("shop.py", lines(*TEXT[:12]))
    history.commit(when=1_100_000_001)
    history.set_ref("refs/heads/main", history.resolve("later"))
    history.checkout("main")
    at_once = stays(history, tmp_path / "at once")

    monkeypatch.setattr(running, "_CHUNK_COMMITS", 1)

    assert len(at_once) == 12
    assert stays(history, tmp_path / "in chunks") == at_once


def test_a_branch_that_was_read_before_main_is_forwarded_to_it_lands(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("shop.py", lines(*TEXT[:10]))
    tip = history.commit()
    history.branch("topic", tip)
    history.write("shop.py", lines(*TEXT[:15]))
    landed = history.commit()
    mine(history.path, tmp_path / "in parts", KEY)
    history.set_ref("refs/heads/main", landed)
    history.checkout("main")

    update = mine(history.path, tmp_path / "in parts", KEY)
    found = stays(history, tmp_path / "in parts")

    assert update.mode == "incremental"
    assert found == stays(history, tmp_path / "at once")
    assert [row["entered"] for row in found].count(1) == 5


def test_a_release_beside_the_forwarded_commits_has_the_ledger_built_anew(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("shop.py", lines(*TEXT[:10]))
    tip = history.commit()
    history.branch("topic", tip)
    history.write("shop.py", lines(*TEXT[:15]))
    landed = history.commit()
    history.write("shop.py", lines(*TEXT[:12]))
    history.tag("v1.0", history.commit())
    mine(history.path, tmp_path / "in parts", KEY)
    history.set_ref("refs/heads/main", landed)
    history.checkout("main")

    update = mine(history.path, tmp_path / "in parts", KEY)

    assert update.mode == "rebuilt"
    assert stays(history, tmp_path / "in parts") == stays(history, tmp_path / "at once")
