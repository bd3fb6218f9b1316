"""A running server: empty, or with two people who have accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.running import ANA, BEN, Running, running


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Running]:
    """A server on loopback without accounts: whoever asks is its owner."""
    with running(tmp_path / "workspace") as started:
        yield started


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Running]:
    """A server of a company: Ana is an admin, Ben a viewer."""
    with running(tmp_path / "workspace", loopback=False) as started:
        people = started.accounts.people
        people.add("ana", ANA, by="command-line", role="admin", emails=["ana@example.com"])
        people.add("ben", BEN, by="command-line", emails=["ben@example.com", "ben@old.example"])
        yield started
