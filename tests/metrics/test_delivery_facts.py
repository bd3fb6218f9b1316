"""The facts of changes, deployments, incidents and production of small shops, reckoned by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.histories.builder import BEN
from tests.journey.shops import CLAUDE, HOUR, PROJECT, START, Shop, code

from landed.config import ForgeSettings, PersonSettings, ReviewSettings
from landed.errors import UsageError
from landed.journey import Journey
from landed.journey.model import JOURNEY_LINE_SCHEMA, JOURNEY_TURN_SCHEMA
from landed.metrics import metrics
from landed.metrics.delivery_facts import DeliveryBench, read_delivery_facts
from landed.metrics.delivery_model import RELATIONS
from landed.metrics.window import Window
from landed.store import Store


def second(moment: datetime) -> int:
    return int(moment.timestamp())


def only(shop: Shop, relation: str, **more: Any) -> dict[str, Any]:
    (row,) = shop.fact(relation, **more)
    return row


def test_the_course_of_a_change_from_first_commit_to_production(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    first = shop.commit({"new.py": code("b", "c")})
    begun = shop.now
    opened = shop.passes(hours=1)
    shop.review(1, "ana", "commented")
    shop.review(1, "ci", "approved", reviewer_kind="bot")
    shop.comment(1, "ben", "discussion")
    answered = shop.now
    shop.review(1, "ben", "changes-requested")
    shop.review(1, "eva", "approved")
    approved = shop.now
    shop.review(1, "ben", "approved")
    shop.history.checkout("main")
    merge = shop.history.squash("work")
    merged = shop.now
    shop.change(1, lands=[merge], branch=[first], opened=opened)
    shop.review(1, "dan", "commented")
    shop.deploy("d1", merge)
    row = only(shop, "change_fact")
    assert [row[f"{name}_second"] for name in ("first_commit", "opened", "first_review")] == [
        second(begun),
        second(opened),
        second(answered),
    ]
    assert [row[f"{name}_second"] for name in ("approved", "merged", "closed")] == [
        second(approved),
        second(merged),
        second(merged),
    ]
    assert row["deployed_second"] == second(shop.now)
    assert (row["state"], row["landed"], row["reviewed"]) == ("merged", True, True)


def test_review_load_is_counted_of_other_people_and_estimated(tmp_path: Path) -> None:
    people = (
        PersonSettings(emails=("eva@example.com",), senior=True, team="core"),
        PersonSettings(emails=("ana@example.com",), team="shop"),
    )
    shop = Shop(tmp_path, people=people)
    for login, person in (("eva", "eva@example.com"), ("ana", "ana@example.com")):
        identity = {"kind": "forge-login", "value": f"github.com/{login}", "person": person}
        shop.add("identity", how="forge", **identity)
    first = shop.commit({"cart.py": code(*"abcdefghij")})
    for reviewer, state in (
        ("ben", "changes-requested"),
        ("ben", "approved"),
        ("eva", "commented"),
    ):
        shop.review(1, reviewer, state)
    for author in ("ben", "ben", "ana"):
        shop.comment(1, author)
    shop.comment(1, "eva", "discussion")
    shop.change(1, lands=[first], merged=shop.now, additions=150, deletions=50)
    row = only(shop, "change_fact")
    counted = ("rounds", "reviews", "line_comments", "discussion_comments", "reviewers")
    assert [row[name] for name in counted] == [2, 3, 2, 1, 2]
    assert (row["approvals"], row["senior_reviewers"]) == (1, 1)
    # three reviews of 5 minutes, two comments of 3, two hundred lines read by two at 10 a hundred
    assert row["reviewer_minutes"] == 3 * 5 + 2 * 3 + 2 * 2 * 10
    assert (row["author"], row["team"]) == ("ana@example.com", "shop")
    reviews = [(r["reviewer"], r["senior"], r["state"]) for r in shop.fact("review_fact")]
    assert reviews == [
        ("github.com/ben", False, "changes-requested"),
        ("github.com/ben", False, "approved"),
        ("eva@example.com", True, "commented"),
    ]


def test_a_change_without_reviews_has_none(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a")})
    shop.change(1, lands=[commit])
    row = only(shop, "change_fact")
    assert (row["rounds"], row["reviewed"], row["reviewer_minutes"]) == (0, False, 0.0)
    assert row["first_review_second"] is row["approved_second"] is row["team"] is None


def test_lines_are_ais_by_strong_and_by_declared_evidence(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    one = shop.commit({"cart.py": code("a", "b", "c", "d")})
    shop.written_by_ai(one, "cart.py", 1)
    shop.written_by_ai(one, "cart.py", 2, grade="inferred")
    two = shop.commit({"two.py": code("e", "f")}, f"Two{CLAUDE}")
    shop.change(1, lands=[one])
    shop.change(2, lands=[two])
    rows = {row["number"]: row for row in shop.fact("change_fact")}
    names = ("lines", "ai_low", "ai_high", "other_lines", "agent", "heavy", "size_band")
    assert [rows[1][name] for name in names] == [4, 1, 1, 3, "claude-code", False, "XS"]
    assert [rows[2][name] for name in names] == [2, 0, 2, 0, "claude-code", True, "XS"]


def test_size_bands_follow_the_lines_that_the_forge_counts(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    bands = {9: "XS", 10: "S", 49: "S", 50: "M", 249: "M", 250: "L", 999: "L", 1000: "XL"}
    for changed in bands:
        shop.change(changed, additions=changed - 1, deletions=1)
    rows = shop.fact("change_fact")
    assert {row["number"]: row["size_band"] for row in rows} == bands
    assert {(row["heavy"], row["lines"]) for row in rows} == {(None, 0)}


def test_what_is_said_after_the_merge_reviewed_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a")})
    shop.change(1, lands=[commit])
    shop.review(1)
    row = only(shop, "change_fact")
    assert (row["reviews"], row["reviewed"]) == (1, False)
    assert row["first_review_second"] is row["approved_second"] is None


def test_a_squash_counts_the_lines_of_its_branch_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    one = shop.commit({"new.py": code("b", "c", "dropped")}, f"Begin{CLAUDE}")
    two = shop.commit({"new.py": code("b", "c", "d")})
    shop.history.checkout("main")
    squashed = shop.history.squash("work")
    shop.change(1, lands=[squashed], branch=[one, two])
    row = only(shop, "change_fact")
    assert (row["lines"], row["ai_high"], row["live_lines"]) == (3, 2, 3)


def test_a_change_that_did_not_land_has_the_lines_born_on_its_branch(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    one = shop.commit({"new.py": code("b", "c")}, f"Begin{CLAUDE}")
    shop.history.checkout("main")
    shop.change(1, branch=[one], closed=shop.now)
    shop.change(2, draft=True)
    rows = shop.fact("change_fact")
    assert [(row["state"], row["landed"], row["lines"], row["ai_high"]) for row in rows] == [
        ("closed", False, 2, 2),
        ("open", False, 0, 0),
    ]


def test_lines_leave_by_revert_by_fix_or_by_rewriting(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b", "c", "d", "e")})
    shop.change(1, lands=[first])
    shop.commit({"cart.py": code("b", "c", "d", "e")}, "Fix the cart")
    shop.commit({"cart.py": code("c", "d", "e")}, "Tidy up")
    shop.passes(days=30)
    shop.commit({"cart.py": code("d", "e")}, "Fix it again")
    row = only(shop, "change_fact")
    names = ("lines", "live_lines", "reworked_lines", "reverted_or_fixed_lines", "watched_lines")
    assert [row[name] for name in names] == [5, 2, 2, 1, 5]


def test_young_lines_are_not_watched_long_enough(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.commit({"cart.py": code("a", "b")})
    shop.change(1, lands=[first])
    day = START.date()
    assert only(shop, "change_fact", until=day + timedelta(days=20))["watched_lines"] == 0
    assert only(shop, "change_fact", until=day + timedelta(days=21))["watched_lines"] == 2


def test_direct_steps_have_what_they_can_have(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a", "b")}, "Begin", author=BEN)
    step = shop.commit({"cart.py": code("a", "c", "d")}, f"Go on{CLAUDE}", author=BEN)
    taken = shop.now
    shop.check(step, minutes=10)
    shop.deploy("d1", step)
    row = shop.fact("direct_fact")[1]
    assert (row["project"], row["number"], row["step"]) == (None, None, 1)
    assert (row["title"], row["author"], row["state"]) == ("Go on", "ben@example.com", "merged")
    assert (row["additions"], row["deletions"], row["commits"]) == (2, 1, 1)
    assert (row["lines"], row["ai_high"], row["heavy"]) == (2, 2, True)
    assert (row["merged_second"], row["deployed_second"]) == (second(taken), second(shop.now))
    assert row["opened_second"] is row["files"] is None
    assert not row["reviewed"] and row["landed"]


def test_lines_of_changes_and_direct_steps_are_all_lines_that_landed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    texts: list[str] = []
    for number in range(12):
        texts = [*texts[number % 3 :], *(f"v{number}_{part}" for part in range(number + 1))]
        commit = shop.commit({"cart.py": code(*texts)})
        if number % 2:
            shop.change(number, lands=[commit])
    shop.history.branch("work")
    beside = shop.commit({"beside.py": code("x", "y")})
    shop.history.checkout("main")
    shop.change(100, branch=[beside])
    facts = shop.facts()
    landed = [
        row
        for name in ("change_fact", "direct_fact")
        for row in facts.tables[name].to_pylist()
        if row["landed"]
    ]
    with Store.open(shop.workspace) as store:
        (known,) = store.query(
            "select count(distinct coalesce(root_line, line)) as lines from line_interval "
            "left join lineage using (repository, line)"
        ).to_pylist()
    assert len(landed) == 12
    assert sum(row["lines"] for row in landed) == known["lines"] == sum(range(13))


def test_bots_and_agents_are_told_apart(tmp_path: Path) -> None:
    shop = Shop(tmp_path, forges=ForgeSettings(bots=("Release-Robot",)))
    shop.commit({"cart.py": code("a")})
    shop.change(1, author="dependabot[bot]", author_kind="bot")
    shop.change(2, author="claude[bot]", author_kind="bot")
    shop.change(3, author="release-robot")
    shop.change(4, author=None, author_kind="unknown")
    shop.change(5, author="renovate-token")
    for number, who in ((2, "ai"), (5, "automation")):
        shop.add(
            "change_signal",
            project=PROJECT,
            number=number,
            rule="author",
            place="author",
            who=who,
            grade="declared",
        )
    rows = {row["number"]: row for row in shop.fact("change_fact")}
    automation = [rows[number]["automation"] for number in range(1, 6)]
    assert automation == [True, False, True, False, True]
    assert rows[4]["author"] is None


def test_the_window_shows_changes_that_were_open_in_it_as_they_were_at_its_end(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    day = timedelta(days=1)
    shop.change(1, opened=START, closed=START + day)
    merge = shop.commit({"new.py": code("b")}, when=START + 5 * day)
    shop.change(2, lands=[merge], opened=START + 2 * day, merged=START + 5 * day)
    shop.change(3, opened=START + 6 * day)
    begin = START.date()
    rows = shop.fact("change_fact", since=begin + 2 * day, until=begin + 4 * day)
    assert [(row["number"], row["state"], row["landed"], row["lines"]) for row in rows] == [
        (2, "open", False, 0)
    ]
    assert shop.fact("direct_fact", since=begin + day, until=begin + 4 * day) == []
    states = [(row["number"], row["state"]) for row in shop.fact("change_fact")]
    assert states == [(1, "closed"), (2, "merged"), (3, "open")]


def test_checks_of_the_last_commit_decide_and_all_runs_cost_time(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.history.branch("work")
    one = shop.commit({"new.py": code("b")})
    two = shop.commit({"new.py": code("b", "c")})
    shop.history.checkout("main")
    shop.check(one, "failure", minutes=1)
    shop.check(two, "failure", minutes=2)
    shop.check(two, "success", minutes=3)
    shop.check(two, "neutral", name="lint", minutes=4)
    merge = shop.history.squash("work")
    shop.check(merge, "failure", minutes=100)
    shop.change(1, lands=[merge], branch=[one, two])
    shop.change(2)
    rows = shop.fact("change_fact")
    assert [(row["green"], row["check_seconds"]) for row in rows] == [(True, 600), (None, None)]
    checks = [(row["name"], row["state"], row["seconds"]) for row in shop.fact("check_fact")]
    assert checks == [
        ("lint", "neutral", 240),
        ("tests", "failure", 60),
        ("tests", "failure", 120),
        ("tests", "success", 180),
    ]


def test_design_paths_are_those_that_the_configuration_names(tmp_path: Path) -> None:
    reviews = ReviewSettings(design_paths=("api/**", "*.proto"))
    shop = Shop(tmp_path, reviews=reviews)
    for number, path in enumerate(("cart.py", "api/cart.py", "deep/cart.proto")):
        shop.change(number, lands=[shop.commit({path: code(f"a{number}")})])
    assert [row["design"] for row in shop.fact("change_fact")] == [False, True, True]


def test_a_design_path_that_is_no_glob_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path, reviews=ReviewSettings(design_paths=("api/[",)))
    shop.commit({"cart.py": code("a")})
    with pytest.raises(UsageError, match="design_paths"):
        shop.facts()


def test_what_points_at_a_change_makes_it_failed_but_time_alone_does_not(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for number in range(1, 5):
        commit = shop.commit({f"{number}.py": code(f"a{number}")})
        shop.change(number, lands=[commit])
    shop.deploy("d1", commit)
    shop.incident("linked", ("caused-by-change", "1", "field"), ("caused-by-change", "2", "field"))
    shop.incident("by-time")
    shop.incident("bug", ("caused-by-change", "3", "field"), kind="bug")
    rows = {row["number"]: (row["failed"], row["incidents"]) for row in shop.fact("change_fact")}
    assert rows == {1: (True, 0.5), 2: (True, 0.5), 3: (False, 0.0), 4: (False, 0.0)}


def test_why_deployments_failed_and_when_that_was_over(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    one, two, three, four = (shop.commit({f"{n}.py": code(f"a{n}")}) for n in range(4))
    shop.change(1, lands=[two])
    times: dict[str, int] = {}

    def deploy(name: str, commit: str, **more: Any) -> None:
        shop.deploy(name, commit, **more)
        times[name] = second(shop.now)

    deploy("good", one)
    deploy("broken", two, state="failure")
    deploy("taken back", two)
    deploy("back", one)
    deploy("incident", three)
    resolved = shop.passes(hours=3)
    link = ("caused-by-deployment", "incident", "field")
    shop.incident("i", link, at=resolved - HOUR, resolved=resolved)
    deploy("open", four)
    shop.incident("still on", ("caused-by-deployment", "open", "field"))
    deploy("nothing new", four)
    shop.incident("tied by its time alone")
    deploy("waiting", four, state="pending")
    rows = {row["deployment"]: row for row in shop.fact("deployment_fact")}
    found = {name: (row["failed_by"], row["recovered_second"]) for name, row in rows.items()}
    assert found == {
        "good": (None, None),
        "broken": ("failure", times["taken back"]),
        "taken back": ("rollback", times["back"]),
        "back": (None, None),
        "incident": ("incident", second(resolved)),
        "open": ("incident", None),
        "nothing new": (None, None),
    }
    assert [rows[name]["failed"] for name in ("good", "open")] == [False, True]
    assert (rows["taken back"]["changes"], rows["taken back"]["lines"]) == (1, 1)
    assert rows["good"]["month"] == "2025-01"


def test_incidents_of_the_window(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a", "b")})
    shop.written_by_ai(commit, "cart.py", 1)
    shop.deploy("d1", commit)
    shop.incident("old", at=START)
    shop.incident("new", at=START + timedelta(days=40), title="Cart is empty")
    row = only(shop, "incident_fact", since=date(2025, 2, 1))
    assert (row["incident"], row["title"], row["month"]) == ("new", "Cart is empty", "2025-02")
    assert (row["rule"], row["deployment"], row["resolved_second"]) == ("time", "d1", None)
    assert (row["lines"], row["ai_low_share"], row["ai_high_share"]) == (2, 0.5, 0.5)


def test_time_in_production_by_who_wrote_it_and_whether_it_was_reviewed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    start = shop.commit({"old.py": code("o")})
    opened = shop.now + timedelta(minutes=1)
    one = shop.commit({"one.py": code("a", "b")}, f"One{CLAUDE}")
    shop.change(1, lands=[one], opened=opened)
    shop.review(2)
    two = shop.commit({"two.py": code("c")}, f"Two{CLAUDE}")
    shop.change(2, lands=[two], opened=opened)
    shop.deploy("d1", two, at=datetime(2025, 1, 3, tzinfo=UTC))
    shop.deploy("d0", start, at=datetime(2025, 1, 2, tzinfo=UTC))
    found = {
        row["who"]: (row["lines"], row["line_days"], row["unreviewed_lines"])
        for row in shop.fact("production_time", since=date(2025, 1, 3), until=date(2025, 1, 5))
    }
    assert found["ai"] == (3, pytest.approx(9, abs=0.001), 2)
    assert found["unknown"] == (1, pytest.approx(3, abs=0.001), 0)


def test_time_in_production_counts_every_stay_within_the_window(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    one = shop.commit({"cart.py": code("a")})
    two = shop.commit({"cart.py": code("a", "b")})
    for day, commit in ((2, two), (4, one), (6, two), (8, one)):
        shop.deploy(f"d{day}", commit, at=datetime(2025, 1, day, tzinfo=UTC))
    # a is there from the 2nd on; b from the 2nd to the 4th, and from the 6th to the 8th
    whole = only(shop, "production_time", until=date(2025, 1, 9))
    assert (whole["lines"], whole["line_days"]) == (1, pytest.approx(8 + 4, abs=0.001))
    cut = only(shop, "production_time", since=date(2025, 1, 7), until=date(2025, 1, 9))
    assert (cut["lines"], cut["line_days"]) == (1, pytest.approx(3 + 1, abs=0.001))


def test_reviews_that_nobody_tells_of_leave_unreviewed_lines_unknown(tmp_path: Path) -> None:
    shop = Shop(tmp_path, production="default-branch")
    shop.commit({"cart.py": code("a")})
    assert only(shop, "production_time")["unreviewed_lines"] is None


def test_scopes_tell_the_window_the_rates_and_what_is_known(tmp_path: Path) -> None:
    shop = Shop(tmp_path, cash={"hourly_rate": 90})
    commit = shop.commit({"cart.py": code("a")})
    shop.change(1, lands=[commit])
    shop.check(commit)
    shop.deploy("d1", commit)
    tables = shop.facts(since=date(2025, 1, 1), until=date(2025, 1, 31)).tables
    assert tables["repository_scope"].to_pylist() == [
        {
            "repository": shop.repository,
            "has_forge": True,
            "has_checks": True,
            "has_reviews": False,
            "has_deployments": True,
            "has_incidents": False,
            "first_deployment_known": True,
        }
    ]
    (scope,) = tables["delivery_scope"].to_pylist()
    assert scope == {
        "since_second": second(datetime(2025, 1, 1, tzinfo=UTC)),
        "until_second": second(datetime(2025, 2, 1, tzinfo=UTC)) - 1,
        "rework_days": 21,
        "minutes_per_round": 5.0,
        "minutes_per_comment": 3.0,
        "minutes_per_hundred_lines": 10.0,
        "hourly_microdollars": 90_000_000,
        "check_minute_microdollars": None,
    }


def test_paths_choose_lines_and_leave_changes_in(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"web/a.py": code("a"), "api/b.py": code("b", "c")})
    shop.change(1, lands=[commit])
    shop.sync()
    with Store.open(shop.workspace) as store:
        window = Window(paths=("api/**",))
        facts = read_delivery_facts(store, shop.settings, [shop.repository], window, None)
    assert facts.tables["change_fact"]["lines"].to_pylist() == [2]


def test_what_agents_generated_for_a_change_and_what_it_cost(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    direct = shop.commit({"cart.py": code("a")})
    landed = shop.commit({"cart.py": code("a", "b")})
    assert direct != landed
    shop.change(1, lands=[landed])
    shop.sync()
    generated = [
        {"number": 1, "turn": "t1", "session": "s1", "change": 1},
        {"number": 1, "turn": "t2", "session": "s1", "change": 1},
        {"number": 1, "turn": "t2", "session": "s1", "change": None, "bucket": "superseded"},
        {"number": None, "turn": "t3", "session": "s2", "change": 0},
        {"number": None, "turn": "t4", "session": "s2", "change": None},
    ]
    rows = [_generated(shop.repository, place, told) for place, told in enumerate(generated)]
    turns = JOURNEY_TURN_SCHEMA.empty_table()
    lines = pa.Table.from_pylist(rows, JOURNEY_LINE_SCHEMA)
    facts = shop.facts(journey=Journey(lines, turns, turns, shop.now))
    names = ("generated_lines", "list_microdollars", "cash_microdollars", "sessions", "turns")
    found = [
        facts.tables[name].select(names).to_pylist() for name in ("change_fact", "direct_fact")
    ]
    assert [[tuple(row.values()) for row in table] for table in found] == [
        [(2, 20, 10, 1, 2)],
        [(1, 10, 5, 1, 1)],
    ]
    without = only(shop, "change_fact")
    assert [without[name] for name in names] == [None] * 5


def _generated(repository: str, ordinal: int, told: dict[str, Any]) -> dict[str, Any]:
    blank: dict[str, Any] = {}
    for field in JOURNEY_LINE_SCHEMA:
        if field.nullable:
            blank[field.name] = None
        elif pa.types.is_boolean(field.type):
            blank[field.name] = False
        elif pa.types.is_timestamp(field.type):
            blank[field.name] = START
        elif pa.types.is_string(field.type):
            blank[field.name] = "live"
        else:
            blank[field.name] = 0
    given = {"repository": repository, "agent": "claude-code", "ordinal": ordinal}
    paid = {"list_microdollars": 10, "cash_microdollars": 5}
    project = {"project": PROJECT if told["number"] else None}
    return blank | given | paid | project | told


def test_every_metric_of_deliveries_can_be_asked_of_these_facts(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    commit = shop.commit({"cart.py": code("a")}, f"One{CLAUDE}")
    shop.review(1)
    shop.change(1, lands=[commit])
    shop.deploy("d1", commit)
    shop.incident("i", ("caused-by-deployment", "d1", "field"))
    asked = [
        name
        for name, metric in metrics().items()
        if metric.of_delivery and set(metric.inputs) <= set(RELATIONS)
    ]
    with DeliveryBench(shop.facts()) as bench:
        answered = [name for name in asked if bench.rows(name)]
    # nothing was reverted, and nothing was a hotfix
    assert set(asked) - set(answered) == {"rework_delivery"}


def test_every_relation_is_there_with_its_columns_even_where_it_is_empty(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    facts = shop.facts()
    assert {name: table.schema for name, table in facts.tables.items()} == RELATIONS
    assert not facts.any
    with DeliveryBench(facts) as bench:
        names = bench._connection.sql("select table_name from duckdb_tables()").fetchall()
    assert {name for (name,) in names} == set(RELATIONS)


def test_a_repository_that_was_never_read_has_no_rows(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.commit({"cart.py": code("a")})
    shop.sync()
    with Store.open(shop.workspace) as store:
        facts = read_delivery_facts(store, shop.settings, ["0" * 16], Window(), None)
    assert facts.tables["repository_scope"].num_rows == 0
