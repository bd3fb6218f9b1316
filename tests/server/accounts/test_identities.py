"""Whose figures are a viewer's own, as the store knows people."""

from __future__ import annotations

import getpass

import pyarrow as pa
from tests.server.running import Running

from landed.records import AGENTS, TABLES

IDENTITIES = [
    ("machine-user", getpass.getuser().lower(), "me@example.com", "git-configuration"),
    ("machine-user", "somebody-else", "other@example.com", "git-configuration"),
    ("git-author", "ben@old.example", "benjamin@example.com", "mailmap"),
    ("git-author", "ben@example.com", "stranger@example.com", "suggested"),
    ("session-user", "unknown", None, "unmatched"),
]


def know(running: Running) -> None:
    """Have the store know these identities."""
    schema = pa.schema([f for f in TABLES["identity"].schema if f.name != "repository"])
    columns = ("kind", "value", "person", "how")
    rows = [dict(zip(columns, one, strict=True)) for one in IDENTITIES]
    with running.server.store.writing() as store, store.transaction():
        store.merge("identity", pa.Table.from_pylist(rows, schema=schema), AGENTS)


def test_the_owner_of_the_machine_is_who_its_login_is(alone: Running) -> None:
    know(alone)

    assert alone.server.identities.of_this_machine(alone.server) == {"me@example.com"}
    assert "me@example.com" in alone.browser().get("/account").text


def test_an_account_is_its_addresses_and_the_person_behind_them(company: Running) -> None:
    know(company)
    ben = company.accounts.people.named("ben")

    found = company.server.identities.of_account(company.server, ben)

    assert found == {"ben@example.com", "ben@old.example", "benjamin@example.com"}


def test_an_account_without_addresses_is_nobody(company: Running) -> None:
    cleo = company.accounts.people.change("ben", by="ana", emails=[])

    assert company.server.identities.of_account(company.server, cleo) == frozenset()
