"""A reading that is cut off at any moment loses nothing, doubles nothing, and needs no more memory
for a longer history."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.scripted import (
    ScriptedForge,
    check,
    connected,
    one_project,
    opening,
    project,
    told_history,
)

from landed.config import Settings
from landed.delivery import gathering, states
from landed.delivery.reading import read_forges
from landed.records import FORGES, TABLES
from landed.sources.forges.contract import Page
from landed.store import Store

KEY = project(1).project
CHANGES_READ = 10_000
MACHINES_OWN = ("source_state",)


class PowerCut(BaseException):
    """Ends everything at once, as no error of a reader does."""


def checks(changes: int) -> Iterator[Page]:
    for first in range(1, changes + 1, 100):
        numbers = range(first, first + 100)
        yield Page(records=[check(KEY, number, "success", 3) for number in numbers])


def script(changes: int) -> dict[Any, Any]:
    return one_project(lambda: told_history(KEY, changes, size=50), lambda: checks(changes))


def everything(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    with Store.for_settings(settings) as store:
        return {
            name: store.read(name, FORGES).to_pylist()
            for name in TABLES
            if name not in MACHINES_OWN
        }


@pytest.fixture
def settings(tmp_path: Path) -> Callable[[str], Settings]:
    return lambda name: connected(Settings(workspace=tmp_path / name))


def read(settings: Settings, forge: ScriptedForge) -> None:
    read_forges(settings, lambda: Store.for_settings(settings), open_with=opening(acme=forge))


def test_ten_cuts_at_random_end_in_the_rows_of_an_undisturbed_reading(
    settings: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    forge = ScriptedForge(script(CHANGES_READ))
    calm, disturbed = settings("calm"), settings("disturbed")
    read(calm, forge)
    chance = random.Random(20260301)
    # small batches, so that there is more to cut into
    monkeypatch.setattr(gathering, "MOST_RECORDS", 2_000)
    write_states = states.write_states
    left = 0

    def count_down(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise PowerCut

    def write_and_count_down(*given: Any) -> None:
        write_states(*given)
        count_down()

    progress = []
    for cut in range(10):
        with monkeypatch.context() as patched:
            if cut % 2:
                left = chance.randint(5, 60)
                broken = ScriptedForge(script(CHANGES_READ), before_page=count_down)
            else:
                left = chance.randint(2, 7)
                broken = ScriptedForge(script(CHANGES_READ))
                patched.setattr("landed.delivery.writing.write_states", write_and_count_down)
            with pytest.raises(PowerCut):
                read(disturbed, broken)
        with Store.for_settings(disturbed) as store:
            found = store.query("select count(*) as n from change")["n"].to_pylist()
        progress += found
    read(disturbed, forge)

    assert progress == sorted(progress)
    assert progress[-1] > 0
    rows = everything(calm)
    assert (len(rows["change"]), len(rows["change_commit"])) == (CHANGES_READ, 3 * CHANGES_READ)
    assert everything(disturbed) == rows


def test_a_longer_history_takes_no_more_memory(
    settings: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    # batches end by their size alone, however slow the machine is
    monkeypatch.setattr(gathering, "PATIENCE_SECONDS", 600.0)
    monkeypatch.setattr(gathering, "MOST_RECORDS", 5_000)

    def peak(changes: int) -> int:
        forge = ScriptedForge(script(changes))
        tracemalloc.start()
        try:
            read(settings(f"of-{changes}"), forge)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)  # what is imported by the way counts for neither
    # both fill the largest batch that is written at once
    assert peak(6_000) < 1.3 * peak(2_000)
