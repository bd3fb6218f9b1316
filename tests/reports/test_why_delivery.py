"""The rest of a line's way: requests, reviews, checks, production and incidents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.journey.shops import HOUR, Shop, code

from landed.config import ServiceSettings
from landed.journey import read_deployments
from landed.journey.columns import NEVER
from landed.journey.deployments import read_production
from landed.journey.history import read_history
from landed.journey.stays import read_stays
from landed.reports.place import find_place, open_scratch
from landed.reports.why import Story, story_document, tell
from landed.reports.why_lineage import read_lineage
from landed.reports.why_terminal import print_story
from landed.store import Store


@pytest.fixture(autouse=True)
def wide_enough(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows are those of a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    yield


def story(shop: Shop, line: int, file: str = "cart.py", revision: str | None = None) -> Story:
    shop.sync()
    with (
        Store.open(shop.workspace) as store,
        open_scratch(shop.history.path, shop.settings) as scratch,
    ):
        place = find_place(scratch, file, revision, shop.settings)
        return tell(store, shop.settings, shop.repository, scratch, place, line)


def rows(told: Story) -> list[tuple[str, str]]:
    """Label and content of each row about the way, a label holding until the next one."""
    file = io.StringIO()
    print_story(told, file)
    found: list[tuple[str, str]] = []
    for row in file.getvalue().splitlines()[1:]:
        label = row[2:14].strip() or found[-1][0]
        found.append((label, row[14:]))
    shown = ("request", "reviewed", "CI", "deployed", "incidents", "releases")
    return [row for row in found if row[0] in shown]


def minute(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def named(shop: Shop, login: str, person: str) -> None:
    value = {"kind": "forge-login", "value": f"github.com/{login}", "person": person}
    shop.add("identity", how="forge", **value)


def squashed(shop: Shop, *, reviewed: bool = True) -> tuple[str, str]:
    """Change 1, six lines written on a branch and squashed: the commits there and here."""
    shop.commit({"readme.txt": "shop\n"})
    shop.history.branch("work-1")
    shop.history.checkout("work-1")
    made = shop.commit({"cart.py": code(*"abcdef")}, "Add the cart")
    shop.history.checkout("main")
    if reviewed:
        shop.review(1)
        shop.comment(1)
        shop.comment(1, "eva", "discussion")
    shop.check(made)
    landed = shop.history.squash("work-1", message="Add the cart (#1)")
    shop.change(1, lands=[landed], branch=[made], title="Cart totals")
    return made, landed


def test_a_squashed_line_tells_its_request_review_and_checks(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    named(shop, "ana", "ana@example.com")
    made, landed = squashed(shop)
    shop.comment(1)

    found = story(shop, 3)

    assert rows(found)[:4] == [
        ("request", f'#1 "Cart totals" by Ana, merged {shop.now:%Y-%m-%d}'),
        ("request", f"squashed; evidence moved from {made[:7]} by content"),
        ("reviewed", "1 reviewer, 2 comments, approved; 1 more after the merge"),
        ("CI", "green"),
    ]
    assert found.commit is not None
    assert found.commit.commit == landed


def test_the_json_carries_the_same(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    _, landed = squashed(shop)
    shop.deploy("d1", landed)
    deployed_at = shop.now
    shop.incident("i1", ("caused-by-change", "1", "field"), number=88)

    found = orjson.loads(orjson.dumps(story_document(story(shop, 3))))

    (request,) = found["requests"]
    assert (request["project"], request["number"], request["title"]) == (
        "acme/shop",
        1,
        "Cart totals",
    )
    assert (request["author"], request["state"], request["landed_by"]) == (
        "ana",
        "merged",
        "squash",
    )
    assert (request["made_in"], request["landed_with"]) == (True, True)
    assert request["reviews"] == {
        "reviewers": 1,
        "comments": 2,
        "approvals": 1,
        "verdict": "approved",
        "later": 0,
    }
    assert request["checks"] == {"state": "green", "failing": []}
    (stay,) = found["deployed"]
    assert (stay["environment"], stay["service"], stay["ended"]) == ("production", None, None)
    assert stay["begun"] == {
        "deployment": "d1",
        "commit": landed,
        "ref": None,
        "at": deployed_at.isoformat(),
        "kind": "first",
    }
    (incident,) = found["incidents"]
    assert (incident["number"], incident["rule"], incident["weight"]) == (88, "link", 1.0)


def test_a_stacked_line_tells_where_it_was_made_and_what_it_landed_with(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"readme.txt": "shop\n"})
    shop.history.branch("work-1")
    shop.history.checkout("work-1")
    lower = shop.commit({"cart.py": code(*"abcd")})
    shop.history.branch("work-2")
    shop.history.checkout("work-2")
    upper = shop.commit({"tax.py": code(*"tuvw")})
    shop.history.checkout("work-1")
    inner = shop.history.merge("work-2", message="Merge #2 into work-1")
    shop.history.checkout("main")
    landed = shop.history.merge("work-1", message="Merge #1")
    shop.change(1, lands=[landed], branch=[lower, upper, inner], rule="merge", title="Carts")
    shop.change(
        2,
        lands=[landed],
        branch=[upper],
        rule="merge",
        title="Taxes",
        base_ref="work-1",
        merge_commit=inner,
    )

    found = story(shop, 1, "tax.py")

    assert found.requests is not None
    assert [(one.number, one.made_in, one.landed_with) for one in found.requests] == [
        (2, True, False),
        (1, False, True),
    ]
    merged = f"{shop.now:%Y-%m-%d}"
    assert rows(found)[:8] == [
        ("request", f'#2 "Taxes" by ana, merged {merged}'),
        ("request", "went to work-1; the line landed with the next request"),
        ("reviewed", "by nobody before the merge"),
        ("CI", "none"),
        ("request", f'#1 "Carts" by ana, merged {merged}'),
        ("request", "with a merge"),
        ("reviewed", "by nobody before the merge"),
        ("CI", "none"),
    ]
    (own,) = story(shop, 1).requests or ()
    assert (own.number, own.made_in, own.landed_with) == (1, True, True)


@pytest.mark.parametrize(
    ("state", "shown", "reviewed"),
    [
        ({}, "open since 2025-01-01", "by nobody so far"),
        ({"draft": True}, "draft since 2025-01-01", "by nobody so far"),
        ({"closed": True}, "closed 2025-01-01, not merged", "by nobody"),
    ],
)
def test_a_line_that_has_not_landed_tells_how_its_request_stands(
    tmp_path: Path, state: dict[str, Any], shown: str, reviewed: str
) -> None:
    shop = Shop(tmp_path)
    shop.commit({"readme.txt": "shop\n"})
    shop.history.branch("work-1")
    shop.history.checkout("work-1")
    made = shop.commit({"cart.py": code(*"abc")})
    if state.get("closed"):
        state = {"closed": shop.now}
    shop.change(1, branch=[made], **state)

    found = story(shop, 1, revision="work-1")

    assert rows(found)[:3] == [
        ("request", f'#1 "Change 1" by ana, {shown}'),
        ("reviewed", reviewed),
        ("CI", "none"),
    ]


def test_a_request_that_only_laid_a_line_out_anew_is_named_beside_its_own(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    text = code(*"abcdef")
    first = shop.commit({"cart.py": text})
    shop.change(1, lands=[first], title="Cart")
    inside = "".join(f"    {line}\n" for line in text.splitlines())
    second = shop.commit({"cart.py": f"if cart:\n{inside}"})
    shop.change(2, lands=[second], title="Ask first")

    carried, new = story(shop, 3), story(shop, 1)

    assert carried.commit is not None
    assert carried.commit.commit == second
    assert [one.number for one in carried.requests or ()] == [1, 2]
    assert ("request", "it carried the line on") in rows(carried)
    assert [one.number for one in new.requests or ()] == [2]


def test_what_reviewers_said_last_decides(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.review(1, "ben", "changes-requested")
    shop.review(1, "eva", "approved")
    shop.review(1, "robot", "approved", reviewer_kind="bot")
    shop.review(1, "ana", "approved")
    shop.change(1, lands=[first])
    shop.review(1, "ben", "approved")

    found = story(shop, 1)
    (request,) = found.requests or ()
    reviews = request.reviews
    assert (reviews.reviewers, reviews.approvals, reviews.verdict) == (2, 1, "changes-requested")
    assert reviews.later == 1
    told = "2 reviewers, 0 comments, changes requested; 1 more after the merge"
    assert ("reviewed", told) in rows(found)


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([("tests", "failure"), ("tests", "success")], "green"),
        ([("tests", "success"), ("lint", "failure"), ("docs", "cancelled")], "red (docs and lint)"),
        ([(name, "failure") for name in "abcde"], "red (a, b, c and 2 more)"),
        ([("tests", "success"), ("lint", "pending")], "pending"),
        ([("tests", "neutral")], "nothing to say"),
        ([("tests", "success"), ("lint", "neutral")], "green"),
        ([], "none"),
    ],
)
def test_the_latest_run_of_each_check_decides(
    tmp_path: Path, runs: list[tuple[str, str]], shown: str
) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    for name, state in runs:
        shop.check(first, state, name=name)
    shop.change(1, lands=[first])

    assert ("CI", shown) in rows(story(shop, 1))


def test_a_line_pushed_without_a_request_tells_the_checks_of_its_commit(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.check(first, "failure")

    found = story(shop, 1)

    assert found.requests == ()
    assert rows(found)[:2] == [
        ("request", "none that the forge tells of"),
        ("CI", "red (tests)"),
    ]


def test_every_stay_in_production_is_told(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.deploy("d1", first)
    second = shop.commit({"cart.py": code("a", "b", "c")})
    shop.history.tag("v2")
    shop.passes(days=1)
    shop.deploy("d2", second)
    begun = shop.now
    shop.passes(days=2)
    shop.deploy("d3", first)
    back = shop.now
    shop.deploy("d4", second)
    again = shop.now
    shop.passes(days=30)
    third = shop.commit({"cart.py": code("a", "b")})
    shop.deploy("d5", third)
    gone = shop.now

    found = story(shop, 3, revision=second)

    assert [row for row in rows(found) if row[0] == "deployed"] == [
        ("deployed", f"{minute(begun)} production (v2), for 2 days"),
        ("deployed", f"taken back by a rollback {minute(back)}"),
        ("deployed", f"{minute(again)} production (v2), redeployed, for 30 days"),
        ("deployed", f"gone with the deployment of {minute(gone)}"),
    ]
    assert [stay.begun.at for stay in story(shop, 1).deployed or ()] == [first_at(shop, "d1")]


def first_at(shop: Shop, deployment: str) -> datetime:
    (row,) = (row for row in shop.rows["deployment"] if row["deployment"] == deployment)
    return row["created_at"]  # type: ignore[no-any-return]


def test_more_stays_than_fit_are_counted(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    second = shop.commit({"cart.py": code("a", "b")})
    shop.deploy("d", first)
    for number in range(8):
        shop.deploy(f"in{number}", second)
        shop.deploy(f"out{number}", first)

    told = rows(story(shop, 2))

    assert told[-1] == ("deployed", "and 2 more: --json has all")
    assert ("releases", "in none") not in told


def test_a_line_that_was_never_deployed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    shop.deploy("d1", first)
    second = shop.commit({"cart.py": code("a", "b")})
    shop.commit({"cart.py": code("a", "b", "c").replace("b = compute_b(cart)\n", "")})

    assert ("deployed", "not yet") in rows(story(shop, 2))
    assert ("deployed", "never") in rows(story(shop, 2, revision=second))


def test_releases_tell_where_no_deployment_does(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a")})
    shop.history.tag("v1")
    shop.deploy("d1", first, state="failure")
    shop.deploy("d2", first, environment="staging")

    found = story(shop, 1)

    assert found.deployed is None
    assert ("releases", "in v1") in rows(found)


def test_a_service_takes_its_own_paths_to_production(tmp_path: Path) -> None:
    services = [
        ServiceSettings(name="cart", paths=("cart/**",)),
        ServiceSettings(name="tax", paths=("tax/**",)),
    ]
    shop = Shop(tmp_path, services=services)
    first = shop.commit({"cart/sum.py": code("a"), "tax/rate.py": code("t")})
    shop.deploy("c1", first, service="cart")
    at = shop.now
    shop.deploy("t1", first, service="tax", state="failure")

    (stay,) = story(shop, 1, "cart/sum.py").deployed or ()
    assert (stay.service, stay.begun.at) == ("cart", at)
    assert ("deployed", f"{minute(at)} production cart, live 6") in [
        (label, text[: len(f"{minute(at)} production cart, live 6")])
        for label, text in rows(story(shop, 1, "cart/sum.py"))
    ]
    assert story(shop, 1, "tax/rate.py").deployed == ()


def test_a_hotfix_beside_the_main_line_tells_and_agrees_with_the_journey(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.commit({"cart.py": code("a", "b", "c")})
    shop.deploy("d1", first)
    shop.history.branch("release", first)
    shop.history.checkout("release")
    fix = shop.commit({"cart.py": code("a", "x")})
    shop.deploy("d2", fix)
    begun = shop.now
    shop.history.checkout("main")
    shop.sync()
    with Store.open(shop.workspace) as store:
        line = {
            (row["commit"], row["line_number"]): row["line"]
            for row in store.query(
                'select line, c."commit", line_number from line '
                'join "commit" c using (repository, commit_index)'
            ).to_pylist()
        }
        shop.rows = {name: [] for name in shop.rows}
        made = store.query('select commit_index from "commit" where "commit" = ?', [fix])
        shop.add(
            "deployed_commit",
            commit=fix,
            commit_index=made["commit_index"][0].as_py(),
            base_index=0,
            on_mainline=False,
            known=True,
        )
        shop.add("deployed_line", commit=fix, line=line[fix, 2], present=True)
        shop.add("deployed_line", commit=fix, line=line[first, 2], present=False)
        shop._landings, shop._decisions = [], []
        shop._write(store)

    fixed, replaced = story(shop, 2, revision="release"), story(shop, 2)

    (stay,) = fixed.deployed or ()
    assert (stay.begun.deployment, stay.begun.kind, stay.ended) == ("d2", "hotfix", None)
    assert any(
        text.startswith(f"{minute(begun)} production, as a hotfix") for _, text in rows(fixed)
    )
    (out,) = replaced.deployed or ()
    assert out.ended is not None
    assert (out.begun.deployment, out.ended.deployment) == ("d1", "d2")
    _agrees(shop, line[fix, 2], fixed)
    _agrees(shop, line[first, 2], replaced)
    _agrees(shop, line[first, 1], story(shop, 1))


def _agrees(shop: Shop, line: int, told: Story) -> None:
    """First and last of the stays are those by which the journey counts."""
    with Store.open(shop.workspace) as store:
        history = read_history(store, shop.repository, NEVER)
        carriers = read_lineage(store, shop.repository, line).carriers
        stays = read_stays(store, history, "main", carriers)
        now = int(shop.now.timestamp() * 1_000_000)
        found = read_production(store, shop.settings, history, carriers, stays, 1, now).presence
        assert read_deployments(store, shop.settings, history).tell
    assert told.deployed
    first, last = told.deployed[0], told.deployed[-1]
    assert found.first[0] == int(first.begun.at.timestamp() * 1_000_000)
    assert found.live[0] == (last.ended is None)
    if last.ended is not None:
        assert found.ended[0] == int(last.ended.at.timestamp() * 1_000_000)


def test_incidents_are_told_with_how_they_are_traced(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("alpha", "beta")})
    shop.change(1, lands=[first])
    shop.deploy("d1", first)
    shop.incident("i1", number=9, title="Carts are empty")
    reported = shop.now
    fix = shop.commit({"cart.py": code("alpha", "gamma")}, "Fix carts")
    shop.change(2, lands=[fix], closes=["9"])
    shop.incident("i2", kind="bug", at=reported + HOUR / 2, title="Slow", number=None)

    told = rows(story(shop, 1))

    assert [text for label, text in told if label == "incidents"] == [
        f'incident #9 "Carts are empty", {reported:%Y-%m-%d}',
        "100 % by its change: the lines that the fix took out",
        f'bug "Slow", {reported:%Y-%m-%d}',
        "100 % by its change: only the time of a deployment (inferred)",
    ]
    assert [one.inferred for one in story(shop, 1).incidents or ()] == [False, True]
    assert ("incidents", "none traced to its change") in rows(story(shop, 2))


def test_incidents_of_a_line_that_no_change_brought(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"readme.txt": "shop\n"})
    shop.history.branch("work-1")
    shop.history.checkout("work-1")
    shop.commit({"cart.py": code("alpha")})
    shop.history.checkout("main")
    shop.incident("i1")

    assert story(shop, 1, revision="work-1").incidents == ()
    assert story(shop, 1, "readme.txt").deployed is None


def test_nothing_that_a_forge_says_can_act_on_the_terminal(tmp_path: Path) -> None:
    bad = "\x1b[2J\u202ebad\n"
    shop = Shop(tmp_path, production_environments=("production*",))
    first = shop.commit({"cart.py": code("alpha")})
    shop.check(first, "failure", name=bad)
    shop.change(1, lands=[first], title=bad, author=bad)
    shop.deploy("d1", first, environment=f"production{bad}", service=bad)
    shop.incident("i1", ("caused-by-change", "1", "field"), title=bad)

    found = story(shop, 1)
    file = io.StringIO()
    print_story(found, file)

    assert found.requests is not None
    assert found.requests[0].title == bad, "JSON escapes by itself"
    assert found.deployed
    assert all(row.isprintable() for row in file.getvalue().splitlines())


def test_a_change_of_another_repository_is_never_told(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("alpha")})
    shop.change(1, lands=[first])
    other = "github:github.com:99"
    shop.project(other, "evil/shop")
    shop.rows["project"][-1]["belongs_to"] = None
    shop.add("change_commit", project=other, number=5, commit=first, ordinal=0)
    stolen = {**shop.rows["change"][0], "project": other, "number": 5, "title": "Mine"}
    shop.rows["change"].append(stolen)

    assert [one.project for one in story(shop, 1).requests or ()] == ["acme/shop"]
