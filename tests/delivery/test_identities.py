"""Whose a user name at a forge is, and in which team its person is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.delivery.forge_rows import ForgeRows

from landed.attribution.sessions.people import (
    confirm_identity,
    find_identity,
    find_people,
    write_people,
)
from landed.config import Settings
from landed.config.sections import ForgeSettings, PersonSettings
from landed.delivery.identities import LoginSummary, match_logins, team_of_people
from landed.errors import UsageError
from landed.records import AGENTS, TABLES
from landed.store import Store

REPOSITORY = "0123456789abcdef"


class Office:
    """People who commit, and a forge that knows some of them."""

    def __init__(self, directory: Path) -> None:
        self.store = Store.open(directory)
        self.directory = directory
        self.forge = ForgeRows()
        self.contacts: list[dict[str, Any]] = []
        self.people: tuple[PersonSettings, ...] = ()
        self.bots: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        return Settings(
            workspace=self.directory, people=self.people, forges=ForgeSettings(bots=self.bots)
        )

    def commits(self, name: str, email: str, canonical: str | None = None) -> None:
        """Somebody commits under an address; `canonical` is theirs by .mailmap."""
        row = {"name": name, "email": email, "canonical_name": name}
        self.contacts.append(row | {"canonical_email": canonical or email.lower()})

    def match(self) -> LoginSummary:
        """Match everybody anew."""
        schema = pa.schema([f for f in TABLES["contact"].schema if f.name != "repository"])
        rows = pa.Table.from_pylist(self.contacts, schema=schema)
        self.store.replace("contact", rows, REPOSITORY)
        self.forge.write(self.store, None)
        write_people(self.store, find_people(self.store, self.settings, {}))
        return match_logins(self.store, self.settings)

    def logins(self) -> dict[str, tuple[str | None, str]]:
        """Person and how it is known, by login."""
        return {
            row["value"].removeprefix("github.com/"): (row["person"], row["how"])
            for row in self.store.read("identity", AGENTS).to_pylist()
            if row["kind"] == "forge-login"
        }

    def names(self) -> dict[str, str]:
        """Names to show by person."""
        rows = self.store.read("person", AGENTS).to_pylist()
        return {row["person"]: row["name"] for row in rows}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "workspace")
    yield made
    made.store.close()


def test_the_forge_names_a_login_as_the_author_of_commits(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("octo-ana", writes_as=["ana@example.com"])

    assert office.match() == LoginSummary(changed=True, matched=1, suggested=0, unmatched=0)
    assert office.logins() == {"octo-ana": ("ana@example.com", "forge")}


def test_an_address_leads_to_the_person_that_mailmap_names(office: Office) -> None:
    office.commits("Ana", "ana@home.example", canonical="ana@example.com")
    office.commits("Ana", "ana@example.com")
    office.forge.account("ana", writes_as=["ana@home.example"])

    office.match()

    assert office.logins() == {"ana": ("ana@example.com", "forge")}


def test_a_public_address_is_as_good(office: Office) -> None:
    office.commits("Ana", "Ana@Example.com")
    office.forge.account("a", email="ana@example.com")

    office.match()

    assert office.logins() == {"a": ("ana@example.com", "e-mail")}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("github.com", "1234+ana@users.noreply.github.com"),
        ("github.com", "Ana@users.noreply.github.com"),
        ("gitlab.com", "1234-ana@users.noreply.gitlab.com"),
        ("git.example.com", "7+ana@users.noreply.git.example.com"),
    ],
)
def test_an_address_that_the_forge_made_names_the_login(
    office: Office, host: str, address: str
) -> None:
    office.commits("Ana", address)
    office.forge = ForgeRows(host=host)
    office.forge.account("ana")

    office.match()

    assert office.logins()[f"{host}/ana".removeprefix("github.com/")] == (address.lower(), "forge")


def test_an_address_of_another_forge_says_nothing(office: Office) -> None:
    office.commits("Anabel", "1234+ana@users.noreply.gitlab.com")
    office.forge.account("ana")

    assert office.match().unmatched == 1


def test_the_configuration_has_the_first_word(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("shared", writes_as=["ana@example.com"])
    office.forge.account("ben")
    office.people = (
        PersonSettings(emails=("ben@example.com",), accounts=("github.com/shared",)),
        PersonSettings(emails=("cleo@example.com",), logins=("Ben",)),
    )

    office.match()

    assert office.logins() == {
        "shared": ("ben@example.com", "configuration"),
        "ben": ("cleo@example.com", "configuration"),
    }


def test_an_equal_name_is_only_a_suggestion(office: Office) -> None:
    office.commits("Ana Lopes", "ana@example.com")
    office.commits("Ben", "ben@example.com")
    office.forge.account("xyz", name="ana  lopes")
    office.forge.account("ben")

    summary = office.match()

    assert (summary.matched, summary.suggested) == (0, 2)
    assert office.logins() == {
        "xyz": ("ana@example.com", "suggested"),
        "ben": ("ben@example.com", "suggested"),
    }


def test_a_name_that_two_people_have_suggests_nobody(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.commits("Ana", "ana.b@example.com")
    office.forge.account("xyz", name="Ana")

    office.match()

    assert office.logins() == {"xyz": (None, "unmatched")}


def test_programs_are_nobody(office: Office) -> None:
    office.forge.account("dependabot[bot]", kind="bot")
    office.forge.account("claude[bot]", kind="unknown")
    office.forge.account("cursoragent")
    office.forge.account("release-runner")
    office.bots = ("Release-Runner",)

    assert office.match() == LoginSummary(changed=False, matched=0, suggested=0, unmatched=0)


def test_who_only_opens_changes_is_told_too(office: Office) -> None:
    office.forge.change(1, author="nemo", merged_by="captain")

    office.match()

    assert office.logins() == {"nemo": (None, "unmatched"), "captain": (None, "unmatched")}


def test_what_is_confirmed_stays_and_a_login_needs_no_host(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("xyz")
    office.match()

    kind, value = find_identity(office.store, "XYZ")
    assert (kind, value) == ("forge-login", "github.com/xyz")
    confirm_identity(office.store, kind, value, "ana@example.com")
    office.match()
    office.forge.rows.clear()
    office.match()

    assert office.logins() == {"xyz": ("ana@example.com", "confirmed")}


def test_a_login_at_two_forges_has_to_be_named_with_its_host(office: Office) -> None:
    office.forge.account("ana")
    office.forge.add("account", host="gitlab.com", login="ana", kind="user", name=None, email=None)
    office.match()

    with pytest.raises(
        UsageError, match=r"forge-login github\.com/ana and forge-login gitlab\.com"
    ):
        find_identity(office.store, "ana")
    assert find_identity(office.store, "gitlab.com/ana") == ("forge-login", "gitlab.com/ana")


def test_somebody_who_has_not_committed_here_is_known_until_the_login_is_gone(
    office: Office,
) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("ben", name="Ben B", email="ben@example.com")
    office.match()
    assert office.names() == {"ana@example.com": "Ana", "ben@example.com": "Ben B"}

    office.match()
    assert office.names() == {"ana@example.com": "Ana", "ben@example.com": "Ben B"}

    office.forge.rows.clear()
    office.match()
    assert office.names() == {"ana@example.com": "Ana"}
    assert office.logins() == {}


def test_nothing_is_written_where_nothing_has_changed(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("ana", writes_as=["ana@example.com"])

    assert office.match().changed
    assert not office.match().changed


def test_of_several_addresses_the_one_with_most_commits_counts(office: Office) -> None:
    office.commits("Ana", "ana@old.example")
    office.commits("Ana", "ana@example.com")
    office.forge.account("ana", writes_as=["ana@example.com", "ana@old.example"])
    moment = pa.scalar(0, pa.int64()).cast(pa.timestamp("us", tz="UTC")).as_py()
    texts = ("commit", "author_name", "committer_name", "committer_email", "subject")
    commits = [
        dict.fromkeys(texts, "")
        | {"commit_index": number, "author_email": "ana@old.example", "lines_added": 0}
        | {"lines_removed": 0, "authored_at": moment, "committed_at": moment}
        | dict.fromkeys(("mainline_index", "change_index", "landed_at"))
        for number in range(2)
    ]
    schema = pa.schema([f for f in TABLES["commit"].schema if f.name != "repository"])
    office.store.replace("commit", pa.Table.from_pylist(commits, schema=schema), REPOSITORY)

    office.match()

    assert office.logins() == {"ana": ("ana@old.example", "forge")}


def test_the_smallest_team_is_somebodys_team_unless_it_is_configured(office: Office) -> None:
    for login in ("ana", "ben", "cleo"):
        email = f"{login}@example.com"
        office.commits(login, email)
        teams = {"ana": ("everybody", "shop"), "ben": ("everybody", "shop")}
        office.forge.account(login, email=email, teams=teams.get(login, ("everybody",)))
    office.people = (PersonSettings(emails=("Ben@example.com",), team="payments"),)
    office.match()

    assert team_of_people(office.store, office.settings) == {
        "ana@example.com": "shop",
        "ben@example.com": "payments",
        "cleo@example.com": "everybody",
    }


def test_of_a_suggested_person_only_the_login_is_in_a_team(office: Office) -> None:
    office.commits("Ana", "ana@example.com")
    office.forge.account("ana", teams=("shop",))
    office.match()

    assert team_of_people(office.store, office.settings) == {"github.com/ana": "shop"}


def test_a_team_that_telemetry_tells_comes_between_the_configuration_and_the_forges(
    office: Office,
) -> None:
    for name in ("ada", "ben", "cleo"):
        office.commits(name.title(), f"{name}@example.com")
    office.people = (PersonSettings(emails=("ada@example.com",), team="core"),)
    office.match()
    at = datetime(2026, 11, 21, tzinfo=UTC)
    told = [
        ("ada@example.com", "payments", at),
        ("Ben@example.com", "old", at),
        ("ben@example.com", "payments", at + timedelta(days=1)),
        ("0123-account", "nobody's", at),
    ]
    rows = [{"user": user, "team": team, "told_at": when} for user, team, when in told]
    schema = pa.schema([f for f in TABLES["told_team"].schema if f.name != "repository"])
    office.store.append("told_team", pa.Table.from_pylist(rows, schema=schema), AGENTS)

    assert team_of_people(office.store, office.settings) == {
        "ada@example.com": "core",
        "ben@example.com": "payments",
    }
