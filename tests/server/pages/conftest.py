"""One browser, every component, and a small company's dashboard, for all tests of pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.demo.conftest import make
from tests.server.pages.browsing import chromium, served
from tests.server.pages.kitchen import create_kitchen
from tests.server.running import ANA, BEN, Running, running


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


@pytest.fixture(scope="package")
def company_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of a small made-up company, rolled up; copy it before serving it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("LANDED_", "GIT_", "XDG_"))]:
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        # where the tests of the demo make it too: whoever comes later finds it made
        return make(tmp_path_factory.getbasetemp() / "made-up-company").workspace


@pytest.fixture(scope="package")
def dashboard(
    company_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The company's dashboard without accounts: whoever asks owns the machine."""
    copy = tmp_path_factory.mktemp("dashboard") / "workspace"
    shutil.copytree(company_workspace, copy)
    with running(copy) as started:
        yield started


@pytest.fixture(scope="package")
def members(company_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The company's dashboard with accounts: Ana is an admin, Ben a viewer, New has just come."""
    copy = tmp_path_factory.mktemp("members") / "workspace"
    shutil.copytree(company_workspace, copy)
    with running(copy, loopback=False) as started:
        people = started.accounts.people
        people.add("ana", ANA, by="command-line", role="admin")
        people.add("ben", BEN, by="command-line")
        people.add("new", BEN, by="command-line", must_change=True)
        yield started
