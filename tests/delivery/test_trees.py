"""What is in the trees of deployed commits, on the main line and beside it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.delivery.deployed import Deployed
from tests.histories.builder import History, lines
from tests.histories.random_histories import RandomHistory, random_histories

from landed.ledger.observing import default_rules

TEXT = [f"line number {number}" for number in range(30)]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Three commits on main; a hotfix grew from the second one."""
    history = History(tmp_path / "repo")
    history.write("cart.py", lines(*TEXT[:5]))
    history.write("old.py", lines("old = 1"))
    history.commit()
    history.write("cart.py", lines(*TEXT[:8]))
    history.commit()
    history.branch("hotfix")
    history.write("cart.py", lines(*TEXT[:7], "fixed = True"))
    history.remove("old.py")
    history.commit("Hotfix")
    history.checkout("main")
    history.write("cart.py", lines(*TEXT[:12]))
    history.commit()
    return history


def of(history: History, tmp_path: Path) -> Deployed:
    deployed = Deployed(history.path, tmp_path / "workspace", exclusions=default_rules())
    deployed.mine()
    return deployed


def told(deployed: Deployed) -> dict[str, tuple[int | None, bool, bool]]:
    return {
        row["commit"]: (row["base_index"], row["on_mainline"], row["known"])
        for row in deployed.rows("deployed_commit")
    }


def test_a_commit_of_the_main_line_needs_no_lines_and_one_beside_it_its_difference(
    history: History, tmp_path: Path
) -> None:
    deployed = of(history, tmp_path)
    main, hotfix = history.resolve("main"), history.resolve("hotfix")
    deployed.deploy(main, hotfix)

    update = deployed.note()

    assert (update.commits, update.known, update.looked_into) == (2, 2, 1)
    assert told(deployed) == {main: (2, True, True), hotfix: (1, False, True)}
    rows = deployed.rows("deployed_line")
    assert Counter((row["commit"], row["present"]) for row in rows) == {
        (hotfix, True): 1,
        (hotfix, False): 2,
    }
    assert deployed.tree(hotfix) == deployed.blamed(hotfix)


def test_only_new_commits_are_looked_into(history: History, tmp_path: Path) -> None:
    deployed = of(history, tmp_path)
    deployed.deploy(history.resolve("hotfix"))
    deployed.note()
    history.checkout("hotfix")
    history.write("cart.py", lines(*TEXT[:7], "fixed = True", "again = True"))
    again = history.commit("Again")
    deployed.mine()
    deployed.deploy(history.resolve("hotfix"), again)

    first = deployed.note()
    second = deployed.note()

    assert (first.looked_into, second.looked_into) == (1, 0)
    assert deployed.tree(again) == deployed.blamed(again)


def test_a_release_is_known_and_commits_that_go_on_from_it_build_on_that(
    history: History, tmp_path: Path
) -> None:
    history.tag("v1.1", "hotfix")
    history.checkout("hotfix")
    history.write("cart.py", lines(*TEXT[:7], "fixed = True", "again = True"))
    history.commit("Again")
    history.checkout("main")
    deployed = of(history, tmp_path)
    commits = [history.resolve("v1.1"), history.resolve("hotfix")]
    deployed.deploy(*commits)

    update = deployed.note()

    assert update.known == 2
    for commit in commits:
        assert deployed.tree(commit) == deployed.blamed(commit)


def test_what_is_not_production_is_not_looked_into_and_failures_were_never_deployed(
    history: History, tmp_path: Path
) -> None:
    deployed = of(history, tmp_path)
    hotfix = history.resolve("hotfix")
    deployed.deploy(hotfix, environment="preview")
    deployed.deploy(history.resolve("main"), state="failure")

    deployed.note()

    assert told(deployed) == {hotfix: (1, False, False)}
    assert deployed.rows("deployed_line") == []
    assert deployed.rows("problem") == []


def test_a_commit_that_was_never_fetched_is_told_until_it_is(
    history: History, tmp_path: Path
) -> None:
    deployed = of(history, tmp_path)
    history.branch("release", "main")
    history.write("cart.py", lines(*TEXT[:3]))
    release = history.commit("Only at the forge so far")
    history.checkout("main")
    history.delete_branch("release")
    deployed.deploy(release)

    unknown = deployed.note()
    problems = deployed.rows("problem")
    history.set_ref("refs/heads/release", release)
    deployed.mine()
    found = deployed.note()

    assert (unknown.known, found.known) == (0, 1)
    assert [(row["kind"], row["subject"]) for row in problems] == [("unknown-commit", release)]
    assert "git fetch" in problems[0]["detail"]
    assert deployed.rows("problem") == []
    assert deployed.tree(release) == deployed.blamed(release)


def test_deployments_that_are_gone_take_their_lines_along(history: History, tmp_path: Path) -> None:
    deployed = of(history, tmp_path)
    hotfix = history.resolve("hotfix")
    deployed.deploy(hotfix)
    deployed.note()
    deployed.deploy(hotfix, state="failure")
    with_both = told(deployed)
    deployed.settings = deployed.settings.model_copy(update={"production_environments": ("live",)})
    deployed.note()
    no_more_production = deployed.rows("deployed_line")

    assert list(with_both) == [hotfix]
    assert {row["commit"] for row in no_more_production} == {hotfix}


def test_paths_that_the_rules_leave_out_are_left_out(history: History, tmp_path: Path) -> None:
    history.checkout("hotfix")
    history.write("poetry.lock", lines("locked"))
    locked = history.commit()
    history.checkout("main")
    deployed = of(history, tmp_path)
    deployed.deploy(locked)

    deployed.note()

    everything = deployed.blamed(locked)
    assert {path for _, path, _ in everything} == {b"cart.py", b"poetry.lock"}
    assert deployed.tree(locked) == Counter(
        birth for birth in everything.elements() if birth[1] == b"cart.py"
    )


def test_a_file_that_was_changed_and_changed_back_holds_lines_of_the_branch(
    tmp_path: Path,
) -> None:
    history = History(tmp_path / "repo")
    history.write("cart.py", lines(*TEXT[:5]))
    history.commit()
    history.branch("release")
    history.write("cart.py", lines(*TEXT[:3]))
    history.commit()
    history.write("cart.py", lines(*TEXT[:5]))
    back = history.commit()
    history.checkout("main")
    deployed = of(history, tmp_path)
    deployed.deploy(back)

    deployed.note()

    assert len(deployed.rows("deployed_line")) == 4
    assert deployed.tree(back) == deployed.blamed(back)


def test_a_root_of_its_own_has_no_base(tmp_path: Path) -> None:
    history = History(tmp_path / "repo")
    history.write("cart.py", lines(*TEXT[:5]))
    history.commit()
    history.orphan("other")
    history.write("other.py", lines("other = 1"))
    other = history.commit()
    history.checkout("main")
    deployed = of(history, tmp_path)
    deployed.deploy(other)

    deployed.note()

    assert told(deployed) == {other: (None, False, True)}
    assert deployed.tree(other) == deployed.blamed(other)


def test_missing_objects_leave_the_commit_unknown(history: History, tmp_path: Path) -> None:
    deployed = of(history, tmp_path)
    hotfix = history.resolve("hotfix")
    deployed.deploy(hotfix)
    entry = history.files(hotfix)[b"cart.py"]
    history.objects.file(entry.object_id).unlink()

    update = deployed.note()

    assert update.known == 0
    assert [row["kind"] for row in deployed.rows("problem")] == ["unreadable-commit"]


@settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=12,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(plan=random_histories(smallest=6, largest=18), seed=st.integers(0, 2**16))
def test_the_tree_of_every_deployed_commit_is_what_git_blame_shows(
    plan: RandomHistory, seed: int
) -> None:
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        built.show()
        deployed = Deployed(built.path, Path(directory) / "workspace")
        deployed.mine()
        chosen = Random(seed).sample(built.commits, 4)
        deployed.deploy(*chosen[:2])
        deployed.note()
        deployed.deploy(*chosen)

        update = deployed.note()

        assert update.known == len(set(chosen))
        lost = {
            row["subject"]: row["count"]
            for row in deployed.rows("problem")
            if row["kind"] == "untraced-lines"
        }
        for commit in chosen:
            told, blamed = deployed.tree(commit), deployed.blamed(commit)
            assert not told - blamed
            # a line that stands twice beside the main line may have one id only
            twice = blamed - told
            assert twice.keys() <= told.keys()
            assert twice.total() <= lost.get(commit, 0)
