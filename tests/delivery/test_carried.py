"""Deliveries as they wait in the inbox: what comes out is what went in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.delivery.scripted import project

from landed.delivery.carried import CarriedDelivery, NoDelivery, carried_delivery
from landed.records import FORGES, CheckRun, TeamMember
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.webhooks import Delivery

NOW = datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)
CHECK = CheckRun(
    repository=FORGES,
    project=project(1).project,
    check_id="check-run:5",
    commit="a" * 40,
    name="tests",
    kind="check-run",
    state="pending",
    started_at=NOW,
    finished_at=None,
    updated_at=NOW.astimezone(timezone(timedelta(hours=5, seconds=30))),
)


def carried(*records: ForgeRecord, name: str = "d-1") -> CarriedDelivery:
    page = Page(
        records=[project(1), *records],
        whole={3},
        stale={4, 5},
        teams_of={"acme"},
        faults={"bad-time": 2},
    )
    delivery = Delivery(delivery=name, event="check_run", project=project(1), page=page)
    return CarriedDelivery("github", "github.com", delivery)


def test_a_delivery_comes_out_as_it_went_in() -> None:
    member = TeamMember(FORGES, "github.com", "acme", "core", "ana")
    for told in (carried(), carried(CHECK, member)):
        assert carried_delivery(told.payload()) == told


def test_a_delivery_of_no_project_comes_out_without_one() -> None:
    told = CarriedDelivery("gitlab", "code.acme.example", Delivery("d", "member", None, Page()))
    assert carried_delivery(told.payload()) == told


def test_the_same_delivery_has_one_key() -> None:
    assert carried(name="d-1").key == carried(CHECK, name="d-1").key
    assert carried(name="d-1").key != carried(name="d-2").key


def test_records_that_json_cannot_hold_are_faults() -> None:
    half = json.loads('"\\ud83d"')

    told = carried_delivery(carried(CHECK, replace(CHECK, name=half)).payload())

    assert told.delivery.page.records == [project(1), CHECK]
    assert told.delivery.page.faults == {"bad-time": 2, "unstorable": 1}


def test_names_that_json_cannot_hold_are_spelled_out() -> None:
    half = json.loads('"\\ud83d"')

    assert carried_delivery(carried(name=half).payload()).delivery.delivery == "\\ud83d"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version": 2}',
        carried().payload().replace(b'"version":1', b'"version":2'),
        carried(CHECK).payload().replace(b'["check_run"', b'["no_table"'),
        carried(CHECK).payload().replace(b'"check_id"', b'"something"'),
        carried(CHECK).payload().replace(b"2026-03-02T", b"sometime "),
    ],
)
def test_anything_else_is_no_delivery(payload: bytes) -> None:
    with pytest.raises(NoDelivery):
        carried_delivery(payload)
