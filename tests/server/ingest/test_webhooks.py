"""Webhooks on a real server: verified, taken once, and nothing of their text is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.exports import JSON
from tests.server.ingest.serving import Serving, serving

from landed.delivery.carried import carried_delivery
from landed.delivery.deliveries import take_waiting

SECRET = "agreed-on"
PROJECT = {
    "id": 1,
    "full_name": "acme/shop",
    "html_url": "https://github.com/acme/shop",
    "clone_url": "https://github.com/acme/shop.git",
    "default_branch": "main",
    "private": False,
    "archived": False,
}
COMMENT: dict[str, Any] = {
    "action": "created",
    "repository": PROJECT,
    "issue": {"number": 7, "pull_request": {}},
    "comment": {
        "id": 9,
        "user": {"login": "ana", "type": "User"},
        "created_at": "2026-05-01T10:00:00Z",
        "body": "words that nobody else may read",
    },
}


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    secret = "environment:HOOK_SECRET"
    drains = {"webhook": take_waiting}
    with serving(tmp_path, drains, github_secret=secret, gitlab_token=secret) as running:
        yield running


def github(
    served: Serving,
    told: object,
    *,
    delivery: str = "d-1",
    event: str = "issue_comment",
    secret: str = SECRET,
) -> httpx.Response:
    """Deliver as GitHub does."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        **JSON,
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return served.post("/webhooks/github", body, headers)


def drained(served: Serving, table: str) -> list[dict[str, Any]]:
    """Rows of a table, once all that waits has been read in."""
    served.ingest.drainer.empty()
    with served.server.store.reading() as store:
        rows: list[dict[str, Any]] = store.read(table, "forges").to_pylist()
    return rows


def test_a_delivery_of_github_becomes_records(served: Serving) -> None:
    answer = github(served, COMMENT)

    assert answer.status_code == 202
    assert answer.json() == {"delivery": "d-1", "event": "issue_comment"}
    told = carried_delivery(served.inbox.waiting(10)[0].payload)
    assert (told.forge, told.host) == ("github", "github.com")
    assert [row["author"] for row in drained(served, "review_comment")] == ["ana"]
    assert [row["delivery"] for row in drained(served, "webhook_delivery")] == ["d-1"]


def test_no_text_reaches_the_inbox(served: Serving) -> None:
    github(served, COMMENT)

    files = [path.read_bytes() for path in served.inbox.path.parent.glob("inbox.db*")]
    assert any(b"acme/shop" in content for content in files)
    assert not any(b"words that nobody" in content for content in files)


def test_a_replayed_delivery_is_taken_once(served: Serving) -> None:
    assert github(served, COMMENT).status_code == 202
    assert github(served, COMMENT).status_code == 202
    assert served.inbox.count() == 1
    assert len(drained(served, "webhook_delivery")) == 1

    assert github(served, COMMENT).status_code == 202
    assert served.inbox.count() == 0
    assert len(drained(served, "review_comment")) == 1


def test_a_wrong_signature_is_refused(served: Serving) -> None:
    answer = github(served, COMMENT, secret="guessed")

    assert answer.status_code == 401
    assert "same secret" in answer.json()["detail"]
    assert served.inbox.count() == 0
    assert served.post("/webhooks/github", b"{}", JSON).status_code == 401


def test_what_is_signed_and_no_json_is_counted(served: Serving) -> None:
    assert github(served, b"no json").status_code == 202

    assert drained(served, "webhook_delivery")[0]["project"] is None
    with served.server.store.reading() as store:
        found = store.query("select kind from problem where source = 'github' order by kind")
    assert "bad-json" in found["kind"].to_pylist()


def test_a_delivery_of_no_project_is_of_the_forge_that_sends_it(served: Serving) -> None:
    github(served, {"zen": "Speak like a human."}, event="ping")

    assert carried_delivery(served.inbox.waiting(1)[0].payload).host == "github.com"


def test_a_form_is_refused_and_says_what_to_set(served: Serving) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = served.post("/webhooks/github", b"payload=%7B%7D", headers)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def test_a_delivery_of_gitlab_becomes_records(served: Serving) -> None:
    told = {
        "object_kind": "pipeline",
        "user": {"username": "ana", "name": "Ana"},
        "project": {
            "id": 15,
            "web_url": "https://code.acme.example/acme/shop",
            "git_http_url": "https://code.acme.example/acme/shop.git",
            "path_with_namespace": "acme/shop",
            "default_branch": "main",
            "visibility_level": 0,
        },
        "object_attributes": {
            "id": 31,
            "sha": "b" * 40,
            "ref": "main",
            "status": "success",
            "created_at": "2026-05-01 10:00:00 UTC",
            "finished_at": "2026-05-01 10:05:00 UTC",
        },
    }
    headers = {**JSON, "X-Gitlab-Event": "Pipeline Hook", "X-Gitlab-Event-UUID": "u-1"}
    body = json.dumps(told).encode()

    refused = served.post("/webhooks/gitlab", body, {**headers, "X-Gitlab-Token": "guessed"})
    taken = served.post("/webhooks/gitlab", body, {**headers, "X-Gitlab-Token": SECRET})

    assert (refused.status_code, taken.status_code) == (401, 202)
    assert [(row["state"], row["commit"]) for row in drained(served, "check_run")] == [
        ("success", "b" * 40)
    ]


@pytest.mark.parametrize(
    ("told", "host"),
    [
        ("https://code.acme.example", "code.acme.example"),
        ("https://[no host", "gitlab.com"),
        ("", "gitlab.com"),
    ],
)
def test_gitlab_that_says_where_it_stands_is_believed(
    served: Serving, told: str, host: str
) -> None:
    headers = {
        **JSON,
        "X-Gitlab-Event": "Member Hook",
        "X-Gitlab-Instance": told,
        "X-Gitlab-Token": SECRET,
    }
    served.post("/webhooks/gitlab", b'{"event_name": "user_add_to_group"}', headers)

    assert carried_delivery(served.inbox.waiting(1)[0].payload).host == host


def test_without_a_secret_nothing_is_taken(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        answer = github(served, COMMENT)
        assert answer.status_code == 404
        assert "server.github_secret" in answer.json()["detail"]
    with serving(tmp_path, github_secret="environment:IT_IS_NOT_THERE") as served:
        answer = github(served, COMMENT)
        assert answer.status_code == 503
        assert "IT_IS_NOT_THERE" in answer.json()["detail"]
        assert served.inbox.count() == 0


def test_readers_of_forges_are_not_loaded_for_webhooks() -> None:
    """They bring much that a server needs only while it syncs."""
    asked = "import sys, landed.server.ingest.webhooks as _; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "landed.sources.forges.webhooks_gitlab" in loaded
    assert not {"gitlab", "githubkit", "requests"} & set(loaded)
