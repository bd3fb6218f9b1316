"""What git may fetch with, from the token or key that a forge's API is asked with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from landed.errors import ForgeUnreachable, TokenRefused
from landed.sources.forges.credentials import AppKey, PersonalToken
from landed.sources.forges.git_access import git_credentials


class _Installations(BaseHTTPRequestHandler):
    """Gives installation 7 a token, and no other."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        known = self.path == "/api/v3/app/installations/7/access_tokens"
        signed = self.headers.get("Authorization", "").count(".") == 2
        told = {"token": "ghs_for_an_hour", "expires_at": "2026-01-01T00:00:00Z"}
        body = json.dumps(told if known and signed else {"message": "Not Found"}).encode()
        self.send_response(201 if known and signed else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def forge() -> Iterator[str]:
    """Address of the API of a forge that knows one installation of an app."""
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _Installations)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_address[1]}/api/v3"
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


@pytest.mark.parametrize(
    ("forge_name", "user"), [("github", "x-access-token"), ("gitlab", "oauth2")]
)
def test_a_token_stands_in_the_place_of_a_password(forge_name: str, user: str) -> None:
    assert git_credentials(forge_name, None, PersonalToken("t0ken")) == (user, "t0ken")


def test_an_app_is_given_a_token_of_its_installation(forge: str, key: str) -> None:
    assert git_credentials("github", forge, AppKey(1, 7, key)) == (
        "x-access-token",
        "ghs_for_an_hour",
    )


def test_an_app_that_is_not_installed_there_is_refused(forge: str, key: str) -> None:
    with pytest.raises(TokenRefused, match="the app 1 got no token"):
        git_credentials("github", forge, AppKey(1, 8, key))


def test_a_key_that_is_none_is_refused_without_being_told(forge: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        git_credentials("github", forge, AppKey(2, 7, "-----BEGIN PRIVATE KEY-----\nabc\n"))
    assert "abc" not in str(refused.value)


def test_a_forge_that_does_not_answer_is_unreachable(key: str) -> None:
    with pytest.raises(ForgeUnreachable):
        git_credentials("github", "http://127.0.0.1:9/api/v3", AppKey(1, 7, key))
