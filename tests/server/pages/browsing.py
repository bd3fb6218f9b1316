"""Pages in a real browser: served on loopback, and watched for what goes wrong in them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
"""The browser that tests use; null where none is installed."""
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_TO_BE_DRAWN = ".scripted [data-chart]:not(.drawn)"


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address at which `app` answers, on a port that is free."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real Chromium; skips the test where none is installed."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed; CHROMIUM may name one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and what went wrong in it: its console, its faults, requests to other hosts."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address, and wait until its charts are drawn."""
        self.page.goto(address)
        expect(self.page.locator(_TO_BE_DRAWN)).to_have_count(0, timeout=20_000)

    def fits(self) -> bool:
        """Nothing reaches beyond the right edge of the screen."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return wide

    def barriers(self) -> list[str]:
        """What axe finds serious or critical, each with the elements concerned."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {[node['target'] for node in one['nodes']][:5]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]


@contextmanager
def watched(
    browser: Browser, own: str, *, width: int = 1280, height: int = 900, **options: Any
) -> Iterator[Watched]:
    """A page of that size of a browser of its own, for the host `own` (http://127.0.0.1:4321)."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    found = Watched(context.new_page())
    page = found.page
    page.on(
        "console",
        lambda told: (
            found.wrong.append(f"{told.type}: {told.text}")
            if told.type in ("error", "warning")
            else None
        ),
    )
    page.on("pageerror", lambda raised: found.wrong.append(f"fault: {raised}"))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((own, "data:", "blob:"))
            else found.wrong.append(f"asked elsewhere: {asked.url}")
        ),
    )
    try:
        yield found
    finally:
        context.close()
