"""`landed account`, `landed token` and `landed audit`, with and without a server that runs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from landed import cli
from landed.server.accounts import Accounts

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace of its own for each test."""
    monkeypatch.setenv("LANDED_WORKSPACE", str(tmp_path / "workspace"))


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that comes on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert cli.run(list(arguments)) == 0
    return capsys.readouterr().out


def documents(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a command prints with --json."""
    found: dict[str, Any] = orjson.loads(run(capsys, *arguments, "--json"))
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command says that is not done."""
    assert cli.run(list(arguments)) == 2
    return capsys.readouterr().err


@pytest.mark.usefixtures("typed")
def test_an_account_from_its_making_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert "landed account add NAME" in run(capsys, "account", "list")

    made = run(
        capsys, "account", "add", "Ana", "--role", "admin", "--email", "Ana@example.com",
        "--password-stdin",
    )  # fmt: skip
    assert made == "ana (admin) may sign in\n"
    assert run(capsys, "account", "list") == "ana: admin, ana@example.com\n"

    changed = run(capsys, "account", "role", "ana", "viewer", "--may-read-code", "--disable")
    assert changed == "ana: viewer, ana@example.com; may read code; disabled\n"
    (listed,) = documents(capsys, "account", "list")["accounts"]
    assert listed.pop("created_at")
    assert listed == {
        "name": "ana",
        "role": "viewer",
        "emails": ["ana@example.com"],
        "may_read_code": True,
        "must_change": False,
        "disabled": True,
    }

    assert documents(capsys, "account", "remove", "ana") == {"removed": "ana"}
    assert documents(capsys, "account", "list") == {"accounts": []}


@pytest.mark.usefixtures("typed")
def test_a_new_password_has_to_be_changed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "account", "add", "ana", "--password-stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO("another good password\n"))

    assert "signed out" in run(capsys, "account", "password", "ana", "--password-stdin")

    assert "has to change the password" in run(capsys, "account", "list")


def test_what_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(password: str, *options: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        return refused(capsys, "account", "add", "ana", "--password-stdin", *options)

    assert "12 characters or more" in add("short")
    assert "is no role: viewer or admin" in add(PASSWORD, "--role", "owner")
    assert "is no e-mail address" in add(PASSWORD, "--email", "ana")
    assert "there is no account ben" in refused(capsys, "account", "remove", "ben")
    assert "nothing to change" in refused(capsys, "account", "role", "ana")
    assert documents(capsys, "account", "list") == {"accounts": []}


def test_a_password_is_never_on_the_command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    assert "--password-stdin" in refused(capsys, "account", "add", "ana")
    assert "--password " in refused(capsys, "account", "add", "ana", "--password", "x") + " "


@pytest.mark.usefixtures("typed")
def test_a_token_from_its_making_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert "landed account add NAME" in refused(capsys, "token", "create", "ci")
    run(capsys, "account", "add", "ana", "--password-stdin")
    assert "landed token create NAME" in run(capsys, "token", "list")

    secret = run(capsys, "token", "create", "ci").strip()
    assert secret.startswith("landed_")
    made = documents(
        capsys, "token", "create", "board", "--scope", "read", "--scope", "admin", "--days", "30"
    )
    assert made["token"].startswith("landed_")
    assert made["scopes"] == ["admin", "read"]
    assert made["expires_at"] is not None

    listed = documents(capsys, "token", "list")["tokens"]
    assert {one["name"]: one["scopes"] for one in listed} == {
        "board": ["admin", "read"],
        "ci": ["ingest"],
    }
    assert secret not in orjson.dumps(listed).decode()
    assert "ci" in run(capsys, "token", "list")

    assert "is revoked" in run(capsys, "token", "revoke", made["id"])
    assert documents(capsys, "token", "revoke", made["id"])["revoked_at"] is not None
    assert "revoked 2" in run(capsys, "token", "list")
    assert "there is no token x" in refused(capsys, "token", "revoke", "x")


@pytest.mark.usefixtures("typed")
def test_with_several_accounts_a_token_needs_an_owner(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "account", "add", "ana", "--password-stdin")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run(capsys, "account", "add", "ben", "--password-stdin")

    assert "--owner ana or --owner ben" in refused(capsys, "token", "create", "ci")
    assert documents(capsys, "token", "create", "ci", "--owner", "Ben")["owner"] == "ben"


@pytest.mark.usefixtures("typed")
def test_the_audit_says_who_did_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "audit") == "nothing was done yet\n"
    assert run(capsys, "audit", "--looks") == "nobody has looked yet\n"
    run(capsys, "account", "add", "ana", "--email", "ana@example.com", "--password-stdin")

    assert run(capsys, "audit").endswith(
        "command-line: account added ana (role viewer; emails ana@example.com; may read code no)\n"
    )
    (act,) = documents(capsys, "audit")["acts"]
    assert (act["who"], act["what"], act["about"]) == ("command-line", "account added", "ana")
    assert documents(capsys, "audit", "--looks") == {"looks": []}


@pytest.mark.usefixtures("typed")
def test_looks_are_told_with_their_filters(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(capsys, "account", "add", "ana", "--password-stdin")
    with Accounts(tmp_path / "workspace" / "accounts.db") as accounts:
        accounts.access.record("ana", "/spend", {"team": ["a", "b"]}, people=["x@y.z"])
        accounts.access.record("ana", "/explain/yield", {}, figure="yield")

    told = run(capsys, "audit", "--looks").splitlines()

    assert told[0].endswith(" ana: /explain/yield yield, everybody")
    assert told[1].endswith(" ana: /spend, 1 person (team a, b)")
