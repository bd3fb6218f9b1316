"""Answers of GitHub that are not what they should be are counted, and never end in a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from tests.servers.github_forge import GitHubServer, Trouble, serving
from tests.servers.github_model import GitHub, Issue, Organisation, Release
from tests.servers.github_samples import MORNING, change, deployment, only, reader, shop

from landed.errors import ForgeError, ForgeUnreachable
from landed.records import TABLES
from landed.sources.forges.contract import ForgeRecord, Page

JUNK = (None, 0, -1, 2**70, 1.5, True, "", "x" * 50, "2026-13-45T99:00:00Z", "\ud800", [], {})
"""What is put in the place of a value."""
NOUNS = ("changes", "checks", "deployments", "releases", "issues")
TABLE_OF = {table.record: table for table in TABLES.values()}


def full() -> GitHub:
    """A little of everything."""
    now = datetime.now(UTC).replace(microsecond=0)
    forge = shop(
        change(1, closes=[3], labels=["x"], requested_users=["cara"], requested_teams=["t"]),
        change(2, author="dependabot[bot]", updated_at=now),
        deployments=[deployment(1, "SUCCESS"), deployment(2, "FAILURE")],
        releases=[Release(1, "v1", "One", "ana", MORNING, MORNING)],
        issues=[Issue(3, "Down", MORNING, MORNING, labels=["bug"], closed_by_changes=[1])],
    )
    forge.repositories[0].pull_requests[1].commits[-1].checks = []
    forge.organisations["acme"] = Organisation("acme", {"web": ["ana"]})
    return forge


def storable(page: Page) -> None:
    """Assert that every record fits its table, and the state its column."""
    json.dumps(page.state)
    for record in page.records:
        table = TABLE_OF[type(record)]
        row = {field.name: getattr(record, field.name) for field in fields(record)}
        pa.Table.from_pylist([row], schema=table.schema).validate(full=True)
        for name in table.key:
            assert row[name] is not None, f"{table.name}.{name} of {record}"
        assert not [
            column.name
            for column in table.columns
            if not column.nullable and row[column.name] is None
        ]


def values(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: what holds it, and its name or number there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, held in inner:
        yield value, name
        if isinstance(held, dict | list):
            yield from values(held)


def spoil(server: GitHubServer, chance: random.Random) -> None:
    """Put junk in the place of a value in every coming answer."""
    own = server.answer

    def answer(*asked: Any) -> Any:
        reply, trouble = own(*asked)
        reply.body = json.loads(json.dumps(reply.body))
        places = list(values(reply.body)) if isinstance(reply.body, dict | list) else []
        for holder, name in chance.sample(places, min(len(places), chance.randint(1, 4))):
            holder[name] = chance.choice(JUNK)
        return reply, trouble

    server.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize("noun", [*NOUNS, "teams", "again", "projects", "findings"])
def test_junk_in_any_place_of_an_answer_is_no_traceback(noun: str) -> None:
    chance = random.Random(noun)
    with serving(full()) as server:
        with reader(server) as forge:
            project = only(forge)
        spoil(server, chance)
        refused = 0
        with reader(server, organisations=["acme"]) as forge:
            forge._names[project.project] = project.name
            for _ in range(30):
                try:
                    _read(forge, project, noun)
                except ForgeError:
                    refused += 1

    assert refused < 30


def _read(forge: Any, project: Any, noun: str) -> None:
    if noun == "projects":
        page = Page(records=list(forge.projects()))
        storable(page)
    elif noun == "findings":
        assert isinstance(forge.findings([project]), list)
    else:
        pages: dict[str, Any] = {"teams": forge.teams}
        told = pages[noun]() if noun in pages else None
        if noun == "again":
            told = forge.read_again(project, [1, 2])
        for page in told if told is not None else forge.read(project, noun, None):
            storable(page)


@pytest.mark.parametrize(
    ("noun", "on", "body", "faults"),
    [
        ("releases", "GET", [{"tag_name": "v1", "published_at": "soon"}], {"bad-time": 1}),
        ("releases", "GET", [{"name": "no tag"}, "text"], {"missing-field": 1, "withheld": 1}),
        ("deployments", "GET", [{"id": "one"}, None], {"missing-field": 1, "withheld": 1}),
        (
            "deployments",
            "outcomes",
            {
                "data": {
                    "nodes": [{"id": "D:1296269:2", "statuses": {"nodes": [{"state": "GONE"}]}}]
                }
            },
            {"missing-field": 1, "unknown-state": 1},
        ),
        (
            "issues",
            "issues",
            {
                "data": {
                    "repository": {
                        "issues": {
                            "nodes": [{"number": 3, "labels": {"nodes": [{"name": "bug"}]}}],
                            "pageInfo": {"hasNextPage": False, "endCursor": None},
                        }
                    }
                }
            },
            {"missing-field": 1},
        ),
    ],
)
def test_what_cannot_be_understood_is_counted_by_kind(
    noun: str, on: str, body: Any, faults: dict[str, int]
) -> None:
    with serving(full()) as server, reader(server) as forge:
        project = only(forge)
        server.trouble(Trouble(on=on, body=body))
        counted: dict[str, int] = {}
        rows: list[ForgeRecord] = []
        for page in forge.read(project, noun, None):
            rows += page.records
            for kind, count in page.faults.items():
                counted[kind] = counted.get(kind, 0) + count

    assert counted == faults
    assert rows == []


@pytest.mark.parametrize(
    ("noun", "on", "body"),
    [
        ("releases", "GET", {"message": "no list"}),
        ("deployments", "GET", "text"),
        ("deployments", "outcomes", {"data": {"nodes": 3}}),
        ("changes", "changes", {"data": {"repository": {"pullRequests": {"nodes": []}}}}),
        ("checks", "recentChecks", {"data": {"repository": {"pullRequests": 3}}}),
        ("issues", "issues", {"data": {"repository": {"issues": {"pageInfo": {}}}}}),
    ],
)
def test_an_answer_without_the_list_is_not_taken_for_an_empty_one(
    noun: str, on: str, body: Any
) -> None:
    with serving(full()) as server, reader(server) as forge:
        project = only(forge)
        server.trouble(Trouble(on=on, body=body))
        with pytest.raises(ForgeUnreachable, match="answered with something else"):
            list(forge.read(project, noun, None))
