"""Cuts GitHub's description of its REST API down to the calls that Landed makes.

    python tests/servers/slice_openapi.py GITHUB_OPENAPI.json > tests/data/github/openapi.json

Keeps the paths and methods of `CALLS` and what they refer to. Examples, texts for people and links
are left out, and of each error only that it exists.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CALLS = (
    ("/rate_limit", "get"),
    ("/orgs/{org}/hooks", "get"),
    ("/repos/{owner}/{repo}/hooks", "get"),
    ("/repos/{owner}/{repo}/deployments", "get"),
    ("/repos/{owner}/{repo}/releases", "get"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "post"),
    ("/repos/{owner}/{repo}/issues/comments/{comment_id}", "patch"),
)
FOR_PEOPLE = {
    "description",
    "summary",
    "externalDocs",
    "x-github",
    "examples",
    "example",
    "tags",
    "title",
}
"""Words of the description that no check needs; as names of properties they stay."""


def sliced(whole: dict[str, Any]) -> dict[str, Any]:
    """The part of an OpenAPI description that `CALLS` need."""
    paths: dict[str, Any] = {}
    for path, method in CALLS:
        operation = dict(whole["paths"][path][method])
        operation["responses"] = {
            status: response if status.startswith("2") else {"description": status}
            for status, response in operation["responses"].items()
        }
        paths.setdefault(path, {})[method] = without_prose(operation)
    kept: dict[str, Any] = {}
    waiting = list(references(paths))
    while waiting:
        place = waiting.pop()
        if place not in kept:
            kept[place] = without_prose(found(whole, place))
            waiting.extend(references(kept[place]))
    part: dict[str, Any] = {
        "openapi": whole["openapi"],
        "info": {"title": "GitHub, as far as it is asked", "version": whole["info"]["version"]},
        "servers": [{"url": "https://api.github.com"}],
        "paths": paths,
    }
    for place, value in sorted(kept.items()):
        target = part
        *way, last = place.removeprefix("#/").split("/")
        for step in way:
            target = target.setdefault(step, {})
        target[last] = value
    return part


def references(value: Any) -> list[str]:
    """Every `$ref` within a value."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [place for inner in value.values() for place in references(inner)]
    if isinstance(value, list):
        return [place for inner in value for place in references(inner)]
    return []


def found(whole: dict[str, Any], place: str) -> Any:
    """What lies at a reference such as `#/components/schemas/hook`."""
    value: Any = whole
    for step in place.removeprefix("#/").split("/"):
        value = value[step]
    return value


def without_prose(value: Any, *, names: bool = False) -> Any:
    """A value without what is written for people; `names` = its keys are names of properties."""
    if isinstance(value, dict):
        return {
            key: _shortened(key, inner, names)
            for key, inner in value.items()
            if names or key not in FOR_PEOPLE
        }
    if isinstance(value, list):
        return [without_prose(inner) for inner in value]
    return value


def _shortened(key: str, inner: Any, names: bool) -> Any:
    if not names and key == "enum":
        return inner
    if not names and key == "responses":
        return {status: _response(response) for status, response in inner.items()}
    return without_prose(inner, names=not names and key == "properties")


def _response(response: Any) -> Any:
    """A response must have a description, whatever it says."""
    if "$ref" in response:
        return response
    return {"description": "", **without_prose(response)}


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text("utf-8")
    print(json.dumps(sliced(json.loads(text)), indent=1, sort_keys=True))
