"""The server's store: readers on snapshots beside one writer, who comes in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from landed.config import ServerSettings, Settings
from landed.errors import StoreError
from landed.store import Store
from landed.store.served import ServedStore


def paths(*names: str) -> pa.Table:
    return pa.table(
        {"path_index": pa.array(range(len(names)), pa.int32()), "path": pa.array(names)}
    )


def stored(store: Store) -> list[str]:
    found: list[str] = store.read("path", "r1")["path"].to_pylist()
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedStore]:
    with ServedStore(Settings(workspace=tmp_path / "workspace")) as opened:
        yield opened


def test_a_reader_sees_what_was_committed_when_it_came(served: ServedStore) -> None:
    with served.writing() as writer:
        writer.append("path", paths("a"), "r1")
        writer.put_rollup("sizes", pa.table({"n": [1]}))
        with served.reading() as before:
            writer.replace("path", paths("b", "c"), "r1")
            writer.put_rollup("sizes", pa.table({"m": [2]}))
            with served.reading() as after:
                assert stored(before) == ["a"]
                assert stored(after) == ["b", "c"]
                assert before.query("from rollup.sizes").to_pydict() == {"n": [1]}
                assert after.query("from rollup.sizes").to_pydict() == {"m": [2]}


def test_a_reader_never_sees_half_a_transaction(served: ServedStore) -> None:
    with served.writing() as writer, writer.transaction():
        writer.append("path", paths("a"), "r1")
        with served.reading() as reader:
            assert stored(reader) == []
        assert stored(writer) == ["a"]


def test_a_transaction_that_was_not_ended_is_undone_with_its_store(served: ServedStore) -> None:
    with served.writing() as writer:
        writer.begin()
        writer.append("path", paths("a"), "r1")

    with served.reading() as reader:
        assert stored(reader) == []


def test_a_reader_writes_nothing_and_reads_on_after_a_refusal(served: ServedStore) -> None:
    with served.reading() as reader:
        for refused in (
            lambda: reader.append("path", paths("a"), "r1"),
            lambda: reader.put_rollup("sizes", paths("a")),
            lambda: reader.query("select cast('x' as integer)"),
        ):
            with pytest.raises(StoreError):
                refused()
            assert stored(reader) == []


def test_tables_beside_a_statement_do_not_meet_those_of_others(served: ServedStore) -> None:
    wanted = "select sum(n) as n from asked"
    barrier = threading.Barrier(8)

    def ask(number: int) -> int:
        with served.reading() as reader:
            barrier.wait(30)
            found = reader.query(wanted, beside={"asked": pa.table({"n": [number] * 1000})})
            return int(found["n"][0].as_py())

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))

    assert found == [1000 * number for number in range(8)]


def test_each_writer_finds_what_the_one_before_it_wrote(served: ServedStore) -> None:
    def add_one() -> None:
        with served.writing() as writer:
            known = stored(writer)
            writer.replace("path", paths(*known, f"{len(known):02}"), "r1")

    with ThreadPoolExecutor(6) as threads:
        for task in [threads.submit(add_one) for _ in range(12)]:
            task.result()

    with served.reading() as reader:
        assert stored(reader) == [f"{number:02}" for number in range(12)]


def test_writers_come_in_the_order_of_asking_and_are_told_for_whom_they_wait(
    served: ServedStore,
) -> None:
    told: list[tuple[str, str]] = []
    order: list[str] = []
    waiting = threading.Semaphore(0)

    def write(name: str) -> None:
        def hear(message: str) -> None:
            told.append((name, message))
            waiting.release()

        with served.writing(on_wait=hear, who=name):
            order.append(name)

    with ThreadPoolExecutor(2) as threads:
        with served.writing(who="the first"):
            second = threads.submit(write, "the second")
            assert waiting.acquire(timeout=30)
            third = threads.submit(write, "the third")
            assert waiting.acquire(timeout=30)
        second.result()
        third.result()

    assert order == ["the second", "the third"]
    assert told[:2] == [
        ("the second", "waiting for the first, which has the store open"),
        ("the third", "waiting for the first, which has the store open"),
    ]


def test_a_writer_does_not_wait_for_longer_than_it_said(served: ServedStore) -> None:
    with (
        served.writing(who="the drain"),
        pytest.raises(StoreError, match=r"the drain still has the store .* after 0 seconds"),
        served.writing(0),
    ):
        raise AssertionError("two writers at once")

    with served.writing(0) as writer:
        assert stored(writer) == []


def test_stopping_sends_those_away_who_wait_and_who_come(served: ServedStore) -> None:
    waits = threading.Event()

    def wait() -> None:
        with served.writing(on_wait=lambda _: waits.set()):
            raise AssertionError("it never had its turn")

    with ThreadPoolExecutor(1) as threads, served.writing():
        waiting = threads.submit(wait)
        assert waits.wait(30)
        served.stop()
        with pytest.raises(StoreError, match="being stopped: run the command again"):
            waiting.result(30)

    with pytest.raises(StoreError, match="being stopped"), served.reading():
        raise AssertionError("it was opened")


def test_closing_ends_what_does_not_end_by_itself_and_frees_the_file(
    served: ServedStore,
) -> None:
    begun = threading.Event()

    def ask_forever() -> None:
        with served.writing() as writer, writer.transaction():
            writer.append("path", paths("a"), "r1")
            begun.set()
            writer.query("select count(*) from range(100000000000) as a, range(100) as b")

    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(ask_forever)
        assert begun.wait(30)
        served.close(grace_seconds=0)
        with pytest.raises(StoreError, match=r"(?i)interrupt"):
            asking.result(30)

    with Store.open(served.workspace, wait_seconds=0) as store:
        assert stored(store) == []


def test_it_takes_as_much_memory_as_the_server_may(tmp_path: Path) -> None:
    settings = Settings(workspace=tmp_path, server=ServerSettings(memory_limit="333MiB"))

    with ServedStore(settings) as served, served.reading() as reader:
        limit = reader.query("select current_setting('memory_limit') as found")

    assert limit["found"].to_pylist() == ["333.0 MiB"]
