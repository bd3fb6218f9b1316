"""Signing in and out, in a browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.server.running import ANA, BEN, Running, running

WRONG = "not the password at all"


def test_a_page_leads_to_the_form_and_the_form_back_to_the_page(company: Running) -> None:
    browser = company.browser()

    refused = browser.get("/account?period=30d")
    assert refused.status_code == 303
    assert refused.headers["location"] == "/login?next=%2Faccount%3Fperiod%3D30d"

    accepted = browser.sign_in("ben", BEN, "/account?period=30d")
    assert accepted.status_code == 303
    assert accepted.headers["location"] == "/account?period=30d"
    assert "ben@old.example" in browser.get("/account").text


def test_names_are_the_same_in_either_case(company: Running) -> None:
    assert company.browser().sign_in(" Ben ", BEN).status_code == 303


def test_a_wrong_name_and_a_wrong_password_are_told_alike(company: Running) -> None:
    wrong = [("ben", WRONG), ("nobody", BEN), ("", ""), ("ben", ""), ("ben", "x" * 60_000)]
    for name, password in wrong:
        answer = company.browser().sign_in(name, password)

        assert answer.status_code == 401
        assert "This name and password do not belong together." in answer.text
        assert "landed_session" not in answer.headers.get("set-cookie", "")


def test_a_disabled_account_is_out_at_once(company: Running) -> None:
    browser = company.signed_in("ben", BEN)

    company.accounts.people.change("ben", by="ana", disabled=True)

    assert browser.get("/account").status_code == 303
    assert company.browser().sign_in("ben", BEN).status_code == 401
    company.accounts.people.change("ben", by="ana", disabled=False)
    assert company.browser().sign_in("ben", BEN).status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    kept = dict(browser.client.cookies)

    assert browser.send("/account", "/logout").headers["location"] == "/login"

    assert "landed_session" not in browser.client.cookies
    browser.client.cookies.update(kept)
    assert browser.get("/account").status_code == 303


def test_a_session_planted_before_is_worth_nothing_after_signing_in(company: Running) -> None:
    planted = company.accounts.sessions.start("ana", "somebody else's browser")
    browser = company.browser()
    browser.client.cookies.set("landed_session", planted, domain="127.0.0.1")

    assert browser.sign_in("ben", BEN).status_code == 303

    assert browser.client.cookies["landed_session"] != planted
    assert company.accounts.sessions.account(planted) is None


def test_a_session_ends_after_its_hours(tmp_path: Path) -> None:
    with running(tmp_path, loopback=False, session_hours=2.0) as started:
        started.accounts.people.add("ana", ANA, by="command-line")
        browser = started.signed_in("ana", ANA)

        started.clock.pass_by(hours=1, minutes=59)
        assert browser.get("/account").status_code == 200
        started.clock.pass_by(minutes=2)
        assert browser.get("/account").status_code == 303


def test_what_the_browser_shows_is_not_what_is_kept(company: Running, tmp_path: Path) -> None:
    browser = company.signed_in("ben", BEN)
    shown = browser.client.cookies["landed_session"].encode()

    files = list((tmp_path / "workspace").glob("accounts.db*"))

    assert files
    assert all(shown not in file.read_bytes() for file in files)
    assert all(BEN.encode() not in file.read_bytes() for file in files)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_who_guesses_waits_longer_each_time(company: Running) -> None:
    browser = company.browser()
    for _ in range(5):
        assert browser.sign_in("ben", WRONG).status_code == 401

    waits = []
    for _ in range(4):
        answer = browser.sign_in("ben", BEN)
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        company.clock.pass_by(seconds=waits[-1])
        assert browser.sign_in("ben", WRONG).status_code == 401

    assert waits == [1, 2, 4, 8]
    company.clock.pass_by(minutes=15)
    assert browser.sign_in("ben", BEN).status_code == 303
    assert browser.sign_in("ben", WRONG).status_code == 401


def test_a_wait_is_a_quarter_of_an_hour_at_most(company: Running) -> None:
    attempts = company.accounts.attempts
    for _ in range(40):
        company.clock.pass_by(hours=1)
        assert attempts.begin("ben", "198.51.100.7") == timedelta(0)

    assert attempts.begin("ben", "198.51.100.7") == timedelta(minutes=15)


def test_one_who_guesses_keeps_nobody_else_out(company: Running) -> None:
    attempts = company.accounts.attempts
    for _ in range(10):
        attempts.begin("ben", "198.51.100.7")

    assert attempts.begin("ben", "198.51.100.7") > timedelta(0)
    assert attempts.begin("ben", "192.0.2.1") == timedelta(0)


def test_many_names_from_one_address_are_guesses_too(company: Running) -> None:
    attempts = company.accounts.attempts
    waits = [attempts.begin(f"name{number}", "198.51.100.7") for number in range(25)]

    assert [wait > timedelta(0) for wait in waits] == [False] * 20 + [True] * 5


def test_an_office_that_signs_in_well_is_never_held_up(company: Running) -> None:
    attempts = company.accounts.attempts
    for number in range(60):
        assert attempts.begin(f"name{number}", "198.51.100.7") == timedelta(0)
        attempts.succeeded(f"name{number}", "198.51.100.7")


def test_a_form_without_its_proof_signs_nobody_in(company: Running) -> None:
    browser = company.browser()
    browser.get("/login")
    fields = {"name": "ben", "password": BEN, "form_token": "0" * 64}

    answer = browser.client.post("/login", data=fields)

    assert answer.status_code == 403
    assert "load the page again" in answer.text
    assert browser.client.post("/login", data={"name": "ben", "password": BEN}).status_code == 403


def test_a_form_from_another_browser_signs_nobody_in(company: Running) -> None:
    others = company.browser().form_token("/login")
    browser = company.browser()
    browser.get("/login")

    answer = browser.client.post(
        "/login", data={"name": "ben", "password": BEN, "form_token": others}
    )

    assert answer.status_code == 403


def test_who_owns_the_machine_is_not_asked(alone: Running) -> None:
    browser = alone.browser()

    assert browser.get("/login?next=/account").headers["location"] == "/account"
    assert "whoever uses the machine as you do is its owner" in browser.get("/account").text


def test_with_the_first_account_everybody_is_asked(alone: Running) -> None:
    browser = alone.browser()
    assert browser.get("/account").status_code == 200

    alone.accounts.people.add("ana", ANA, by="command-line", role="admin")

    assert browser.get("/account").headers["location"] == "/login?next=%2Faccount"
    assert browser.sign_in("ana", ANA).status_code == 303


def test_a_server_that_others_reach_has_no_owner_by_place(company: Running) -> None:
    for name in ("ana", "ben"):
        company.accounts.people.remove(name, by="command-line")

    assert company.browser().get("/account").status_code == 303
    assert "There is no account yet" in company.browser().get("/login").text


def test_sign_ins_are_counted(company: Running) -> None:
    company.browser().sign_in("ben", WRONG)
    company.signed_in("ben", BEN)

    text = company.server.meters.text(company.server).decode()

    assert 'landed_sign_ins_total{outcome="accepted"} 1.0' in text
    assert 'landed_sign_ins_total{outcome="refused"} 1.0' in text
