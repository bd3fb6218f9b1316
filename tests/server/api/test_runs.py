"""Runs of the scheduler by the API: who may read them, and who may begin one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.server.api.conftest import program
from tests.server.api.test_pages import from_csv
from tests.server.running import Running, wait_until

from landed.server.scheduler.jobs import Job
from landed.server.scheduler.orders import Result
from landed.server.scheduler.records import RunRecord, read_runs, write_runs
from landed.server.scheduler.scheduler import Scheduler


@pytest.fixture
def seven(company: Running) -> Running:
    """A server that has done seven runs."""
    now = datetime.now(UTC)
    with company.server.store.writing() as store:
        write_runs(
            store,
            [
                RunRecord(f"run{number}", "sync" if number % 2 else "logs", None,
                          now - timedelta(minutes=number), now, "schedule", "ok", None)
                for number in range(7)
            ],
        )  # fmt: skip
    return company


def test_runs_are_read_in_parts_the_newest_first(seven: Running) -> None:
    reader = program(seven, "ben", "read")
    first = reader.get("/api/v1/runs?limit=4").json()
    rest = reader.get(f"/api/v1/runs?limit=4&cursor={first['next']}").json()

    assert [run["run"] for run in (*first["rows"], *rest["rows"])] == [
        f"run{number}" for number in range(7)
    ]
    assert rest["next"] is None
    assert len(reader.get("/api/v1/runs?job=sync").json()["rows"]) == 3
    assert len(from_csv(reader.get("/api/v1/runs?format=csv"))) == 7
    assert reader.get("/api/v1/runs?cursor=none").status_code == 400


def test_only_admins_begin_a_job(company: Running) -> None:
    job = Job("sync", "reads", lambda _: Result("ok"), every=3600.0, first=3600.0)
    scheduler = company.server.scheduler = Scheduler(company.server, [job])
    scheduler.start()
    try:
        for owner, scope, status in (
            ("ben", "read", 403),
            ("ben", "admin", 403),
            ("ana", "read", 403),
            ("ana", "admin", 202),
        ):
            answer = program(company, owner, scope).post("/api/v1/runs", json={"job": "sync"})
            assert answer.status_code == status, (owner, scope, answer.text)
        assert company.program().post("/api/v1/runs", json={"job": "sync"}).status_code == 401

        def done() -> bool:
            with company.server.store.reading() as store:
                return [run.outcome for run in read_runs(store)] == ["ok"]

        wait_until(done)
        admin = program(company, "ana", "admin")
        unknown = admin.post("/api/v1/runs", json={"job": "tidy"})
        assert (unknown.status_code, unknown.json()["detail"]) == (
            400,
            "there is no job tidy: sync",
        )
        assert admin.post("/api/v1/runs", json={"task": "sync"}).status_code == 422
    finally:
        scheduler.stop()
    begun = [act for act in company.accounts.audit.acts() if act.what == "job begun"]
    assert [(act.who, act.about) for act in begun] == [("ana", "sync")]


def test_a_server_without_a_scheduler_says_so(company: Running) -> None:
    answer = program(company, "ana", "admin").post("/api/v1/runs", json={"job": "sync"})

    assert answer.status_code == 503
