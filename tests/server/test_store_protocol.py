"""The store's socket, asked by hand: whatever comes is answered in one clear line."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import orjson
import pyarrow as pa
import pytest
from tests.servers.store_server import serving

from landed.server.store_protocol import REFUSED
from landed.store import SCHEMA_VERSION
from landed.store.finding import socket_path
from landed.store.messages import PROTOCOL, Request, described, write_request


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    workspace = tmp_path_factory.mktemp("workspace")
    with (
        serving(workspace),
        httpx.Client(
            transport=httpx.HTTPTransport(uds=str(socket_path(workspace))),
            base_url="http://landed",
            timeout=30,
        ) as asking,
    ):
        yield asking


def lease(**told: object) -> dict[str, object]:
    asked = {"protocol": PROTOCOL, "process": 1, "program": "test", "read_only": False}
    return {**asked, "wait_seconds": 0, **told}


def test_a_lease_gives_a_session_that_ends_with_it(client: httpx.Client) -> None:
    with client.stream("POST", "/sessions", json=lease()) as answer:
        lines = answer.iter_lines()
        told = orjson.loads(next(lines))
        assert told["schema"] == SCHEMA_VERSION
        address = f"/sessions/{told['session']}"
        body = b"".join(write_request(Request("query", {"sql": "select 7 as n", "rows": 10})))
        rows = pa.ipc.open_stream(client.post(address, content=body).content).read_all()
        assert rows.to_pydict() == {"n": [7]}
        assert client.delete(address).status_code == 204

    ended = client.post(address, content=body)
    assert ended.status_code == REFUSED
    assert "run the command again" in str(described(ended.content))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "unreadable"),
        (b"[]", "unreadable"),
        (orjson.dumps(lease(protocol=PROTOCOL + 1)), "another version of Landed"),
        (orjson.dumps(lease(wait_seconds="soon")), "unreadable"),
    ],
)
def test_a_lease_that_nobody_understands_is_refused(
    client: httpx.Client, body: bytes, said: str
) -> None:
    answer = client.post("/sessions", content=body)

    assert answer.status_code == REFUSED
    assert said in str(described(answer.content))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"nothing", "unreadable"),
        (b"".join(write_request(Request("close"))), "does not know how to close"),
        (b"".join(write_request(Request("__init__"))), "does not know how to __init__"),
        (b"".join(write_request(Request("append", {"table": "path"}))), "unreadable"),
        (b"".join(write_request(Request("query"))), "unreadable"),
    ],
)
def test_an_operation_that_nobody_understands_is_refused(
    client: httpx.Client, body: bytes, said: str
) -> None:
    with client.stream("POST", "/sessions", json=lease()) as held:
        lines = held.iter_lines()
        session = orjson.loads(next(lines))["session"]
        answer = client.post(f"/sessions/{session}", content=body)
        assert answer.status_code == REFUSED
        assert said in str(described(answer.content))
        assert client.delete(f"/sessions/{session}").status_code == 204


def test_a_second_writer_is_told_of_the_first(client: httpx.Client) -> None:
    with client.stream("POST", "/sessions", json=lease(program="first")) as held:
        lines = held.iter_lines()
        session = orjson.loads(next(lines))["session"]
        with client.stream("POST", "/sessions", json=lease(program="second")) as refused:
            (line,) = refused.iter_lines()
        assert client.delete(f"/sessions/{session}").status_code == 204

    assert "process 1 (first) still has the store" in str(described(line.encode()))


def test_what_nobody_waits_for_any_more_is_ended(client: httpx.Client) -> None:
    forever = "select count(*) from range(100000000000) as a, range(100) as b"
    with client.stream("POST", "/sessions", json=lease()) as held:
        lines = held.iter_lines()
        address = f"/sessions/{orjson.loads(next(lines))['session']}"
        client.post(address, content=b"".join(write_request(Request("begin"))))
        asked = b"".join(write_request(Request("query", {"sql": forever, "rows": 10})))
        with pytest.raises(httpx.ReadTimeout):
            client.post(address, content=asked, timeout=0.5)

        undone = client.post(address, content=b"".join(write_request(Request("rollback"))))

        assert undone.status_code == 204
        assert client.delete(address).status_code == 204
