"""What is kept of a server: where it is, where the token is, its key; for this user's eyes only."""

from __future__ import annotations

from pathlib import Path

import pytest

from landed.config import Settings
from landed.errors import ConfigurationError, UsageError
from landed.push.connection import (
    Connection,
    connection_to,
    connections,
    keep_connection,
    new_connection,
    remove_connection,
)

URL = "https://landed.example.com:8443"
KEY = bytes(range(16))


@pytest.fixture
def settings(home: Path) -> Settings:
    assert home.is_dir()
    return Settings.load()


@pytest.fixture
def connection(settings: Settings) -> Connection:
    made = new_connection(settings, URL, "environment:COMPANY_TOKEN", ["github.com/acme/*"])
    keep_connection(made)
    return made


def test_what_is_kept_is_found_again_by_address_or_by_name(
    settings: Settings, connection: Connection
) -> None:
    assert connections(settings) == [connection]
    for wanted in (None, URL, f"{URL}/", "landed.example.com:8443"):
        assert connection_to(settings, wanted) == connection
    with pytest.raises(UsageError, match="run landed connect server"):
        connection_to(settings, "https://other.example.com")
    assert (connection.directory / "server.json").stat().st_mode & 0o777 == 0o600
    assert connection.directory.stat().st_mode & 0o777 == 0o700


def test_connected_anew_it_is_the_same_machine_with_the_same_limits(
    settings: Settings, connection: Connection
) -> None:
    again = new_connection(settings, URL, "keyring:push/x", None)

    assert (again.machine, again.only) == (connection.machine, ("github.com/acme/*",))
    assert new_connection(settings, URL, "", []).only == ()
    other = new_connection(settings, "https://other.example.com", "", None)
    assert other.machine != connection.machine and other.only == ()


def test_logs_are_read_for_it_with_its_key_in_its_own_place_and_without_texts(
    settings: Settings, connection: Connection
) -> None:
    own = connection.settings(settings, KEY)

    assert own.workspace == connection.directory != settings.workspace
    assert own.key is not None and own.key.get_secret_value() == KEY.hex()
    assert settings.sessions.keep_text and not own.sessions.keep_text


def test_another_key_forgets_what_was_read_with_the_one_before(connection: Connection) -> None:
    assert connection.key() is None
    assert connection.keep_key(KEY) is False
    read = connection.directory / "landed.duckdb"
    read.write_bytes(b"hashes")
    (connection.directory / "temporary").mkdir()

    assert connection.keep_key(KEY) is False
    assert read.exists()
    assert connection.keep_key(KEY[::-1]) is True
    assert sorted(path.name for path in connection.directory.iterdir()) == ["key", "server.json"]
    assert connection.key() == KEY[::-1]


def test_a_token_is_where_it_was_said_to_be(
    connection: Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="has no COMPANY_TOKEN"):
        connection.token_text()
    monkeypatch.setenv("COMPANY_TOKEN", "landed_secret\n")
    assert connection.token_text() == "landed_secret"
    assert new_connection(settings, URL, "", None).token_text() is None

    app = new_connection(settings, URL, "app:1/2:environment:PEM", None)
    pem = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"
    monkeypatch.setenv("PEM", pem)
    with pytest.raises(ConfigurationError, match="takes a token"):
        app.token_text()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": 1}', "{"])
def test_a_damaged_file_is_told_of(
    settings: Settings, connection: Connection, content: str
) -> None:
    (connection.directory / "server.json").write_text(content)

    with pytest.raises(ConfigurationError, match="is damaged: remove it"):
        connections(settings)


def test_a_damaged_key_is_told_of(connection: Connection) -> None:
    (connection.directory / "key").write_text("0011")

    with pytest.raises(ConfigurationError, match="landed connect server"):
        connection.key()


def test_removed_nothing_of_it_is_left(settings: Settings, connection: Connection) -> None:
    assert remove_connection(connection) is False

    assert connections(settings) == [] and not connection.directory.exists()
