"""Other processes at a server's store: they come in turn, and leave nothing behind when killed."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.servers.store_server import Serving, serving

from landed.errors import StoreError
from landed.store import SCHEMA_VERSION, Store
from landed.store import remote as remote_module
from landed.store.finding import listening_socket, socket_path
from landed.store.local import LocalStore
from landed.store.opening import GaveUp
from landed.store.remote import RemoteStore

ROOT = Path(__file__).parents[2]
KILLED_IN_A_TRANSACTION = """
import sys, time
from pathlib import Path
import pyarrow as pa
from landed.store import Store
store = Store.open(Path(sys.argv[1]))
rows = pa.table({"path_index": pa.array([5, 6], pa.int32()), "path": ["e", "f"]})
with store.transaction():
    store.replace("path", rows, "r1")
    print("written", flush=True)
    store.query("select count(*) from range(100000000000) as a, range(100) as b")
"""

ADD_ONE_TEN_TIMES = """
import sys
from pathlib import Path
import pyarrow as pa
from landed.store import Store
for _ in range(10):
    with Store.open(Path(sys.argv[1])) as store:
        names = [*store.read("path", "r1")["path"].to_pylist(), sys.argv[2]]
        places = pa.array(range(len(names)), pa.int32())
        store.replace("path", pa.table({"path_index": places, "path": names}), "r1")
"""

SERVE = """
import sys, time
from pathlib import Path
from tests.servers.store_server import serving
with serving(Path(sys.argv[1])):
    print("serving", flush=True)
    time.sleep(600)
"""

OWN_AND_THEN_SERVE = """
import sys
from pathlib import Path
from landed.config import Settings
from landed.store.served import ServedStore
from tests.servers.store_server import answering
with ServedStore(Settings(workspace=Path(sys.argv[1]))) as store:
    print("owned", flush=True)
    sys.stdin.readline()
    with answering(store):
        sys.stdin.readline()
"""


def paths(*names: str) -> pa.Table:
    return pa.table(
        {"path_index": pa.array(range(len(names)), pa.int32()), "path": pa.array(names)}
    )


def stored(store: Store) -> list[str]:
    found: list[str] = store.read("path", "r1")["path"].to_pylist()
    return found


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def workspace(server: Serving) -> Path:
    """The workspace that the server has."""
    return server.store.workspace


def test_a_killed_writer_leaves_nothing_and_the_next_has_its_turn(workspace: Path) -> None:
    with Store.open(workspace) as store:
        store.append("path", paths("a", "b"), "r1")
    writer = run(KILLED_IN_A_TRANSACTION, str(workspace))
    assert writer.stdout is not None
    assert writer.stdout.readline() == "written\n"
    told: list[str] = []

    def kill(message: str) -> None:
        told.append(message)
        writer.send_signal(signal.SIGKILL)

    with Store.open(workspace, wait_seconds=60, on_wait=kill) as store:
        assert stored(store) == ["a", "b"]

    assert told == [f"waiting for process {writer.pid} (-c), which has the store open"]
    writer.communicate()


def test_two_processes_at_once_lose_nothing_of_each_other(workspace: Path) -> None:
    processes = [run(ADD_ONE_TEN_TIMES, str(workspace), name) for name in ("x", "y")]

    assert [process.wait(120) for process in processes] == [0, 0]
    for process in processes:
        process.communicate()
    with Store.open(workspace, read_only=True) as store:
        assert sorted(stored(store)) == ["x"] * 10 + ["y"] * 10


def test_a_reader_sees_a_snapshot_while_a_writer_commits(workspace: Path) -> None:
    with Store.open(workspace) as writer, Store.open(workspace, read_only=True) as before:
        writer.append("path", paths("a"), "r1")
        with Store.open(workspace, read_only=True) as after:
            assert stored(before) == []
            assert stored(after) == ["a"]


def test_a_transaction_that_its_process_leaves_open_is_undone(workspace: Path) -> None:
    with Store.open(workspace) as store:
        store.begin()
        store.append("path", paths("a"), "r1")

    with Store.open(workspace, wait_seconds=0) as store:
        assert stored(store) == []


def test_a_large_table_goes_both_ways(workspace: Path) -> None:
    count = 400_000
    large = paths(*(f"{number:050}" for number in range(count)))
    assert large.nbytes > 20_000_000

    with Store.open(workspace) as store:
        store.append("path", large, "r1")
        found = store.read("path", "r1")
        beside = store.query(
            "select count(*) as n from path join these using (path)", beside={"these": large}
        )

    assert found["path"].to_pylist() == large["path"].to_pylist()
    assert beside["n"].to_pylist() == [count]
    assert {entry.name for entry in workspace.iterdir()} <= {
        "landed.duckdb",
        "landed.duckdb.wal",
        "server.sock",
        "temporary",
    }


def test_a_parameter_of_a_type_that_nobody_knows_is_refused(workspace: Path) -> None:
    with Store.open(workspace, read_only=True) as store:
        with pytest.raises(StoreError, match="parameter 1 cannot be handed to the store"):
            store.query("select ?, ?", [1, object()])
        assert stored(store) == []


def test_a_server_that_stops_says_what_to_do(server: Serving, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.append("path", paths("a"), "r1")
        server.stop()
        with pytest.raises(StoreError, match="run the command again"):
            store.query("select 1")


def test_a_server_that_goes_away_while_it_is_asked_is_an_error_and_keeps_nothing(
    server: Serving, tmp_path: Path
) -> None:
    with Store.open(tmp_path) as store:
        store.begin()
        store.append("path", paths("a"), "r1")
        stopping = threading.Timer(0.3, server.stop)
        stopping.start()
        with pytest.raises(StoreError, match="run the command again"):
            store.query("select count(*) from range(100000000000) as a, range(100) as b")
        stopping.join()

    server.store.close()
    with Store.open(tmp_path) as store:
        assert stored(store) == []


def test_a_server_that_is_killed_in_the_middle_of_an_answer_is_an_error(tmp_path: Path) -> None:
    server = run(SERVE, str(tmp_path))
    assert server.stdout is not None
    assert server.stdout.readline() == "serving\n"

    with Store.open(tmp_path) as store:
        store.append("path", paths("a"), "r1")
        store.begin()
        store.replace("path", paths("b"), "r1")
        reader = store.batches("select range as n from range(100000000)")
        reader.read_next_batch()
        server.kill()
        with pytest.raises(StoreError, match="run the command again"):
            for _ in reader:
                pass

    server.communicate()
    with Store.open(tmp_path) as store:
        assert isinstance(store, LocalStore)
        assert stored(store) == ["a"]


def test_a_server_that_dies_before_it_answers_is_an_error(tmp_path: Path) -> None:
    with listening_socket(tmp_path) as listening:

        def hang_up() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(StoreError, match="ended while it was asked"):
            Store.open(tmp_path)
        thread.join()


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
SESSION = b'{"session": "s", "schema": %d}\n' % SCHEMA_VERSION


def answer_and_hang_up(listening: socket.socket, answers: list[bytes]) -> threading.Thread:
    """Let the first look at the socket pass, and answer each further connection once."""

    def answer() -> None:
        listening.accept()[0].close()
        with contextlib.ExitStack() as kept:
            for content in answers:
                connection = kept.enter_context(listening.accept()[0])
                connection.recv(65536)
                connection.sendall(content)
                if SESSION not in content:
                    connection.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "ask", [lambda store: store.query("select 1"), lambda store: store.delete("path", "r1")]
)
def test_an_answer_that_breaks_off_is_an_error(
    tmp_path: Path, ask: Callable[[Store], object]
) -> None:
    lease = CHUNKED + b"%x\r\n%s\r\n" % (len(SESSION), SESSION)
    with listening_socket(tmp_path) as listening:
        thread = answer_and_hang_up(listening, [lease, CHUNKED, b""])
        with (
            pytest.raises(StoreError, match="ended while it was asked"),
            Store.open(tmp_path) as store,
        ):
            ask(store)
        thread.join()


def test_a_lease_that_ends_before_there_is_a_session_is_an_error(tmp_path: Path) -> None:
    with listening_socket(tmp_path) as listening:
        thread = answer_and_hang_up(listening, [CHUNKED + b"0\r\n\r\n"])
        with pytest.raises(StoreError, match="ended while it was asked"):
            Store.open(tmp_path)
        thread.join()


def test_a_server_that_was_just_being_started_is_waited_for(tmp_path: Path) -> None:
    server = run(OWN_AND_THEN_SERVE, str(tmp_path))
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == "owned\n"
    stdin = server.stdin
    told: list[str] = []

    def let_it_listen(message: str) -> None:
        told.append(message)
        stdin.write("listen\n")
        stdin.flush()

    with Store.open(tmp_path, on_wait=let_it_listen) as store:
        assert isinstance(store, RemoteStore)
        assert stored(store) == []

    assert len(told) == 1
    server.communicate("end\n")
    assert server.returncode == 0


def test_a_socket_where_nobody_listens_is_not_asked_again(tmp_path: Path) -> None:
    listening_socket(tmp_path).close()

    with pytest.raises(GaveUp):
        RemoteStore.connect(
            socket_path(tmp_path), tmp_path, read_only=True, wait_seconds=0, on_wait=print
        )


def test_a_closed_store_answers_nothing(workspace: Path) -> None:
    store = Store.open(workspace)
    store.close()
    store.close()

    with pytest.raises(StoreError, match="closed already"):
        store.query("select 1")


@pytest.mark.parametrize(
    ("known", "advice"),
    [(SCHEMA_VERSION - 1, "upgrade Landed"), (SCHEMA_VERSION + 1, "restart landed serve")],
)
def test_a_server_of_another_version_is_refused(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, known: int, advice: str
) -> None:
    monkeypatch.setattr(remote_module, "SCHEMA_VERSION", known)

    with pytest.raises(StoreError, match=advice):
        Store.open(workspace)


def test_a_server_with_another_protocol_is_refused(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_module, "PROTOCOL", 0)

    with pytest.raises(StoreError, match="restart landed serve"):
        Store.open(workspace)
