"""Deliveries of GitLab, in the shape of its documentation, and what polling would give of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.kept import fitting
from tests.servers.signals import no_signals

from landed.records import (
    Account,
    Change,
    CheckRun,
    Deployment,
    ForgeRelease,
    Incident,
    IncidentLink,
    Project,
    Review,
    ReviewComment,
)
from landed.sources.forges.webhooks import Delivery
from landed.sources.forges.webhooks_gitlab import read_gitlab

Json = dict[str, Any]
NOW = datetime(2026, 5, 4, tzinfo=UTC)
COMMIT = "5c1f0a3b9d7e42816f00aa7755cc1d2e3f405162"
PROJECT: Json = {
    "id": 15,
    "name": "Shop",
    "web_url": "https://Code.acme.example/gitlab/acme/shop",
    "git_http_url": "https://code.acme.example/gitlab/acme/shop.git",
    "visibility_level": 0,
    "path_with_namespace": "acme/shop",
    "default_branch": "main",
}
ANA: Json = {"id": 4, "name": "Ana", "username": "Ana", "email": "[REDACTED]"}


def of(kind: str, attributes: Json, **more: Any) -> Json:
    """A delivery by Ana about the shop."""
    told = {"object_kind": kind, "user": ANA, "project": PROJECT, "object_attributes": attributes}
    return told | more


def having(told: Json, **attributes: Any) -> Json:
    """A delivery with other attributes."""
    return told | {"object_attributes": told["object_attributes"] | attributes}


def delivered(told: Json | bytes, **headers: str) -> Delivery:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_gitlab(
        {"X-Gitlab-Event": "Some Hook"} | headers,
        body,
        incident_labels=["incident"],
        bug_labels=["bug"],
        bots=["mender"],
        match_signals=no_signals,
        now=NOW,
    )


def records(delivery: Delivery, kind: type[Any]) -> list[Any]:
    """What a delivery says of one kind; all of it has to fit the tables."""
    fitting(delivery.page.records)
    return [record for record in delivery.page.records if isinstance(record, kind)]


MERGE_REQUEST = of(
    "merge_request",
    {"id": 93, "iid": 16, "author_id": 4, "state": "merged", "action": "merge", "title": "Carts"},
    reviewers=[{"id": 6, "username": "ben"}, None],
    assignees="nobody",
)
NOTE = of(
    "note",
    {
        "id": 1244,
        "note": "What about **rounding**?",
        "noteable_type": "MergeRequest",
        "author_id": 4,
        "created_at": "2026-03-02 15:23:28 UTC",
        "type": None,
        "system": False,
    },
    merge_request={"id": 93, "iid": 16},
)
PIPELINE = of(
    "pipeline",
    {
        "id": 31,
        "iid": 3,
        "name": None,
        "ref": "main",
        "sha": COMMIT,
        "status": "failed",
        "created_at": "2026-03-02 15:00:00 UTC",
        "finished_at": "2026-03-02 15:10:30 UTC",
    },
)
DEPLOYMENT: Json = {
    "object_kind": "deployment",
    "status": "success",
    "status_changed_at": "2026-03-02 16:50:00 +0200",
    "deployment_id": 15,
    "environment": "production",
    "environment_tier": "production",
    "ref": "main",
    "short_sha": COMMIT[:8],
    "commit_url": f"https://code.acme.example/gitlab/acme/shop/-/commit/{COMMIT}",
    "user": ANA,
    "project": PROJECT,
}
RELEASE: Json = {
    "object_kind": "release",
    "action": "create",
    "tag": "v1.1",
    "name": "Spring",
    "created_at": "2026-03-02 12:55:12 UTC",
    "released_at": "2026-03-02 12:55:12 UTC",
    "project": PROJECT,
}
ISSUE = of(
    "issue",
    {
        "id": 301,
        "iid": 23,
        "title": "Checkout is down",
        "description": f"Root cause: {COMMIT}",
        "state": "closed",
        "type": "Issue",
        "severity": "high",
        "created_at": "2026-03-02T17:15:43Z",
        "updated_at": "2026-03-02 18:15:43 UTC",
        "labels": [{"id": 206, "title": "Incident"}],
    },
)
PUSH: Json = {"object_kind": "push", "ref": "refs/heads/main", "project": PROJECT, "commits": []}
ALL = [MERGE_REQUEST, NOTE, PIPELINE, DEPLOYMENT, RELEASE, ISSUE, PUSH]


def test_the_project() -> None:
    delivery = delivered(PUSH)
    assert (delivery.event, delivery.page.faults) == ("push", {})
    assert delivery.page.records == [delivery.project]
    assert delivery.project == Project(
        repository="forges",
        project="gitlab:code.acme.example:15",
        forge="gitlab",
        host="code.acme.example",
        name="acme/shop",
        default_branch="main",
        address="https://code.acme.example/gitlab/acme/shop.git",
        private=True,
        archived=False,
        state="present",
        seen_at=NOW,
        belongs_to=None,
        how="unmatched",
    )


def test_merge_requests_are_asked_for_again() -> None:
    delivery = delivered(MERGE_REQUEST)
    assert (delivery.page.stale, delivery.page.whole) == ({16}, set())
    assert records(delivery, Change) == []
    accounts = {one.login: one for one in records(delivery, Account)}
    assert accounts.keys() == {"ana", "ben"}
    assert accounts["ana"].email is None


def test_notes() -> None:
    delivery = delivered(NOTE)
    assert records(delivery, ReviewComment) == [
        ReviewComment(
            repository="forges",
            project="gitlab:code.acme.example:15",
            comment="1244",
            number=16,
            author="ana",
            author_kind="user",
            place="discussion",
            created_at=datetime(2026, 3, 2, 15, 23, 28, tzinfo=UTC),
        )
    ]
    assert delivery.page.stale == set()
    assert "rounding" not in repr(delivery)


def test_notes_on_the_code_make_reviews_and_these_are_read_whole() -> None:
    on_code = delivered(
        NOTE | {"object_attributes": NOTE["object_attributes"] | {"type": "DiffNote"}}
    )
    assert [one.place for one in records(on_code, ReviewComment)] == ["line"]
    assert on_code.page.stale == {16}
    of_gitlab = delivered(
        NOTE | {"object_attributes": NOTE["object_attributes"] | {"system": True}}
    )
    assert records(of_gitlab, ReviewComment) + records(of_gitlab, Review) == []
    assert of_gitlab.page.stale == {16}
    assert len(delivered(having(NOTE, noteable_type="Issue")).page.records) == 1


def test_pipelines() -> None:
    check = records(delivered(PIPELINE), CheckRun)[0]
    assert (check.check_id, check.commit, check.name, check.state) == (
        *("pipeline:31", COMMIT, "pipeline"),
        "failure",
    )
    assert check.started_at == datetime(2026, 3, 2, 15, tzinfo=UTC)
    assert check.finished_at == check.updated_at == datetime(2026, 3, 2, 15, 10, 30, tzinfo=UTC)
    running = having(PIPELINE, status="running", finished_at=None)
    check = records(delivered(running), CheckRun)[0]
    assert (check.state, check.finished_at) == ("pending", None)


def test_pipelines_on_what_a_merge_would_give() -> None:
    delivery = delivered(having(PIPELINE, ref="refs/merge-requests/16/merge"))
    assert records(delivery, CheckRun) == []
    assert delivery.page.stale == {16}


def test_deployments() -> None:
    done = records(delivered(DEPLOYMENT), Deployment)[0]
    assert (done.deployment, done.commit, done.production, done.state, done.creator) == (
        *("gitlab:15", COMMIT, True),
        *("success", "ana"),
    )
    assert done.finished_at == done.updated_at == datetime(2026, 3, 2, 14, 50, tzinfo=UTC)
    other = {"status": "running", "environment_tier": "other"}
    begun = records(delivered(DEPLOYMENT | other), Deployment)[0]
    assert (begun.state, begun.finished_at, begun.production) == ("pending", None, None)
    without = delivered(DEPLOYMENT | {"commit_url": "https://code.acme.example/"})
    assert without.page.faults == {"bad-commit": 1}


def test_releases() -> None:
    release = records(delivered(RELEASE), ForgeRelease)[0]
    assert (release.tag, release.name) == ("v1.1", "Spring")
    assert release.published_at == datetime(2026, 3, 2, 12, 55, 12, tzinfo=UTC)
    assert records(delivered(RELEASE | {"action": "delete"}), ForgeRelease) == []


def test_issues() -> None:
    delivery = delivered(ISSUE)
    incident = records(delivery, Incident)[0]
    assert (incident.incident, incident.number, incident.kind, incident.severity) == (
        *("gitlab:23", 23),
        *("incident", "high"),
    )
    assert (
        incident.resolved_at == incident.updated_at == datetime(2026, 3, 2, 18, 15, 43, tzinfo=UTC)
    )
    assert [(one.kind, one.target) for one in records(delivery, IncidentLink)] == [
        ("caused-by-commit", COMMIT)
    ]


def test_an_issue_that_is_no_incident_any_more() -> None:
    plain = having(ISSUE, labels=[])
    delivery = delivered(plain)
    assert records(delivery, Incident) == []
    was = {"labels": {"previous": [{"title": "bug"}], "current": []}}
    delivery = delivered(plain | {"changes": was})
    assert [one.kind for one in records(delivery, Incident)] == ["none"]
    assert records(delivery, IncidentLink) == []
    by_type = having(plain, type="Incident") | {"object_kind": "work_item"}
    assert [one.kind for one in records(delivered(by_type), Incident)] == ["incident"]


def test_ids_of_deliveries() -> None:
    assert delivered(PUSH, **{"webhook-id": "m1", "Idempotency-Key": "k"}).delivery == "m1"
    assert delivered(PUSH, **{"idempotency-key": "k", "X-Gitlab-Event-UUID": "u"}).delivery == "k"
    assert delivered(PUSH, **{"X-Gitlab-Event-UUID": "u"}).delivery == "u"
    assert delivered(PUSH).delivery.startswith("sha256:")


def test_what_is_not_known_is_counted() -> None:
    assert delivered(of("emoji", {})).page.faults == {"unknown-event": 1}
    assert delivered({"event_name": "subgroup_create"}).project is None
    assert delivered(b"[]").page.faults == {"bad-json": 1}
    assert delivered(b"[]").event == "Some Hook"
    assert delivered(PUSH | {"project": {"id": 3}}).page.faults == {"missing-field": 1}
    nowhere = {"id": 3, "web_url": "https://[no host"}
    assert delivered(PUSH | {"project": nowhere}).page.faults == {"missing-field": 1}
    assert delivered(having(PIPELINE, created_at="yesterday")).page.faults == {"bad-time": 1}


ODD = ["null", "0", "-1", "9" * 30, '""', '"\\ud800\\u001b"', "[]", "{}", "[null]", "true", "2.5"]


@pytest.mark.parametrize("told", ALL, ids=lambda told: str(told["object_kind"]))
@given(data=st.data())
def test_no_payload_is_too_strange(told: Json, data: st.DataObject) -> None:
    copy: Json = json.loads(json.dumps(told))
    for _ in range(data.draw(st.integers(1, 3))):
        at = copy
        while True:
            key = data.draw(st.sampled_from(sorted(at) or ["x"]))
            inner = at.get(key)
            if not isinstance(inner, dict) or data.draw(st.booleans()):
                at[key] = json.loads(data.draw(st.sampled_from(ODD)))
                break
            at = inner
    delivery = delivered(copy)
    assert fitting(delivery.page.records) == len(delivery.page.records)
