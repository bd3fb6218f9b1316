"""What works beside the answering: started in order, stopped in the opposite one."""

from __future__ import annotations

import threading

import pytest
from tests.server.running import Running

from landed.errors import StoreError
from landed.server import work as work_of_server
from landed.server.work import Work


class Part:
    """A part that notes its start and stop, and may fail or wait for the store."""

    def __init__(self, name: str, notes: list[str], *, fails: bool = False) -> None:
        self._name = name
        self._notes = notes
        self._fails = fails

    def start(self) -> None:
        if self._fails:
            raise RuntimeError("cannot start")
        self._notes.append(f"{self._name} starts")

    def stop(self) -> None:
        self._notes.append(f"{self._name} stops")


class WaitingForItsTurn:
    """A part that ends only once it may no longer wait for its turn to write."""

    def __init__(self, running: Running, told: list[str]) -> None:
        self._store = running.server.store
        self._told = told
        self._thread = threading.Thread(target=self._write)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._thread.join()

    def _write(self) -> None:
        try:
            with self._store.writing():
                self._told.append("wrote")
        except StoreError as refusal:
            self._told.append(str(refusal))


def test_parts_stop_in_the_opposite_order(alone: Running) -> None:
    notes: list[str] = []
    alone.server.background += [Part("sync", notes), Part("reports", notes)]
    work = Work(alone.server)

    work.start()
    work.stop()
    work.stop()

    assert notes == ["sync starts", "reports starts", "reports stops", "sync stops"]


def test_where_one_cannot_start_the_others_stop(alone: Running) -> None:
    notes: list[str] = []
    alone.server.background += [Part("sync", notes), Part("reports", notes, fails=True)]

    with pytest.raises(RuntimeError, match="cannot start"):
        Work(alone.server).start()

    assert notes == ["sync starts", "sync stops"]


def test_who_waits_behind_a_long_writer_is_sent_away(
    alone: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_of_server, "PATIENCE_SECONDS", 0.05)
    told: list[str] = []
    alone.server.background.append(WaitingForItsTurn(alone, told))
    work = Work(alone.server)

    with alone.server.store.writing():
        work.start()
        work.stop()

    assert len(told) == 1
    assert "being stopped" in told[0]
