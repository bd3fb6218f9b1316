"""The inbox: kept durably, told once, read in order, by many who put and one who reads."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from landed.errors import StoreError
from landed.store.inbox import NAME, REMEMBERED, Inbox, Incoming


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / NAME) as opened:
        yield opened


def rows(*keys: str, source: str = "otlp", payload: bytes = b"{}") -> list[Incoming]:
    return [Incoming(source, key, payload) for key in keys]


def keys(inbox: Inbox) -> list[str]:
    return [row.key for row in inbox.waiting(1000)]


def test_rows_wait_in_the_order_in_which_they_came(inbox: Inbox) -> None:
    before = datetime.now(UTC)
    assert inbox.put(rows("b", "a", payload=b"1")) == 2
    assert inbox.put(rows("c", payload=b"22")) == 1

    waiting = inbox.waiting(1000)

    assert [(row.key, row.payload, row.source) for row in waiting] == [
        ("b", b"1", "otlp"),
        ("a", b"1", "otlp"),
        ("c", b"22", "otlp"),
    ]
    assert [row.position for row in waiting] == sorted(row.position for row in waiting)
    assert all(
        before - timedelta(seconds=1) <= row.received_at <= datetime.now(UTC) for row in waiting
    )
    assert inbox.oldest() == waiting[0].received_at


def test_what_waits_is_not_taken_again(inbox: Inbox) -> None:
    inbox.put(rows("a", payload=b"first"))

    assert inbox.put(rows("a", "b", "b", payload=b"second")) == 1
    assert [(row.key, row.payload) for row in inbox.waiting(10)] == [
        ("a", b"first"),
        ("b", b"second"),
    ]


def test_the_same_key_of_another_source_is_another_row(inbox: Inbox) -> None:
    assert inbox.put(rows("a", source="otlp")) == 1
    assert inbox.put(rows("a", source="push")) == 1
    # Neither does a key that begins where a source ends make one of two.
    assert inbox.put(rows("p:a", source="a")) == 1
    assert inbox.put(rows(":a", source="ap")) == 1


def test_what_was_read_in_is_not_taken_again(inbox: Inbox) -> None:
    inbox.put(rows("a", "b"))
    inbox.done([inbox.waiting(1)[0].position])

    assert inbox.put(rows("a")) == 0
    assert keys(inbox) == ["b"]


def test_keys_of_what_was_read_in_are_forgotten_after_a_while(inbox: Inbox) -> None:
    inbox.put(rows("a"))
    inbox.done([row.position for row in inbox.waiting(10)])
    long_ago = REMEMBERED.days + 1
    with sqlite3.connect(inbox.path) as database:
        database.execute("update taken set day = day - ?", (long_ago,))

    # Who opens it next looks for what is to be forgotten.
    with Inbox(inbox.path) as again:
        again.done([])
        assert again.put(rows("a")) == 1


def test_positions_are_never_used_again(inbox: Inbox) -> None:
    inbox.put(rows("a"))
    first = inbox.waiting(1)[0].position
    inbox.done([first])
    inbox.put(rows("b"))

    assert inbox.waiting(1)[0].position > first
    assert inbox.waiting(10, after=inbox.waiting(1)[0].position) == []


def test_no_more_is_handed_out_than_fits(inbox: Inbox) -> None:
    inbox.put(rows("a", "b", "c", payload=b"x" * 100))

    assert len(inbox.waiting(2)) == 2
    assert len(inbox.waiting(1000, limit_bytes=150)) == 2
    # One row always comes, or a large one would wait for ever.
    assert len(inbox.waiting(1000, limit_bytes=1)) == 1


def test_size_and_count_are_of_what_waits(inbox: Inbox) -> None:
    inbox.put(rows("a", payload=b"x" * 10))
    inbox.put(rows("a", "b", payload=b"x" * 5))
    assert (inbox.count(), inbox.size_bytes(), inbox.last_size) == (2, 15, 15)

    inbox.done([inbox.waiting(1)[0].position])
    assert (inbox.count(), inbox.size_bytes(), inbox.last_size) == (1, 5, 5)

    with Inbox(inbox.path) as other:
        assert other.last_size == 5


def test_rows_set_aside_are_kept_and_hold_up_nobody(inbox: Inbox) -> None:
    inbox.put(rows("bad", "good"))
    inbox.set_aside(inbox.waiting(1)[0].position, "no number")

    assert keys(inbox) == ["good"]
    assert [(one.row.key, one.reason) for one in inbox.aside()] == [("bad", "no number")]
    assert inbox.count_aside() == 1
    assert inbox.put(rows("bad")) == 0

    assert inbox.put_back() == 1
    assert keys(inbox) == ["good", "bad"]
    assert inbox.count_aside() == 0


def test_a_broken_put_keeps_nothing(inbox: Inbox) -> None:
    wrong: list[Incoming] = [*rows("a"), Incoming("otlp", "b", object())]  # type: ignore[arg-type]

    with pytest.raises(StoreError):
        inbox.put(wrong)

    assert (keys(inbox), inbox.size_bytes()) == ([], 0)


def test_keys_may_hold_what_no_text_may(inbox: Inbox) -> None:
    key = json.loads('"half \\ud83d of a character"')

    assert inbox.put(rows(key)) == 1
    assert inbox.put(rows(key)) == 0


def test_only_the_owner_may_read_the_file(inbox: Inbox) -> None:
    assert inbox.path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_inbox_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"something else entirely" * 100)

    with pytest.raises(StoreError, match="cannot use the inbox"):
        Inbox(path)

    assert path.read_bytes().startswith(b"something else")


def test_an_inbox_of_a_newer_version_is_told(tmp_path: Path) -> None:
    Inbox(tmp_path / NAME).close()
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("pragma user_version = 99")

    with pytest.raises(StoreError, match="newer version"):
        Inbox(tmp_path / NAME)


def test_a_closed_inbox_says_so(inbox: Inbox) -> None:
    inbox.close()

    with pytest.raises(StoreError):
        inbox.put(rows("a"))


_PRODUCER = """
import sys
from pathlib import Path
from landed.store.inbox import Inbox, Incoming
path, name = sys.argv[1:]
with Inbox(Path(path)) as inbox:
    for turn in range(20):
        own = [Incoming("otlp", f"{name}-{turn}-{n}", b"12345") for n in range(5)]
        # Everybody tells this one too.
        inbox.put([*own, Incoming("otlp", f"shared-{turn}", b"12345")])
"""


def test_many_processes_put_at_once(inbox: Inbox) -> None:
    producers = [
        subprocess.Popen([sys.executable, "-c", _PRODUCER, str(inbox.path), str(number)])
        for number in range(4)
    ]
    taken: list[str] = []
    while any(one.poll() is None for one in producers) or inbox.count():
        waiting = inbox.waiting(7)
        taken += [row.key for row in waiting]
        inbox.done([row.position for row in waiting])

    assert [one.returncode for one in producers] == [0] * 4
    expected = {f"{p}-{turn}-{n}" for p in range(4) for turn in range(20) for n in range(5)}
    expected |= {f"shared-{turn}" for turn in range(20)}
    assert sorted(taken) == sorted(expected)
    assert inbox.size_bytes() == 0


_FIRST = """
import sys
from pathlib import Path
from landed.store.inbox import Inbox, Incoming
path, name = sys.argv[1:]
sys.stdin.read(1)
with Inbox(Path(path)) as inbox:
    inbox.put([Incoming("otlp", name, b"{}")])
"""


def test_many_processes_make_it_at_once(tmp_path: Path) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", _FIRST, str(tmp_path / NAME), str(number)],
            stdin=subprocess.PIPE,
        )
        for number in range(6)
    ]
    for one in makers:
        assert one.stdin is not None
        one.stdin.close()

    assert [one.wait() for one in makers] == [0] * 6
    with Inbox(tmp_path / NAME) as inbox:
        assert sorted(keys(inbox)) == list("012345")


def test_what_is_put_reaches_the_disk_before_it_is_acknowledged(inbox: Inbox) -> None:
    """That SQLite syncs its log with every transaction; that the disk does, nobody can see here."""
    with inbox._reading() as database:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)
        assert database.execute("pragma synchronous").fetchone() == (2,)


def test_an_inbox_in_no_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot use the inbox"):
        Inbox(tmp_path / "nowhere" / NAME)


def test_nothing_is_put_for_nothing(inbox: Inbox) -> None:
    assert inbox.put([]) == 0


def test_many_threads_put_at_once(inbox: Inbox) -> None:
    def put(name: int) -> None:
        for turn in range(10):
            inbox.put(rows(f"{name}-{turn}", f"shared-{turn}"))

    threads = [threading.Thread(target=put, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert inbox.count() == 4 * 10 + 10
