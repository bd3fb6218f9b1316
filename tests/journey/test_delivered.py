"""What each deployment brought, and which one brought a contribution first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.journey.shops import PROJECT, START, Shop, code, named

from landed.config import ServiceSettings
from landed.journey.columns import NEVER, microseconds
from landed.metrics.delivery_ledger import Span, read_delivery_ledger
from landed.store import Store


def test_a_deployment_brings_what_landed_since_the_one_before_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    second = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[second])
    shop.deploy("d1", second)
    third = shop.commit({"cart.py": code("a", "b", "c")})
    fourth = shop.commit({"cart.py": code("a", "b", "c", "d")})
    shop.change(2, lands=[fourth])
    shop.deploy("d2", fourth)
    assert first != third
    assert shop.delivered() == {"d1": ["#1", "step 0"], "d2": ["#2", "step 2"]}


def test_a_rollback_and_a_failure_bring_nothing_and_a_redeployment_nothing_new(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    shop.deploy("d1", first)
    second = shop.commit({"cart.py": code("a", "b")})
    shop.deploy("failed", second, state="failure")
    shop.deploy("d2", second)
    shop.deploy("again", second)
    shop.deploy("back", first)
    third = shop.commit({"cart.py": code("a", "b", "c")})
    shop.deploy("d3", third)
    assert shop.delivered() == {
        "d1": ["step 0"],
        "failed": [],
        "d2": ["step 1"],
        "again": [],
        "back": [],
        "d3": ["step 1", "step 2"],
    }
    assert _first(shop) == {"step 0": "d1", "step 1": "d2", "step 2": "d3"}


def test_a_rebased_change_is_delivered_with_its_last_commit(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    one = shop.commit({"cart.py": code("a")})
    two = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[one, two], rule="rebase")
    shop.deploy("half", one)
    shop.deploy("whole", two)
    assert shop.delivered() == {"half": [], "whole": ["#1"]}


def test_a_merge_brings_the_commits_of_its_branch(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    side = shop.commit({"side.py": code("s")})
    shop.history.checkout("main")
    merge = shop.history.merge("work")
    shop.change(1, lands=[merge], branch=[side], rule="merge")
    shop.deploy("d1", merge)
    assert shop.delivered() == {"d1": ["#1", "step 0"]}
    assert {row["number"]: row["lines"] for row in shop.fact("change_fact")} == {1: 1}


def test_two_changes_that_one_merge_brought_have_the_lines_of_their_own_branches(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("lower")
    lower = shop.commit({"lower.py": code("b", "c")})
    shop.history.branch("upper")
    upper = shop.commit({"upper.py": code("d")})
    shop.history.checkout("main")
    merge = shop.history.merge("upper")
    shop.change(1, lands=[merge], branch=[lower], rule="merge")
    shop.change(2, lands=[merge], branch=[lower, upper], rule="merge")
    shop.deploy("d1", merge)
    assert shop.delivered() == {"d1": ["#1", "#2", "step 0"]}
    assert {row["number"]: row["lines"] for row in shop.fact("change_fact")} == {1: 2, 2: 1}


def test_a_hotfix_branch_brings_the_change_that_it_was_picked_from(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a", "b", "c")})
    shop.deploy("d1", base)
    other = shop.commit({"other.py": code("o")})
    fix = shop.commit({"fix.py": code("x", "y")}, "Repair")
    shop.change(1, lands=[other])
    shop.change(2, lands=[fix])
    shop.history.branch("release", base)
    picked = shop.history.cherry_pick(fix)
    shop.deploy("hot", picked)
    shop.history.checkout("main")
    shop.deploy("d2", fix)
    assert shop.delivered() == {"d1": ["step 0"], "hot": ["#2"], "d2": ["#1", "#2"]}
    assert _first(shop) == {"step 0": "d1", "#2": "hot", "#1": "d2"}


def test_a_message_tells_what_was_picked_although_its_lines_differ(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a", "b", "c")})
    shop.deploy("d1", base)
    fix = shop.commit({"cart.py": code("a", "b", "c", "x")}, "Repair")
    shop.change(2, lands=[fix])
    shop.history.branch("release", base)
    message = f"Repair\n\n(cherry picked from commit {fix})"
    shop.deploy("hot", shop.commit({"cart.py": code("a", "b", "y")}, message))
    shop.history.checkout("main")
    assert shop.delivered() == {"d1": ["step 0"], "hot": ["#2"]}


def test_a_change_to_a_release_branch_is_delivered_by_its_own_merge(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a")})
    shop.history.branch("release")
    fix = shop.commit({"cart.py": code("a", "f")})
    shop.change(5, base_ref="release", merge_commit=fix, merged=shop.now)
    shop.history.checkout("main")
    shop.deploy("d1", base)
    shop.deploy("d2", fix)
    assert shop.delivered() == {"d1": ["step 0"], "d2": ["#5"]}


def test_a_service_brings_only_what_touched_its_paths(tmp_path: Path) -> None:
    services = (
        ServiceSettings(name="web", paths=("web/**",)),
        ServiceSettings(name="api", paths=("api/**",)),
    )
    shop = Shop(tmp_path, services=services)
    shop.commit({"web/a.py": code("a"), "api/b.py": code("b")})
    web = shop.commit({"web/a.py": code("a", "c")})
    both = shop.commit({"web/a.py": code("c"), "api/b.py": code("b", "d")})
    shop.change(1, lands=[web])
    shop.change(2, lands=[both])
    shop.deploy("web", both, service="web")
    shop.deploy("api", both, service="api")
    assert shop.delivered() == {"api": ["#2", "step 0"], "web": ["#1", "#2", "step 0"]}
    rows = {row["deployment"]: row["lines"] for row in shop.fact("deployment_fact")}
    assert rows == {"web": 2, "api": 2}


def test_what_a_forge_itself_lists_is_added(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    shop.deploy("d1", first, holds=[1, 99])
    second = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[second])
    shop.deploy("d2", second)
    shop.deploy("back", first, holds=[1])
    assert shop.delivered() == {"d1": ["#1", "step 0"], "d2": ["#1"], "back": []}


def test_final_tags_stand_for_deployments_where_none_are_known(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    shop.history.tag("v1.0", first)
    shop.commit({"cart.py": code("a", "b")})
    last = shop.commit({"cart.py": code("a", "b", "c")})
    shop.history.tag("v1.1rc1", last)
    shop.history.tag("v1.1", last)
    assert shop.delivered() == {"v1.0": ["step 0"], "v1.1": ["step 1", "step 2"]}
    kinds = [(row["environment"], row["kind"]) for row in shop.fact("deployment_fact")]
    assert kinds == [("releases", "first"), ("releases", "forward")]


def test_every_step_is_a_deployment_where_the_default_branch_is_production(tmp_path: Path) -> None:
    shop = Shop(tmp_path, production="default-branch")
    commits = [shop.commit({"cart.py": code(*"abc"[: number + 1])}) for number in range(3)]
    assert shop.delivered() == {commit: [f"step {step}"] for step, commit in enumerate(commits)}
    direct = shop.fact("direct_fact")
    assert [row["deployed_second"] for row in direct] == [row["merged_second"] for row in direct]


@pytest.mark.parametrize("production", ["releases", "default-branch"])
def test_known_deployments_go_before_tags_and_the_default_branch(
    tmp_path: Path, production: str
) -> None:
    shop = Shop(tmp_path, production=production)
    first = shop.commit({"cart.py": code("a")})
    shop.deploy("d1", first)
    shop.history.tag("v1.0", shop.commit({"cart.py": code("a", "b")}))
    assert shop.delivered() == {"d1": ["step 0"]}
    span = Span(0, NEVER, microseconds(shop.now))
    with Store.open(shop.workspace) as store:
        found = read_delivery_ledger(store, shop.settings, shop.repository, "main", span)
    assert found.ledger.deployments.rows["environment"].to_pylist() == ["production"]
    assert found.production.presence.live.tolist() == [True, False]


def test_nothing_is_deployed_where_nothing_tells_of_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    assert shop.delivered() == {}
    (scope,) = shop.fact("repository_scope")
    assert not scope["has_deployments"] and not scope["first_deployment_known"]
    assert [row["deployed_second"] for row in shop.fact("direct_fact")] == [None]


def test_of_a_stack_the_change_that_was_merged_has_the_step_whatever_its_number(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a")})
    shop.history.branch("cart", base)
    below = shop.commit({"cart.py": code("a", "b")})
    above = shop.commit({"sum.py": code("c")})
    shop.history.checkout("main")
    merge = shop.history.merge("cart")
    shop.change(1, lands=[merge], branch=[above], merge_commit=above)
    shop.change(2, lands=[merge], branch=[below, above], merge_commit=merge)
    shop.sync()
    with Store.open(shop.workspace) as store:
        found = shop.ledger(store).contributions
    assert [named(found, found.meant(PROJECT, name)) for name in (below, merge)] == ["#2", "#2"]


def test_a_contribution_is_meant_by_its_number_name_or_commit(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a")})
    shop.change(4, lands=[commit])
    shop.sync()
    with Store.open(shop.workspace) as store:
        found = shop.ledger(store).contributions
    texts = ["4", "#4", "!4", "acme/shop#4", "Acme/Shop#4", commit, commit[:8]]
    assert [found.meant(PROJECT, text) for text in texts] == [0] * len(texts)
    unknown = ["5", "acme/other#4", "zzz", "", "0123456789", "9" * 30]
    assert [found.meant(PROJECT, text) for text in unknown] == [-1] * len(unknown)
    assert found.meant("named:shop", "4") == 0
    assert found.meant("github:github.com:8", "4") == -1


def test_no_contribution_has_two_first_deployments(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for number in range(6):
        commit = shop.commit({"cart.py": code(*"abcdef"[: number + 1])})
        shop.change(number, lands=[commit], opened=START)
        shop.deploy(f"eu{number}", commit, environment="prod-eu")
        if number % 2:
            shop.deploy(f"us{number}", commit, environment="prod-us")
    shop.sync()
    with Store.open(shop.workspace) as store:
        deliveries = shop.ledger(store).deliveries
    assert (np.bincount(deliveries.contribution) >= 1).all()
    assert len(deliveries.first) == 6 and (deliveries.first >= 0).all()
    assert set(_first(shop).values()) == {f"eu{number}" for number in range(6)}


def _first(shop: Shop) -> dict[str, str]:
    shop.sync()
    with Store.open(shop.workspace) as store:
        ledger = shop.ledger(store)
    names = ledger.deployments.rows["deployment"].to_pylist()
    return {
        named(ledger.contributions, code): names[row]
        for code, row in enumerate(ledger.deliveries.first.tolist())
        if row >= 0
    }
