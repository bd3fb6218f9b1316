"""Whether a delivery comes from the forge it claims to come from."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.errors import ForgeError
from landed.sources.forges import webhooks
from landed.sources.forges.contract import Page
from landed.sources.forges.webhooks import (
    SignatureRefused,
    delivery_id,
    payload,
    verify_github,
    verify_gitlab,
)

SECRET = b"correct horse"
BODY = b'{"zen": "Keep it simple."}'
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def github(secret: bytes, body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def gitlab(key: bytes, body: bytes, at: datetime = NOW, **more: str) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signed = b"msg_1." + stamp.encode() + b"." + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    told = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}
    return told | more


def test_github_signs_the_body() -> None:
    verify_github(SECRET, github(SECRET, BODY), BODY)
    verify_github(
        SECRET, {"x-hub-signature-256": github(SECRET, BODY)["X-Hub-Signature-256"]}, BODY
    )


def test_the_documented_example_of_github() -> None:
    """Secret, payload and signature are those by which GitHub's documentation lets one test."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    verify_github(
        b"It's a Secret to Everybody", {"X-Hub-Signature-256": signature}, b"Hello, World!"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=é"},
        {"X-Hub-Signature-256": "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest()},
        github(b"wrong", BODY),
        github(SECRET, BODY + b" "),
    ],
)
def test_what_github_did_not_sign_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused, match="same secret") as told:
        verify_github(SECRET, headers, BODY)
    assert isinstance(told.value, ForgeError)
    assert SECRET.decode() not in str(told.value)


def test_without_a_secret_nothing_is_taken() -> None:
    for headers in ({}, github(b"", BODY), {"X-Gitlab-Token": ""}, gitlab(b"", BODY)):
        with pytest.raises(SignatureRefused):
            verify_github(b"", headers, BODY)
        with pytest.raises(SignatureRefused):
            verify_gitlab(b"", headers, BODY, NOW)


def test_gitlab_sends_a_token_or_signs() -> None:
    verify_gitlab(SECRET, {"X-Gitlab-Token": SECRET.decode()}, BODY, NOW)
    verify_gitlab(SECRET, gitlab(SECRET, BODY), BODY, NOW)
    key = b"\x00\xff thirty-two bytes of anything \x01"
    verify_gitlab(b"whsec_" + base64.b64encode(key), gitlab(key, BODY), BODY, NOW)
    two = gitlab(SECRET, BODY)
    two["webhook-signature"] = f"v1,{'A' * 43}= {two['webhook-signature']}"
    verify_gitlab(SECRET, two, BODY, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Gitlab-Token": "wrong"},
        {"X-Gitlab-Token": "é"},
        gitlab(b"wrong", BODY),
        gitlab(SECRET, BODY + b" "),
        gitlab(SECRET, BODY) | {"webhook-id": "msg_2"},
        gitlab(SECRET, BODY) | {"webhook-timestamp": "1"},
        gitlab(b"wrong", BODY) | {"X-Gitlab-Token": SECRET.decode()},
        gitlab(SECRET, BODY) | {"webhook-signature": "v2," + "A" * 44},
    ],
)
def test_what_gitlab_did_not_sign_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify_gitlab(SECRET, headers, BODY, NOW)


@pytest.mark.parametrize("apart", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_old_deliveries_cannot_be_played_again(apart: timedelta) -> None:
    headers = gitlab(SECRET, BODY)
    verify_gitlab(SECRET, headers, BODY, NOW + apart / 2)
    with pytest.raises(SignatureRefused, match="clock"):
        verify_gitlab(SECRET, headers, BODY, NOW + apart)


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "1e9", "²", "9" * 40])
def test_signed_times_that_are_none(stamp: str) -> None:
    signed = b"msg_1." + stamp.encode() + b"." + BODY
    digest = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{digest}",
    }
    with pytest.raises(SignatureRefused):
        verify_gitlab(SECRET, headers, BODY, NOW)


@given(st.binary(max_size=80), st.dictionaries(st.text(max_size=20), st.text(max_size=60)))
def test_nothing_unsigned_passes(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        verify_github(SECRET, headers, body)
    with pytest.raises(SignatureRefused):
        verify_gitlab(SECRET, headers, body, NOW)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b'{"n": ' + b"9" * 9999 + b"}"]
)
def test_bodies_that_hold_no_object(body: bytes) -> None:
    page = Page()
    assert payload(body, page) == {}
    assert page.faults == {"bad-json": 1}


def test_bodies_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "LARGEST_BODY", 10)
    page = Page()
    assert payload(b'{"a": "' + b"x" * 10 + b'"}', page) == {}
    assert page.faults == {"too-large": 1}


def test_a_delivery_without_a_name_is_named_by_its_body() -> None:
    first = delivery_id({}, b"one", "X-GitHub-Delivery")
    assert first == delivery_id({"X-GitHub-Delivery": ""}, b"one", "X-GitHub-Delivery")
    assert first != delivery_id({}, b"two", "X-GitHub-Delivery")
    assert delivery_id({"x-github-delivery": "abc"}, b"one", "X-GitHub-Delivery") == "abc"
