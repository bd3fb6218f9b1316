"""Reading forges: what is asked, what stops what, and what is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.scripted import (
    START,
    ScriptedForge,
    change,
    connected,
    history,
    one_project,
    opening,
    project,
    told_history,
    whole,
)

from landed.config import Settings
from landed.delivery.reading import read_forges
from landed.delivery.states import read_state, read_states, source_of
from landed.delivery.writing import Told, write_pages
from landed.errors import (
    ConfigurationError,
    ForgeUnreachable,
    ProjectGone,
    RateLimited,
    TokenRefused,
)
from landed.records import FORGES, TeamMember
from landed.sources.forges.contract import CHANGES, CHECKS, NOUNS, Page
from landed.store import Store

KEY = project(1).project
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return connected(Settings(workspace=tmp_path / "workspace"))


@pytest.fixture
def open_store(settings: Settings) -> Callable[[], Store]:
    return lambda: Store.for_settings(settings)


def column(open_store: Callable[[], Store], table: str, name: str) -> list[Any]:
    with open_store() as store:
        found: list[Any] = store.read(table, FORGES)[name].to_pylist()
    return found


def pages(*numbers: int) -> Callable[[], Iterator[Page]]:
    return lambda: iter([whole(KEY, number) for number in numbers])


def failing(error: Exception, project_name: str) -> Callable[[Page], None]:
    """Raises when a page of that project's changes is to be told."""

    def before(page: Page) -> None:
        if any(getattr(record, "title", "").endswith(project_name) for record in page.records):
            raise error

    return before


def several(*names: str) -> dict[Any, Any]:
    """A script with projects of these names, each with one change called after it."""
    told = {}
    for number, name in enumerate(names, start=1):
        one = project(number, f"acme/{name}")
        page = Page(records=[change(one.project, number, title=f"In {name}")], whole={number})
        told[one] = {CHANGES: lambda page=page: iter([page])}
    return told


def test_everything_is_read_once(settings: Settings, open_store: Any) -> None:
    members = [TeamMember(FORGES, "github.com", "acme", "core", "ann")]
    forge = ScriptedForge(one_project(lambda: told_history(KEY, 120)), members=members)

    first = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert (first.connections, first.projects, first.troubles) == (1, [KEY], [])
    assert first.rows["change"] == 120
    assert len(column(open_store, "change", "number")) == 120
    assert column(open_store, "team_member", "login") == ["ann"]
    assert column(open_store, "project", "name") == ["acme/shop"]
    assert forge.asked == [("", "projects"), ("", "teams"), *(("acme/shop", n) for n in NOUNS)]
    assert forge.closed

    again = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert (again.projects, again.rows["change"]) == ([KEY], 0)


def test_what_is_fresh_is_not_asked_for(settings: Settings, open_store: Any) -> None:
    forge = ScriptedForge(one_project(pages(1)))
    read_forges(settings, open_store, open_with=opening(acme=forge))
    asked = len(forge.asked)

    fresh = read_forges(settings, open_store, fresh_after=HOUR, open_with=opening(acme=forge))

    assert (fresh.fresh, fresh.projects, len(forge.asked)) == (1, [], asked)

    old = read_forges(settings, open_store, fresh_after=timedelta(0), open_with=opening(acme=forge))

    assert (old.fresh, old.projects) == (0, [KEY])


def test_a_connection_that_names_other_projects_is_listed_anew(
    settings: Settings, open_store: Any
) -> None:
    read_forges(settings, open_store, open_with=opening(acme=ScriptedForge(several("shop"))))
    widened = settings.connections[0].model_copy(update={"projects": ("acme/cart",)})
    settings = settings.model_copy(update={"connections": (widened,)})
    forge = ScriptedForge(several("shop", "cart"))

    result = read_forges(settings, open_store, fresh_after=HOUR, open_with=opening(acme=forge))

    assert (result.fresh, result.projects) == (1, ["github:github.com:2"])


@pytest.mark.parametrize(
    ("remote", "read"),
    [
        ("git@github.com:acme/shop.git", ["acme/shop"]),
        ("github.com/Acme/Shop", ["acme/shop"]),
        ("https://token@github.com/acme/cart", ["acme/cart"]),
        ("gitlab.com/acme/shop", []),
        ("/srv/git/shop", []),
    ],
)
def test_a_report_in_a_clone_reads_its_own_project_only(
    settings: Settings, open_store: Any, remote: str, read: list[str]
) -> None:
    forge = ScriptedForge(several("shop", "cart"))

    read_forges(settings, open_store, remotes=[remote], open_with=opening(acme=forge))

    assert list(dict.fromkeys(name for name, _ in forge.asked if name)) == read


def test_projects_are_chosen_by_name_or_key(settings: Settings, open_store: Any) -> None:
    forge = ScriptedForge(several("shop", "cart", "jobs"))

    result = read_forges(
        settings,
        open_store,
        projects=["Acme/Cart", "github:github.com:3"],
        open_with=opening(acme=forge),
    )

    assert sorted(result.projects) == ["github:github.com:2", "github:github.com:3"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TokenRefused("the token may not read acme/cart: give it that right"), "token-refused"),
        (ForgeUnreachable("github.com does not answer: try again later"), "unreachable"),
        (ZeroDivisionError("secret"), "broken-reader"),
    ],
)
def test_one_broken_project_does_not_stop_the_others(
    settings: Settings, open_store: Any, error: Exception, kind: str
) -> None:
    forge = ScriptedForge(several("shop", "cart", "jobs"), before_page=failing(error, "cart"))

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert sorted(result.projects) == ["github:github.com:1", "github:github.com:3"]
    assert [(one.name, one.kind) for one in result.troubles] == [("acme/cart", kind)]
    assert column(open_store, "change", "number") == [1, 3]
    assert column(open_store, "problem", "kind") == [kind]
    assert "secret" not in column(open_store, "problem", "detail")[0]

    forge.before_page = lambda _: None
    healed = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert healed.troubles == []
    assert column(open_store, "change", "number") == [1, 2, 3]
    assert column(open_store, "problem", "kind") == []


def test_a_project_that_is_gone_is_marked_and_keeps_what_was_read(
    settings: Settings, open_store: Any
) -> None:
    forge = ScriptedForge(several("shop", "cart"))
    read_forges(settings, open_store, open_with=opening(acme=forge))
    forge.told = several("shop")
    forge.told[project(2, "acme/cart")] = {CHANGES: _gone}

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert [one.kind for one in result.troubles] == ["gone"]
    assert column(open_store, "project", "state") == ["present", "gone"]
    assert column(open_store, "change", "number") == [1, 2]


def _gone() -> Iterator[Page]:
    raise ProjectGone("github.com has no project acme/cart that this token may see")


def test_a_project_that_is_not_listed_any_more_is_asked_for_once_more(
    settings: Settings, open_store: Any
) -> None:
    forge = ScriptedForge(several("shop", "cart"))
    read_forges(settings, open_store, open_with=opening(acme=forge))
    listed = forge.told
    forge.told = several("shop") | {project(2, "acme/cart"): {CHANGES: _gone}}
    forge.projects = lambda: iter([project(1)])  # type: ignore[method-assign]

    read_forges(settings, open_store, open_with=opening(acme=forge))

    assert column(open_store, "project", "state") == ["present", "gone"]
    forge.asked.clear()
    read_forges(settings, open_store, open_with=opening(acme=forge))
    assert {name for name, _ in forge.asked} == {"", "acme/shop"}

    back = ScriptedForge(listed)
    now = datetime.now(UTC)
    back.told = {project(1): {}, project(2, "acme/cart", seen_at=now): {}}
    read_forges(settings, open_store, open_with=opening(acme=back))
    assert column(open_store, "project", "state") == ["present", "present"]


def test_an_organisation_that_is_gone_does_not_hide_what_else_is_known(
    settings: Settings, open_store: Any
) -> None:
    forge = ScriptedForge(several("shop", "cart"))
    read_forges(settings, open_store, open_with=opening(acme=forge))

    def projects() -> Iterator[Any]:
        yield project(1)
        raise ProjectGone("github.com has no organisation acme that this token may see")

    forge.projects = projects  # type: ignore[method-assign]

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert sorted(result.projects) == ["github:github.com:1", "github:github.com:2"]
    assert [(one.name, one.kind) for one in result.troubles] == [("acme", "gone")]


def test_a_rate_limit_ends_the_connection_and_not_the_others(
    settings: Settings, open_store: Any
) -> None:
    one_by_one = settings.forges.model_copy(update={"concurrency": 1})
    settings = connected(settings, "acme", "other").model_copy(update={"forges": one_by_one})
    limited = ScriptedForge(
        several("shop", "cart", "jobs"),
        before_page=failing(RateLimited("github.com asks for an hour's pause"), "cart"),
    )
    other = ScriptedForge({project(9, "other/tool"): {CHANGES: pages(9)}})

    result = read_forges(settings, open_store, open_with=opening(acme=limited, other=other))

    assert result.projects == ["github:github.com:1", "github:github.com:9"]
    assert [(one.name, one.kind) for one in result.troubles] == [("acme/cart", "rate-limited")]
    assert ("acme/jobs", CHANGES) not in limited.asked


def test_a_lost_network_is_noticed_before_every_project_has_waited_for_it(
    settings: Settings, open_store: Any
) -> None:
    one_by_one = settings.forges.model_copy(update={"concurrency": 1})
    settings = settings.model_copy(update={"forges": one_by_one})

    def lost(page: Page) -> None:
        raise ForgeUnreachable(f"github.com does not answer ({len(page.records)})")

    names = [f"project{number}" for number in range(8)]
    forge = ScriptedForge(several(*names), before_page=lost)

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert len(result.troubles) == 3


def test_a_connection_without_token_does_not_stop_the_others(
    settings: Settings, open_store: Any
) -> None:
    settings = connected(settings, "broken", "refused", "torn", "acme")
    refused, torn, good = (ScriptedForge(one_project(pages(1))) for _ in range(3))

    def raising(error: Exception) -> Callable[[], Iterator[Any]]:
        def projects() -> Iterator[Any]:
            raise error
            yield

        return projects

    refused.projects = raising(TokenRefused("the token is not accepted"))  # type: ignore[method-assign]
    torn.projects = raising(KeyError("id"))  # type: ignore[method-assign]

    def open_with(connection: Any, settings: Settings) -> ScriptedForge:
        if connection.name == "broken":
            raise ConfigurationError("the environment has no TOKEN")
        return opening(refused=refused, torn=torn, acme=good)(connection, settings)

    result = read_forges(settings, open_store, open_with=open_with)

    assert [(one.name, one.kind) for one in result.troubles] == [
        ("broken", "not-configured"),
        ("refused", "token-refused"),
        ("torn", "broken-reader"),
    ]
    assert result.projects == [KEY]
    assert sorted(column(open_store, "problem", "subject")) == ["broken", "refused", "torn"]


def test_teams_that_may_not_be_seen_are_told_and_the_rest_is_read(
    settings: Settings, open_store: Any
) -> None:
    forge = ScriptedForge(one_project(pages(1)))

    def teams() -> Iterator[Page]:
        raise TokenRefused("the token may not see teams: give it read:org")
        yield

    forge.teams = teams  # type: ignore[method-assign]

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert (result.projects, [one.kind for one in result.troubles]) == ([KEY], ["token-refused"])


def test_one_project_of_two_connections_is_read_once(settings: Settings, open_store: Any) -> None:
    settings = connected(settings, "acme", "again")
    forges = [ScriptedForge(one_project(pages(1))) for _ in range(2)]

    read_forges(settings, open_store, open_with=opening(acme=forges[0], again=forges[1]))

    assert ("acme/shop", CHANGES) in forges[0].asked
    assert ("acme/shop", CHANGES) not in forges[1].asked


def test_changes_that_were_told_in_part_are_asked_for_again(
    settings: Settings, open_store: Any
) -> None:
    with open_store() as store:
        parts = Page(records=[change(KEY, n, 1) for n in (1, 2)], stale={1, 2, 3})
        write_pages(store, [Told(parts, "github", "github.com", KEY)], START)
        assert set(read_state(store, source_of(KEY, "stale"))) == {"1", "2", "3"}
    forge = ScriptedForge(
        one_project(lambda: iter([whole(KEY, 1, hours=1)])),
        again={2: whole(KEY, 2, hours=1, version="again")},
    )

    read_forges(settings, open_store, open_with=opening(acme=forge))

    assert forge.asked_again == [2, 3]
    assert column(open_store, "change_label", "label") == ["feature", "featureagain"]
    with open_store() as store:
        assert read_state(store, source_of(KEY, "stale")) == {}


def test_a_torn_state_is_read_anew(settings: Settings, open_store: Any) -> None:
    forge = ScriptedForge(one_project(pages(1)))
    read_forges(settings, open_store, open_with=opening(acme=forge))
    with open_store() as store:
        source = source_of(KEY, CHANGES)
        torn = store.query(
            "select source, '{' as state, read_at from source_state where source = ?", [source]
        )
        store.merge("source_state", torn, FORGES)
        assert source not in read_states(store)

    result = read_forges(settings, open_store, open_with=opening(acme=forge))

    assert result.rows["change"] == 1
    assert column(open_store, "change", "number") == [1]


def test_the_store_is_free_for_others_while_the_forge_is_asked(
    settings: Settings, open_store: Any
) -> None:
    def look_into_the_store(page: Page) -> None:
        assert page.records
        with Store.open(settings.workspace, wait_seconds=10) as store:
            store.repositories()

    forge = ScriptedForge(
        one_project(lambda: iter(history(KEY, 20, size=5))), before_page=look_into_the_store
    )

    assert read_forges(settings, open_store, open_with=opening(acme=forge)).troubles == []


def test_without_any_connection_nothing_is_asked(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path / "workspace")

    result = read_forges(settings, lambda: Store.for_settings(settings), open_with=opening())

    assert (result.connections, result.projects) == (0, [])


def test_nouns_are_read_in_their_order_from_where_they_stopped(
    settings: Settings, open_store: Any
) -> None:
    broken = ScriptedForge(
        one_project(pages(1, 2, 3), checks=_torn_checks),
    )
    first = read_forges(settings, open_store, open_with=opening(acme=broken))
    assert [one.kind for one in first.troubles] == ["unreachable"]

    told: list[Page] = []
    forge = ScriptedForge(one_project(pages(1, 2, 3, 4)), before_page=told.append)
    read_forges(settings, open_store, open_with=opening(acme=forge))

    assert [page.whole for page in told] == [{4}]
    assert (project(1).name, CHECKS) in forge.asked


def _torn_checks() -> Iterator[Page]:
    raise ForgeUnreachable("github.com answered 502 five times")


@pytest.mark.parametrize(
    "page",
    [
        Page(records=[replace(change(KEY, 1), number=2**70)]),
        Page(stale={2**70}),
        Page(records=[change(KEY, 1, updated_at=datetime(2026, 1, 1))]),
    ],
)
def test_a_page_that_no_store_can_hold_stops_its_project_only(
    settings: Settings, open_store: Any, page: Page
) -> None:
    told = several("shop") | {project(2, "acme/cart"): {CHANGES: lambda: iter([page])}}

    result = read_forges(settings, open_store, open_with=opening(acme=ScriptedForge(told)))

    assert result.projects == ["github:github.com:1"]
    assert [(one.name, one.kind) for one in result.troubles] == [("acme/cart", "broken-reader")]


def test_a_project_without_address_is_found_by_host_and_name(
    settings: Settings, open_store: Any
) -> None:
    forge = ScriptedForge({project(1, address=None): {CHANGES: pages(1)}})

    result = read_forges(
        settings, open_store, remotes=["github.com/acme/shop"], open_with=opening(acme=forge)
    )

    assert result.projects == [KEY]
