"""What `landed serve` does by itself: real repositories, a real server, real processes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import orjson
from tests.histories.builder import History, lines
from tests.server.running import wait_until
from tests.server.test_run import started

from landed.cli import run
from landed.config import Settings
from landed.server.scheduler.records import RunRecord, read_runs, write_runs
from landed.store import Store


def repository(path: Path) -> History:
    history = History(path)
    history.write("cart.py", lines(f"shop = {path.name!r}", "tax = 0.2"))
    history.commit("Add the cart")
    return history


def runs(address: str, job: str) -> list[dict[str, Any]]:
    """The runs of a job that have ended."""
    told = httpx.get(f"{address}/api/v1/runs", params={"job": job}, timeout=30).json()
    return [one for one in told["rows"] if one["finished_at"] is not None]


def test_a_broken_repository_beside_a_good_one(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    good, broken = repository(tmp_path / "good"), repository(tmp_path / "broken")
    for history in (good, broken):
        assert run(["sync", str(history.path), "--workspace", str(workspace)]) == 0
    with Store.for_settings(Settings(workspace=workspace)) as store:
        write_runs(store, [RunRecord.begun("retention")])
    shutil.rmtree(broken.path / ".git" / "objects")
    good.write("menu.py", lines("dishes = []", "prices = {}", "tips = 0"))
    good.commit("Add the menu")

    with started(workspace) as server:
        # nothing was added up yet: that is begun at once
        wait_until(lambda: bool(runs(server.address, "rollup")))
        added_up = runs(server.address, "rollup")
        assert [one["outcome"] for one in added_up] == ["ok"]
        assert added_up[0]["counts"]["rows"] > 0

        begun = httpx.post(f"{server.address}/api/v1/runs", json={"job": "sync"}, timeout=30)
        assert begun.status_code == 202
        wait_until(lambda: any(one["subject"] is None for one in runs(server.address, "sync")))

    with Store.for_settings(Settings(workspace=workspace)) as store:
        found = {(one.job, one.subject): one for one in read_runs(store)}
        lines_read = store.query("select count(*) as n from line")["n"].to_pylist()
    assert (found["sync", "good"].outcome, found["sync", "broken"].outcome) == ("ok", "failed")
    assert found["sync", "good"].counts == {"commits": 1, "lines": 3}
    whole = found["sync", None]
    assert (whole.outcome, whole.started_by) == ("failed", "local")
    assert whole.counts == {"repositories": 2, "changed": 1, "failed": 1}
    assert (whole.message or "").startswith("broken: ")
    assert lines_read == [7]
    # what the server before this one had begun
    assert found["retention", None].outcome == "interrupted"


def test_runs_are_listed_by_a_command_and_told_by_the_doctor(tmp_path: Path, capsys: Any) -> None:
    workspace = tmp_path / "workspace"
    with Store.for_settings(Settings(workspace=workspace)) as store:
        failed = RunRecord.begun("sync")
        write_runs(store, [failed, RunRecord.begun("sync", "ana", "acme/shop")])

    assert run(["runs", "--workspace", str(workspace), "--job", "sync"]) == 0
    assert "sync acme/shop" in capsys.readouterr().out
    with started(workspace) as server:
        wait_until(lambda: "running" not in _outcomes(server.address))
        run(["doctor", "--offline", "--json", "--workspace", str(workspace)])
        told = orjson.loads(capsys.readouterr().out)["server"]
    assert told["address"] == server.address
    last = {one["job"]: one["outcome"] for one in told["last_runs"]}
    assert last["sync"] == "interrupted"


def _outcomes(address: str) -> list[str]:
    told = httpx.get(f"{address}/api/v1/runs", params={"job": "sync"}, timeout=30).json()
    return [one["outcome"] for one in told["rows"]]
