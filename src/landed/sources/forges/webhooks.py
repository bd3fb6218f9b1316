"""Deliveries of webhooks: whether they are what they claim, and what they hold.

A delivery becomes the same records as polling. It may come late, twice, out of order or never:
records bear when they were so, a delivery its id, and what a payload tells only in part makes the
change stale, so that it is asked for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from landed.errors import ForgeError
from landed.records import Project
from landed.sources.forges.contract import Page
from landed.sources.forges.fields import (
    Node,
)

LARGEST_BODY = 25 * 1024 * 1024
"""Bytes; GitHub sends no more, and GitLab far less."""
TOLERANCE = timedelta(minutes=5)
"""So far a signed time may lie from ours, either way."""
_KEY_PREFIX = b"whsec_"
"""How a secret begins that is a key in base64."""


class SignatureRefused(ForgeError):
    """A delivery is not signed with the secret that was agreed on, or too old."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery says.

    Attributes:
        delivery: the forge's id of it; a digest of its body where it bears none.
        event: the forge's name of what happened.
        project: the project that it concerns; None = none.
        page: its records, without a state; unreadable parts and unknown events are its faults.
    """

    delivery: str
    event: str
    project: Project | None
    page: Page


def verify_github(secret: bytes, headers: Mapping[str, str], body: bytes) -> None:
    """Make sure that GitHub sent this very body: an HMAC-SHA256 of it, by `secret`.

    Raises:
        SignatureRefused: it did not, or nothing says so.
    """
    given = header(headers, "X-Hub-Signature-256")
    wanted = f"sha256={hmac.new(_key(secret), body, hashlib.sha256).hexdigest()}"
    if not given or not _same(given, wanted):
        raise SignatureRefused(_REFUSED)


def verify_gitlab(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Make sure that GitLab sent this: by a signature of id, time and body, else by its token.

    `now` is aware of its zone. Raises:
        SignatureRefused: GitLab did not, nothing says so, or the signed time is too far from now.
    """
    signatures = header(headers, "webhook-signature")
    if not signatures:
        token = header(headers, "X-Gitlab-Token")
        if not token or not _same(token, _key(secret)):
            raise SignatureRefused(_REFUSED)
        return
    delivery = header(headers, "webhook-id") or ""
    stamp = header(headers, "webhook-timestamp") or ""
    signed = b".".join((_bytes(delivery), _bytes(stamp), body))
    digest = hmac.new(_signing_key(secret), signed, hashlib.sha256).digest()
    wanted = f"v1,{base64.b64encode(digest).decode()}"
    if not any(_same(given, wanted) for given in signatures.split(" ")):
        raise SignatureRefused(_REFUSED)
    # Only what is signed is looked at closer.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        raise SignatureRefused(_REFUSED)
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise SignatureRefused(
            "A webhook's delivery was signed more than five minutes ago, or ahead: set the clock "
            "right, or let GitLab send it again"
        )


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header, whatever the case of its name; None where there is none."""
    found = headers.get(name)
    if found is not None:
        return found
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), None)


def payload(body: bytes, page: Page) -> Node:
    """The object that a body holds; an empty one, and a fault on `page`, where it holds none."""
    if len(body) > LARGEST_BODY:
        page.fault("too-large")
        return {}
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        page.fault("bad-json")
        return {}
    if not isinstance(told, dict):
        page.fault("bad-json")
        return {}
    return told


def delivery_id(headers: Mapping[str, str], body: bytes, *names: str) -> str:
    """The first of some headers that is there; without one, a digest of the body."""
    for name in names:
        if told := header(headers, name):
            return told[:200]
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


_REFUSED = (
    "A webhook's delivery does not bear our signature: give the forge's webhook the same secret "
    "as this connection, and let the forge send it again"
)


def _key(secret: bytes) -> bytes:
    """The secret; whoever has none would take everything for good."""
    if not secret:
        raise SignatureRefused("No secret is agreed on for webhooks: set one at the forge and here")
    return secret


def _signing_key(secret: bytes) -> bytes:
    key = _key(secret)
    if not key.startswith(_KEY_PREFIX):
        return key
    try:
        return base64.b64decode(key.removeprefix(_KEY_PREFIX), validate=True) or key
    except binascii.Error:
        return key


def _same(given: str, wanted: str | bytes) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(_bytes(given), _bytes(wanted))


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
