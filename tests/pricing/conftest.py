"""A store to price calls in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from landed.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a workspace of its own."""
    with Store.open(tmp_path / "workspace") as opened:
        yield opened
