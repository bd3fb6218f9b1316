"""One writer for all requests: what it says is kept is kept, and it says when there is too much."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from landed.errors import StoreError
from landed.server.ingest.writer import InboxFull, InboxWriter, WriterStopped
from landed.store.inbox import Inbox, Incoming


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "inbox.db") as opened:
        yield opened


def row(key: str, payload: bytes = b"{}") -> Incoming:
    return Incoming("otlp", key, payload)


def test_what_is_acknowledged_waits_in_the_inbox(inbox: Inbox) -> None:
    written = threading.Event()
    writer = InboxWriter(inbox, largest_inbox=1000, on_written=written.set)
    writer.start()

    writer.submit([row("a"), row("b")]).result(timeout=10)

    assert [one.key for one in inbox.waiting(10)] == ["a", "b"]
    assert written.wait(10)
    writer.stop()


def test_requests_that_gather_share_a_transaction(tmp_path: Path) -> None:
    puts: list[int] = []

    class Counted(Inbox):
        def put(self, rows: Sequence[Incoming]) -> int:
            puts.append(len(rows))
            return super().put(rows)

    with Counted(tmp_path / "inbox.db") as inbox:
        writer = InboxWriter(inbox, largest_inbox=10_000, on_written=lambda: None)
        answers = [writer.submit([row(str(number))]) for number in range(50)]
        writer.start()
        for answer in answers:
            answer.result(timeout=10)
        writer.stop()

    assert puts == [50]


def test_a_request_that_was_broken_off_is_not_written(inbox: Inbox) -> None:
    writer = InboxWriter(inbox, largest_inbox=1000, on_written=lambda: None)
    given_up, kept = writer.submit([row("a")]), writer.submit([row("b")])
    assert given_up.cancel()
    writer.start()
    kept.result(timeout=10)
    writer.stop()

    assert [one.key for one in inbox.waiting(10)] == ["b"]


def test_one_request_that_fails_does_not_break_the_others(inbox: Inbox) -> None:
    class Wrong:
        source = "otlp"
        payload = b""

        @property
        def key(self) -> str:
            raise ValueError("no key")

    writer = InboxWriter(inbox, largest_inbox=1000, on_written=lambda: None)
    wrong: Sequence[Incoming] = [Wrong()]  # type: ignore[list-item]
    answers = [writer.submit([row("a")]), writer.submit(wrong), writer.submit([row("b")])]
    writer.start()
    writer.stop()

    assert answers[0].result(timeout=10) is None
    with pytest.raises(ValueError, match="no key"):
        answers[1].result(timeout=10)
    assert answers[2].result(timeout=10) is None
    assert [one.key for one in inbox.waiting(10)] == ["a", "b"]


def test_an_inbox_that_cannot_be_written_is_told_to_everybody(inbox: Inbox) -> None:
    writer = InboxWriter(inbox, largest_inbox=1000, on_written=lambda: None)
    answers: list[Future[None]] = [writer.submit([row("a")]), writer.submit([row("b")])]
    inbox.close()
    writer.start()
    writer.stop()

    for answer in answers:
        with pytest.raises(StoreError):
            answer.result(timeout=10)


def test_a_full_queue_asks_to_come_again(inbox: Inbox) -> None:
    writer = InboxWriter(inbox, largest_inbox=1000, on_written=lambda: None, waiting_requests=2)
    writer.check()
    writer.submit([row("a")])
    writer.submit([row("b")])

    with pytest.raises(InboxFull) as raised:
        writer.submit([row("c")])
    assert raised.value.seconds > 0

    writer.start()
    writer.stop()
    assert inbox.count() == 2


def test_a_full_inbox_asks_to_come_again_until_it_is_read(inbox: Inbox) -> None:
    writer = InboxWriter(inbox, largest_inbox=10, on_written=lambda: None)
    writer.start()
    writer.submit([row("a", b"x" * 11)]).result(timeout=10)

    with pytest.raises(InboxFull):
        writer.submit([row("b")])

    inbox.done([one.position for one in inbox.waiting(10)])
    writer.submit([row("b")]).result(timeout=10)
    writer.stop()


def test_who_stops_keeps_what_was_taken_and_takes_nothing_more(inbox: Inbox) -> None:
    writer = InboxWriter(inbox, largest_inbox=100_000, on_written=lambda: None)
    taken = [writer.submit([row(str(number))]) for number in range(100)]
    writer.start()
    writer.stop()

    assert all(answer.done() for answer in taken)
    assert inbox.count() == 100
    with pytest.raises(WriterStopped):
        writer.submit([row("late")])
