"""Reverts, hotfixes and rollbacks: which contribution is what, and which one they point at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.journey.shops import PROJECT, Shop, code, named

from landed.journey.failures import read_failures
from landed.store import Store


def signs(shop: Shop) -> dict[str, list[str]]:
    """By kind of sign, the contributions that bear it."""
    shop.sync()
    with Store.open(shop.workspace) as store:
        ledger = shop.ledger(store)
        found = read_failures(store, shop.settings, ledger)
    return {
        name: [
            named(ledger.contributions, place)
            for place in np.flatnonzero(getattr(found, name)).tolist()
        ]
        for name in ("reverts", "reverted", "hotfix", "pointed_at")
    }


def test_a_revert_is_known_by_its_message_its_references_or_its_title(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a")})
    one = shop.commit({"one.py": code("b")})
    two = shop.commit({"two.py": code("c")})
    shop.change(2, lands=[two])
    shop.history.revert(one)
    undone = shop.commit({"two.py": None}, "Take two back")
    shop.change(3, lands=[undone], reverts=["2"])
    shop.change(4, title='Revert "Something long ago"')
    assert base
    assert signs(shop) == {
        "reverts": ["#3", "#4", "step 3"],
        "reverted": ["#2", "step 1"],
        "hotfix": [],
        "pointed_at": [],
    }


def test_a_revert_that_did_not_land_has_reverted_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    one = shop.commit({"cart.py": code("a")})
    shop.change(1, lands=[one])
    shop.change(2, reverts=["acme/shop#1"])
    found = signs(shop)
    assert (found["reverts"], found["reverted"]) == (["#2"], [])


def test_a_branch_that_takes_back_its_own_commit_reverts_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    one = shop.commit({"one.py": code("b")})
    two = shop.history.revert(one)
    three = shop.commit({"three.py": code("c")})
    shop.history.checkout("main")
    merge = shop.history.merge("work")
    shop.change(1, lands=[merge], branch=[one, two, three], rule="merge")
    assert signs(shop)["reverts"] == []


def test_a_label_of_a_change_that_is_not_known_makes_nothing_a_hotfix(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.add("change_label", project=PROJECT, number=9, label="hotfix")
    assert signs(shop)["hotfix"] == []


def test_a_hotfix_points_at_the_contribution_whose_lines_it_took_out(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a", "b")})
    bad = shop.commit({"cart.py": code("a", "b", "c")})
    shop.change(1, lands=[bad])
    by_branch = shop.commit({"cart.py": code("a", "b", "d")})
    shop.change(2, lands=[by_branch], head_ref="hotfix/cart")
    by_label = shop.commit({"cart.py": code("b", "d")})
    shop.change(3, lands=[by_label], labels=["Hotfix", "bug"])
    found = signs(shop)
    assert (found["hotfix"], found["pointed_at"]) == (["#2", "#3"], ["#1", "step 0"])


def test_a_rollback_points_at_all_that_it_took_out_of_production(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commits = [shop.commit({"cart.py": code(*"abcd"[: number + 1])}) for number in range(4)]
    for number, commit in enumerate(commits):
        shop.change(number, lands=[commit])
        shop.deploy(f"d{number}", commit)
    shop.deploy("back", commits[1])
    assert signs(shop)["pointed_at"] == ["#2", "#3"]


def test_a_rollback_to_a_commit_that_was_never_deployed_leaves_what_that_holds(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    commits = [shop.commit({"cart.py": code(*"abcd"[: number + 1])}) for number in range(4)]
    for number, commit in enumerate(commits):
        shop.change(number, lands=[commit])
    shop.deploy("d0", commits[0])
    shop.deploy("d3", commits[3])
    shop.deploy("back", commits[1])
    assert signs(shop)["pointed_at"] == ["#2", "#3"]


def test_what_a_hotfix_deployment_brought_first_is_a_hotfix(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a", "b")})
    shop.deploy("d1", base)
    shop.commit({"other.py": code("o")})
    fix = shop.commit({"cart.py": code("a", "x")})
    shop.change(7, lands=[fix])
    shop.history.branch("release", base)
    shop.deploy("hot", shop.history.cherry_pick(fix))
    shop.history.checkout("main")
    found = signs(shop)
    assert (found["hotfix"], found["pointed_at"]) == (["#7"], ["step 0"])
