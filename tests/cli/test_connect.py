"""`landed connect` as people call it, against a GitHub on loopback."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import orjson
import pytest
from tests.delivery.memory_keyring import MemoryKeyring
from tests.servers.github_forge import GitHubServer, serving
from tests.servers.github_samples import shop

from landed import cli


@pytest.fixture(autouse=True)
def system_keyring() -> Iterator[MemoryKeyring]:
    """A keyring that lasts as long as the test stands in for the system's, which is not here."""
    before = keyring.get_keyring()
    chosen = MemoryKeyring()
    keyring.set_keyring(chosen)
    yield chosen
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def server() -> Iterator[GitHubServer]:
    with serving(shop()) as running:
        yield running


def connections(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert cli.run(["connect", "list", "--json"]) == 0
    found: list[dict[str, object]] = orjson.loads(capsys.readouterr().out)["connections"]
    return found


def test_a_token_of_standard_input_goes_into_the_keyring_and_is_shown_nowhere(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: GitHubServer,
    system_keyring: MemoryKeyring,
    home: Path,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{server.token}\n"))

    assert cli.run(["connect", "github", "--url", server.url, "--project", "acme/shop"]) == 0

    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "acme/shop is connected, 1 project found"
    assert system_keyring.kept == {("landed", "github/acme/shop"): server.token}
    (kept,) = connections(capsys)
    assert (kept["name"], kept["token"], kept["in_settings"]) == (
        "acme/shop",
        "keyring:github/acme/shop",
        False,
    )
    assert server.token not in said.out + said.err + str(kept)
    files = [file for file in home.rglob("*") if file.is_file()]
    assert files
    assert all(server.token.encode() not in file.read_bytes() for file in files)

    assert cli.run(["connect", "remove", "acme/shop"]) == 0
    assert "its token is out of the keyring" in capsys.readouterr().out
    assert system_keyring.kept == {}
    assert connections(capsys) == []


def test_one_is_removed_where_the_keyring_cannot_be_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ghp_token\n"))
    assert cli.run(["connect", "github", "--project", "acme/shop", "--no-check"]) == 0
    keyring.set_keyring(keyring.backends.fail.Keyring())

    assert cli.run(["connect", "remove", "acme/shop"]) == 0

    said = capsys.readouterr()
    assert "acme/shop is not read any more; what was read stays" in said.out
    assert "the system's keyring cannot be used here" in said.err
    assert connections(capsys) == []


def test_a_variable_of_the_environment_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: GitHubServer
) -> None:
    monkeypatch.setenv("FORGE_TOKEN", server.token)
    asked = ["connect", "github", "--url", server.url, "--project", "acme/shop"]
    asked += ["--token-env", "FORGE_TOKEN", "--name", "work", "--json"]

    assert cli.run(asked) == 0

    told = orjson.loads(capsys.readouterr().out)
    assert (told["name"], told["token"], told["new"], told["found"]) == (
        "work",
        "environment:FORGE_TOKEN",
        True,
        ["acme/shop"],
    )
    assert cli.run(asked) == 0
    assert orjson.loads(capsys.readouterr().out)["new"] is False
    assert cli.run(["connect", "list"]) == 0
    assert "work: github at http://127.0.0.1" in capsys.readouterr().out


def test_a_wrong_token_is_not_kept(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: GitHubServer,
    system_keyring: MemoryKeyring,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("ghp_wrong_token\n"))

    assert cli.run(["connect", "github", "--url", server.url, "--project", "acme/shop"]) == 5

    said = capsys.readouterr()
    assert said.err.startswith("landed: ")
    assert "ghp_wrong_token" not in said.err + said.out
    assert system_keyring.kept == {}
    assert connections(capsys) == []


def test_a_project_that_is_not_seen_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: GitHubServer
) -> None:
    monkeypatch.setenv("FORGE_TOKEN", server.token)
    asked = ["connect", "github", "--url", server.url, "--project", "acme/nothing"]
    asked += ["--token-env", "FORGE_TOKEN"]

    assert cli.run(asked) == 2
    assert "no project is seen with it" in capsys.readouterr().err
    assert cli.run([*asked, "--no-check"]) == 0


def test_in_a_clone_its_own_project_is_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    asked = ["connect", "gitlab", "--token-env", "FORGE_TOKEN", "--no-check", "--json"]
    assert cli.run(asked) == 2
    assert "say what to read" in capsys.readouterr().err

    remote = "git@gitlab.com:acme/tools/shop.git"
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=tmp_path, check=True)

    assert cli.run(asked) == 0
    assert orjson.loads(capsys.readouterr().out)["projects"] == ["acme/tools/shop"]

    remote = "https://git.acme.example:8443/acme/shop.git"
    subprocess.run(["git", "remote", "set-url", "origin", remote], cwd=tmp_path, check=True)
    asked += ["--url", "https://git.acme.example:8443"]
    assert cli.run(asked) == 0
    assert orjson.loads(capsys.readouterr().out)["projects"] == ["acme/shop"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--app", "1/2"], "an App needs one of --app-key-env NAME and --app-key-file PATH"),
        (["--app", "one", "--app-key-env", "KEY"], "write the two numbers as ID/INSTALLATION"),
        (["--app-key-env", "KEY"], "an App's key needs the App"),
        (["--app", "1/2", "--app-key-env", "K", "--token-env", "T"], "either --token-env or --app"),
        (["--token-env", "ghp-secret"], "take the name of an environment variable"),
        (
            ["--url", "http://git.acme.example", "--token-env", "T"],
            "would carry the token in clear",
        ),
        (["--name", "two words", "--token-env", "T"], "a connection cannot be called two words"),
    ],
)
def test_what_cannot_be_is_said(
    capsys: pytest.CaptureFixture[str], options: list[str], complaint: str
) -> None:
    assert cli.run(["connect", "github", "--project", "acme/shop", "--no-check", *options]) == 2

    said = capsys.readouterr().err
    assert complaint in said
    assert "ghp-secret" not in said


def test_the_key_of_an_app_stays_where_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ["connect", "github", "--organisation", "acme", "--no-check", "--json"]

    assert cli.run([*asked, "--app", "12/34", "--app-key-file", "key.pem"]) == 0
    assert orjson.loads(capsys.readouterr().out)["token"] == f"app:12/34:file:{tmp_path}/key.pem"
    assert cli.run([*asked, "--app", "12/34", "--app-key-env", "KEY"]) == 0
    assert orjson.loads(capsys.readouterr().out)["token"] == "app:12/34:environment:KEY"


def test_nothing_is_connected(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["connect", "list"]) == 0
    assert "no forge is connected" in capsys.readouterr().out
    assert cli.run(["connect", "remove", "nothing"]) == 2
    assert "there is no connection nothing" in capsys.readouterr().err


def test_a_connection_of_the_settings_is_listed_and_stays(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    config = tmp_path / "landed.toml"
    config.write_text(
        '[[connections]]\nforge = "gitlab"\norganisations = ["acme"]\ntoken = "environment:T"\n'
    )

    assert cli.run(["connect", "list", "--config", str(config)]) == 0
    assert capsys.readouterr().out == (
        "acme: gitlab at https://gitlab.com, all of acme; token environment:T (landed.toml)\n"
    )
    assert cli.run(["connect", "remove", "acme", "--config", str(config)]) == 2
    assert "take it out of landed.toml" in capsys.readouterr().err
