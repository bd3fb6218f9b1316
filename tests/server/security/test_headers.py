"""Headers of every answer, and what is kept from browsers by them."""

from __future__ import annotations

from pathlib import Path

import httpx
from tests.server.running import ANA, BEN, Running, running

EXPECTED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


def test_every_answer_carries_them(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    answers = [
        browser.get("/account"),
        browser.get("/nothing"),
        browser.get("/admin/accounts"),
        company.browser().get("/account"),
        company.browser().get("/login"),
        company.program().get("/healthz"),
        company.program().get("/metrics"),
        company.program().post("/account"),
        company.program().get("/healthz", headers={"host": "evil example"}),
        company.program().post("/login", headers={"origin": "https://evil.example"}),
    ]

    assert [one.status_code for one in answers] == [
        200, 404, 403, 303, 200, 200, 401, 405, 400, 403,
    ]  # fmt: skip
    for answer in answers:
        assert EXPECTED.items() <= dict(answer.headers).items()
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(company: Running) -> None:
    browser = company.browser()
    form = browser.get("/login").headers["set-cookie"]
    session = browser.sign_in("ben", BEN).headers["set-cookie"]

    for cookie in (form, session):
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie
    assert session.startswith("landed_session=")


def test_behind_https_cookies_stay_on_https_and_so_do_browsers(tmp_path: Path) -> None:
    with running(tmp_path, loopback=False, url="https://landed.example.com") as started:
        started.accounts.people.add("ana", ANA, by="command-line")
        answer = started.browser().get("/login", host="landed.example.com")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-landed_form=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_page_of_ours_has_no_style_and_no_script_in_it(company: Running) -> None:
    browser = company.signed_in("ana", ANA)

    for path in ("/account", "/account/password", "/admin/accounts", "/admin/audit", "/nothing"):
        text = browser.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert " onclick" not in text
        assert "<script>" not in text


def test_a_form_is_never_larger_than_ours_are(company: Running) -> None:
    browser = company.browser()
    fields = {"form_token": browser.form_token("/login"), "name": "x" * 70_000}

    answer = browser.client.post("/login", data=fields)

    assert answer.status_code == 413
    many = {f"field{number}": "x" for number in range(200)}
    assert browser.client.post("/login", data=many).status_code == 400
    assert browser.client.post("/login", content=b"\xff\xfe").status_code == 400


def test_errors_are_words_for_people_and_data_for_programs(company: Running) -> None:
    page = company.browser().get("/nothing")
    assert page.headers["content-type"].startswith("text/html")
    assert "There is no such page, or it is not there any more." in page.text

    program = httpx.get(f"{company.address}/api/v1/nothing")
    assert program.status_code == 404
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json()["detail"] == "There is no such page, or it is not there any more."
