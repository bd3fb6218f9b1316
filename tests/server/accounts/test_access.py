"""The access log: what is kept of a look, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.server.running import CHEAP, Clock

from landed.server.accounts import Accounts
from landed.server.accounts.passwords import Passwords


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    """An empty file of accounts."""
    with Accounts(tmp_path / "accounts.db", passwords=Passwords(CHEAP), clock=clock) as opened:
        yield opened


def test_a_look_says_who_when_what_and_over_how_many(accounts: Accounts, clock: Clock) -> None:
    accounts.access.record(
        "ana",
        "/spend",
        {"team": ["a", "b"], "agent": []},
        figure="yield",
        people=["X@y.z", "b@y.z"],
    )

    (look,) = accounts.access.about(["x@Y.z"])

    assert (look.at, look.who, look.page, look.figure) == (clock.now, "ana", "/spend", "yield")
    assert look.filters == {"team": ["a", "b"]}
    assert look.people == 2


def test_each_person_sees_the_looks_that_are_about_them(accounts: Accounts) -> None:
    access = accounts.access
    access.record("ana", "/one", {}, people=["a@x.org", "b@x.org"])
    access.record("ana", "/two", {}, people=["b@x.org"])
    access.record("ana", "/none", {}, people=[])
    access.record("ana", "/all", {})

    def pages(*people: str) -> list[str]:
        return [look.page for look in access.about(people)]

    assert pages("a@x.org") == ["/one"]
    assert pages("b@x.org") == ["/two", "/one"]
    assert pages("a@x.org", "b@x.org") == ["/two", "/one"]
    assert pages("c@x.org") == []
    assert pages() == []
    assert [look.page for look in access.all()] == ["/all", "/none", "/two", "/one"]
    assert [look.page for look in access.all(2, 1)] == ["/none", "/two"]


def test_looks_at_everybody_are_counted_by_who(accounts: Accounts, clock: Clock) -> None:
    accounts.access.record("ben", "/", {})
    accounts.access.record("ana", "/", {})
    clock.pass_by(minutes=5)
    accounts.access.record("ben", "/spend", {})

    assert accounts.access.of_everybody() == [
        ("ana", 1, clock.now - timedelta(minutes=5)),
        ("ben", 2, clock.now),
    ]


def test_a_group_is_kept_once_however_often_it_is_looked_at(accounts: Accounts) -> None:
    company = [f"person{number}@example.com" for number in range(500)]
    for _ in range(20):
        accounts.access.record("ana", "/spend", {"team": ["all"]}, people=company)

    kept = accounts.access._database.row("select count(*) as n from shown_person")

    assert kept is not None
    assert kept["n"] == 500
    assert len(accounts.access.about(["person7@example.com"])) == 20


def test_old_looks_are_forgotten_with_their_groups(accounts: Accounts, clock: Clock) -> None:
    accounts.access.record("ana", "/old", {}, people=["a@x.org"])
    clock.pass_by(days=300)
    accounts.access.record("ana", "/new", {}, people=["b@x.org"])
    clock.pass_by(days=66)

    assert accounts.access.forget(timedelta(days=365)) == 1

    assert [look.page for look in accounts.access.all()] == ["/new"]
    assert accounts.access.about(["a@x.org"]) == []
    kept = accounts.access._database.row("select count(*) as n from shown_person")
    assert kept is not None
    assert kept["n"] == 1
