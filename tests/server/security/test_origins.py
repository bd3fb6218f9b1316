"""Other people's names and pages that lead to the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.running import ANA, BEN, Running, running

OTHERS = ["evil.example", "evil.example:4321", "localhost.evil.example", "127.0.0.1.nip.io"]
OWN = ["localhost", "localhost:4321", "127.0.0.1:1", "[::1]:4321", "LOCALHOST"]


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Running]:
    """A server behind a proxy that speaks https with people."""
    with running(tmp_path, loopback=False, url="https://landed.example.com") as started:
        started.accounts.people.add("ben", BEN, by="command-line")
        yield started


def test_on_loopback_no_other_name_is_answered(alone: Running) -> None:
    for host in OTHERS:
        answer = alone.browser().get("/account", host=host)
        assert answer.status_code == 421, host
        assert "landed_form" not in answer.headers.get("set-cookie", "")
    for host in OWN:
        assert alone.browser().get("/account", host=host).status_code == 200, host


def test_a_host_that_is_none_is_refused(alone: Running) -> None:
    for host in ("", "a b", "localhost/x", "localhost:port", "me@localhost", "[::1"):
        assert alone.program().get("/healthz", headers={"host": host}).status_code == 400, host


def test_a_proxy_is_answered_by_the_name_that_people_use(tmp_path: Path) -> None:
    with running(tmp_path, url="https://landed.example.com") as started:
        started.accounts.people.add("ana", ANA, by="command-line")
        browser = started.browser()

        assert browser.get("/login", host="landed.example.com").status_code == 200
        assert browser.get("/login", host="other.example.com").status_code == 421


def test_a_request_through_a_proxy_is_never_the_owners(alone: Running) -> None:
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"):
        browser = alone.browser(**{header: "127.0.0.1"})
        assert browser.get("/account").status_code == 303, header
        assert alone.program().get("/metrics", headers={header: "x"}).status_code == 401, header


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_the_page_of_another_site_changes_nothing(alone: Running, headers: dict[str, str]) -> None:
    program = alone.program()

    for path in ("/v1/logs", "/account/tokens", "/logout", "/nothing"):
        answer = program.post(path, content=b"{}", headers=headers)
        assert answer.status_code == 403, path
    assert "Another site has sent this request" in answer.text
    assert alone.server.inbox.count() == 0


def test_the_page_of_another_site_has_nothing_from_us_in_it(alone: Running) -> None:
    program = alone.program()
    inside = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "no-cors",
        "sec-fetch-dest": "image",
    }
    frame = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "iframe",
    }
    link = {**frame, "sec-fetch-dest": "document"}

    assert program.get("/account", headers=inside).status_code == 403
    assert program.get("/account", headers=frame).status_code == 403
    assert program.get("/account", headers=link).status_code == 200


def sign_in(started: Running, password: str = BEN, **headers: str) -> int:
    """The status of a sign-in as Ben, as a browser behind a proxy by https sends it."""
    program = started.program()
    about = {"accept": "text/html", "host": "landed.example.com", **headers}
    page = program.get("/login", headers=about)
    token = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert token is not None
    fields = {"name": "ben", "password": password, "form_token": token[1]}
    cookie = page.headers["set-cookie"].partition(";")[0]
    return program.post("/login", data=fields, headers={**about, "cookie": cookie}).status_code


def test_behind_a_proxy_the_origin_is_the_whole_address(proxied: Running) -> None:
    assert sign_in(proxied, origin="https://landed.example.com") == 303
    # a proxy may ask for the server by the name that it has inside
    assert sign_in(proxied, origin="https://landed.example.com", host="127.0.0.1:4321") == 303
    assert sign_in(proxied, origin="http://landed.example.com") == 403
    assert sign_in(proxied, origin="https://landed.example.com:444") == 403


def test_behind_a_proxy_who_asks_is_whom_the_proxy_names_last(proxied: Running) -> None:
    def guess(told: str) -> int:
        return sign_in(proxied, "wrong", **{"x-forwarded-for": told})

    assert [guess(f"192.0.2.{n}, 198.51.100.7") for n in range(6)] == [401] * 5 + [429]
    assert guess("198.51.100.7, 198.51.100.8") == 401
    assert guess("no address") == 401


def test_without_a_proxy_nobody_chooses_the_address_they_come_from(company: Running) -> None:
    statuses = []
    for number in range(6):
        browser = company.browser(**{"x-forwarded-for": f"192.0.2.{number}"})
        statuses.append(browser.sign_in("ben", "wrong").status_code)

    assert statuses == [401] * 5 + [429]
