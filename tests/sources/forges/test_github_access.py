"""Where a GitHub lies, and how it is asked: github.com, Enterprise Server, tokens, apps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.servers.github_forge import Trouble, serving
from tests.servers.github_samples import change, deployment, only, reader, shop
from tests.servers.kept import Kept

from landed.errors import ConfigurationError, TokenRefused
from landed.sources.forges.credentials import AppKey
from landed.sources.forges.github_addresses import api_address, graphql_address, host_of

NOUNS = ("changes", "checks", "deployments", "releases", "issues")


@pytest.mark.parametrize(
    ("url", "rest", "graphql", "host"),
    [
        (None, "https://api.github.com", "https://api.github.com/graphql", "github.com"),
        (
            "https://github.com/",
            "https://api.github.com",
            "https://api.github.com/graphql",
            "github.com",
        ),
        (
            "https://git.acme.example/api/v3/",
            "https://git.acme.example/api/v3",
            "https://git.acme.example/api/graphql",
            "git.acme.example",
        ),
        (
            "https://git.acme.example",
            "https://git.acme.example/api/v3",
            "https://git.acme.example/api/graphql",
            "git.acme.example",
        ),
        (
            "https://acme.ghe.com",
            "https://api.acme.ghe.com",
            "https://api.acme.ghe.com/graphql",
            "acme.ghe.com",
        ),
        (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/graphql",
            "127.0.0.1",
        ),
    ],
)
def test_addresses_lead_to_the_api(url: str | None, rest: str, graphql: str, host: str) -> None:
    assert api_address(url) == rest
    assert graphql_address(rest) == graphql
    assert host_of(rest) == host


@pytest.mark.parametrize("url", ["acme", "ssh://git@github.com", "https://"])
def test_what_is_no_web_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is no address of a GitHub"):
        api_address(url)


def test_an_enterprise_server_is_read_like_github_com() -> None:
    forge_data = shop(change(1), change(2), deployments=[deployment(1, "SUCCESS")])
    with serving(forge_data) as server:
        tellings = []
        for url in (server.url, server.enterprise_url):
            told = Kept()
            with reader(server, url=url) as forge:
                project = only(forge)
                for noun in NOUNS:
                    told.read(forge, project, noun)
            tellings.append(told.rows)

    assert tellings[0] == tellings[1]
    assert len(tellings[0]) > 10


def key_pair() -> tuple[str, str]:
    """A private key and its public key, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.mark.parametrize("enterprise", [False, True])
def test_an_app_proves_who_it_is_and_reads_with_the_token_of_its_installation(
    enterprise: bool,
) -> None:
    private, public = key_pair()
    with serving(shop(change(1))) as server:
        server.tokens.clear()
        server.app_keys[77] = public
        url = server.enterprise_url if enterprise else server.url
        told = Kept()
        with reader(server, url=url, credentials=AppKey(77, 4711, private)) as forge:
            told.read(forge, only(forge), "changes")
        asked = [(one.what, one.headers["authorization"]) for one in server.asked]

    assert [what for what, _ in asked] == [
        "POST /app/installations/4711/access_tokens",
        "named",
        "changes",
    ]
    assert asked[0][1].startswith("Bearer ey")
    assert {how for _, how in asked[1:]} == {"token ghs_installation_4711"}
    assert len(told.rows) > 5


def test_an_app_that_the_forge_does_not_know_is_refused() -> None:
    private, _ = key_pair()
    _, public = key_pair()
    with serving(shop()) as server:
        server.app_keys[77] = public
        with (
            reader(server, credentials=AppKey(77, 4711, private)) as forge,
            pytest.raises(TokenRefused, match="does not accept the token"),
        ):
            only(forge)


def test_a_key_that_is_none_is_said_to_be_none() -> None:
    with (
        serving(shop()) as server,
        reader(server, credentials=AppKey(77, 4711, "not a key")) as forge,
        pytest.raises(TokenRefused, match="private key") as refused,
    ):
        only(forge)

    assert "not a key" not in str(refused.value)


def test_an_installation_that_is_not_there_is_said_to_be_so() -> None:
    private, public = key_pair()
    with serving(shop()) as server:
        server.app_keys[77] = public
        with (
            reader(server, credentials=AppKey(77, 5000, private)) as forge,
            pytest.raises(TokenRefused, match="no such installation"),
        ):
            only(forge)


def test_threads_share_the_connections_and_keep_to_the_number_of_requests_at_a_time() -> None:
    forge_data = shop(*(change(number) for number in range(1, 41)))
    with serving(forge_data) as server, reader(server, concurrency=2) as forge:
        project = only(forge)
        server.trouble(Trouble(times=1000, slow=0.01))
        with ThreadPoolExecutor(8) as threads:
            readings = threads.map(
                lambda _: [len(page.whole) for page in forge.read(project, "changes", None)],
                range(8),
            )
            counts = list(readings)

    assert counts == [[25, 15]] * 8
    assert server.most_at_once == 2
