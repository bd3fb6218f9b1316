"""A laptop with the small shop's real logs, and what its pushes become on a server."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.shop import Shop, build_shop

from landed.config import Settings
from landed.push.batch import Batch, write_batch
from landed.push.connection import Connection, keep_connection, new_connection
from landed.push.receiving import receive_pushed
from landed.push.sending import Pushed, preview
from landed.store import Store

KEY = bytes(range(16))


@dataclass(frozen=True)
class Payload:
    """A row of the inbox, as far as the drain looks at it."""

    payload: bytes


@dataclass
class Laptop:
    """A machine with agents' logs, connected to a server whose key it was told."""

    shop: Shop
    connection: Connection
    origin: Path

    def settings(self) -> Settings:
        """The settings of the laptop's user."""
        return self.shop.settings()

    def waiting(self) -> list[Batch]:
        """What a push would send now."""
        return list(preview(self.settings(), self.connection, Pushed()))

    def bodies(self) -> list[bytes]:
        """What a push would send now, as bytes."""
        return [write_batch(batch) for batch in self.waiting()]


@dataclass(frozen=True)
class Company:
    """A server's workspace, without the server; it has the same key."""

    settings: Settings
    directory: Path

    def receive(self, bodies: Sequence[bytes]) -> None:
        """Read batches into the store, as the server's inbox does."""
        with Store.for_settings(self.settings) as store:
            receive_pushed(store, self.settings, [Payload(body) for body in bodies])

    def clone(self, origin: Path) -> Path:
        """A clone of a repository, as a mirror is one."""
        path = self.directory / "mirror.git"
        command = ["git", "clone", "-q", "--mirror", str(origin), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return path


@pytest.fixture
def laptop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """The shop's logs under the home directory, and a remote of its repository."""
    monkeypatch.chdir(tmp_path)
    shop = build_shop(tmp_path / "shop", home)
    origin = tmp_path / "origin.git"
    command = ["git", "clone", "-q", "--mirror", str(shop.path), str(origin)]
    subprocess.run(command, check=True, capture_output=True)
    shop.git("remote", "add", "origin", str(origin))
    connection = new_connection(shop.settings(), "https://landed.example.com", "", None)
    keep_connection(connection)
    connection.keep_key(KEY)
    return Laptop(shop, connection, origin)


@pytest.fixture
def company(tmp_path: Path, laptop: Laptop) -> Company:
    """The workspace of the server that the laptop is connected to; it reads no logs itself."""
    directory = tmp_path / "company"
    plain = laptop.settings()
    sessions = plain.sessions.model_copy(update={"read": False, "paths": ()})
    keyed = laptop.connection.settings(plain, KEY)
    settings = keyed.model_copy(update={"workspace": directory, "sessions": sessions})
    return Company(settings, directory)
