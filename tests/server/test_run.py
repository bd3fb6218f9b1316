"""`landed serve` as a process: what it refuses, how it starts, how it ends."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from tests.server.running import ANA, CHEAP, wait_until

from landed import cli
from landed.config import Settings
from landed.errors import ConfigurationError, UsageError
from landed.server.accounts import Accounts
from landed.server.accounts.passwords import Passwords
from landed.server.run import serve
from landed.store import Store


@dataclass
class Process:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    told: dict[str, Any]

    @property
    def address(self) -> str:
        """Where it listens."""
        address: str = self.told["address"]
        return address

    def ended(self, number: int) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextlib.contextmanager
def started(workspace: Path, *options: str) -> Iterator[Process]:
    """Run `landed serve` on any free port; it is killed if it is still there at the end."""
    command = [sys.executable, "-m", "landed", "--workspace", str(workspace), "serve"]
    with subprocess.Popen(
        [*command, "--port", "0", "--json", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Process(process, orjson.loads(process.stdout.readline()))
        finally:
            process.kill()


def with_admin(workspace: Path) -> None:
    """Make an account in the workspace."""
    with Accounts(workspace / "accounts.db", passwords=Passwords(CHEAP)) as accounts:
        accounts.people.add("ana", ANA, by="command-line", role="admin")


def refused(workspace: Path, **options: Any) -> str:
    """Why a server is not started."""
    with pytest.raises(UsageError) as refusal:
        serve(Settings(workspace=workspace), **options)
    assert not list(workspace.glob("server.sock"))
    return str(refusal.value)


def test_one_server_a_workspace_and_its_end_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started(tmp_path) as first:
        assert httpx.get(f"{first.address}/readyz").json()["ready"] is True
        assert first.told["loopback"] is True
        assert first.told["accounts"] is False

        second = cli.run(["--workspace", str(tmp_path), "serve", "--port", "0"])

        assert second == 2
        said = capsys.readouterr().err
        assert f"a server has the workspace {tmp_path} already at {first.address}" in said
        assert f"(process {first.process.pid})" in said
        assert first.ended(signal.SIGTERM) == 0

    assert not (tmp_path / "server.sock").exists()
    assert (tmp_path / "server.lock").read_text() == ""
    with Store.open(tmp_path, wait_seconds=0) as store:
        assert store.query("select count(*) as n from commit").to_pylist() == [{"n": 0}]


def test_other_commands_ask_the_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with started(tmp_path) as server:
        capsys.readouterr()
        assert cli.run(["--workspace", str(tmp_path), "people", "--json"]) == 0
        assert orjson.loads(capsys.readouterr().out)["people"] == []
        assert server.ended(signal.SIGINT) == 0


def test_one_that_was_killed_hinders_nobody(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        assert first.ended(signal.SIGKILL) == -signal.SIGKILL
    assert (tmp_path / "server.sock").exists()

    with started(tmp_path) as second:
        assert httpx.get(f"{second.address}/readyz").json()["ready"] is True


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    body = b'{"resourceLogs":[]}'
    with started(tmp_path) as server:
        port = httpx.URL(server.address).port
        with socket.create_connection(("127.0.0.1", port or 0)) as connection:
            connection.sendall(
                b"POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                + f"content-length: {len(body)}\r\n\r\n".encode()
                + body[:5]
            )
            # the next answer on another connection: the first request is being read by now
            httpx.get(f"{server.address}/healthz")
            server.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not _listens(port or 0))
            connection.sendall(body[5:])
            answer = connection.recv(1000)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(30) == 0


def test_accounts_are_made_while_it_runs(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        assert httpx.get(f"{server.address}/account").status_code == 200
        with_admin(tmp_path)
        assert httpx.get(f"{server.address}/account").status_code == 303
        assert server.ended(signal.SIGTERM) == 0


def test_beyond_this_machine_accounts_are_needed(tmp_path: Path) -> None:
    told = refused(tmp_path, host="0.0.0.0", port=0)

    assert "others can reach 0.0.0.0, and there is no account yet" in told
    assert "landed account add NAME --role admin" in told


def test_behind_a_proxy_too(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path)
    server = settings.server.model_copy(update={"url": "https://landed.example.com"})

    with pytest.raises(UsageError, match=r"others can reach https://landed\.example\.com"):
        serve(settings.model_copy(update={"server": server}), port=0)


def test_with_an_account_others_may_reach_it(tmp_path: Path) -> None:
    with_admin(tmp_path)

    with started(tmp_path, "--host", "0.0.0.0") as server:
        port = httpx.URL(server.address).port
        answer = httpx.get(f"http://127.0.0.1:{port}/account", headers={"host": "any.example"})
        assert answer.headers["location"] == "/login?next=%2Faccount"
        assert server.told["loopback"] is False
        assert server.ended(signal.SIGTERM) == 0


def test_a_port_that_is_taken_is_told_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        told = refused(tmp_path, port=port)

    assert told == (
        f"port {port} of 127.0.0.1 is taken: choose another --port, or 0 for any that is free"
    )


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with_admin(tmp_path)

    assert "no address of this machine" in refused(tmp_path, host="192.0.2.1", port=0)
    assert "no address of this machine" in refused(tmp_path, host="no.such.invalid", port=0)


def test_an_address_for_people_that_is_none_is_refused(tmp_path: Path) -> None:
    for url in ("landed.example.com", "ftp://x", "https://x/y", "https://", "https://x:port"):
        settings = Settings(workspace=tmp_path)
        server = settings.server.model_copy(update={"url": url})

        with pytest.raises(ConfigurationError, match=r"write it as https://landed\.example\.com"):
            serve(settings.model_copy(update={"server": server}), port=0)


def test_without_its_packages_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("landed.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    assert cli.run(["--workspace", str(tmp_path), "serve"]) == 2

    assert "pip install 'landed[server]'" in capsys.readouterr().err


def test_it_tells_people_where_it_is_and_how_to_stop_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "landed", "--workspace", str(tmp_path), "serve"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(30) == 0

    told = "".join(lines)
    assert told.startswith("Landed is at http://127.0.0.1:")
    assert "nobody has to sign in" in told
    assert "nothing yet: landed sync PATH" in told
    assert "none: landed connect github" in told
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:" in told
    assert lines[-1] == "Stop it with Ctrl-C; what was taken in is kept.\n"
    assert rest == "stopped; what was taken in is kept\n"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
