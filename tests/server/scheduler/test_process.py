"""Processes of the scheduler: what they do, and that none outlives the server."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from tests.histories.builder import History, lines
from tests.server.running import wait_until
from tests.servers.store_server import serving

from landed.config import Settings
from landed.server.scheduler.orders import Order, Result
from landed.server.scheduler.process import Apart
from landed.store import Store

DAWDLING = "tests.server.scheduler.dawdling"


def is_there(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be asked for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def processes(told: Path) -> list[int]:
    wait_until(told.exists)
    return [int(number) for number in told.read_text().split()]


def dawdling(tmp_path: Path) -> tuple[Apart, Path]:
    told = tmp_path / "told"
    order = Order("logs", Settings(workspace=tmp_path), str(told))
    return Apart(order, program=DAWDLING), told


def test_a_repository_is_read_through_the_server_that_owns_the_store(tmp_path: Path) -> None:
    history = History(tmp_path / "shop")
    history.write("cart.py", lines("total = 0", "tax = 0.2"))
    history.commit("Add the cart")
    workspace = tmp_path / "workspace"
    settings = Settings(workspace=workspace)

    with serving(workspace):
        order = Order("repository", settings, str(history.path))
        first, second = Apart(order).run(60), Apart(order).run(60)

    assert first == Result("ok", None, {"commits": 1, "lines": 2})
    assert second == Result("skipped")
    with Store.for_settings(settings) as store:
        assert store.query("select count(*) as n from line")["n"].to_pylist() == [2]


def test_what_people_can_put_right_is_told_in_words(tmp_path: Path) -> None:
    with serving(tmp_path / "workspace"):
        settings = Settings(workspace=tmp_path / "workspace")
        result = Apart(Order("repository", settings, str(tmp_path))).run(60)

    assert (result.outcome, result.crashed) == ("failed", True)
    assert "is not in a git repository" in (result.message or "")


def test_one_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    apart, told = dawdling(tmp_path)

    result = apart.run(3.0)

    assert (result.outcome, result.crashed) == ("failed", True)
    assert "longer than 3 seconds" in (result.message or "")
    found = processes(told) if told.exists() else []
    wait_until(lambda: not any(is_there(process) for process in found))


def test_stopping_ends_it_with_all_it_started(tmp_path: Path) -> None:
    apart, told = dawdling(tmp_path)
    results: list[Result] = []
    waiting = threading.Thread(target=lambda: results.append(apart.run(600)))
    waiting.start()
    found = processes(told)
    apart.end()
    waiting.join()

    assert results[0].outcome == "interrupted"
    wait_until(lambda: not any(is_there(process) for process in found))
    assert apart.run(600).outcome == "interrupted"


def test_a_server_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = [sys.executable, "-m", "tests.server.scheduler.holding", str(told)]
    with subprocess.Popen(command) as server:
        found = processes(told)
        assert all(is_there(process) for process in found)
        server.kill()

    wait_until(lambda: not any(is_there(process) for process in found))


def test_one_that_dies_without_a_word_is_told_so(tmp_path: Path) -> None:
    apart, told = dawdling(tmp_path)
    results: list[Result] = []
    waiting = threading.Thread(target=lambda: results.append(apart.run(600)))
    waiting.start()
    own, _ = processes(told)
    subprocess.run(["kill", "-9", str(own)], check=True)
    waiting.join()

    assert results[0].crashed
    assert "memory is short" in (results[0].message or "")
