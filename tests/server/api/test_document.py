"""The OpenAPI document: valid, complete, and of one mind with the answers."""

from __future__ import annotations

import httpx
from openapi_spec_validator import validate

PATHS = {
    "overview",
    "journey",
    "spend",
    "agents",
    "quality",
    "changes",
    "changes/{project}/{number}",
    "repositories",
    "repositories/{repository}",
    "repositories/{repository}/files",
    "data",
    "metrics",
    "metrics/{name}",
    "explain/{name}",
    "report",
    "runs",
}


def test_it_is_valid_and_describes_every_route(reader: httpx.Client) -> None:
    answer = reader.get("/api/v1/openapi.json")
    document = answer.json()

    validate(document)
    assert {path.removeprefix("/api/v1/") for path in document["paths"]} == PATHS
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["description"], operation["operationId"]
    assert reader.get(
        "/api/v1/openapi.json", headers={"if-none-match": answer.headers["etag"]}
    ).status_code == 304  # fmt: skip


def test_tokens_are_its_security_scheme_and_filters_its_parameters(reader: httpx.Client) -> None:
    document = reader.get("/api/v1/openapi.json").json()

    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"][0] == {"token": []}
    told = {one["name"] for one in document["paths"]["/api/v1/spend"]["get"]["parameters"]}
    assert {"period", "since", "until", "repository", "team", "format", "table"} <= told


def test_answers_have_the_fields_that_it_names(reader: httpx.Client) -> None:
    schemas = reader.get("/api/v1/openapi.json").json()["components"]["schemas"]

    told = reader.get("/api/v1/spend").json()

    assert set(told) == set(schemas["SpendPageAnswer"]["properties"])
    assert set(told["data"]) == set(schemas["SpendPage"]["properties"])
