"""GitHub's own examples of deliveries, signed and read, and what polling would give of them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.kept import fitting
from tests.servers.packages import package

from landed.records import (
    Account,
    Change,
    ChangeLabel,
    ChangeReference,
    ChangeSignal,
    CheckRun,
    Deployment,
    ForgeRelease,
    Incident,
    IncidentLink,
    Project,
    Review,
    ReviewComment,
    ReviewRequest,
)
from landed.sources.forges.signals import Place, SignalMatch
from landed.sources.forges.webhooks import Delivery, verify_github
from landed.sources.forges.webhooks_github import read_github

Json = dict[str, Any]
SECRET = b"between us"
NOW = datetime(2026, 5, 4, tzinfo=UTC)


def signals(place: Place, text: str) -> Sequence[SignalMatch]:
    if place == "branch" and text.startswith("changes"):
        return [SignalMatch("branch-of-robo", "ai", "robo", None, "declared", None)]
    return []


def delivered(event: str, told: Json | bytes, **labels: Sequence[str]) -> Delivery:
    """Sign, verify and read a delivery as if it came over HTTP."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "X-Hub-Signature-256": f"sha256={hmac.new(SECRET, body, hashlib.sha256).hexdigest()}",
    }
    verify_github(SECRET, headers, body)
    return read_github(
        headers,
        body,
        incident_labels=labels.get("incidents", ["incident"]),
        bug_labels=labels.get("bugs", ["bug"]),
        bots=["mender"],
        match_signals=signals,
        now=NOW,
    )


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, Json]]:
    """Every example of github.com and of Enterprise Server, with its event."""
    found = sorted(package("@octokit/webhooks-examples").glob("*/index.json"))
    return [
        (event["name"], example)
        for file in found
        for event in json.loads(file.read_bytes())
        for example in event["examples"]
    ]


@pytest.fixture
def example(examples: list[tuple[str, Json]]) -> Any:
    """The first example of an event, with an action if one is named; a copy of its own."""

    def first(event: str, action: str | None = None) -> Json:
        told = next(
            told
            for name, told in examples
            if name == event and action in (None, told.get("action"))
        )
        copy: Json = json.loads(json.dumps(told))
        return copy

    return first


def test_every_example_is_read(examples: list[tuple[str, Json]]) -> None:
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    faults: Counter[str] = Counter()
    for event, example in examples:
        delivery = delivered(event, example, bugs=["*"])
        fitting(delivery.page.records)
        told[event].update(type(record).__name__ for record in delivery.page.records)
        faults.update(delivery.page.faults)
        assert delivery.event == event
        assert delivery.page.state is None
        repository = example.get("repository")
        assert (delivery.project is not None) == (repository is not None and "id" in repository)
    assert len(examples) > 700
    for event, record in (
        ("pull_request", "Change"),
        ("pull_request", "ReviewRequest"),
        ("pull_request_review", "Review"),
        ("pull_request_review_comment", "ReviewComment"),
        ("check_run", "CheckRun"),
        ("status", "CheckRun"),
        ("deployment", "Deployment"),
        ("deployment_status", "Deployment"),
        ("release", "ForgeRelease"),
        ("issues", "Incident"),
        ("push", "Project"),
        ("ping", "Project"),
        ("repository", "Project"),
    ):
        assert told[event][record] > 0, f"{event} gave no {record}"
    assert told["pull_request"]["Change"] == sum(name == "pull_request" for name, _ in examples)
    assert set(faults) == {"unknown-event"}


def test_a_pull_request(example: Any) -> None:
    told = example("pull_request", "opened")
    request = told["pull_request"]
    request["body"] = "Fixes #12. Written with care."
    request["labels"] = [{"name": "feature"}, {"name": "feature"}, {"name": None}, "odd"]
    request["requested_teams"] = [{"slug": "platform"}]
    request["requested_reviewers"] = [{"login": "Ben"}]
    delivery = delivered("pull_request", told)
    changes = records(delivery, Change)
    assert changes == [
        Change(
            repository="forges",
            project="github:github.com:186853002",
            number=2,
            title="Update the README with new information.",
            state="open",
            draft=False,
            author="codertocat",
            author_kind="user",
            head_ref="changes",
            head_commit="ec26c3e57ca3a959ca5aad62de7213c562f8c821",
            fork=False,
            base_ref="master",
            merge_commit=None,
            opened_at=datetime(2019, 5, 15, 15, 20, 33, tzinfo=UTC),
            merged_at=None,
            closed_at=None,
            updated_at=datetime(2019, 5, 15, 15, 20, 33, tzinfo=UTC),
            merged_by=None,
            additions=1,
            deletions=1,
            files=1,
            commits=1,
        )
    ]
    assert [one.label for one in records(delivery, ChangeLabel)] == ["feature"]
    assert [(one.kind, one.target) for one in records(delivery, ChangeReference)] == [
        ("closes", "12")
    ]
    assert [(one.rule, one.place) for one in records(delivery, ChangeSignal)] == [
        ("branch-of-robo", "branch")
    ]
    assert [(one.reviewer, one.team) for one in records(delivery, ReviewRequest)] == [
        ("platform", True),
        ("ben", False),
    ]
    assert [one.login for one in records(delivery, Account)] == ["codertocat"]
    # Its commits are not told: it is asked for again.
    assert (delivery.page.stale, delivery.page.whole) == ({2}, set())
    assert "with care" not in repr(delivery)


def test_a_merged_pull_request(example: Any) -> None:
    told = example("pull_request", "closed")
    request = told["pull_request"]
    assert records(delivered("pull_request", told), Change)[0].state == "closed"
    request |= {"merged": True, "merged_at": "2019-05-15T15:21:00Z", "merge_commit_sha": "a" * 40}
    request["merged_by"] = {"login": "renovate[bot]", "type": "Bot"}
    request["head"]["repo"] = None
    change = records(delivered("pull_request", told), Change)[0]
    assert (change.state, change.merge_commit, change.merged_by) == (
        *("merged", "a" * 40),
        "renovate[bot]",
    )
    assert change.fork


def test_a_review_and_comments(example: Any) -> None:
    review = delivered("pull_request_review", example("pull_request_review", "submitted"))
    assert [(one.review, one.number, one.state) for one in records(review, Review)] == [
        ("237895671", 2, "commented")
    ]
    assert review.page.stale == {2}
    comment = delivered(
        "pull_request_review_comment", example("pull_request_review_comment", "created")
    )
    assert [(one.comment, one.place) for one in records(comment, ReviewComment)] == [
        ("284312630", "line")
    ]
    told = example("issue_comment", "created")
    assert records(delivered("issue_comment", told), ReviewComment) == []
    told["issue"]["pull_request"] = {"url": "https://api.github.com/"}
    talk = records(delivered("issue_comment", told), ReviewComment)
    assert [(one.comment, one.number, one.place) for one in talk] == [
        ("492700400", 1, "discussion")
    ]
    told["action"] = "deleted"
    assert records(delivered("issue_comment", told), ReviewComment) == []


def test_checks(example: Any) -> None:
    told = example("check_run", "completed")
    told["check_run"]["conclusion"] = "success"
    run = records(delivered("check_run", told), CheckRun)[0]
    assert (run.check_id, run.kind, run.state) == ("check:128620228", "check", "success")
    told = example("check_run", "created")
    told["check_run"] |= {"status": "queued", "conclusion": None, "completed_at": None}
    run = records(delivered("check_run", told), CheckRun)[0]
    assert (run.state, run.finished_at) == ("pending", None)
    status = records(delivered("status", example("status")), CheckRun)[0]
    assert status.check_id == "status:default@6113728f27ae82c7b1a177c8d03f9e96e0adf246"
    assert (status.kind, status.state, status.finished_at == status.updated_at) == (
        *("status", "success"),
        True,
    )


def test_deployments(example: Any) -> None:
    told = example("deployment_status")
    first = records(delivered("deployment", example("deployment")), Deployment)[0]
    assert (first.deployment, first.state, first.finished_at) == (
        "github:145988746",
        "pending",
        None,
    )
    done = records(delivered("deployment_status", told), Deployment)[0]
    assert (done.state, done.environment, done.production) == ("success", "production", None)
    assert done.finished_at == done.updated_at == datetime(2019, 5, 15, 15, 20, 55, tzinfo=UTC)
    # Another deployment followed: that says nothing new of how this one ended.
    told["deployment_status"]["state"] = "inactive"
    assert records(delivered("deployment_status", told), Deployment) == []
    told["deployment_status"]["state"] = "imagined"
    assert delivered("deployment_status", told).page.faults == {"unknown-state": 1}


def test_releases(example: Any) -> None:
    told = example("release", "published")
    release = records(delivered("release", told), ForgeRelease)[0]
    assert (release.tag, release.name, release.author) == ("0.0.1", "0.0.1", "codertocat")
    told["action"] = "deleted"
    assert records(delivered("release", told), ForgeRelease) == []


def test_issues(example: Any) -> None:
    told = example("issues", "opened")
    told["issue"]["labels"] = [{"name": "Bug"}]
    told["issue"]["body"] = "Root cause: #7"
    delivery = delivered("issues", told)
    assert [(one.incident, one.kind) for one in records(delivery, Incident)] == [
        ("github:1", "bug")
    ]
    assert [(one.kind, one.target) for one in records(delivery, IncidentLink)] == [
        ("caused-by-change", "7")
    ]
    told["action"] = "deleted"
    assert [one.kind for one in records(delivered("issues", told), Incident)] == ["none"]
    told |= {"action": "unlabeled", "label": {"name": "bug"}}
    told["issue"]["labels"] = []
    delivery = delivered("issues", told)
    assert [one.kind for one in records(delivery, Incident)] == ["none"]
    assert records(delivery, IncidentLink) == []
    told["label"] = {"name": "question"}
    assert records(delivered("issues", told), Incident) == []
    told["issue"] |= {"pull_request": {}, "labels": [{"name": "bug"}]}
    assert records(delivered("issues", told), Incident) == []


def test_what_becomes_of_a_project(example: Any) -> None:
    told = example("repository", "renamed")
    project = delivered("repository", told).project
    assert project is not None
    assert (project.project, project.state, project.seen_at) == (
        *("github:github.com:186853261", "present"),
        NOW,
    )
    told["action"] = "deleted"
    gone = delivered("repository", told).project
    assert gone is not None
    assert gone.state == "gone"
    pushed = delivered("push", example("push")).project
    assert pushed is not None
    # A push repeats what was known; a late one does not undo a rename.
    assert pushed.seen_at < NOW


def test_what_is_not_known_is_counted(example: Any) -> None:
    told = example("push")
    assert delivered("invented", told).page.faults == {"unknown-event": 1}
    assert delivered("push", b"{").page.faults == {"bad-json": 1}
    assert delivered("push", {"repository": {"id": 1}}).page.faults == {"missing-field": 1}
    nowhere = {"id": 1, "html_url": "https://[no host"}
    assert delivered("push", {"repository": nowhere}).page.faults == {"missing-field": 1}


def damaged(value: Any, chance: st.DataObject, depth: int = 0) -> Any:
    """The same payload with something odd in one of its places."""
    odd = st.sampled_from([None, 0, -1, 10**30, "", "\ud800\x1b", [], {}, [None], {"id": {}}, True])
    if depth > 4 or not isinstance(value, dict) or not value or chance.draw(st.booleans()):
        return chance.draw(odd)
    key = chance.draw(st.sampled_from(sorted(value)))
    return {**value, key: damaged(value[key], chance, depth + 1)}


@given(st.data())
def test_no_payload_is_too_strange(examples: list[tuple[str, Json]], data: st.DataObject) -> None:
    known = [one for one in examples if one[0] in ("pull_request", "issues", "check_run", "status")]
    event, told = data.draw(st.sampled_from(known[:40]))
    delivery = delivered(event, damaged(told, data) or {})
    assert fitting(delivery.page.records) >= 0
    assert delivery.page.records or delivery.project is None


def records(delivery: Delivery, kind: type[Any]) -> list[Any]:
    """What a delivery says of one kind."""
    return [record for record in delivery.page.records if isinstance(record, kind)]


def test_the_project_is_among_the_records(example: Any) -> None:
    delivery = delivered("ping", example("ping"))
    if delivery.project is not None:
        assert records(delivery, Project) == [delivery.project]
    delivery = delivered("push", example("push"))
    assert records(delivery, Project) == [delivery.project]
