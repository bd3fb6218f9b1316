"""Deliveries of webhooks: signed bodies as forges send them, taken once, in any order."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.scripted import project, whole
from tests.servers.signals import no_signals

from landed.delivery.deliveries import take_delivery
from landed.delivery.states import read_state, source_of
from landed.delivery.writing import Told, write_pages
from landed.records import FORGES
from landed.sources.forges.webhooks import Delivery, verify_github
from landed.sources.forges.webhooks_github import read_github
from landed.store import Store

SECRET = b"agreed"
KEY = project(1).project
NOW = datetime(2026, 3, 2, tzinfo=UTC)
COMMIT = "a" * 40
REPOSITORY = {
    "id": 1,
    "full_name": "acme/shop",
    "html_url": "https://github.com/acme/shop",
    "clone_url": "https://github.com/acme/shop.git",
    "default_branch": "main",
    "private": False,
    "archived": False,
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


def delivered(name: str, event: str, told: dict[str, Any]) -> Delivery:
    """A delivery, signed and verified."""
    body = json.dumps({"repository": REPOSITORY, **told}).encode()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": name,
        "X-Hub-Signature-256": f"sha256={hmac.new(SECRET, body, hashlib.sha256).hexdigest()}",
    }
    verify_github(SECRET, headers, body)
    return read_github(
        headers,
        body,
        incident_labels=["incident"],
        bug_labels=["bug"],
        bots=(),
        match_signals=no_signals,
        now=NOW,
    )


def check_run(name: str, minute: int, conclusion: str | None) -> Delivery:
    told = {
        "id": 5,
        "name": "tests",
        "head_sha": COMMIT,
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "started_at": "2026-03-01T10:00:00Z",
        "completed_at": f"2026-03-01T10:{minute:02}:00Z" if conclusion else None,
    }
    return delivered(name, "check_run", {"action": "completed", "check_run": told})


def review(name: str) -> Delivery:
    told = {
        "id": 9,
        "user": {"login": "Ben", "type": "User"},
        "state": "approved",
        "submitted_at": "2026-03-01T11:00:00Z",
        "commit_id": COMMIT,
    }
    return delivered(name, "pull_request_review", {"review": told, "pull_request": {"number": 7}})


def deployed(name: str, minute: int, state: str) -> Delivery:
    deployment = {
        "id": 3,
        "environment": "production",
        "sha": COMMIT,
        "ref": "main",
        "created_at": "2026-03-01T12:00:00Z",
        "creator": {"login": "ann", "type": "User"},
    }
    status = {"state": state, "created_at": f"2026-03-01T12:{minute:02}:00Z"}
    return delivered(
        name, "deployment_status", {"deployment": deployment, "deployment_status": status}
    )


def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    tables = ("change", "review", "check_run", "deployment", "account", "webhook_delivery")
    return {table: store.read(table, FORGES).to_pylist() for table in tables}


def test_the_same_delivery_is_taken_once(store: Store) -> None:
    assert take_delivery(store, "github", "GitHub.com", review("d1"), NOW)
    before = rows(store)

    assert not take_delivery(store, "github", "github.com", review("d1"), NOW)

    assert rows(store) == before
    assert [row["reviewer"] for row in before["review"]] == ["ben"]
    taken = before["webhook_delivery"]
    assert [(row["host"], row["delivery"], row["event"], row["project"]) for row in taken] == [
        ("github.com", "d1", "pull_request_review", KEY)
    ]


def test_the_same_name_at_another_host_is_another_delivery(store: Store) -> None:
    assert take_delivery(store, "github", "github.com", review("d1"), NOW)
    assert take_delivery(store, "github", "git.acme.example", review("d1"), NOW)


def test_deliveries_in_any_order_give_the_same_rows(tmp_path: Path) -> None:
    found = []
    for place, order in enumerate(itertools.permutations(range(5))):
        if place % 12:
            continue
        every = [
            check_run("c1", 0, None),
            check_run("c2", 7, "success"),
            deployed("d1", 1, "in_progress"),
            deployed("d2", 4, "success"),
            review("r1"),
        ]
        with Store.open(tmp_path / str(place)) as store:
            for number in (*order, order[0]):
                take_delivery(store, "github", "github.com", every[number], NOW)
            found.append(rows(store))

    assert all(one == found[0] for one in found)
    assert [row["state"] for row in found[0]["check_run"]] == ["success"]
    assert [row["state"] for row in found[0]["deployment"]] == ["success"]


def test_a_review_makes_its_change_stale_until_it_is_read(store: Store) -> None:
    take_delivery(store, "github", "github.com", review("d1"), NOW)
    assert read_state(store, source_of(KEY, "stale")) == {"7": None}

    write_pages(store, [Told(whole(KEY, 7), "github", "github.com", KEY)], NOW)

    assert read_state(store, source_of(KEY, "stale")) == {}


def test_what_cannot_be_understood_is_counted_and_not_sent_again(store: Store) -> None:
    torn = delivered("d1", "check_run", {"check_run": {"id": "five"}})

    assert take_delivery(store, "github", "github.com", torn, NOW)

    problems = store.read("problem", FORGES).to_pylist()
    assert [(row["source"], row["count"]) for row in problems] == [("github", 1)]
    assert not take_delivery(store, "github", "github.com", torn, NOW)


def test_a_deleted_project_is_gone(store: Store) -> None:
    take_delivery(store, "github", "github.com", review("d1"), NOW)
    gone = delivered("d2", "repository", {"action": "deleted"})

    take_delivery(store, "github", "github.com", gone, NOW)

    states = store.read("project", FORGES)["state"].to_pylist()
    assert states == ["gone"]
