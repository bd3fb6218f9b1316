"""A shop with the hooks installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.hook.shop import Shop

from landed.hook.install import install
from landed.hook.work import catch_up


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    shop = Shop(tmp_path / "shop", home)
    install(shop.place)
    catch_up(shop.place)
    return shop
