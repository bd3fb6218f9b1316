"""The file of accounts: its rights, its version, and several who use it at once."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tests.server.running import ANA, CHEAP

from landed.errors import StoreError
from landed.server.accounts import Accounts
from landed.server.accounts.passwords import Passwords


def opened(path: Path) -> Accounts:
    """The accounts at `path`."""
    return Accounts(path, passwords=Passwords(CHEAP))


def test_only_this_user_can_read_it(tmp_path: Path) -> None:
    with opened(tmp_path / "new" / "accounts.db"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "new" / "accounts.db").stat().st_mode & 0o777 == 0o600


def test_what_is_no_file_of_accounts_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    path.write_bytes(b"something else entirely, and long enough to be read as a header" * 20)

    with pytest.raises(StoreError, match="cannot open"):
        opened(path)


def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()

    with pytest.raises(StoreError, match="upgrade this one"):
        opened(path)


def test_several_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    with opened(path) as first, opened(path) as second:

        def look(accounts: Accounts) -> None:
            for number in range(50):
                accounts.access.record("ana", f"/{number}", {}, people=[f"p{number}@x.org"])

        threads = [threading.Thread(target=look, args=(one,)) for one in (first, second, first)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(first.access.all(1000)) == 150
        assert len(second.access.about(["p7@x.org"])) == 3


def test_nothing_is_kept_of_an_account_that_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path / "accounts.db") as accounts:
        accounts.people.add("ana", ANA, by="command-line", emails=["ana@example.com"])

        with pytest.raises(Exception, match="is another account's"):
            accounts.people.add("ben", ANA, by="x", emails=["a@x.org", "ana@example.com"])

        assert [one.name for one in accounts.people.all()] == ["ana"]
        assert len(accounts.audit.acts()) == 1
        accounts.people.add("cleo", ANA, by="x", emails=["a@x.org"])


def test_a_password_of_an_older_cost_is_kept_anew_at_the_next_sign_in(tmp_path: Path) -> None:
    path = tmp_path / "accounts.db"
    with opened(path) as accounts:
        accounts.people.add("ana", ANA, by="command-line")

    dearer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    with Accounts(path, passwords=Passwords(dearer)) as accounts:
        assert accounts.people.verify("ana", ANA) is not None
    kept = sqlite3.connect(path).execute("select password from account").fetchone()[0]

    assert "t=2" in kept
