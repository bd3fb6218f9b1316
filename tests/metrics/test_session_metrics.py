"""Every metric of sessions on tables so small that its answer can be reckoned on paper."""

from __future__ import annotations

import pytest
from tests.metrics.session_tables import CART, SHOP, SessionTables

from landed.metrics import metrics

OF_SESSIONS = sorted(name for name, found in metrics().items() if found.of_sessions)


def every_fate() -> SessionTables:
    """Lines in every bucket, each number of lines its own, 10 micro-dollars a line."""
    made = SessionTables()
    fates = (
        ("live", None, 50),
        ("merged", None, 7),
        ("reworked", "revert", 3),
        ("reworked", "fix", 4),
        ("reworked", "rewrite", 5),
        ("reworked", "deletion", 6),
        ("replaced", "deletion", 8),
        ("rewritten_in_review", None, 9),
        ("closed", None, 11),
        ("unmerged", None, 12),
        ("pending", None, 13),
        ("discarded", None, 14),
        ("rejected", "person", 15),
        ("untraced", "the branch is gone", 16),
        ("excluded", None, 17),
        ("superseded", None, 1000),
    )
    for bucket, reason, number in fates:
        made.lines(number, bucket=bucket, reason=reason, cost=10 * number, cash=number)
    return made


@pytest.mark.parametrize("name", OF_SESSIONS)
def test_nothing_seen_gives_no_row_and_no_zero(name: str) -> None:
    assert SessionTables().rows(name) == []


def test_the_funnel_counts_how_far_lines_got_in_lines_and_dollars() -> None:
    row = every_fate().row("funnel")

    assert row["generated"] == 190
    assert row["accepted"] == 175
    assert row["committed"] == 131
    assert row["merged"] == 83
    assert row["deployed"] == row["live"] == 50
    assert row["generated_list"] == 1900
    assert row["accepted_list"] == 1750
    assert row["committed_list"] == 1310
    assert row["merged_list"] == 830
    assert row["deployed_list"] == row["live_list"] == 500
    assert row["generated_cash"] == 190
    assert row["merged_cash"] == 83


def test_the_funnel_knows_no_live_lines_where_nothing_says_what_is_in_production() -> None:
    made = SessionTables()
    made.lines(3, bucket="merged")
    made.without_production()

    row = made.row("funnel")

    assert (row["merged"], row["deployed"], row["live"], row["live_list"]) == (3, None, None, None)


def test_reviewed_and_green_stand_between_and_need_not_come_before_the_merge() -> None:
    made = SessionTables()
    made.lines(4, bucket="live", reviewed=True, green=True, cost=40)
    made.lines(3, bucket="live", reviewed=False, green=None, cost=30)
    made.lines(2, bucket="closed", reviewed=True, green=False, cost=20)

    row = made.row("funnel")

    assert (row["committed"], row["reviewed"], row["green"], row["merged"]) == (9, 6, 4, 7)
    assert (row["reviewed_list"], row["green_list"]) == (60, 40)


def test_without_a_forge_nothing_is_reviewed_and_nothing_is_not() -> None:
    made = SessionTables()
    made.lines(4, bucket="live")

    row = made.row("funnel")

    assert row["reviewed"] is row["green"] is row["live_30"] is None
    assert row["live_30_of"] == 0


def test_lines_are_live_later_of_those_whose_day_has_come() -> None:
    made = SessionTables()
    made.lines(6, bucket="live", live_30=True, live_90=True)
    made.lines(2, bucket="replaced", deployed_on=110, live_30=True, live_90=False)
    made.lines(1, bucket="reworked", deployed_on=110, live_30=False, live_90=False)
    made.lines(5, bucket="live", day=190)

    row = made.row("funnel")

    assert (row["live_30"], row["live_30_of"]) == (8, 9)
    assert (row["live_90"], row["live_90_of"]) == (6, 9)


class TestFunnelBy:
    """The same funnel for each agent, model, team and month."""

    def test_groups_of_one_kind_add_up_to_all_lines(self) -> None:
        made = SessionTables()
        made.team("ana", "shop")
        made.lines(5, bucket="live", model="opus", person="ana", cost=50)
        made.lines(3, bucket="closed", agent="codex", person="ben", day=150)
        made.lines(9, bucket="superseded")

        rows = made.rows("funnel_by")

        told = {row["group_name"]: (row["generated"], row["live"]) for row in rows}
        assert told == {
            "agent claude-code": (5, 5),
            "agent codex": (3, 0),
            "model opus": (5, 5),
            "model untold model": (3, 0),
            "team shop": (5, 5),
            "team no team": (3, 0),
            "month 2025-09": (5, 5),
            "month 2025-11": (3, 0),
        }
        assert {row["people"] for row in rows} == {1}


class TestShippedByModel:
    """The yield of each agent and model, and who is paid for it."""

    def test_mature_lines_are_counted_by_session(self) -> None:
        made = SessionTables()
        made.vendor("opus", "anthropic")
        made.lines(4, model="opus", deployed_on=101)
        made.lines(2, model="opus", session="s2", bucket="closed")
        made.lines(3, model="gpt", agent="codex", deployed_on=195, day=190)

        first, second, young = made.rows("shipped_by_model")

        assert (first["vendor"], first["shipped"], first["mature"]) == ("anthropic", 4, 4)
        assert (second["session"], second["shipped"], second["mature"]) == ("s2", 0, 2)
        assert (young["vendor"], young["mature"], young["too_young"]) == (None, 0, 3)


class TestReworkCost:
    """Turns that took out young lines of AI: what they cost and took."""

    def test_dollars_tokens_and_attended_minutes_of_such_turns(self) -> None:
        made = SessionTables(hourly=60)
        made.turn(cost=100, cash=40, turn="t1")
        made.turn(cost=900, turn="t2")
        made.acts(0, turn="t1")
        made.acts(3, turn="t2")
        made.works(0, 20, turn="t2")
        made.fixes("t1")
        made.fixes("t1")

        row = made.row("rework_cost")

        assert (row["turns"], row["tokens"]) == (1, 127)
        assert (row["list_microdollars"], row["cash_microdollars"]) == (100, 40)
        assert (row["attended_minutes"], row["attended_microdollars"]) == (3, 3_000_000)

    def test_without_an_hourly_rate_minutes_have_no_dollars(self) -> None:
        made = SessionTables()
        made.turn(cost=100)
        made.fixes("t1")

        row = made.row("rework_cost")

        assert (row["attended_minutes"], row["attended_microdollars"]) == (0, None)


def test_buckets_hold_every_line_that_was_not_superseded_once() -> None:
    rows = every_fate().rows("buckets")

    assert sum(row["lines"] for row in rows) == 190
    assert "superseded" not in {row["bucket"] for row in rows}
    assert [row["lines"] for row in rows if row["bucket"] == "reworked"] == [6, 4, 3, 5]


def test_turns_are_counted_by_kind_and_unpriced_calls_apart() -> None:
    made = SessionTables()
    made.turn(cost=5, cash=2)
    made.turn(cost=7, turn="t2", calls=3, unpriced_calls=2)
    made.turn(cost=1, turn=None, session=None, kind="no_session")

    lines, turnless = made.rows("turn_costs")

    assert (lines["kind"], lines["turns"], lines["calls"]) == ("lines", 2, 4)
    assert (lines["unpriced_calls"], lines["tokens"]) == (2, 254)
    assert (lines["list_microdollars"], lines["cash_microdollars"]) == (12, 2)
    assert (turnless["kind"], turnless["turns"], turnless["calls"]) == ("no_session", 0, 1)


def test_acceptance_is_of_lines_that_a_person_decided_on() -> None:
    made = SessionTables()
    made.lines(6, bucket="live", decided=True)
    made.lines(2, bucket="rejected", decided=True)
    made.lines(5, bucket="live")
    made.lines(4, bucket="rejected")
    made.lines(9, bucket="superseded", decided=True)

    row = made.row("acceptance")

    assert (row["accepted"], row["decided"], row["not_asked"]) == (6, 8, 9)


class TestYield:
    """Of lines old enough: deployed within 30 days, and there for 30 more."""

    @pytest.mark.parametrize(
        ("told", "deployed_on", "retired_on", "shipped"),
        [
            ("deployed on the last day, and it stays", 130, None, 1),
            ("deployed a day too late", 131, None, 0),
            ("left after 30 days", 120, 150, 1),
            ("left a day too early", 120, 149, 0),
            ("never deployed", None, None, 0),
        ],
    )
    def test_a_line_has_shipped(
        self, told: str, deployed_on: float | None, retired_on: float | None, shipped: int
    ) -> None:
        made = SessionTables()
        made.lines(
            1,
            bucket="merged",
            day=100,
            cost=7,
            cash=3,
            deployed_on=deployed_on,
            retired_on=retired_on,
        )

        row = made.row("yield")

        assert (row["mature"], row["shipped"]) == (1, shipped), told
        assert (row["mature_list"], row["shipped_list"]) == (7, 7 * shipped)
        assert (row["mature_cash"], row["shipped_cash"]) == (3, 3 * shipped)

    def test_what_is_in_production_today_has_stayed_whatever_the_branch_says(self) -> None:
        made = SessionTables()
        made.lines(1, bucket="live", day=100, deployed_on=110, left_on=111)

        assert made.row("yield")["shipped"] == 1

    def test_lines_younger_than_sixty_days_are_only_counted(self) -> None:
        made = SessionTables()
        made.lines(2, day=140, deployed_on=141, cost=20)
        made.lines(3, day=140.1, deployed_on=141, cost=30)

        row = made.row("yield")

        assert (row["mature"], row["shipped"], row["too_young"]) == (2, 2, 3)
        assert (row["mature_list"], row["shipped_list"]) == (20, 20)

    def test_one_row_a_session_without_superseded_lines(self) -> None:
        made = SessionTables()
        made.lines(2, deployed_on=101)
        made.lines(1, bucket="rejected", session="s2")
        made.lines(5, bucket="superseded", session="s2")

        assert [(row["session"], row["mature"]) for row in made.rows("yield")] == [
            ("s1", 2),
            ("s2", 1),
        ]


@pytest.mark.parametrize("name", ["yield", "ship_rate"])
def test_what_rests_on_production_is_not_known_without_it(name: str) -> None:
    made = SessionTables()
    made.lines(3, bucket="merged")
    made.without_production()

    assert made.rows(name) == []


def test_ship_rate_is_deployed_of_committed() -> None:
    row = every_fate().row("ship_rate")

    assert (row["deployed"], row["committed"]) == (50, 131)


def test_completion_is_of_lines_older_than_the_window_merged_and_not_reworked() -> None:
    made = SessionTables()
    made.lines(5, bucket="live", day=179)
    made.lines(4, bucket="reworked", day=179)
    made.lines(3, bucket="replaced", day=179)
    made.lines(2, bucket="unmerged", day=179)
    made.lines(9, bucket="live", day=179.1)
    made.lines(9, bucket="superseded", day=100)

    row = made.row("completion")

    assert (row["completed"], row["mature"]) == (8, 14)


def test_what_was_merged_with_failed_checks_is_not_completed() -> None:
    made = SessionTables()
    made.lines(2, bucket="live", green=True)
    made.lines(3, bucket="live", green=False)
    made.lines(4, bucket="live")

    assert made.row("completion")["completed"] == 6


def test_manual_rework_is_by_a_human_and_others_stand_beside() -> None:
    made = SessionTables()
    for number, who in enumerate(("human", "ai", "automation", "unknown", None), start=1):
        made.lines(number, bucket="reworked", removed_by=who, merged_on=179)
    made.lines(10, bucket="live", merged_on=179)
    made.lines(6, bucket="replaced", removed_by="human", merged_on=100)
    made.lines(20, bucket="reworked", removed_by="human", merged_on=179.1)
    made.lines(30, bucket="unmerged")

    row = made.row("manual_rework")

    assert row["merged"] == 31
    assert (row["by_human"], row["by_ai"], row["by_automation"], row["by_unknown"]) == (1, 2, 3, 9)


def test_waste_is_what_led_to_nothing_and_churn_stands_apart() -> None:
    row = every_fate().row("waste")

    assert row["rejected_list"] == 150
    assert row["discarded_list"] == 140
    assert row["closed_list"] == 110
    assert row["undone_list"] == 70
    assert row["waste_list"] == 470
    assert row["waste_cash"] == 47
    assert row["churn_list"] == 110
    assert row["list_microdollars"] == 1900


class TestCostPerLine:
    """Direct: the dollars of those lines. Fully loaded: all dollars of the time."""

    def test_each_stage_bears_its_lines_or_everything(self) -> None:
        made = every_fate()
        made.turn(cost=1900, cash=190)
        made.turn(cost=600, cash=60, turn="t2", kind="non_code")
        made.turn(cost=20, turn=None, session=None, kind="no_session")

        rows = {row["stage"]: row for row in made.rows("cost_per_line")}

        assert list(rows) == ["accepted", "committed", "merged", "deployed", "live"]
        assert {row["all_list"] for row in rows.values()} == {2520}
        assert {row["all_cash"] for row in rows.values()} == {250}
        assert (rows["accepted"]["lines"], rows["accepted"]["direct_list"]) == (175, 1750)
        assert (rows["live"]["lines"], rows["live"]["direct_cash"]) == (50, 50)
        assert rows["live"]["direct_per_line"] == 10
        assert rows["live"]["loaded_per_line"] == pytest.approx(50.4)

    def test_dollars_of_a_repository_in_which_no_line_got_so_far_are_in(self) -> None:
        made = SessionTables()
        made.lines(2, bucket="live", cost=20)
        made.turn(cost=20)
        made.turn(cost=100, repository=CART, kind="non_code")

        live = [row for row in made.rows("cost_per_line") if row["stage"] == "live"]

        assert [(row["repository"], row["lines"], row["all_list"]) for row in live] == [
            (SHOP, 2, 20),
            (CART, 0, 100),
        ]
        assert [row["loaded_per_line"] for row in live] == [10, None]

    def test_without_a_known_price_there_are_no_dollars(self) -> None:
        made = SessionTables()
        made.lines(2, bucket="live")
        made.turn(unpriced_calls=1)

        for row in made.rows("cost_per_line"):
            assert row["lines"] == 2
            assert row["direct_list"] is row["all_list"] is None
            assert row["direct_per_line"] is row["loaded_per_line"] is None

    def test_a_price_of_nothing_is_known(self) -> None:
        made = SessionTables()
        made.lines(2, bucket="live")
        made.turn()

        assert {row["loaded_per_line"] for row in made.rows("cost_per_line")} == {0.0}

    def test_production_stages_leave_out_where_production_is_not_known(self) -> None:
        made = SessionTables()
        made.lines(2, bucket="merged", cost=20)
        made.turn(cost=20)
        made.without_production()

        assert [row["stage"] for row in made.rows("cost_per_line")] == [
            "accepted",
            "committed",
            "merged",
        ]


def test_a_landed_change_and_a_deployment_have_a_cost_twice() -> None:
    made = SessionTables()
    made.lines(2, bucket="live", change=4, deployed_on=110, cost=20, cash=2)
    made.lines(3, bucket="live", change=5, deployed_on=110, cost=30, cash=3)
    made.lines(1, bucket="live", change=5, deployed_on=120, cost=10, cash=1)
    made.lines(1, bucket="merged", change=6, cost=10, cash=1)
    made.lines(4, bucket="unmerged", cost=40)
    made.turn(cost=300, cash=30)

    change, deployment = made.rows("cost_per_delivery")

    assert (change["number"], change["direct_list"], change["all_list"]) == (3, 70, 300)
    assert (change["direct_cash"], change["all_cash"]) == (7, 30)
    assert (deployment["number"], deployment["direct_list"], deployment["all_list"]) == (2, 60, 300)


def test_a_request_counts_once_and_bears_the_lines_of_abandoned_ones() -> None:
    made = SessionTables()
    made.lines(2, bucket="live", change=4, project="p", number=7, cost=20)
    made.lines(1, bucket="live", change=5, project="p", number=7, cost=10)
    made.lines(3, bucket="live", change=6, cost=30)
    made.lines(4, bucket="closed", project="p", number=9, cost=40)
    made.lines(5, bucket="closed", cost=50)
    made.turn(cost=150)

    change, _ = made.rows("cost_per_delivery")

    assert (change["number"], change["direct_list"], change["abandoned_list"]) == (2, 100, 40)
    assert [(row["number"], row["step"], row["lines"]) for row in made.rows("cost_per_change")] == [
        (None, 6, 3),
        (7, None, 3),
    ]


def test_a_deployment_has_no_cost_where_production_is_not_known() -> None:
    made = SessionTables()
    made.lines(1, bucket="merged", change=6, cost=10)
    made.turn(cost=10, unpriced_calls=1)
    made.without_production()

    assert [row["kind"] for row in made.rows("cost_per_delivery")] == ["change"]


def test_a_change_is_a_first_try_where_one_turn_generated_all_its_lines() -> None:
    made = SessionTables()
    made.lines(3, change=1, cost=30, cash=3)
    made.lines(2, change=2, cost=20, turn="t2")
    made.lines(1, change=2, cost=10, turn="t3")
    made.lines(1, change=3, turn=None, session="s3")
    made.lines(1, change=3, turn=None, session="s4")
    made.lines(1, change=4, turn="t1")
    made.lines(1, change=4, turn="t1", agent="codex")
    made.lines(8, bucket="superseded", change=1, turn="t9")
    made.lines(8, bucket="pending")

    rows = made.rows("cost_per_change")

    assert [(row["step"], row["lines"], row["turns"], row["first_try"]) for row in rows] == [
        (1, 3, 1, 1),
        (2, 3, 2, 0),
        (3, 2, 2, 0),
        (4, 2, 2, 0),
    ]
    assert [row["list_microdollars"] for row in rows] == [30, 30, 0, 0]


def test_outcomes_count_settled_lines_by_agent_model_and_session() -> None:
    made = every_fate()
    made.lines(2, bucket="merged", model="opus", session="s2")
    made.lines(1, bucket="pending", model="opus", session="s3")

    untold, opus = made.rows("outcome_by_model")

    assert (untold["model"], untold["surviving"], untold["settled"]) == (None, 57, 132)
    assert (opus["session"], opus["surviving"], opus["settled"]) == ("s2", 2, 2)


class TestSessionOutcome:
    """One row a session: what it cost, and where its lines are."""

    def test_every_fate_is_counted(self) -> None:
        made = every_fate()
        made.turn(cost=1500, cash=150, branch="main", person="ana", feature="cart")
        made.turn(cost=400, cash=40, turn="t2", calls=2, unpriced_calls=1, branch="main")
        made.turn(cost=9, turn=None, kind="no_session")

        row = made.row("session_outcome")

        assert (row["turns"], row["calls"], row["unpriced_calls"]) == (2, 4, 1)
        assert (row["list_microdollars"], row["cash_microdollars"]) == (1909, 190)
        assert (row["person"], row["feature"], row["branch"]) == ("ana", "cart", "main")
        assert (row["lines"], row["landed"], row["standing"]) == (190, 83, 57)
        assert (row["open_lines"], row["gone"], row["wasted"]) == (25, 67, 47)
        assert row["waste_list"] == 470

    def test_a_session_that_only_cost_something_has_no_lines(self) -> None:
        made = SessionTables()
        made.turn(cost=5)

        row = made.row("session_outcome")

        assert (row["lines"], row["wasted"], row["waste_list"]) == (0, 0, 0)

    def test_a_session_whose_turns_another_repository_bears_keeps_its_lines(self) -> None:
        made = SessionTables()
        made.lines(3, bucket="excluded", feature="lock")

        row = made.row("session_outcome")

        assert (row["lines"], row["list_microdollars"], row["feature"]) == (3, 0, "lock")

    def test_the_dearest_comes_first(self) -> None:
        made = SessionTables()
        for session, cost in (("s1", 5), ("s2", 9), ("s3", 7)):
            made.turn(cost=cost, session=session)

        assert [row["session"] for row in made.rows("session_outcome")] == ["s2", "s3", "s1"]


class TestLeaks:
    """Features of which no line is left."""

    def test_a_feature_whose_lines_are_all_gone_has_leaked_all_its_dollars(self) -> None:
        made = SessionTables()
        for bucket, session in (("closed", "s1"), ("rewritten_in_review", "s2")):
            made.lines(2, bucket=bucket, session=session, cost=20)
            made.turn(cost=20, cash=2, session=session, feature="export")
        made.turn(cost=5, session="s3", feature="export", kind="non_code")

        row = made.row("leaks")

        assert (row["subject"], row["sessions"], row["lines"]) == ("export", 3, 4)
        assert (row["list_microdollars"], row["cash_microdollars"]) == (45, 4)

    @pytest.mark.parametrize(
        "bucket",
        ["live", "merged", "replaced", "unmerged", "pending", "untraced", "excluded", "outside"],
    )
    def test_one_line_that_is_not_gone_is_enough(self, bucket: str) -> None:
        made = SessionTables()
        made.lines(5, bucket="discarded")
        made.lines(1, bucket=bucket, session="s2")
        made.turn(cost=20, feature="export")
        made.turn(cost=20, feature="export", session="s2")

        assert made.rows("leaks") == []

    def test_without_a_feature_it_is_the_branch_and_without_that_it_is_said(self) -> None:
        made = SessionTables()
        for session, branch in (("s1", "spike"), ("s2", None)):
            made.lines(1, bucket="discarded", session=session)
            made.turn(cost=20, session=session, branch=branch)

        assert {row["subject"] for row in made.rows("leaks")} == {"spike", "no feature"}

    def test_a_session_that_changes_its_branch_stays_one(self) -> None:
        made = SessionTables()
        made.lines(1, bucket="discarded")
        made.turn(cost=20, branch="main")
        made.turn(cost=30, branch="spike", turn="t2")

        row = made.row("leaks")

        assert (row["subject"], row["sessions"], row["list_microdollars"]) == ("main", 1, 50)

    def test_questions_and_free_sessions_leak_nothing(self) -> None:
        made = SessionTables()
        made.turn(cost=20, kind="non_code")
        made.lines(1, bucket="discarded", session="s2")
        made.turn(cost=0, session="s2", feature="free")

        assert made.rows("leaks") == []


def attended(made: SessionTables) -> tuple[int, float, float]:
    """People, and minutes attended and unattended."""
    row = made.row("time_on_tasks")
    return row["people"], row["attended_minutes"], row["unattended_minutes"]


class TestTimeOnTasks:
    """Minutes that people attended agents, and that agents worked alone."""

    def test_time_runs_from_each_action_to_the_next_and_to_the_sessions_end(self) -> None:
        made = SessionTables()
        made.acts(0, 3)
        made.works(0, 5)
        assert attended(made) == (1, 5, 0)

    def test_a_gap_is_cut_at_five_minutes_and_the_agent_goes_on_alone(self) -> None:
        made = SessionTables()
        made.acts(0, 20)
        made.works(0, 12)
        made.works(20, 21)
        assert attended(made) == (1, 6, 7)

    def test_a_last_prompt_without_an_answer_takes_no_time(self) -> None:
        made = SessionTables()
        made.acts(0, 2)
        assert attended(made) == (1, 2, 0)

    def test_sessions_side_by_side_count_once_for_a_person(self) -> None:
        made = SessionTables()
        for session in ("s1", "s2"):
            made.acts(0, 4, session=session)
            made.works(0, 10, session=session)
        made.acts(6, session="s3")
        made.works(6, 9, session="s3")
        # attended 0–9 (session 1 and 2: 0–4 and 4–9; session 3: 6–9), worked to 10
        assert attended(made) == (1, 9, 1)

    def test_one_person_in_two_repositories_at_once_counts_once(self) -> None:
        made = SessionTables()
        made.acts(0, 4)
        made.acts(1, 4, session="s2", repository=CART)
        made.works(0, 4)
        assert attended(made) == (1, 4, 0)

    def test_several_people_at_once_count_each(self) -> None:
        made = SessionTables()
        for person in ("ana", "ben"):
            made.acts(0, 4, person=person, session=person)
            made.works(0, 11, person=person, session=person)
        assert attended(made) == (2, 18, 4)

    def test_an_agent_that_nobody_prompted_worked_alone(self) -> None:
        made = SessionTables()
        made.works(0, 4)
        made.works(6, 7)
        assert attended(made) == (1, 0, 5)


class TestFixingShare:
    """Minutes of turns that took out young lines of AI."""

    def test_it_is_minutes_of_such_turns_over_minutes_of_all(self) -> None:
        made = SessionTables()
        made.works(0, 6, turn="t1")
        made.works(10, 11, turn="t2")
        made.works(20, 21, turn="t2")
        made.acts(0, 50, turn="t2")
        made.works(60, 70, turn=None)
        made.fixes("t2")

        row = made.row("fixing_share")

        assert (row["fixing_minutes"], row["minutes"]) == (2, 8)
        assert (row["fixing_turns"], row["turns"]) == (1, 2)

    def test_a_turn_that_fixes_in_two_repositories_counts_once(self) -> None:
        made = SessionTables()
        made.works(0, 6)
        made.fixes("t1")
        made.rows_of["fixing_turn"].append(
            {"repository": CART, "agent": "claude-code", "turn": "t1"}
        )

        assert made.row("fixing_share")["fixing_minutes"] == 6

    def test_a_turn_of_another_agent_is_another_turn(self) -> None:
        made = SessionTables()
        made.works(0, 6, agent="codex")
        made.fixes("t1")

        assert made.row("fixing_share")["fixing_minutes"] == 0


class TestReturn:
    """What was paid, a head and a month."""

    def test_break_even_is_cash_over_the_rate_for_each_developer_and_month(self) -> None:
        made = SessionTables(developers=4, hourly=120)
        made.pays("2026-01", 100_000_000)
        made.pays("2026-01", 60_000_000, vendor="cursor")
        made.pays("2026-02", 80_000_000)

        row = made.row("break_even")

        # $240 at $2 a minute are 120 minutes, of 4 developers in 2 months
        assert (row["minutes"], row["developer_months"], row["months"]) == (15, 8, 2)
        assert row["paid_microdollars"] / row["microdollars_a_minute"] == 15

    def test_without_a_roster_developers_are_those_seen_in_each_month(self) -> None:
        made = SessionTables(hourly=60)
        made.people("2025-12", active=9, developers=90)
        made.people("2026-01", active=1, developers=2)
        made.people("2026-02", active=1, developers=3)
        made.pays("2026-01", 30_000_000)
        made.pays("2026-02", 20_000_000)

        row = made.row("break_even")

        assert (row["developer_months"], row["minutes"]) == (5, 10)

    def test_without_a_rate_or_anybody_there_is_no_break_even(self) -> None:
        for made in (SessionTables(developers=4), SessionTables(hourly=60)):
            made.pays("2026-01", 30_000_000)
            assert made.row("break_even")["minutes"] is None

    def test_spend_is_by_month_per_developer_and_per_active_user(self) -> None:
        made = SessionTables()
        made.people("2026-01", active=2, developers=5)
        made.pays("2026-01", 70, borne=30)
        made.pays("2026-01", 30, vendor="cursor")
        made.pays("2026-02", 40)

        january, february = made.rows("spend_per_developer")

        assert (january["paid_microdollars"], january["unallocated_microdollars"]) == (100, 70)
        assert (january["per_developer"], january["per_active"]) == (20, 50)
        assert (february["developers"], february["active"]) == (None, 0)
        assert february["per_developer"] is february["per_active"] is None

    def test_a_roster_takes_the_place_of_those_seen(self) -> None:
        made = SessionTables(developers=10)
        made.people("2026-01", active=2, developers=5)
        made.pays("2026-01", 100)

        assert made.row("spend_per_developer")["per_developer"] == 10

    def test_a_seat_is_idle_after_thirty_days_without_captured_use(self) -> None:
        made = SessionTables()
        made.seat("ana", used_on=170)
        made.seat("ben", used_on=169.9, cost=30)
        made.seat("eva", used_on=None, cost=40)

        row = made.row("idle_seats")

        assert (row["idle"], row["seats"], row["idle_microdollars_a_month"]) == (2, 3, 70)
