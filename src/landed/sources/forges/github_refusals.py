"""What it means that GitHub refuses a request, and what a person can do about it."""

from __future__ import annotations

import json
from typing import Any

import httpx

from landed.errors import ForgeError, ProjectGone, TokenRefused
from landed.sources.forges.fields import (
    Node,
    within,
)

GONE = (404, 410, 451)
_LONGEST = 300
_REFUSING = {"FORBIDDEN", "INSUFFICIENT_SCOPES", "SAML_FAILURE"}
_UNKNOWN_FIELD = "undefinedField"
"""What GitHub calls a field that an older Enterprise Server does not have."""


class CursorRefused(ForgeError):
    """The forge does not know a place in a list (any more): the list must be begun again."""


def refusal(host: str, what: str, response: httpx.Response) -> ForgeError:
    """The error that an answer of status 4xx means; `what` was asked for."""
    status, said = response.status_code, message(response)
    if status in GONE and response.request.url.path.endswith("/access_tokens"):
        return TokenRefused(
            f"{host} has no such installation of the app (asked for {what}): look at the number "
            "of the installation, and whether the app is still installed"
        )
    if status in GONE:
        return ProjectGone(
            f"{host} has no {what} (any more), or does not let this token see it: look whether "
            "that was deleted or moved, or give the token access"
        )
    if status == 401:
        return TokenRefused(
            f"{host} does not accept the token or the key (asked for {what}): it may have expired "
            "or been revoked; make a new one and run landed connect github again"
        )
    if status == 403:
        wanted = plain(response.headers.get("x-accepted-github-permissions", ""))
        needs = f"; it needs {wanted}" if wanted else ""
        return TokenRefused(
            f"{host} does not let this token see {what} ({said}{needs}): give the token that "
            "right, or connect with another one"
        )
    return ForgeError(
        f"{host} did not understand what was asked for ({what}): status {status}, {said}; where "
        "this is an old Enterprise Server, update it"
    )


def graph_refusal(host: str, what: str, errors: list[Node]) -> ForgeError | None:
    """The error that an answer of GraphQL without data means; null where it may pass by itself."""
    text = said(errors)
    kinds = {error.get("type") for error in errors if isinstance(error.get("type"), str)}
    if kinds & _REFUSING:
        return TokenRefused(
            f"{host} does not let this token see {what} ({text}): give the token that right (an "
            "organisation may have to approve it), or connect with another one"
        )
    if any(within(error, "extensions").get("code") == _UNKNOWN_FIELD for error in errors):
        return ForgeError(
            f"{host} does not know what was asked for ({what}): {text}; where this is an "
            "Enterprise Server, update it"
        )
    if "cursor" in text.lower():
        return CursorRefused(f"{host} does not know a place in {what}: {text}; run it again")
    return None


def unusable_key(host: str, error: Exception) -> TokenRefused:
    """The error for an app's key that no claim can be signed with."""
    return TokenRefused(
        f"the private key of the app cannot be used for {host} ({type(error).__name__}): give the "
        "whole PEM file that GitHub made for it"
    )


def parsed(response: httpx.Response) -> Any:
    """The JSON of an answer; ValueError where it has none and ought to."""
    return None if response.status_code == 204 else json.loads(response.content)


def message(response: httpx.Response) -> str:
    """What GitHub says of a refusal."""
    try:
        told = parsed(response)
    except ValueError:
        told = None
    text = told.get("message") if isinstance(told, dict) else None
    return plain(str(text or response.reason_phrase))


def said(errors: list[Node]) -> str:
    """What the errors of GraphQL say."""
    return plain("; ".join(str(error.get("message")) for error in errors))


def plain(text: str) -> str:
    """A text of the forge as it may stand in a message: one short line, nothing unprintable."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * _LONGEST])
    return " ".join(shown.split())[:_LONGEST]
