"""The small shop, and a shorthand to read its logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.shop import Shop, build_shop

from landed.attribution.sessions.ingest import SessionsRead, read_sessions
from landed.attribution.sessions.places import place_sessions
from landed.store import Store

Read = Callable[[], SessionsRead]


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    """The shop with all its logs."""
    return build_shop(tmp_path / "shop", home)


@pytest.fixture
def read(shop: Shop) -> Read:
    """Read what is new in the shop's logs, and find where it belongs."""

    def now() -> SessionsRead:
        settings = shop.settings()
        found = read_sessions(settings, lambda: Store.for_settings(settings))
        with Store.for_settings(settings) as store:
            place_sessions(store, settings)
        return found

    return now
