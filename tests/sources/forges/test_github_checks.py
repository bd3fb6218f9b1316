"""Checks that end after their change was read are told by asking again for their commits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.servers.github_forge import serving
from tests.servers.github_model import Check, Status
from tests.servers.github_samples import MORNING, change, oid, only, reader, shop
from tests.servers.kept import Kept

from landed.records import CheckRun

NOW = datetime.now(UTC).replace(microsecond=0)


def test_where_all_checks_were_over_nothing_is_told() -> None:
    with serving(shop(change(1), change(2))) as server, reader(server) as forge:
        pages = list(forge.read(only(forge), "checks", None))

    assert [(page.records, page.faults) for page in pages] == [([], {})]
    assert len(server.questions("checksOf")) == 0


def test_a_pending_check_is_asked_for_until_it_is_over() -> None:
    running = change(1, updated_at=NOW - timedelta(minutes=30))
    running.commits[-1].checks = [Check(5, "test", None, NOW, None, status="IN_PROGRESS")]
    with serving(shop(running)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "changes")
        told.read(forge, project, "checks")
        assert [run.state for run in told.of(CheckRun)] == ["pending"]

        running.commits[-1].checks = [Check(5, "test", "FAILURE", NOW, NOW)]
        told.read(forge, project, "changes")
        told.read(forge, project, "checks")
        server.forget()
        told.read(forge, project, "checks")
        asked_later = [len(one.variables["ids"]) for one in server.questions("checksOf")]

    (run,) = told.of(CheckRun)
    assert (run.check_id, run.commit, run.state) == ("check:5", oid(1, 1), "failure")
    assert run.finished_at == NOW
    # the merge commit is young and has no check yet, and that alone may still change
    assert asked_later == [1]


def test_checks_that_hang_for_a_week_are_given_up() -> None:
    hanging = change(1, updated_at=NOW - timedelta(days=8))
    hanging.commits[-1].statuses = [Status("ci", "PENDING", MORNING)]
    recent = change(2, updated_at=NOW - timedelta(days=6), merge_commit=None)
    recent.commits[-1].statuses = [Status("ci", "PENDING", MORNING)]
    with serving(shop(hanging, recent)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "checks")
        waiting = told.states["checks"]
        old = (NOW - timedelta(days=9)).isoformat()
        told.states["checks"] = {"done": None, "pending": {f"C:1296269:{oid(1, 1)}": old}}
        told.read(forge, only(forge), "checks")

    assert waiting and list(waiting["pending"]) == [f"C:1296269:{oid(2, 1)}"]
    assert told.states["checks"] == waiting


def test_a_reading_that_is_interrupted_asks_again_for_what_it_did_not_reach() -> None:
    changes = [change(number, updated_at=NOW, merge_commit=None) for number in range(1, 46)]
    for one in changes:
        one.commits[-1].statuses = [Status("ci", "PENDING", MORNING)]
    with serving(shop(*changes)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "checks", pages=1)
        for one in changes:
            one.commits[-1].statuses = [Status("ci", "SUCCESS", MORNING)]
        told.read(forge, project, "checks")

    states = [run.state for run in told.of(CheckRun) if run.kind == "status"]
    assert states == ["success"] * 45
    assert told.states["checks"] == {"done": NOW.isoformat().replace("+00:00", "Z"), "pending": {}}


def test_more_checks_than_a_page_holds_are_told_to_their_end() -> None:
    one = change(1, updated_at=NOW, merge_commit=None)
    one.commits[-1].checks = [Check(n, f"test {n}", "SUCCESS") for n in range(120)]
    one.commits[-1].statuses = [Status("ci", "PENDING", MORNING)]
    with serving(shop(one)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "checks")

    assert len(told.of(CheckRun)) == 121


def test_a_number_too_large_for_its_field_is_read_from_the_address() -> None:
    with serving(shop(change(1))) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "changes")

    assert [run.check_id for run in told.of(CheckRun)] == ["check:40000000001"]
    assert told.faults == {}
