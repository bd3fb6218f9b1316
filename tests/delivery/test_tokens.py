"""Where tokens are kept, and that none is ever shown."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from tests.delivery.memory_keyring import MemoryKeyring

from landed.delivery import tokens
from landed.errors import ConfigurationError, UsageError
from landed.sources.forges.credentials import AppKey, PersonalToken

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIsecret\n-----END RSA PRIVATE KEY-----\n"


@pytest.fixture(autouse=True)
def system_keyring() -> Iterator[MemoryKeyring]:
    """A keyring that lasts as long as the test stands in for the system's, which is not here."""
    before = keyring.get_keyring()
    chosen = MemoryKeyring()
    keyring.set_keyring(chosen)
    yield chosen
    keyring.set_keyring(before)


def test_a_token_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGE_TOKEN", " ghp_secret\n")

    assert tokens.resolve("environment:FORGE_TOKEN") == PersonalToken("ghp_secret")


def test_a_token_goes_into_the_keyring_and_out_again() -> None:
    place = tokens.keep("github/acme", PersonalToken("ghp_secret"))

    assert place == "keyring:github/acme"
    assert tokens.resolve(place) == PersonalToken("ghp_secret")
    assert tokens.forget(place)
    assert not tokens.forget(place)
    assert not tokens.forget("environment:FORGE_TOKEN")
    with pytest.raises(ConfigurationError, match="landed connect again"):
        tokens.resolve(place)


@pytest.mark.parametrize("folded", [False, True])
def test_the_key_of_an_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folded: bool) -> None:
    monkeypatch.setenv("APP_KEY", PEM.replace("\n", "\\n") if folded else PEM)
    (tmp_path / "key.pem").write_text(PEM)

    expected = AppKey(12, 34, PEM)
    assert tokens.resolve("app:12/34:environment:APP_KEY") == expected
    assert tokens.resolve(f"app:12/34:file:{tmp_path / 'key.pem'}") == expected


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("environment:NOWHERE", "the environment has no NOWHERE"),
        ("environment:EMPTY", "the environment variable EMPTY is empty"),
        ("environment:STRANGE", "holds characters that no token has"),
        ("keyring:nothing", "has no token nothing"),
        ("app:1/2:file:/no/such/key", "cannot read the private key /no/such/key"),
        ("app:1/2:environment:STRANGE", "holds no private key in PEM form"),
        ("vault:x", "is no place of a token"),
    ],
)
def test_what_is_missing_is_said_without_showing_what_is_there(
    monkeypatch: pytest.MonkeyPatch, place: str, complaint: str
) -> None:
    monkeypatch.setenv("EMPTY", " ")
    monkeypatch.setenv("STRANGE", "sec\nret")

    with pytest.raises(ConfigurationError, match=complaint) as raised:
        tokens.resolve(place)

    assert "sec\nret" not in "".join(traceback.format_exception(raised.value))


def test_a_system_without_keyring_is_told_of_the_environment(
    system_keyring: MemoryKeyring,
) -> None:
    del system_keyring
    keyring.set_keyring(keyring.backends.fail.Keyring())

    token = PersonalToken("ghp_" + "secret")
    for asked in (
        lambda: tokens.keep("a", token),
        lambda: tokens.resolve("keyring:a"),
        lambda: tokens.forget("keyring:a"),
    ):
        with pytest.raises(ConfigurationError, match="--token-env NAME") as raised:
            asked()
        assert "ghp_secret" not in "".join(traceback.format_exception(raised.value))


def test_a_keyring_that_is_switched_off_is_noticed(system_keyring: MemoryKeyring) -> None:
    del system_keyring
    keyring.set_keyring(keyring.backends.null.Keyring())

    with pytest.raises(ConfigurationError, match="does not hold what it is given"):
        tokens.keep("a", PersonalToken("ghp_secret"))


def test_a_token_in_the_place_of_a_name_is_not_repeated() -> None:
    assert tokens.check_environment_name("GITHUB_TOKEN") == "GITHUB_TOKEN"
    for token in (
        "ghp-secret",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0_abc",
        "glpat-abc",
        "e72e16c7e42f292c6912e7710c838347ae178b4a",
    ):
        with pytest.raises(UsageError, match="take the name of an environment variable") as raised:
            tokens.check_environment_name(token)
        assert token not in str(raised.value)


def test_credentials_do_not_show_themselves() -> None:
    assert "secret" not in repr(PersonalToken("secret"))
    assert "secret" not in repr(AppKey(1, 2, "secret"))
