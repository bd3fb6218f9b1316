"""Webhooks of GitHub and GitLab: verified, read into records at once, and kept without any text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from landed.config import Settings
from landed.delivery.carried import CarriedDelivery
from landed.delivery.connections import PUBLIC, host_of
from landed.delivery.evidence import signal_matcher
from landed.delivery.tokens import resolve
from landed.errors import ConfigurationError
from landed.server.ingest.taking import (
    REFUSED,
    TAKEN,
    Refused,
    body_of,
    count,
    ingest_of,
    keep,
    plain_refusal,
)
from landed.sources.forges.credentials import PersonalToken
from landed.sources.forges.webhooks import (
    SignatureRefused,
    header,
    verify_github,
    verify_gitlab,
)
from landed.sources.forges.webhooks_github import read_github
from landed.sources.forges.webhooks_gitlab import read_gitlab
from landed.store.inbox import Incoming

SOURCE = "webhook"
"""The inbox's name of what comes from here."""
FORM = "application/x-www-form-urlencoded"

Forge = Literal["github", "gitlab"]

_READERS = {"github": read_github, "gitlab": read_gitlab}
_OWN_HOST = {"github": "X-GitHub-Enterprise-Host", "gitlab": "X-Gitlab-Instance"}
"""Headers in which a forge of one's own says where it stands."""
_LONGEST_HOST = 253

router = APIRouter(prefix="/webhooks", tags=["ingest"])


@router.post("/github", status_code=202)
async def github(request: Request) -> Response:
    """Take a delivery of GitHub, signed with the secret that `server.github_secret` names."""
    return await _take(request, "github")


@router.post("/gitlab", status_code=202)
async def gitlab(request: Request) -> Response:
    """Take a delivery of GitLab, with the token (or signature) that `server.gitlab_token` names."""
    return await _take(request, "gitlab")


async def _take(request: Request, forge: Forge) -> Response:
    settings = ingest_of(request).settings
    try:
        _check_kind(request)
        secret = await run_in_threadpool(_secret, settings, forge)
        body = await body_of(request)
        told = await run_in_threadpool(
            _told, settings, forge, secret, dict(request.headers), body, datetime.now(UTC)
        )
        await keep(request, [Incoming(SOURCE, told.key, told.payload())])
    except (SignatureRefused, Refused) as error:
        count(request, SOURCE, REFUSED, 0)
        return plain_refusal(error if isinstance(error, Refused) else Refused(401, str(error)))
    count(request, SOURCE, TAKEN, 1)
    return JSONResponse({"delivery": told.delivery.delivery, "event": told.delivery.event}, 202)


def _check_kind(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        raise Refused(415, "set the content type of the webhook to application/json")


def _secret(settings: Settings, forge: Forge) -> bytes:
    """The secret that was agreed on with a forge.

    Raises:
        Refused: none is set (404), or it cannot be read now (503).
    """
    names = {
        "github": ("github_secret", settings.server.github_secret),
        "gitlab": ("gitlab_token", settings.server.gitlab_token),
    }
    name, place = names[forge]
    if place is None:
        raise Refused(404, f"webhooks of {forge} are not set up: set server.{name}")
    try:
        found = resolve(place)
    except ConfigurationError as error:
        raise Refused(503, f"server.{name} cannot be read: {error}", retry_after=60) from None
    if not isinstance(found, PersonalToken):
        raise AssertionError(f"settings let server.{name} name something that is no secret")
    return found.text.encode()


def _told(
    settings: Settings,
    forge: Forge,
    secret: bytes,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> CarriedDelivery:
    """What a delivery says, once it is verified.

    Raises:
        SignatureRefused: the forge did not send it.
    """
    if forge == "github":
        verify_github(secret, headers, body)
    else:
        verify_gitlab(secret, headers, body, now)
    delivery = _READERS[forge](
        headers,
        body,
        incident_labels=settings.incidents.labels,
        bug_labels=settings.incidents.bug_labels,
        bots=settings.forges.bots,
        match_signals=signal_matcher(settings),
        now=now,
    )
    host = delivery.project.host if delivery.project else _host(forge, headers)
    return CarriedDelivery(forge, host, delivery)


def _host(forge: Forge, headers: Mapping[str, str]) -> str:
    """The forge's host by its own word, where a delivery concerns no project."""
    told = header(headers, _OWN_HOST[forge]) or ""
    try:
        named = urlsplit(told).hostname if "://" in told else told
    except ValueError:
        named = None
    return (named or host_of(PUBLIC[forge])).lower()[:_LONGEST_HOST]
