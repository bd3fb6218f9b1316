"""One browser and one application with every component, for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from tests.server.pages.browsing import chromium, served
from tests.server.pages.kitchen import create_kitchen


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def kitchen() -> Iterator[str]:
    """The address of a page that shows every component."""
    with served(create_kitchen()) as address:
        yield address
