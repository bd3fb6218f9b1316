"""Which connections there are, and how their forges are opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from landed.config import ConnectionSettings, Settings
from landed.delivery import connections
from landed.delivery.connections import (
    Connection,
    add_connection,
    check_address,
    check_name,
    check_wanted,
    known_connections,
    open_forge,
    remove_connection,
)
from landed.errors import ConfigurationError, UsageError
from landed.sources.forges.credentials import AppKey, PersonalToken
from landed.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def told(*organisations: str, forge: str = "github", url: str | None = None) -> ConnectionSettings:
    return ConnectionSettings.model_validate(
        {"forge": forge, "url": url, "organisations": organisations, "token": "environment:TOKEN"}
    )


def kept(name: str, settings: ConnectionSettings) -> Connection:
    return Connection(name, settings, configured=False, created_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_connection_comes_back_as_it_was_kept(store: Store) -> None:
    one = kept("acme", told("acme"))
    own = kept("own", told("team", forge="gitlab", url="https://git.acme.example"))

    assert add_connection(store, own)
    assert add_connection(store, one)
    assert not add_connection(store, one)

    assert known_connections(store, Settings()) == [one, own]
    assert [connection.host for connection in (one, own)] == ["github.com", "git.acme.example"]


def test_the_settings_come_first_and_hide_those_of_the_same_name(store: Store) -> None:
    settings = Settings(connections=(told("acme"), told("acme"), told(forge="gitlab")))
    add_connection(store, kept("acme", told("other")))

    found = known_connections(store, settings)

    assert [(one.name, one.configured) for one in found] == [
        ("acme", True),
        ("acme-2", True),
        ("gitlab.com", True),
    ]


def test_one_is_removed_by_its_name(store: Store) -> None:
    add_connection(store, kept("a", told("a")))
    add_connection(store, kept("b", told("b")))
    settings = Settings(connections=(told("c"),))

    assert remove_connection(store, settings, "a").settings.organisations == ("a",)

    assert [one.name for one in known_connections(store, Settings())] == ["b"]
    with pytest.raises(UsageError, match="there is no connection a"):
        remove_connection(store, settings, "a")
    with pytest.raises(UsageError, match="c stands in the settings"):
        remove_connection(store, settings, "c")


@pytest.mark.parametrize(
    "url", ["http://git.acme.example", "ftp://git.acme.example", "git.acme.example", "https://"]
)
def test_no_token_travels_in_clear(url: str) -> None:
    with pytest.raises(ConfigurationError, match="write https://HOST"):
        check_address(url)


def test_an_address_holds_no_password() -> None:
    with pytest.raises(ConfigurationError, match="holds a user or password") as raised:
        check_address("https://ann:secret@git.acme.example")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("end", ["?private_token=secret", "#secret", "/api/v3?token=secret"])
def test_an_address_ends_with_its_path(end: str) -> None:
    with pytest.raises(ConfigurationError, match=r"leave out what stands from \? or #") as raised:
        check_address(f"https://git.acme.example{end}")
    assert "secret" not in str(raised.value)


def test_organisations_and_projects_have_names() -> None:
    check_wanted(["acme", "acme/tools"], ["acme/shop", "acme/tools/shop.js"])
    for name in ("", "../x?y", "a b", "a\udcff", "a\x1b[31m", "/acme"):
        with pytest.raises(UsageError, match="is no name"):
            check_wanted([name], [])
        with pytest.raises(UsageError, match="write OWNER/NAME"):
            check_wanted([], [f"acme/{name}"])
    with pytest.raises(UsageError, match="write OWNER/NAME"):
        check_wanted([], ["shop"])


@pytest.mark.parametrize(
    "url", [None, "https://git.acme.example/api/v3", "http://127.0.0.1:8080", "http://[::1]:1"]
)
def test_addresses_that_may_be_asked(url: str | None) -> None:
    check_address(url)


def test_names_of_connections_are_plain() -> None:
    assert check_name("acme/shop") == "acme/shop"
    with pytest.raises(UsageError, match="cannot be called"):
        check_name("two words")


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_both_forges_open_without_asking_anything(
    monkeypatch: pytest.MonkeyPatch, forge: str
) -> None:
    monkeypatch.setenv("TOKEN", "secret-token")
    connection = kept("own", told("acme", forge=forge, url="http://127.0.0.1:1"))

    with open_forge(connection, Settings()) as opened:
        assert (opened.forge, opened.host) == (forge, "127.0.0.1")


def test_gitlab_has_no_apps() -> None:
    with pytest.raises(ConfigurationError, match="GitLab has no apps"):
        open_forge(kept("own", told(forge="gitlab")), Settings(), AppKey(1, 2, "key"))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def opener(*_: object) -> None:
        raise connections._missing(ImportError("no githubkit", name="githubkit.auth"))

    monkeypatch.setitem(connections.OPENERS, "github", opener)

    with pytest.raises(ConfigurationError, match=r"pip install 'landed\[forges\]'"):
        open_forge(kept("own", told()), Settings(), PersonalToken("t"))


def test_a_third_forge_is_one_more_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(connections.OPENERS, "github")

    with pytest.raises(ConfigurationError, match="github is no forge that can be read"):
        open_forge(kept("own", told()), Settings(), PersonalToken("t"))
