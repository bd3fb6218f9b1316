"""The list of changes: its parts, its order, what is searched, and who sees what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest
from tests.delivery.forge_rows import PROJECT
from tests.metrics.ledgers import FIRST_DAY
from tests.reports.dashboard.changed_shop import CLOSED, OPEN, PEOPLE, changed_shop
from tests.reports.shops import CHANGES

from landed.config import Settings
from landed.metrics import Window
from landed.reports.changes import read_change_list
from landed.reports.dashboard.changes import Asked, ChangesPage, changes_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.one_change import one_change_of
from landed.rollups import Filter
from landed.store import Store


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shop, read and rolled up."""
    return changed_shop(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """Its store."""
    with Store.for_settings(settings) as opened:
        yield opened


@pytest.fixture
def look(settings: Settings, store: Store) -> Look:
    """The look of the owner of the machine."""
    return Look(store, settings, alone=True)


def numbers(page: ChangesPage) -> list[int]:
    return [one.number for one in page.changes]


def states(page: ChangesPage) -> dict[str, int]:
    return {one.state: one.changes for one in page.states}


def test_merged_changes_come_newest_first_and_a_part_at_a_time(look: Look) -> None:
    first = changes_of(look)
    second = changes_of(look, Asked(offset=50))

    assert states(first) == {"closed": 1, "merged": CHANGES, "open": 1}
    assert first.total == CHANGES
    assert numbers(first) == list(range(CHANGES, CHANGES - 50, -1))
    assert numbers(second) == list(range(CHANGES - 50, CHANGES - 100, -1))


def test_states_can_be_looked_at_apart(look: Look) -> None:
    assert numbers(changes_of(look, Asked(state="open"))) == [OPEN]
    assert numbers(changes_of(look, Asked(state="closed"))) == [CLOSED]
    assert changes_of(look, Asked(state="all")).total == CHANGES + 2


@pytest.mark.parametrize("key", ["merged", "opened", "lines", "ai", "rounds", "lead", "live"])
def test_every_order_goes_both_ways_with_the_unknown_last(look: Look, key: str) -> None:
    up, down = (
        changes_of(look, Asked(state="all", key=key, descending=way, limit=999)).changes  # type: ignore[arg-type]
        for way in (False, True)
    )

    value = {
        "merged": lambda one: one.merged_at,
        "opened": lambda one: one.opened_at,
        "lines": lambda one: one.lines,
        "ai": lambda one: one.ai_high / one.lines if one.lines else None,
        "rounds": lambda one: one.rounds,
        "lead": lambda one: one.until_merge if one.until_deploy is None else one.until_deploy,
        "live": lambda one: one.live_lines,
    }[key]
    told = [value(one) for one in up]
    known = [one for one in told if one is not None]
    assert len(known) >= CHANGES
    assert known == sorted(known)
    assert told[len(known) :] == [None] * (len(told) - len(known))
    told = [value(one) for one in down]
    assert told[: len(known)] == sorted(known, reverse=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#12", {12}),
        ("!12", {12}),
        ("12", {12}),
        ("half DONE", {OPEN}),
        ("100%_\\", {CLOSED}),
        ("'; drop table change; --", set()),
    ],
)
def test_titles_and_numbers_are_searched_as_they_are_written(
    look: Look, text: str, found: set[int]
) -> None:
    page = changes_of(look, Asked(state="all", text=text))

    assert set(numbers(page)) == found
    assert page.total == len(found)


def test_the_name_of_a_repository_finds_its_changes(look: Look) -> None:
    (name,) = set(look.names.values())

    assert changes_of(look, Asked(text=name.upper())).total == CHANGES


def test_each_change_has_the_figures_of_the_command(
    look: Look, settings: Settings, store: Store
) -> None:
    told = {
        one.number: one for one in read_change_list(store, settings, look.names, Window()).changes
    }
    shown = changes_of(look, Asked(state="all", limit=999)).changes

    assert len(shown) == len(told) == CHANGES + 2
    for one in shown:
        same = told[one.number]
        for name in ("lines", "ai_low", "ai_high", "live_lines", "reworked_lines", "rounds"):
            assert getattr(one, name) == getattr(same, name)
        assert (one.green, one.merged_at) == (same.green, same.merged_at)


def test_a_change_that_was_merged_later_is_still_open_then(
    settings: Settings, store: Store
) -> None:
    asked = Filter(until=date(2025, 3, 1))
    page = changes_of(Look(store, settings, asked, alone=True), Asked(state="all"))

    # one change every third day, opened hours before
    assert page.total == (date(2025, 3, 1) - FIRST_DAY.date()).days // 3 + 1
    assert all(
        one.merged_at is None or one.merged_at.date() <= date(2025, 3, 1) for one in page.changes
    )


def test_only_the_author_is_told_what_a_change_took(settings: Settings, store: Store) -> None:
    with_dollars(store)
    ana = Look(store, settings, own=frozenset({f"GitHub.com/{PEOPLE[2]}"}))
    ben = Look(store, settings, own=frozenset({"github.com/nobody"}))
    mine = [one for one in changes_of(ana, Asked(limit=999)).changes if one.own]
    others = [one for one in changes_of(ana, Asked(limit=999)).changes if not one.own]

    assert len(mine) == CHANGES // len(PEOPLE)
    assert {(one.cost.list_microdollars, one.sessions, one.turns) for one in mine if one.cost} == {
        (7_000_000, 2, 9)
    }
    assert len(others) == CHANGES - len(mine)
    for one in (*others, *changes_of(ben, Asked(limit=999)).changes):
        assert (one.cost, one.sessions, one.turns) == (None, None, None)


def test_the_same_on_the_page_of_one_change(settings: Settings, store: Store) -> None:
    with_dollars(store)
    own, other = (
        one_change_of(Look(store, settings, own=frozenset({f"github.com/{name}"})), PROJECT, 13)
        for name in (PEOPLE[2], PEOPLE[3])
    )

    assert own is not None and own.own is not None
    assert own.own.cost.list_microdollars == 7_000_000
    assert other is not None and other.own is None
    assert "7000000" not in repr(other)


def test_nothing_is_listed_of_too_few_people(settings: Settings, store: Store) -> None:
    few = settings.model_copy(
        update={"privacy": settings.privacy.model_copy(update={"smallest_group": 9})}
    )
    page = changes_of(Look(store, few, own=frozenset({"nobody@example.com"})))

    assert page.hidden
    assert (page.changes, page.states, page.known) == ([], [], True)


def test_one_change_with_its_way_its_lines_and_what_was_said(look: Look) -> None:
    found = one_change_of(look, PROJECT, 2)

    assert found is not None
    assert [step.what for step in found.steps] == [
        "opened",
        "first review",
        "approved",
        "merged",
        "in production",
    ]
    assert found.steps[3].after == 2 * 3600
    assert [(one.who, one.agent, one.lines, one.standing) for one in found.lines] == [
        ("ai", "aider", 6, 6)
    ]
    assert [one.commit for one in found.commits] == [f"{1:040x}"]
    assert [(one.name, one.state, one.runs) for one in found.checks] == [("tests", "success", 1)]
    assert [(one.reviewer, one.state) for one in found.said] == [
        (1, "approved"),
        (1, "changes-requested"),
    ]
    assert (found.facts["rounds"], found.facts["reviewers"]) == (2, 1)


def test_lines_that_left_soon_are_reworked_and_later_ones_replaced(look: Look) -> None:
    found = one_change_of(look, PROJECT, 1)

    assert found is not None
    assert [(one.lines, one.standing, one.reworked, one.replaced) for one in found.lines] == [
        (11, 6, 3, 2)
    ]


def test_nobody_is_named_on_the_page_of_a_change(look: Look) -> None:
    found = one_change_of(look, PROJECT, 1)

    assert found is not None
    assert found.author == f"github.com/{PEOPLE[0]}"
    told = repr(found).replace(repr(found.author), "")
    assert "person" not in told and "ana" not in told.lower()
    assert "reviewer=1" in told and "'reviewer'" not in told


def test_a_change_that_there_is_not(look: Look) -> None:
    assert one_change_of(look, PROJECT, 9_999) is None
    assert one_change_of(look, "github:github.com:2", 1) is None


def with_dollars(store: Store) -> None:
    """Every change took two sessions, nine turns and seven dollars."""
    rows = store.query("select * from rollup.change_fact")
    for name, value in (("sessions", 2), ("turns", 9), ("list_microdollars", 7_000_000)):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, name, pa.array([value] * rows.num_rows, pa.int64()))
    store.put_rollup("change_fact", rows)
