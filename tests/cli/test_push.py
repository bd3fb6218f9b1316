"""`landed connect server` and `landed push` as people call them, against a real server."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import orjson
import pytest
from tests.delivery.memory_keyring import MemoryKeyring
from tests.server.ingest.serving import Serving, serving
from tests.shop import Shop, build_shop

from landed import cli
from landed.push.receiving import receive_pushed

KEY = bytes(range(16)).hex()
ROWS = (
    "11 session, 11 turn, 32 model_call, 19 tool_decision, 22 activity, 13 edit, 67 edit_line, "
    "14 edit_before"
)


@pytest.fixture(autouse=True)
def system_keyring() -> Iterator[MemoryKeyring]:
    """A keyring that lasts as long as the test stands in for the system's, which is not here."""
    before = keyring.get_keyring()
    chosen = MemoryKeyring()
    keyring.set_keyring(chosen)
    yield chosen
    keyring.set_keyring(before)


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The laptop."""
    monkeypatch.chdir(tmp_path)
    return build_shop(tmp_path / "shop", home)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """The company's server, which has a key of its own and asks for tokens."""
    monkeypatch.setenv("LANDED_KEY", KEY)
    with serving(
        tmp_path / "company", {"push": receive_pushed}, draining=True, loopback=False
    ) as running:
        monkeypatch.delenv("LANDED_KEY")
        people = running.server.accounts.people
        people.add("ana", "a long phrase that nobody guesses", by="test", role="admin")
        yield running


def address(server: Serving) -> str:
    return str(server.client.base_url).rstrip("/")


def token(server: Serving, scope: str = "ingest") -> str:
    return server.server.accounts.tokens.create("laptop", [scope], owner="ana", by="ana")[1]


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def connect(server: Serving, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token(server)}\n"))
    return cli.run(["connect", "server", address(server), *more])


def test_a_laptop_connects_looks_and_sends(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    system_keyring: MemoryKeyring,
) -> None:
    assert connect(server, monkeypatch) == 0
    host = server.client.base_url.netloc.decode()
    assert printed(capsys).splitlines()[0] == f"{host} is connected; nothing was sent"
    (kept,) = system_keyring.kept.values()
    for path in shop.home.rglob("*"):
        assert not path.is_file() or kept.encode() not in path.read_bytes()

    assert cli.run(["push", "--dry-run"]) == 0
    shown = printed(capsys)
    assert f"would send to {address(server)}: {ROWS}" in shown
    assert '{"table":"session","agent":"claude-code"' in shown
    assert stored(server) == 0

    assert cli.run(["push"]) == 0
    assert printed(capsys) == f"{host} has taken {ROWS}\n"
    assert stored(server, wanted=11) == 11

    assert cli.run(["push", "--dry-run"]) == 0
    assert printed(capsys) == f"nothing new would be sent to {host}\n"
    assert cli.run(["push", "--json"]) == 0
    assert orjson.loads(printed(capsys)) == {
        "server": address(server),
        "batches": 0,
        "rows": {},
        "left_out": {},
        "edits_without_lines": 0,
        "new_key": False,
    }


def stored(server: Serving, wanted: int = 0) -> int:
    """How many sessions the server has, once its inbox was read in."""
    deadline = time.monotonic() + 20
    while True:
        with server.server.store.reading() as store:
            count: int = store.query("select count(*) as n from session")["n"][0].as_py()
        if count >= wanted or time.monotonic() > deadline:
            return count
        time.sleep(0.02)


def test_every_row_can_be_looked_at(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shop.logs()
    connect(server, monkeypatch)
    printed(capsys)

    assert cli.run(["push", "--dry-run", "--full"]) == 0

    rows = [orjson.loads(row) for row in printed(capsys).splitlines()]
    assert len(rows) == sum(int(part.split()[0]) for part in ROWS.split(", "))
    assert cli.run(["push", "--full"]) == 2


def test_what_it_was_connected_with_is_forgotten(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    system_keyring: MemoryKeyring,
) -> None:
    connect(server, monkeypatch, "--only", "github.com/acme/*")
    assert cli.run(["push"]) == 0
    assert "nothing new" in printed(capsys)
    directory = next((shop.settings().workspace / "servers").iterdir())
    assert (directory / "key").read_text().strip() == KEY

    assert cli.run(["connect", "server", address(server), "--remove"]) == 0

    assert "its token is out of the keyring" in printed(capsys)
    assert system_keyring.kept == {} and not directory.exists()
    assert cli.run(["push"]) == 2
    assert "run landed connect server" in capsys.readouterr().err


def test_a_token_in_the_environment_is_only_named(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMPANY_TOKEN", token(server))

    arguments = ["connect", "server", address(server), "--token-env", "COMPANY_TOKEN", "--json"]
    assert cli.run(arguments) == 0
    assert orjson.loads(printed(capsys)) == {
        "url": address(server),
        "token": "environment:COMPANY_TOKEN",
        "only": [],
        "new_key": False,
    }

    monkeypatch.delenv("COMPANY_TOKEN")
    assert cli.run(["push"]) == 2
    assert "the environment has no COMPANY_TOKEN" in capsys.readouterr().err
    assert shop.logs()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://landed.example.com", "in clear"),
        ("https://ana:secret@landed.example.com", "holds a user or password"),
        ("landed.example.com", "is no address"),
    ],
)
def test_an_address_over_which_a_token_would_leak_is_refused(
    capsys: pytest.CaptureFixture[str], url: str, said: str
) -> None:
    assert cli.run(["connect", "server", url, "--no-token"]) == 2
    error = capsys.readouterr().err
    assert said in error and "secret@" not in error


def test_a_token_that_may_only_read_connects_nothing(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    system_keyring: MemoryKeyring,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token(server, 'read')}\n"))

    assert cli.run(["connect", "server", address(server)]) == 5

    assert "does not accept the token (403)" in capsys.readouterr().err
    assert system_keyring.kept == {}
    assert not (shop.settings().workspace / "servers").exists()


def test_which_server_is_said_where_there_are_two(
    shop: Shop,
    server: Serving,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shop.logs()
    connect(server, monkeypatch)
    url = address(server).replace("127.0.0.1", "localhost")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token(server)}\n"))
    assert cli.run(["connect", "server", url]) == 0

    assert cli.run(["push"]) == 2
    assert "say to which server: --to 127.0.0.1:" in capsys.readouterr().err
    assert cli.run(["push", "--to", url]) == 0
    assert cli.run(["push", "--to", "landed.example.com"]) == 2
