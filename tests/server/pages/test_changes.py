"""The pages of changes, on a real server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.delivery.forge_rows import PROJECT
from tests.reports.dashboard.changed_shop import CLOSED, OPEN, PEOPLE, fill
from tests.reports.shops import CHANGES
from tests.server.running import ANA, BEN, Running, running

from landed.rollups import compute_rollups, write_rollups
from landed.server.pages.changes import address_of

_NUMBER = re.compile(r'class="change-title" href="[^"]*/(\d+)\?period=all')


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server of one person, with a shop of many changes."""
    with running(tmp_path_factory.mktemp("shop")) as started:
        filled(started)
        yield started


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same shop at a company, where nobody sees figures of fewer than five."""
    with running(tmp_path_factory.mktemp("team"), loopback=False) as started:
        people = started.accounts.people
        people.add("ana", ANA, by="command-line", role="admin", emails=["ana@example.com"])
        people.add("ben", BEN, by="command-line", emails=["ben@example.com"])
        filled(started)
        yield started


def filled(running: Running) -> None:
    with running.server.store.writing() as store:
        fill(store, running.server.settings)


def listed(running: Running, query: str = "") -> list[int]:
    answer = running.browser().get(f"/changes?period=all{query}")
    assert answer.status_code == 200
    return [int(number) for number in _NUMBER.findall(answer.text)]


def test_before_anything_is_rolled_up_it_says_so(alone: Running) -> None:
    assert "Nothing to show yet" in alone.browser().get("/changes").text


def test_fifty_changes_stand_on_a_page(shop: Running) -> None:
    assert listed(shop) == list(range(CHANGES, CHANGES - 50, -1))
    assert listed(shop, "&page=2") == list(range(CHANGES - 50, CHANGES - 100, -1))
    assert listed(shop, "&page=99") == list(range(CHANGES % 50, 0, -1))


def test_what_is_asked_for_wrongly_is_the_usual(shop: Running) -> None:
    usual = listed(shop)

    for query in ("&page=x", "&page=-1", "&page=0", "&sort=title", "&sort=drop", "&state=gone"):
        assert listed(shop, query) == usual


def test_states_search_and_order(shop: Running) -> None:
    assert listed(shop, "&state=open") == [OPEN]
    assert listed(shop, "&state=closed") == [CLOSED]
    assert listed(shop, "&state=all&q=%2317") == [17]
    assert listed(shop, "&sort=merged")[:2] == [1, 2]
    assert listed(shop, "&q=%25") == []


def test_the_list_says_what_is_missing_and_that_nobody_is_named(shop: Running) -> None:
    text = shop.browser().get("/changes?period=all").text

    assert f"Merged {CHANGES}" in text and "Open 1" in text
    assert "A change is one person’s work" in text
    assert "person1" not in text and "$" not in text.split("<main")[1]


def test_without_a_forge_it_says_what_to_connect(alone: Running) -> None:
    with alone.server.store.writing() as store:
        write_rollups(store, compute_rollups(store, alone.server.settings))
    assert "landed connect github" in alone.browser().get("/changes").text


def test_the_page_of_one_change(shop: Running) -> None:
    answer = shop.browser().get(f"/changes/{PROJECT}/2")

    assert answer.status_code == 200
    for words in ("acme/shop #2", "First review", "aider", "Reviewer 1 approved", "Still there"):
        assert words in answer.text
    assert "What its sessions took is shown to its author alone." in answer.text
    assert "person" not in answer.text.split("<main")[1]


@pytest.mark.parametrize(
    "path", [f"/changes/{PROJECT}/9999", "/changes/x/1", "/changes/x/y", f"/changes/{PROJECT}/1²"]
)
def test_a_change_that_there_is_not(shop: Running, path: str) -> None:
    assert shop.browser().get(path).status_code == 404


def test_a_project_of_any_name_has_an_address() -> None:
    assert address_of("gitlab:git.acme.example:7", 3) == "/changes/gitlab:git.acme.example:7/3"
    assert address_of("named:acme/shop front?#", 3) == "/changes/named:acme/shop%20front%3F%23/3"


def test_who_looks_at_a_change_is_told_to_its_author(team: Running) -> None:
    assert team.signed_in("ana", ANA).get(f"/changes/{PROJECT}/1").status_code == 200

    (look,) = team.accounts.access.about([f"github.com/{PEOPLE[0]}"])
    assert (look.who, look.page, look.figure) == ("ana", f"/changes/{PROJECT}/1", "change")
    assert team.accounts.access.about([f"github.com/{PEOPLE[1]}"]) == []


def test_a_viewer_sees_no_dollars_of_others(team: Running) -> None:
    text = team.signed_in("ben", BEN).get(f"/changes/{PROJECT}/1").text

    assert "Yours alone to see" not in text
    assert "$" not in text.split("<main")[1]


def test_where_the_list_is_hidden_so_is_each_change_of_others(
    team: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = team.server.settings.privacy.model_copy(update={"smallest_group": 9})
    narrowed = team.server.settings.model_copy(update={"privacy": narrow})
    monkeypatch.setattr(team.server, "settings", narrowed)
    ana = team.signed_in("ana", ANA)

    assert "Fewer than nine people." in ana.get("/changes?period=all").text
    other = ana.get(f"/changes/{PROJECT}/1")
    assert other.status_code == 200
    assert "Fewer than nine people." in other.text and "acme/shop" not in other.text


def test_a_search_leaves_no_sum_over_what_it_found(shop: Running) -> None:
    assert "AI wrote" in shop.browser().get("/changes?period=all").text
    assert "AI wrote" not in shop.browser().get("/changes?period=all&q=12").text
