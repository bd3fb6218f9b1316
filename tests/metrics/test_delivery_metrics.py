"""Every metric of delivery on tables so small that its answer can be reckoned on paper."""

from __future__ import annotations

from typing import Any

import pytest
from tests.metrics.delivery_tables import CART, DAY, DeliveryTables

from landed.metrics import metrics

OF_DELIVERY = sorted(name for name, found in metrics().items() if found.of_delivery)


def by(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    """Rows by the value of one column."""
    found = {row[name]: row for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.mark.parametrize("name", OF_DELIVERY)
def test_nothing_known_gives_no_row_and_no_zero(name: str) -> None:
    assert DeliveryTables().rows(name) == []


class TestChangeLeadTime:
    """From the first commit to production, stage by stage."""

    def test_every_stage_is_told_in_seconds(self) -> None:
        made = DeliveryTables()
        made.change(
            first_commit=1, opened=2, first_review=4, approved=4.5, merged=5, deployed=8, heavy=True
        )

        row = made.row("change_lead_time")

        assert row["kind"] == "AI-heavy"
        assert row["to_open"] == row["to_merge"] * 2 == DAY
        assert (row["to_review"], row["to_approval"]) == (2 * DAY, DAY / 2)
        assert row["to_deploy"] == 3 * DAY
        assert (row["until_merge"], row["until_deploy"]) == (4 * DAY, 7 * DAY)

    def test_a_stage_that_was_skipped_or_came_in_another_order_has_no_time(self) -> None:
        made = DeliveryTables()
        made.change(opened=2, first_commit=3, first_review=1, approved=6, merged=5)

        row = made.row("change_lead_time")

        assert row["to_open"] == 0
        assert row["to_review"] is row["to_merge"] is row["to_deploy"] is None
        assert row["until_merge"] == 3 * DAY

    def test_programs_open_changes_and_changes_without_lines_are_left_out(self) -> None:
        made = DeliveryTables()
        made.change(opened=1, merged=2, automation=True)
        made.change(opened=1, state="open")
        made.change(opened=1, merged=2, heavy=None)

        assert made.rows("change_lead_time") == []

    @pytest.mark.parametrize(
        ("what", "value"),
        [("reverted", True), ("incidents", 0.5), ("reverted_or_fixed_lines", 1), ("failed", True)],
    )
    def test_a_change_that_something_followed_is_not_of_high_quality(
        self, what: str, value: Any
    ) -> None:
        made = DeliveryTables()
        made.change(opened=1, merged=2)
        made.change(opened=1, merged=2, **{what: value})

        assert [row["high_quality"] for row in made.rows("change_lead_time")] == [True, False]

    def test_people_are_numbered_alike_and_not_named(self) -> None:
        made = DeliveryTables()
        for author in ("ana", "ben", "ana", None):
            made.change(opened=1, merged=2, author=author)

        rows = made.rows("change_lead_time")

        assert rows[0]["person"] == rows[2]["person"] != rows[1]["person"]
        assert [row["person_known"] for row in rows] == [True, True, True, False]
        assert "ana" not in str(rows)


class TestReviewLoad:
    """Rounds, comments and minutes of finished changes."""

    def test_each_finished_change_has_its_load(self) -> None:
        made = DeliveryTables()
        made.knows()
        talked = {"rounds": 2, "line_comments": 3, "discussion_comments": 4}
        by_whom = {"reviewers": 2, "senior_reviewers": 1, "reviewer_minutes": 31.5}
        made.change(opened=1, merged=2, design=True, **talked, **by_whom)
        made.change(opened=1, state="closed", closed=3, reviewed=False, design=True, rounds=0)
        made.change(opened=1, state="open")

        merged, closed = made.rows("review_load")

        assert (merged["rounds"], merged["comments"], merged["reviewers"]) == (2, 7, 2)
        assert (merged["reviewer_minutes"], merged["design_without_senior"]) == (31.5, 0)
        assert (closed["reviewed"], closed["reviewer_minutes"]) == (0, 0)
        assert closed["design_without_senior"] == 1

    def test_where_reviews_are_not_known_nothing_is_told(self) -> None:
        made = DeliveryTables()
        made.knows(has_reviews=False)
        made.change(opened=1, merged=2)

        assert made.rows("review_load") == []


def test_merged_changes_are_of_all_that_are_finished() -> None:
    made = DeliveryTables()
    for state in ("merged", "merged", "closed", "open"):
        made.change(opened=1, state=state, heavy=True)
    made.change(opened=1, state="merged")

    rows = by(made.rows("merge_rate"), "kind")

    assert (rows["AI-heavy"]["merged"], rows["AI-heavy"]["finished"]) == (2, 3)
    assert (rows["other"]["merged"], rows["other"]["finished"]) == (1, 1)


def test_changes_that_failed_are_counted_within_author_and_size() -> None:
    made = DeliveryTables()
    for failed, heavy, band in ((True, True, "s"), (False, True, "s"), (True, False, "m")):
        made.change(opened=1, merged=2, failed=failed, heavy=heavy, size_band=band, reverted=failed)
    made.change(opened=1, merged=2, failed=None)

    medium, small = made.rows("change_failure")

    assert (medium["size_band"], medium["kind"], medium["changes"]) == ("m", "other", 1)
    assert (small["kind"], small["changes"], small["failed"]) == ("AI-heavy", 2, 1)
    assert small["reverted"] == 1


class TestDora:
    """Deployments: how often, how many failed, how long that took, how many were unplanned."""

    def deployed(self) -> DeliveryTables:
        """An AI-heavy one fails and is rolled back, another is hotfixed, two are good."""
        made = DeliveryTables()
        made.knows()
        made.deployment(on=144, ai_high=5, failed=True, failed_by="rollback", recovered=144.5)
        made.deployment(on=144.5, lines=0, kind="rollback")
        made.deployment(on=151, ai_high=4)
        made.deployment(on=158, ai_high=4, failed=True, failed_by="hotfix", recovered=160)
        made.deployment(on=160, ai_high=0, kind="hotfix")
        made.deployment(on=170, succeeded=False, failed=True, failed_by="failure")
        return made

    def test_frequency_is_of_those_that_succeeded_over_weeks_since_the_first(self) -> None:
        rows = by(self.deployed().rows("deployment_frequency"), "ai_share")

        assert {share: row["deployments"] for share, row in rows.items()} == {
            "AI-heavy": 1,
            "no new lines": 1,
            "other": 3,
        }
        assert {row["weeks"] for row in rows.values()} == {8}

    def test_fail_rate_is_of_all_that_were_finished(self) -> None:
        rows = by(self.deployed().rows("change_fail_rate"), "ai_share")

        assert (rows["AI-heavy"]["failed"], rows["AI-heavy"]["deployments"]) == (1, 1)
        assert (rows["other"]["failed"], rows["other"]["deployments"]) == (2, 4)
        assert (rows["other"]["by_hotfix"], rows["other"]["by_failure"]) == (1, 1)
        assert rows["no new lines"]["failed"] == 0

    def test_recovery_is_from_the_deployment_to_the_end_and_may_be_unknown(self) -> None:
        rows = self.deployed().rows("failed_deployment_recovery")

        assert [(row["ai_share"], row["recovery"]) for row in rows] == [
            ("AI-heavy", DAY / 2),
            ("other", 2 * DAY),
            ("other", None),
        ]

    def test_an_unplanned_deployment_counts_by_what_it_mends(self) -> None:
        rows = by(self.deployed().rows("deployment_rework_rate"), "ai_share")

        assert (rows["AI-heavy"]["unplanned"], rows["AI-heavy"]["deployments"]) == (1, 2)
        assert (rows["other"]["unplanned"], rows["other"]["deployments"]) == (1, 4)
        assert "no new lines" not in rows

    def test_a_failure_that_took_two_to_mend_is_no_share_above_one(self) -> None:
        made = DeliveryTables()
        made.knows()
        made.deployment(on=1, ai_high=9, failed=True, failed_by="rollback")
        made.deployment(on=2, kind="rollback", lines=0)
        made.deployment(on=3, kind="hotfix")

        rows = by(made.rows("deployment_rework_rate"), "ai_share")

        assert set(rows) == {"AI-heavy"}
        assert (rows["AI-heavy"]["unplanned"], rows["AI-heavy"]["deployments"]) == (2, 3)

    def test_a_failure_of_another_stream_is_not_what_it_mends(self) -> None:
        made = DeliveryTables()
        made.knows()
        made.deployment(on=1, ai_high=9, failed=True, failed_by="hotfix", stream="pay")
        made.deployment(on=2, kind="hotfix", stream="shop")

        rows = by(made.rows("deployment_rework_rate"), "ai_share")

        assert rows["AI-heavy"]["unplanned"] == 0
        assert rows["other"]["unplanned"] == 1

    def test_release_tags_tell_of_no_failure(self) -> None:
        made = DeliveryTables()
        made.knows(has_deployments=False)
        made.deployment(on=1)

        assert made.rows("change_fail_rate") == made.rows("deployment_rework_rate") == []
        assert made.rows("deployments_by_month") == []
        assert made.row("deployment_frequency")["deployments"] == 1

    def test_months_count_failed_and_unplanned_ones(self) -> None:
        months = self.deployed().rows("deployments_by_month")

        assert sum(row["deployments"] for row in months) == 6
        assert sum(row["failed"] for row in months) == 3
        assert sum(row["unplanned"] for row in months) == 2


def test_unreviewed_lines_are_of_lines_in_production_where_reviews_are_known() -> None:
    made = DeliveryTables()
    made.knows()
    made.in_production("ai", 40, 400, unreviewed=10)
    made.in_production("unknown", 60, 600, unreviewed=None)

    row = made.row("unreviewed_lines")

    assert (row["who"], row["unreviewed_lines"], row["lines"]) == ("ai", 10, 40)


class TestIncidentRate:
    """Each incident counts by the share of the lines that introduced it."""

    def test_traced_and_inferred_ones_stand_apart_and_sides_add_up(self) -> None:
        made = DeliveryTables()
        made.knows()
        made.change(opened=1, merged=2, lines=100, ai_low=20, ai_high=40)
        made.change(opened=1, state="closed", lines=70, ai_high=70)
        made.direct(lines=10, ai_high=0)
        made.in_production("ai", 30, 3_000)
        made.in_production("human", 50, 4_000)
        made.in_production("unknown", 10, 1_000)
        made.incident("fix", low=0.5, high=0.75)
        made.incident("link", low=0, high=0)
        made.incident("time", low=1, high=1)
        made.incident("none", low=None, high=None)

        rows = by(made.rows("incident_rate"), "counted")

        ours, theirs = rows["incident, traced, AI"], rows["incident, traced, others"]
        assert (ours["incidents_low"], ours["incidents_high"]) == (0.5, 0.75)
        assert (theirs["incidents_low"], theirs["incidents_high"]) == (1.25, 1.5)
        assert ours["incidents_high"] + theirs["incidents_low"] == 2
        assert (ours["lines_landed"], theirs["lines_landed"]) == (40, 70)
        assert (ours["line_days"], theirs["line_days"]) == (3_000, 5_000)
        assert rows["incident, inferred, AI"]["incidents_high"] == 1
        assert rows["bug, traced, AI"]["incidents_high"] == 0

    def test_where_no_tracker_is_known_nothing_is_told(self) -> None:
        made = DeliveryTables()
        made.knows(has_incidents=False)
        made.change(opened=1, merged=2)

        assert made.rows("incident_rate") == []

    def test_causes_are_counted_by_rule(self) -> None:
        made = DeliveryTables()
        made.incident("fix", low=1, high=1)
        made.incident("fix", low=1, high=1)
        made.incident("none", low=None, high=None, kind="bug")

        rows = made.rows("incident_causes")
        assert [(row["kind"], row["rule"], row["incidents"]) for row in rows] == [
            ("incident", "fix", 2),
            ("bug", "none", 1),
        ]


def test_reverts_and_hotfixes_take_reviewers_and_checks() -> None:
    made = DeliveryTables()
    made.knows()
    made.knows(CART, has_reviews=False, has_checks=False)
    made.change(opened=1, merged=2, revert=True, reviewer_minutes=12.0, check_seconds=90)
    made.change(opened=1, merged=2, hotfix=True, reviewer_minutes=3.0, check_seconds=30)
    made.change(opened=1, merged=2, reviewer_minutes=99.0)
    made.change(opened=1, merged=2, revert=True, repository=CART)

    shop, cart = made.rows("rework_delivery")

    assert (shop["changes"], shop["reverts"], shop["hotfixes"]) == (2, 1, 1)
    assert (shop["reviewer_minutes"], shop["check_minutes"]) == (15, 2)
    assert (cart["reviewer_minutes"], cart["check_minutes"]) == (None, None)


def test_every_change_has_an_outcome() -> None:
    made = DeliveryTables()
    made.change(opened=1, state="open", title="Half done")
    made.change(opened=1, merged=2, live_lines=7, list_microdollars=5)

    rows = made.rows("change_outcome")

    assert [(row["number"], row["state"], row["live_lines"]) for row in rows] == [
        (1, "open", None),
        (2, "merged", 7),
    ]
