"""Every request that is sent to GitHub is one that its published descriptions allow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from graphql import parse, validate
from tests.servers.github_forge import Asked, GitHubServer, serving
from tests.servers.github_model import Organisation
from tests.servers.github_samples import change, deployment, only, reader, shop
from tests.servers.github_schema import schema
from tests.servers.prism import prism

from landed.sources.forges import github_queries
from landed.sources.forges.github_queries import FURTHER, chosen_changes, further

DESCRIPTION = Path(__file__).parents[2] / "data" / "github" / "openapi.json"
QUERIES = {
    name: text
    for name, text in vars(github_queries).items()
    if isinstance(text, str) and text.lstrip().startswith("query ")
}
QUERIES |= {f"further {what}": further(what) for what in FURTHER}
QUERIES["chosen"] = chosen_changes([1, 20])


@pytest.mark.parametrize("name", QUERIES)
def test_the_published_schema_allows_every_query(name: str) -> None:
    assert validate(schema(), parse(QUERIES[name])) == []


def everything_asked() -> list[Asked]:
    """Every REST request that a reader sends, with all its methods called."""
    forge_data = shop(
        change(1, comments=[]), deployments=[deployment(n, "SUCCESS") for n in range(150)]
    )
    forge_data.organisations["acme"] = Organisation("acme")
    with serving(forge_data) as server, reader(server, organisations=["acme"]) as forge:
        project = only(forge)
        for noun in ("changes", "checks", "deployments", "releases", "issues"):
            pages = list(forge.read(project, noun, None))
            list(forge.read(project, noun, pages[-1].state))
        list(forge.teams())
        list(forge.read_again(project, [1]))
        forge.findings([project])
        forge.comment(project, 1, "<!-- m -->", "<!-- m --> first")
        forge.comment(project, 1, "<!-- m -->", "<!-- m --> second")
        return [asked for asked in server.asked if not asked.variables]


@pytest.fixture(scope="module")
def described_api() -> Iterator[str]:
    """Address of the API as its description says it is."""
    with prism(DESCRIPTION) as url:
        yield url


def test_prism_allows_every_request_of_the_rest_api(described_api: str) -> None:
    described = json.loads(DESCRIPTION.read_text("utf-8"))["paths"]
    covered = set()
    with httpx.Client(base_url=described_api) as client:
        for asked in everything_asked():
            method, path = asked.what.split(" ", 1)
            # the description knows plain JSON only, not the media type that GitHub asks to name
            told = client.request(method, asked.target, json=asked.body)
            assert told.is_success, f"{method} {asked.target}: {told.text} {told.headers}"
            assert "sl-violations" not in told.headers
            template = next(one for one in described if _fits(one, path))
            covered.add((method.lower(), template))
            names = _parameters(described[template][method.lower()])
            assert set(httpx.URL(asked.target).params) <= names

    assert covered == {(method, path) for path in described for method in described[path]}


def test_prism_refuses_what_the_description_does_not_allow(described_api: str) -> None:
    path = f"{described_api}/repos/acme/shop/issues/1/comments"
    asked = httpx.post(path, json={"text": "no body"})

    assert asked.status_code == 422
    assert "must have required property 'body'" in asked.headers["sl-violations"]


def test_what_the_description_says_of_answers_can_be_read(described_api: str) -> None:
    """Deployments, releases and webhooks come from Prism, everything else from a GitHub."""
    with serving(shop()) as server:
        _lead_rest_to(described_api, server)
        with reader(server) as forge:
            project = only(forge)
            (releases,) = forge.read(project, "releases", None)
            (deployments,) = forge.read(project, "deployments", None)
            findings = forge.findings([project])

    assert [type(row).__name__ for row in releases.records] == ["ForgeRelease"]
    assert releases.faults == {}
    # the numbers that Prism makes up lie below zero
    assert (deployments.records, deployments.faults) == ([], {"bad-number": 1})
    assert [finding.what for finding in findings] == [
        "acme/shop has no webhook that tells of pull requests"
    ]


def _lead_rest_to(url: str, server: GitHubServer) -> None:
    own = server.answer

    def answer(method: str, target: str, headers: dict[str, str], body: object) -> object:
        reply, trouble = own(method, target, headers, body)
        if not target.endswith("/graphql"):
            told = httpx.request(method, f"{url}{target}", json=body)
            reply.status, reply.body = told.status_code, told.json()
        return reply, trouble

    server.answer = answer  # type: ignore[method-assign, assignment]


def _fits(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) is not None


def _parameters(operation: dict[str, list[dict[str, str]]]) -> set[str]:
    """Names of parameters; those that many operations share are named after their reference."""
    return {
        one["$ref"].rsplit("/", 1)[1].replace("-", "_") if "$ref" in one else one["name"]
        for one in operation["parameters"]
    }
