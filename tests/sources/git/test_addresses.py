"""Where mirrors lie, by the address that they are fetched from."""

from __future__ import annotations

from pathlib import Path

import pytest

from landed.sources.git.addresses import checked_address


@pytest.mark.parametrize(
    ("address", "url", "place"),
    [
        (
            "https://GitHub.com/acme/shop.git",
            "https://github.com/acme/shop.git",
            "github.com/acme/shop.git",
        ),
        (
            "https://oauth2@gitlab.example.com:8443/group/sub/shop",
            "https://gitlab.example.com:8443/group/sub/shop",
            "gitlab.example.com+8443/group/sub/shop.git",
        ),
        (
            "git@github.com:acme/shop.git",
            "ssh://git@github.com/acme/shop.git",
            "github.com/acme/shop.git",
        ),
        ("https://[::1]:80/a/b", "https://[::1]:80/a/b", "+1+80/a/b.git"),
        (
            "https://example.com/a/%2e%2ehidden",
            "https://example.com/a/%2e%2ehidden",
            "example.com/a/..hidden.git",
        ),
    ],
)
def test_an_address_is_made_plain_and_has_a_place_of_its_own(
    address: str, url: str, place: str
) -> None:
    checked = checked_address(address)

    assert checked.url == url
    assert checked.mirror_in(Path("/w")) == Path("/w/mirrors") / place


def test_http_stays_on_this_machine_unless_it_is_asked_for() -> None:
    assert checked_address("http://localhost:3000/a/b").scheme == "http"
    assert checked_address("http://git.lan/a/b", plain_http=True).host == "git.lan"
