"""What brought an incident about, rule by rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journey.shops import CLAUDE, HOUR, PROJECT, Shop, code, named

from landed.journey.fixes import beside_code
from landed.journey.incidents import read_incident_causes
from landed.store import Store


def causes(shop: Shop) -> dict[str, list[tuple[str, str | None, str | None, int, float]]]:
    """By incident: rule, contribution, deployment, introducing lines and weight of each cause."""
    shop.sync()
    with Store.open(shop.workspace) as store:
        ledger = shop.ledger(store)
        found = read_incident_causes(store, ledger)
    names = ledger.deployments.rows["deployment"].to_pylist()
    told: dict[str, list[Any]] = {name: [] for name in found.incidents["incident"].to_pylist()}
    for row in found.causes.to_pylist():
        what, where = row["contribution"], row["deployment_row"]
        told[row["incident"]].append(
            (
                row["rule"],
                None if what is None else named(ledger.contributions, what),
                None if where is None else names[where],
                row["lines"],
                row["weight"],
            )
        )
    for name, rows in told.items():
        assert sum(row[4] for row in rows) == pytest.approx(1 if rows else 0), name
    return told


def deployed(tmp_path: Path) -> tuple[Shop, str, str]:
    """A shop with two changes: four lines by #1, two of claude-code by #2, deployed one by one."""
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b", "c", "d")})
    shop.change(1, lands=[first])
    shop.deploy("d1", first)
    second = shop.commit({"cart.py": code("a", "b", "c", "d", "e", "f")}, f"Add more{CLAUDE}")
    shop.change(2, lands=[second])
    shop.deploy("d2", second)
    return shop, first, second


def test_what_the_incident_names_goes_before_everything_else(tmp_path: Path) -> None:
    shop, first, second = deployed(tmp_path)
    shop.incident("by-change", ("caused-by-change", "1", "field"))
    shop.incident("by-commit", ("caused-by-commit", second[:10], "mention"))
    shop.incident("by-deployment", ("caused-by-deployment", "d1", "field"))
    shop.incident(
        "both",
        ("caused-by-change", "1", "field"),
        ("caused-by-change", "2", "field"),
        ("caused-by-commit", first, "root-cause"),
    )
    assert causes(shop) == {
        "by-change": [("link", "#1", "d1", 4, 1.0)],
        "by-commit": [("link", "#2", "d2", 2, 1.0)],
        "by-deployment": [("link", "#1", "d1", 4, 1.0)],
        "both": [("link", "#1", "d1", 4, 4 / 6), ("link", "#2", "d2", 2, 2 / 6)],
    }


def test_a_tracker_that_knows_no_project_means_the_repositorys_changes(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.project("named:acme/shop")
    shop.incident("file:1", ("caused-by-change", "2", "field"), project="named:acme/shop")
    shop.incident("file:2", ("caused-by-change", "acme/shop#1", "field"), project="named:acme/shop")
    assert causes(shop) == {
        "file:1": [("link", "#2", "d2", 2, 1.0)],
        "file:2": [("link", "#1", "d1", 4, 1.0)],
    }


def test_a_number_said_at_a_forge_is_of_its_own_project(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.project("gitlab:gitlab.com:9", "mirrors/shop")
    shop.incident("i", ("caused-by-change", "1", "mention"), project="gitlab:gitlab.com:9")
    # the mirror has no change 1: only the time is left
    assert causes(shop) == {"i": [("time", "#2", "d2", 2, 1.0)]}


@pytest.mark.parametrize("deployment", ["file:2025/01/day-1", "command:build:77", "github:4"])
def test_a_deployment_is_named_by_its_whole_id_or_as_its_source_calls_it(
    tmp_path: Path, deployment: str
) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[first])
    shop.deploy(deployment, first)
    own = deployment.partition(":")[2]
    shop.deploy("later", shop.commit({"cart.py": code("a", "b", "c")}))
    shop.incident("whole", ("caused-by-deployment", deployment, "field"))
    shop.incident("own", ("caused-by-deployment", own, "field"))
    shop.incident("part", ("caused-by-deployment", own[-1:] + own[-1:], "field"))
    named_one = [("link", "#1", deployment, 2, 1.0)]
    found = causes(shop)
    assert (found["whole"], found["own"]) == (named_one, named_one)
    assert found["part"][0][0] == "time"


def test_a_root_cause_goes_before_the_fix(tmp_path: Path) -> None:
    shop, first, _ = deployed(tmp_path)
    shop.incident("i", ("caused-by-commit", first, "root-cause"), at=shop.now)
    shop.commit({"cart.py": code("a", "b", "c", "d", "e")}, "Fix")
    fix = shop.history.tip()
    assert fix is not None
    shop.add(
        "incident_link",
        project=PROJECT,
        incident="i",
        kind="fixed-by-commit",
        target=fix,
        rule="field",
    )
    assert causes(shop) == {"i": [("root-cause", "#1", "d1", 4, 1.0)]}


def test_a_cause_without_lines_bears_the_whole_incident(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a")})
    shop.change(1, lands=[commit])
    shop.change(2)
    shop.incident("i", ("caused-by-change", "2", "field"))
    assert causes(shop) == {"i": [("link", "#2", None, 0, 1.0)]}
    (row,) = shop.fact("incident_fact")
    assert (row["lines"], row["ai_high_share"], row["deployment"]) == (0, None, None)


def test_a_link_to_something_unknown_leaves_it_to_the_next_rule(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", ("caused-by-commit", "f" * 40, "field"))
    assert causes(shop) == {"i": [("time", "#2", "d2", 2, 1.0)]}


def test_the_lines_that_the_fix_took_out_tell_by_their_share(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", number=9)
    fix = shop.commit({"cart.py": code("b", "c", "x", "y")}, "Mend the cart")
    shop.change(3, lands=[fix], closes=["9"])
    # a and d are of #1, e and f of #2
    assert causes(shop) == {"i": [("fix", "#1", "d1", 2, 0.5), ("fix", "#2", "d2", 2, 0.5)]}
    (row,) = shop.fact("incident_fact")
    assert (row["rule"], row["lines"], row["agent"]) == ("fix", 4, "claude-code")
    assert (row["ai_low_share"], row["ai_high_share"]) == (0.0, 0.5)


@pytest.mark.parametrize("message", ["Fix #9", "fixes: acme/shop#9 again", "Closed #9"])
def test_a_commit_says_itself_which_issue_it_closes(tmp_path: Path, message: str) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", number=9, kind="bug")
    shop.commit({"cart.py": code("a", "b", "c", "d", "f")}, message)
    assert causes(shop) == {"i": [("fix", "#2", "d2", 1, 1.0)]}


def test_a_fix_that_is_linked_counts_with_all_its_commits(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", ("fixed-by-change", "#3", "closes"))
    shop.history.branch("work")
    one = shop.commit({"cart.py": code("b", "c", "d", "e", "f")})
    two = shop.commit({"cart.py": code("b", "c", "d", "f")})
    shop.history.checkout("main")
    merge = shop.history.merge("work")
    shop.change(3, lands=[merge], branch=[one, two], rule="merge")
    assert causes(shop) == {"i": [("fix", "#1", "d1", 1, 0.5), ("fix", "#2", "d2", 1, 0.5)]}


def test_lines_that_a_fix_only_moves_are_not_at_fault(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", number=9)
    moved = code("a", "b", "c", "d")
    shop.commit({"cart.py": code("f"), "moved.py": moved}, "Fix #9")
    assert causes(shop) == {"i": [("fix", "#2", "d2", 1, 1.0)]}


def test_removals_in_tests_count_only_where_there_are_no_others(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b"), "tests/test_cart.py": code("t", "u")})
    shop.deploy("d1", first)
    second = shop.commit({"cart.py": code("a", "b", "c")})
    shop.deploy("d2", second)
    shop.incident("one", number=1)
    shop.incident("two", number=2)
    shop.commit({"cart.py": code("a", "b"), "tests/test_cart.py": code("u")}, "Fix #1")
    shop.commit({"tests/test_cart.py": code("v")}, "Fix #2")
    assert causes(shop) == {
        "one": [("fix", "step 1", "d2", 1, 1.0)],
        "two": [("fix", "step 0", "d1", 1, 1.0)],
    }


def test_what_landed_after_it_began_did_not_bring_it_about(tmp_path: Path) -> None:
    shop, first, _ = deployed(tmp_path)
    began = shop.now - 3 * HOUR
    shop.incident("i", number=9, at=began)
    shop.commit({"cart.py": code("b", "c", "d", "e")}, "Fix #9")
    assert first
    assert causes(shop) == {"i": [("fix", "#1", "d1", 1, 1.0)]}


def test_a_fix_that_takes_nothing_out_leaves_it_to_the_time(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", number=9)
    shop.commit({"other.py": code("z")}, "Fix #9")
    assert causes(shop) == {"i": [("time", "#2", "d2", 2, 1.0)]}


def test_time_names_the_latest_success_before_it_in_its_service(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    before = shop.now
    first = shop.commit({"web.py": code("a")})
    shop.change(1, lands=[first])
    shop.deploy("web", first, service="web")
    second = shop.commit({"api.py": code("b")})
    shop.change(2, lands=[second])
    shop.deploy("api", second, service="api")
    shop.deploy("broken", second, service="web", state="failure")
    shop.incident("any")
    shop.incident("web", service="Web")
    shop.incident("elsewhere", service="mail")
    shop.incident("staging", environment="production")
    shop.incident("early", at=before)
    found = causes(shop)
    assert found["any"] == [("time", "#1", "api", 1, 0.5), ("time", "#2", "api", 1, 0.5)]
    assert found["web"] == [("time", "#1", "web", 1, 1.0)]
    assert found["elsewhere"] == found["any"] == found["staging"]
    assert found["early"] == []


def test_a_rollback_that_brought_nothing_is_named_alone(tmp_path: Path) -> None:
    shop, first, _ = deployed(tmp_path)
    shop.deploy("back", first)
    shop.incident("i")
    assert causes(shop) == {"i": [("time", None, "back", 0, 1.0)]}


def test_an_issue_that_is_no_incident_any_more_is_left_out(tmp_path: Path) -> None:
    shop, _, _ = deployed(tmp_path)
    shop.incident("i", kind="none")
    assert causes(shop) == {}


def test_an_incident_of_a_repository_without_changes_or_deployments(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.incident("i")
    shop.incident("named", ("caused-by-deployment", "d1", "field"))
    assert causes(shop) == {"i": [], "named": []}
    assert [row["rule"] for row in shop.fact("incident_fact")] == ["none", "none"]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("src/cart.py", False),
        ("tests/test_cart.py", True),
        ("src/cart_test.go", True),
        ("web/cart.spec.ts", True),
        ("docs/cart.html", True),
        ("README.md", True),
        ("CHANGELOG", True),
        ("src/latest.py", False),
        ("contest/cart.py", False),
    ],
)
def test_which_paths_lie_beside_the_code(path: str, beside: bool) -> None:
    assert beside_code(path) is beside
