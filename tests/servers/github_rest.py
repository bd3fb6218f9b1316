"""The part of GitHub's REST API that is read, over a `GitHub`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.servers.github_connections import written
from tests.servers.github_model import (
    Comment,
    Deployment,
    GitHub,
    Hook,
    Release,
    Repository,
)


@dataclass
class Reply:
    """An answer: status, JSON body, further headers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def reply(forge: GitHub, method: str, path: str, query: dict[str, str], body: Any) -> Reply:
    """Answer a request to the REST API."""
    if path == "/rate_limit":
        return Reply(200, {"resources": {}, "rate": {}})
    if found := re.fullmatch(r"/orgs/([^/]+)/hooks", path):
        organisation = forge.organisation(found[1])
        if organisation is None or "hooks" in forge.hidden:
            return missing()
        return _page([_hook(hook) for hook in organisation.hooks], query)
    if found := re.fullmatch(r"/repositories/(\d+)(/.*)?", path):
        by_number = (one for one in forge.repositories if one.number == int(found[1]))
        held = next(by_number, None)
        return _of_repository(forge, held, method, found[2] or "", query, body)
    found = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
    if not found:
        return missing()
    name, rest = found[1], found[2] or ""
    if name in forge.gone:
        return Reply(forge.gone[name], {"message": "Repository access blocked"})
    held = forge.repository(name)
    if held is not None and held.name.lower() != name.lower():
        return Reply(301, {"message": "Moved Permanently"}, {"location": _place(held, rest, query)})
    return _of_repository(forge, held, method, rest, query, body)


def _of_repository(
    forge: GitHub, held: Repository | None, method: str, rest: str, query: dict[str, str], body: Any
) -> Reply:
    if held is None:
        return missing()
    noun = rest.strip("/").partition("/")[0]
    if noun in forge.hidden:
        return Reply(
            403,
            {"message": "Resource not accessible by personal access token"},
            {"x-accepted-github-permissions": f"{noun}=read"},
        )
    if method == "GET" and rest == "/deployments":
        newest = sorted(held.deployments, key=lambda one: one.number, reverse=True)
        return _page([_deployment(held, one) for one in newest], query)
    if method == "GET" and rest == "/releases":
        latest = sorted(held.releases, key=lambda one: one.created_at, reverse=True)
        return _page([_release(one) for one in latest], query)
    if method == "GET" and rest == "/hooks":
        return _page([_hook(one) for one in held.hooks], query)
    if method == "POST" and (found := re.fullmatch(r"/issues/(\d+)/comments", rest)):
        return _commented(forge, held, int(found[1]), body)
    if method == "PATCH" and (found := re.fullmatch(r"/issues/comments/(\d+)", rest)):
        for change in held.pull_requests:
            for comment in change.comments:
                if comment.number == int(found[1]) and comment.author == forge.viewer:
                    comment.body = body["body"]
                    return Reply(200, {"html_url": _address(held, change.number, comment)})
    return missing()


def _commented(forge: GitHub, held: Repository, number: int, body: Any) -> Reply:
    for change in held.pull_requests:
        if change.number == number:
            count = sum(len(one.comments) for one in held.pull_requests)
            comment = Comment(5_000_000_000 + count, forge.viewer, change.updated_at, body["body"])
            change.comments.append(comment)
            return Reply(201, {"html_url": _address(held, number, comment)})
    return missing()


def _address(held: Repository, number: int, comment: Comment) -> str:
    return f"https://github.example/{held.name}/pull/{number}#issuecomment-{comment.number}"


def _place(held: Repository, rest: str, query: dict[str, str]) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/repositories/{held.number}{rest}" + (f"?{asked}" if asked else "")


def _page(items: list[Any], query: dict[str, str]) -> Reply:
    size, sheet = int(query.get("per_page", 30)), int(query.get("page", 1))
    return Reply(200, items[(sheet - 1) * size : sheet * size])


def missing() -> Reply:
    """What is answered for whatever is not there."""
    return Reply(404, {"message": "Not Found"})


def _user(login: str) -> dict[str, Any]:
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}


def _deployment(held: Repository, one: Deployment) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": one.number,
        "node_id": f"D:{held.number}:{one.number}",
        "sha": one.commit,
        "ref": one.ref,
        "environment": one.environment,
        "created_at": written(one.created_at),
        "creator": _user(one.creator),
    }
    if one.production is not None:
        shown["production_environment"] = one.production
    return shown


def _release(one: Release) -> dict[str, Any]:
    return {
        "id": one.number,
        "tag_name": one.tag,
        "name": one.name,
        "draft": one.published_at is None,
        "prerelease": one.prerelease,
        "created_at": written(one.created_at),
        "published_at": written(one.published_at),
        "author": _user(one.author),
    }


def _hook(one: Hook) -> dict[str, Any]:
    return {"id": one.number, "active": one.active, "events": one.events}
