"""The page Quality says what `landed report` says, of whom it may be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports.dashboard.changed_shop import PEOPLE, changed_shop, reported
from tests.reports.shops import shop

from landed.config import Settings
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.quality import quality_of
from landed.reports.model import Report
from landed.rollups import Filter, compute_rollups, write_rollups
from landed.store import Store


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop, read and rolled up."""
    return changed_shop(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def report(settings: Settings) -> Report:
    """What `landed report` says of it."""
    return reported(settings)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """Its store."""
    with Store.for_settings(settings, read_only=True) as opened:
        yield opened


def test_lines_last_as_long_as_in_the_report(
    settings: Settings, store: Store, report: Report
) -> None:
    lasting = quality_of(Look(store, settings, alone=True)).lasting

    assert lasting is not None
    assert lasting.survival == report.survival
    assert lasting.rework == report.comparison
    assert lasting.rework_by == report.rework_by
    assert lasting.ages == report.alive_by_age


def test_changes_fare_as_in_the_report(settings: Settings, store: Store, report: Report) -> None:
    delivered = quality_of(Look(store, settings, alone=True)).delivered

    told = report.delivery
    assert delivered is not None and told is not None
    assert delivered.changes == told.changes
    # the report's last week has gone on for the time that passed between the two
    weekly = delivered.dora.deployment_frequency
    assert [one.deployments for one in weekly] == [
        one.deployments for one in told.dora.deployment_frequency
    ]
    assert replace(delivered.dora, deployment_frequency=[]) == replace(
        told.dora, deployment_frequency=[]
    )
    assert delivered.stages == told.stages
    assert delivered.failures == told.failures
    assert delivered.reviewing == told.reviewing
    assert delivered.missing == told.missing


def test_what_was_estimated_once_is_not_estimated_again(settings: Settings, store: Store) -> None:
    look = Look(store, settings, alone=True)
    first = quality_of(look)
    again = quality_of(Look(store, settings, alone=True, estimates=look.estimates))

    assert first.lasting is not None and again.lasting is not None
    assert again.delivered is not None and first.delivered is not None
    assert again.delivered.dora is first.delivered.dora
    assert again.lasting.rework is first.lasting.rework


def test_agents_that_few_people_use_are_not_told_apart(settings: Settings, store: Store) -> None:
    everybody = quality_of(Look(store, settings, alone=True)).lasting
    few = settings.model_copy(
        update={"privacy": settings.privacy.model_copy(update={"smallest_group": 9})}
    )
    page = quality_of(Look(store, few, own=frozenset({"nobody@example.com"})))

    assert everybody is not None
    assert {one.group.agent for one in everybody.survival} >= {"claude-code", "aider"}
    assert set(page.hidden) == {"changes"}
    assert page.delivered is None
    assert page.lasting is not None
    assert {one.group.agent for one in page.lasting.survival} == {None}
    assert {row.agent for row in page.lasting.rework_by} <= {None, "dependabot"}


def test_of_an_agent_that_few_people_use_nothing_is_told(settings: Settings, store: Store) -> None:
    few = settings.model_copy(
        update={"privacy": settings.privacy.model_copy(update={"smallest_group": 9})}
    )
    page = quality_of(Look(store, few, Filter(agent=("aider",))))

    assert page.lasting is None
    assert page.hidden["commits"] == page.hidden["changes"] != ""


def test_a_filter_that_lines_do_not_know_is_named(settings: Settings, store: Store) -> None:
    page = quality_of(Look(store, settings, Filter(team=("web",)), alone=True))

    assert page.ignored["lasting"] == ("team",)
    assert page.ignored["changes"] == ()


def test_nothing_of_sessions_is_told_where_there_are_none(settings: Settings, store: Store) -> None:
    assert quality_of(Look(store, settings, alone=True)).mending is None


def test_where_no_forge_is_connected_there_is_nothing_delivered(tmp_path: Path) -> None:
    alone = Settings(workspace=tmp_path / "workspace")
    with Store.open(alone.workspace) as store:
        shop().write(store)
        write_rollups(store, compute_rollups(store, alone))
        page = quality_of(Look(store, alone, alone=True))

    assert page.delivered is None
    assert page.lasting is not None and page.lasting.survival
    assert not page.hidden


def test_eight_people_wrote_the_changes(settings: Settings, store: Store) -> None:
    look = Look(store, settings, own=frozenset({f"github.com/{PEOPLE[0]}"}))

    assert look.decision("changes").people == len(PEOPLE)
