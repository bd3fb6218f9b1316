"""Pages into the store: each thing once, and of each the newest word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.scripted import START, change, check, parts, project, whole

from landed.delivery.states import read_state, read_states, source_of
from landed.delivery.writing import Told, write_pages
from landed.records import (
    FORGES,
    Account,
    ChangeLabel,
    Deployment,
    DeploymentChange,
    Incident,
    IncidentLink,
    TeamMember,
)
from landed.sources.forges.contract import Page
from landed.store import Store

KEY = project(1).project
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def told(page: Page, noun: str | None = None) -> Told:
    source = source_of(KEY, noun) if noun else None
    return Told(page, "github", "github.com", KEY, source)


@pytest.fixture
def write(store: Store) -> Callable[..., None]:
    """`write(page, …)`: each page in a transaction of its own."""

    def run(*pages: Page) -> None:
        for page in pages:
            write_pages(store, [told(page)], NOW)

    return run


def column(store: Store, table: str, name: str) -> list[Any]:
    found: list[Any] = store.read(table, FORGES)[name].to_pylist()
    return found


def test_a_page_comes_with_its_state_and_its_faults(store: Store) -> None:
    page = whole(KEY, 7)
    page.state = {"cursor": "abc"}
    page.fault("bad-time", 2)

    written = write_pages(store, [told(page, "changes")], NOW)

    assert (written["change"], written["change_commit"], written["review_comment"]) == (1, 3, 2)
    assert column(store, "change", "number") == [7]
    state = read_states(store)[f"forge:{KEY}:changes"]
    assert (state.value, state.read_at) == ({"cursor": "abc"}, NOW)
    problems = store.read("problem", FORGES).to_pylist()
    assert [(p["source"], p["kind"], p["subject"], p["count"]) for p in problems] == [
        ("github", "bad-time", KEY, 2)
    ]


def test_faults_are_counted_up(store: Store) -> None:
    for _ in range(3):
        page = Page()
        page.fault("missing-field")
        write_pages(store, [told(page), told(page)], NOW)

    assert column(store, "problem", "count") == [6]


def test_nothing_is_written_where_something_of_it_cannot_be(store: Store) -> None:
    page = whole(KEY, 7)
    page.state = {"at": datetime}  # no JSON value

    with pytest.raises(TypeError):
        write_pages(store, [told(page, "changes")], NOW)

    assert store.repositories() == []


def test_a_change_that_is_told_anew_loses_what_it_had(store: Store, write: Any) -> None:
    write(whole(KEY, 7), whole(KEY, 8), whole(KEY, 7, hours=1, version="new", title="Other"))

    labels = store.read("change_label", FORGES).to_pylist()
    assert [(row["number"], row["label"]) for row in labels] == [(7, "featurenew"), (8, "feature")]
    assert column(store, "change", "title") == ["Other", "Change 8"]
    assert column(store, "review_comment", "comment") == ["c7-0", "c7-1", "c8-0", "c8-1"]


def test_a_late_page_changes_nothing(store: Store, write: Any) -> None:
    write(whole(KEY, 7, hours=1, version="new"), whole(KEY, 7))

    assert column(store, "change_label", "label") == ["featurenew"]
    assert column(store, "change", "updated_at") == [change(KEY, 7, 1).updated_at]


def test_a_change_told_without_its_parts_is_asked_for_again(store: Store, write: Any) -> None:
    write(whole(KEY, 7), Page(records=[change(KEY, 7, 2, state="closed")]))

    assert column(store, "change", "state") == ["closed"]
    assert column(store, "change_label", "label") == ["feature"]
    assert read_state(store, source_of(KEY, "stale")) == {
        "7": change(KEY, 7).updated_at.isoformat()
    }

    write(whole(KEY, 7, hours=2, version="new"))

    assert column(store, "change_label", "label") == ["featurenew"]
    assert read_state(store, source_of(KEY, "stale")) == {}


def test_parts_are_as_new_as_their_page_even_after_a_newer_word_on_the_change(
    store: Store, write: Any
) -> None:
    newest = Page(records=[change(KEY, 7, 9)])
    write(newest, whole(KEY, 7, hours=2, version="two"), whole(KEY, 7, hours=1, version="one"))

    assert column(store, "change_label", "label") == ["featuretwo"]
    assert read_state(store, source_of(KEY, "stale")) == {
        "7": change(KEY, 7, 2).updated_at.isoformat()
    }


def test_parts_that_come_alone_are_no_word_on_the_change(store: Store, write: Any) -> None:
    write(whole(KEY, 7), Page(records=[ChangeLabel(FORGES, KEY, 7, "alone")]))

    assert column(store, "change_label", "label") == ["feature"]
    assert list(read_state(store, source_of(KEY, "stale"))) == ["7"]


def test_a_part_that_is_told_twice_stands_once(store: Store, write: Any) -> None:
    write(Page(records=[change(KEY, 7), *parts(KEY, 7), *parts(KEY, 7)], whole={7}))

    assert column(store, "change_label", "label") == ["feature"]
    assert column(store, "change_commit", "ordinal") == [0, 1, 2]


def test_the_latest_word_on_a_check_counts(store: Store, write: Any) -> None:
    late, early = check(KEY, 7, "success", 3), check(KEY, 7, "pending", 1)
    write(Page(records=[late]), Page(records=[early]))

    assert column(store, "check_run", "state") == ["success"]


def incident(number: int, day: int, kind: str = "incident") -> Incident:
    at = datetime(2026, 3, day, tzinfo=UTC)
    return Incident(
        FORGES, KEY, f"github:{number}", number, kind, "Down", None, None, None, START, None, at,
        "github",
    )  # fmt: skip


def link(number: int, target: str) -> IncidentLink:
    return IncidentLink(FORGES, KEY, f"github:{number}", "caused-by-commit", target, "root-cause")


def test_the_links_of_an_incident_are_those_that_were_told_last(store: Store, write: Any) -> None:
    write(
        Page(records=[incident(1, 2), link(1, "aaaaaaa"), link(1, "bbbbbbb")]),
        Page(records=[incident(2, 2), link(2, "ccccccc")]),
        Page(records=[incident(1, 3), link(1, "ddddddd")]),
        Page(records=[incident(1, 1), link(1, "late")]),
        Page(records=[link(2, "eeeeeee")]),
    )

    assert column(store, "incident_link", "target") == ["ddddddd", "ccccccc", "eeeeeee"]


def test_an_incident_may_begin_later_than_was_told_first(store: Store, write: Any) -> None:
    later = replace(incident(1, 3), started_at=datetime(2026, 3, 5, tzinfo=UTC))
    write(Page(records=[incident(1, 2)]), Page(records=[later]))

    assert column(store, "incident", "started_at") == [later.started_at]


def test_the_changes_of_a_deployment_are_kept_when_it_is_told_without_them(
    store: Store, write: Any
) -> None:
    at = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2)]
    begun = Deployment(
        FORGES, KEY, "github:1", "production", True, None, "a" * 40, "main", "pending", at[0],
        None, at[0], None, "github",
    )  # fmt: skip
    done = replace(begun, state="success", finished_at=at[1], updated_at=at[1])
    write(
        Page(records=[begun, DeploymentChange(FORGES, KEY, "github:1", 4)]),
        Page(records=[done]),
        Page(records=[begun]),
    )

    assert column(store, "deployment", "state") == ["success"]
    assert column(store, "deployment_change", "number") == [4]


def member(team: str, login: str, organisation: str = "acme") -> TeamMember:
    return TeamMember(FORGES, "github.com", organisation, team, login)


def test_who_left_a_team_is_not_in_it(store: Store, write: Any) -> None:
    write(
        Page(records=[member("core", "ann"), member("core", "ben")], teams_of={"acme"}),
        Page(records=[member("all", "eve", "other")], teams_of={"other"}),
        Page(records=[member("core", "ben")], teams_of={"acme"}),
    )
    assert column(store, "team_member", "login") == ["ben", "eve"]

    write(Page(teams_of={"acme"}))
    assert column(store, "team_member", "login") == ["eve"]


def test_an_account_keeps_the_name_that_was_told(store: Store, write: Any) -> None:
    write(
        Page(records=[Account(FORGES, "github.com", "ann", "user", "Ann", "ann@acme.example")]),
        Page(records=[Account(FORGES, "github.com", "ann", "unknown", None, None)]),
    )

    assert column(store, "account", "name") == ["Ann"]


def test_a_renamed_project_stays_the_repository_that_it_is(store: Store, write: Any) -> None:
    write(Page(records=[project(1, belongs_to="r1", how="remote")]))
    renamed = project(1, "acme/store", seen_at=NOW)
    write(Page(records=[renamed]), Page(records=[project(1)]))

    row = store.read("project", FORGES).to_pylist()[0]
    assert (row["name"], row["belongs_to"], row["how"]) == ("acme/store", "r1", "remote")


def test_what_no_store_can_hold_is_counted_and_the_rest_is_kept(store: Store, write: Any) -> None:
    torn = [
        change(KEY, 1, title="\ud800"),
        change(KEY, 2, additions=2**40),
        change(KEY, 3, title=None),
        change(KEY, 4),
    ]
    write(Page(records=torn))

    assert column(store, "change", "number") == [4]
    assert (column(store, "problem", "kind"), column(store, "problem", "count")) == (
        ["unstorable"],
        [3],
    )
