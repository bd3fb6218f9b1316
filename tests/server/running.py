"""The whole application on a real server on loopback, and browsers that come to it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from argon2 import PasswordHasher

from landed.config import Settings
from landed.server.accounts import Accounts
from landed.server.accounts.passwords import Passwords
from landed.server.app import create_app
from landed.server.run import opened
from landed.server.state import Server

ANA = "correct horse battery"
BEN = "staple of the day 42"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords at the least cost that argon2 takes: tests make many."""
_FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


@dataclass
class Clock:
    """The time that accounts go by; a test moves it."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let `timedelta(**time)` go by."""
        self.now += timedelta(**time)


@dataclass
class Running:
    """A server that answers at `address`."""

    address: str
    server: Server
    clock: Clock
    _stack: contextlib.ExitStack = field(repr=False)

    @property
    def accounts(self) -> Accounts:
        """Its accounts."""
        return self.server.accounts

    def browser(self, **headers: str) -> Browser:
        """A browser that knows nothing of the server yet."""
        client = httpx.Client(
            base_url=self.address, headers={"accept": "text/html", **headers}, timeout=10
        )
        return Browser(self._stack.enter_context(client))

    def program(self, token: str | None = None) -> httpx.Client:
        """A program that shows a token."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=self.address, headers=headers, timeout=10)
        return self._stack.enter_context(client)

    def signed_in(self, name: str, password: str) -> Browser:
        """A browser in which somebody has signed in."""
        browser = self.browser()
        assert browser.sign_in(name, password).status_code == 303
        return browser


@dataclass
class Browser:
    """A browser: keeps cookies, and sends forms with the hidden fields of their page."""

    client: httpx.Client

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page, without following where it leads."""
        return self.client.get(path, headers=headers)

    def form_token(self, page: str) -> str:
        """The hidden field that the forms of a page carry."""
        found = _FORM_TOKEN.search(self.get(page).text)
        assert found is not None, f"{page} has no form"
        return found[1]

    def send(self, page: str, path: str, fields: dict[str, Any] | None = None) -> httpx.Response:
        """Send the form of `page` to `path`."""
        content = {"form_token": self.form_token(page), **(fields or {})}
        return self.client.post(path, data=content, headers={"origin": self._origin})

    def sign_in(self, name: str, password: str, wanted: str = "/account") -> httpx.Response:
        """Send the form to sign in."""
        fields = {"name": name, "password": password, "next": wanted}
        return self.send("/login", "/login", fields)

    @property
    def _origin(self) -> str:
        return str(self.client.base_url).rstrip("/")


@contextlib.contextmanager
def running(workspace: Path, *, loopback: bool = True, **server_settings: Any) -> Iterator[Running]:
    """Serve an empty workspace without anything working beside it.

    `loopback` as of `Server`; it listens on this machine either way.
    """
    settings = Settings(workspace=workspace)
    settings = settings.model_copy(
        update={"server": settings.server.model_copy(update=server_settings)}
    )
    clock = Clock()
    with contextlib.ExitStack() as stack:
        accounts = stack.enter_context(
            Accounts(
                workspace / "accounts.db",
                session_lifetime=timedelta(hours=settings.server.session_hours),
                passwords=Passwords(CHEAP),
                clock=clock,
            )
        )
        server = stack.enter_context(opened(settings, accounts, lambda _: None))
        server.loopback = loopback
        address = stack.enter_context(answering(server))
        yield Running(address, server, clock, stack)


@contextlib.contextmanager
def answering(server: Server) -> Iterator[str]:
    """Answer requests in a thread; yields the address."""
    config = uvicorn.Config(
        create_app(server),
        port=0,
        log_config=None,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
    )
    answers = uvicorn.Server(config)
    thread = threading.Thread(target=answers.run)
    thread.start()
    try:
        wait_until(lambda: answers.started)
        port = answers.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        answers.should_exit = True
        thread.join()


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread or process does; in vain fails the test."""
    pause = threading.Event()
    for _ in range(3000):
        if true():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")
