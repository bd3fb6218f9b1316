"""The drain: in order, once it is written no more, and no row holds up the others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from tests.server.ingest.serving import Drained, wait_until

from landed.config import Settings
from landed.errors import StoreError
from landed.records import AGENTS
from landed.server.ingest.drain import Drain, Drainer
from landed.store import Store
from landed.store.inbox import Inbox, Incoming, Waiting
from landed.store.served import ServedStore


@dataclass
class Place:
    settings: Settings
    store: ServedStore
    inbox: Inbox

    def drainer(self, **drains: Drain) -> Drainer:
        return Drainer(self.settings, self.inbox, self.store, drains)

    def put(self, *keys: str, source: str = "otlp") -> None:
        self.inbox.put([Incoming(source, key, b"{}") for key in keys])

    def problems(self) -> dict[str, int]:
        """How many rows are told to be set aside, by their source."""
        with self.store.reading() as store:
            rows = store.query("select * from problem where source = 'inbox'").to_pylist()
        assert all((row["kind"], row["repository"]) == ("set-aside", AGENTS) for row in rows)
        return {row["subject"]: row["count"] for row in rows}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    settings = Settings(workspace=tmp_path)
    with contextlib.closing(ServedStore(settings)) as store, Inbox(tmp_path / "inbox.db") as inbox:
        yield Place(settings, store, inbox)


def test_what_waits_is_read_in_order(place: Place) -> None:
    otlp, push = Drained(), Drained()
    place.put("b", "a")
    place.put("p", source="push")
    place.put("c")

    place.drainer(otlp=otlp, push=push).empty()

    assert (otlp.keys, push.keys) == (["b", "a", "c"], ["p"])
    assert place.inbox.count() == 0
    assert place.problems() == {}


def test_the_thread_reads_what_waited_before_and_what_comes(place: Place) -> None:
    drained = Drained()
    place.put("before")
    drainer = place.drainer(otlp=drained)
    drainer.start()
    wait_until(lambda: drained.keys == ["before"])

    place.put("after")
    drainer.wake()
    wait_until(lambda: place.inbox.count() == 0)
    drainer.stop()

    assert drained.keys == ["before", "after"]


def test_rows_are_forgotten_only_once_they_are_written(place: Place) -> None:
    """As when the process dies between both: the next one is told them again."""

    class Died(BaseException):
        pass

    class Dying(Inbox):
        def done(self, positions: object) -> None:
            del positions
            raise Died

    written = Drained()
    place.put("a", "b")
    with Dying(place.inbox.path) as dying, pytest.raises(Died):
        Drainer(place.settings, dying, place.store, {"otlp": written}).turn()
    assert written.keys == ["a", "b"]

    place.drainer(otlp=written).empty()

    assert written.keys == ["a", "b", "a", "b"]
    assert place.inbox.count() == 0


def test_a_row_that_cannot_be_written_holds_up_nobody(place: Place) -> None:
    drained = Drained(poison={"3", "8"})
    place.put(*map(str, range(10)))

    place.drainer(otlp=drained).turn()

    assert drained.keys == ["0", "1", "2", "4", "5", "6", "7", "9"]
    assert place.inbox.count() == 0
    assert [(one.row.key, one.reason) for one in place.inbox.aside()] == [
        ("3", "ValueError: cannot write 3"),
        ("8", "ValueError: cannot write 8"),
    ]
    assert place.problems() == {"otlp": 2}


def test_what_was_set_aside_is_tried_again_at_the_next_start(place: Place) -> None:
    place.put("good", "bad")
    place.drainer(otlp=Drained(poison={"bad"})).turn()
    assert place.problems() == {"otlp": 1}

    mended = Drained()
    place.drainer(otlp=mended).empty()

    assert mended.keys == ["bad"]
    assert place.inbox.count_aside() == 0
    assert place.problems() == {}


def test_a_source_that_nobody_knows_is_set_aside(place: Place) -> None:
    place.put("a", source="of tomorrow")

    place.drainer().turn()

    assert place.inbox.count_aside() == 1
    assert place.problems() == {"of tomorrow": 1}


def test_nothing_of_a_batch_is_kept_where_a_row_of_it_fails(place: Place) -> None:
    def half(store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
        del settings
        for row in rows:
            if row.key == "bad":
                raise ValueError
            told = {"source": "x", "kind": row.key, "subject": "", "count": 1, "detail": ""}
            store.merge("problem", pa.Table.from_pylist([told]), "here")

    place.put("a", "bad", "b")
    place.drainer(otlp=half).turn()

    with place.store.reading() as store:
        found = store.query("select kind, count from problem where source = 'x' order by kind")
    assert found.to_pylist() == [{"kind": "a", "count": 1}, {"kind": "b", "count": 1}]


def test_where_the_store_cannot_be_written_everything_waits(place: Place) -> None:
    """No row is at fault where not even that can be written down that one is set aside."""
    drained = Drained(poison={"a"})
    place.put("a", "b")
    place.store.close()

    with pytest.raises(StoreError):
        place.drainer(otlp=drained).turn()

    assert (place.inbox.count(), place.inbox.count_aside()) == (2, 0)


def test_the_thread_outlives_a_store_that_fails(place: Place) -> None:
    tries: list[int] = []

    class Failing(Inbox):
        def put_back(self) -> int:
            tries.append(1)
            if len(tries) == 1:
                raise StoreError("the disk is full")
            return super().put_back()

    drained = Drained()
    place.put("a")
    with Failing(place.inbox.path) as inbox:
        drainer = Drainer(place.settings, inbox, place.store, {"otlp": drained})
        drainer.start()
        wait_until(lambda: place.inbox.count() == 0)
        drainer.stop()

    assert drained.keys == ["a"]


def test_who_stops_amid_a_turn_writes_no_more(place: Place) -> None:
    """The rest is found by the next process."""
    drained = Drained()

    def stopping(store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
        drained(store, settings, rows)
        drainer.stop()

    place.put("a")
    place.put("p", source="push")
    drainer = place.drainer(otlp=stopping, push=drained)
    drainer.turn()

    assert drained.keys == ["a"]
    assert [row.key for row in place.inbox.waiting(10)] == ["p"]


def test_who_stops_leaves_the_rest_in_the_inbox(place: Place) -> None:
    drainer = place.drainer(otlp=Drained())
    drainer.start()
    drainer.stop()

    place.put("late")
    drainer.wake()

    assert place.inbox.count() == 1
