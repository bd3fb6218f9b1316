"""One's own account: password, browsers, tokens, and who looked."""

from __future__ import annotations

import re

from tests.server.running import ANA, BEN, Browser, Running

NEW = "a much newer password"


def change(browser: Browser, current: str = BEN, new: str = NEW, again: str | None = None) -> str:
    """What the page says after the password was to be changed."""
    fields = {"current": current, "new": new, "again": new if again is None else again}
    answer = browser.send("/account/password", "/account/password", fields)
    return answer.headers.get("location") or answer.text


def test_a_changed_password_signs_out_every_other_browser(company: Running) -> None:
    here, elsewhere = company.signed_in("ben", BEN), company.signed_in("ben", BEN)

    assert change(here) == "/account"

    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert company.browser().sign_in("ben", BEN).status_code == 401
    assert company.browser().sign_in("ben", NEW).status_code == 303


def test_a_password_that_cannot_be_is_refused(company: Running) -> None:
    browser = company.signed_in("ben", BEN)

    assert "The current password is another one." in change(browser, "something else")
    assert "not the same both times" in change(browser, again="a typing mistake")
    assert "The new password is the old one." in change(browser, new=BEN)
    assert "12 characters or more" in change(browser, new="too short")
    assert "repeats a few characters" in change(browser, new="ben ben ben ben")
    assert "hardly more than the account" in change(browser, new="my name is ben")
    assert "1,024 characters at most" in change(browser, new="x" * 1025)

    assert company.browser().sign_in("ben", BEN).status_code == 303


def test_the_current_password_cannot_be_guessed_here_either(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    told = [change(browser, f"guess number {number}") for number in range(6)]

    assert ["Too many attempts" in text for text in told] == [False] * 5 + [True]


def test_a_reset_password_opens_nothing_but_its_change(company: Running) -> None:
    company.accounts.people.set_password("ben", "made up by an admin", by="ana")
    browser = company.browser()

    answer = browser.sign_in("ben", "made up by an admin", "/account?period=30d")

    assert answer.headers["location"] == "/account/password"
    assert browser.get("/account").headers["location"] == "/account/password"
    assert browser.get("/api/v1/nothing").status_code == 404
    assert browser.get("/nothing").status_code == 404
    assert change(browser, "made up by an admin") == "/account"
    assert browser.get("/account").status_code == 200


def test_other_browsers_are_listed_and_can_be_signed_out(company: Running) -> None:
    lost = company.browser(**{"user-agent": "Lost phone <script>"})
    lost.sign_in("ben", BEN)
    here = company.signed_in("ben", BEN)

    page = here.get("/account").text
    assert page.count("Lost phone &lt;script&gt;") == 2
    (ending,) = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert here.send("/account", ending).headers["location"] == "/account"

    assert lost.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_nobody_signs_out_the_browser_of_somebody_else(company: Running) -> None:
    ana, ben = company.signed_in("ana", ANA), company.signed_in("ben", BEN)
    (theirs,) = company.accounts.sessions.of("ana")

    ben.send("/account", f"/account/sessions/{theirs.number}/end")

    assert ana.get("/account").status_code == 200


def test_a_token_is_shown_once(company: Running) -> None:
    browser = company.signed_in("ben", BEN)

    made = browser.send(
        "/account", "/account/tokens", {"name": "laptop", "scope": ["ingest", "read"], "days": "30"}
    )

    (secret,) = set(re.findall(r"landed_[\w-]{43}", made.text))
    assert made.headers["cache-control"] == "no-store"
    again = browser.get("/account").text
    assert secret not in again
    assert "laptop" in again
    (token,) = company.accounts.tokens.all("ben")
    assert token.scopes == {"ingest", "read"}
    assert company.program(secret).get("/metrics").status_code == 200
    browser.send("/account", f"/account/tokens/{token.id}/revoke")
    assert company.program(secret).get("/metrics").status_code == 401


def test_a_token_that_cannot_be_is_not_made(company: Running) -> None:
    browser = company.signed_in("ben", BEN)

    def answer(status: int, **fields: str) -> str:
        given = browser.send("/account", "/account/tokens", fields)
        assert given.status_code == status
        return given.text

    assert "Only admins may make tokens" in answer(403, name="x", scope="admin")
    assert "is no scope" in answer(400, name="x", scope="all")
    assert "A token needs a scope" in answer(400, name="x")
    assert "A token needs a name" in answer(400, name=" ", scope="read")
    assert "as a number" in answer(400, name="x", scope="read", days="soon")
    assert "a day or more" in answer(400, name="x", scope="read", days="0")
    assert company.accounts.tokens.all() == []


def test_nobody_revokes_the_token_of_somebody_else(company: Running) -> None:
    token, _ = company.accounts.tokens.create("ci", ["read"], owner="ana", by="ana")

    answer = company.signed_in("ben", BEN).send("/account", f"/account/tokens/{token.id}/revoke")

    assert answer.status_code == 403
    assert company.accounts.tokens.named(token.id).revoked_at is None


def test_the_measured_person_reads_who_looked(company: Running) -> None:
    access = company.accounts.access
    access.record("ana", "/spend", {"team": ["payments"]}, people=["Ben@example.com", "c@x.org"])
    access.record("ana", "/journey", {}, figure="funnel", people=["c@x.org", "d@x.org"])
    access.record("ana", "/", {"period": ["30d"]})

    own = company.signed_in("ben", BEN).get("/account").text

    looks = own[own.index('id="looks"') :]
    assert "/spend" in looks
    assert "team payments" in looks
    assert "/journey" not in looks
    assert "ana (1 time, last 2026-03-01" in looks
    others = company.signed_in("ana", ANA).get("/account").text
    assert "team payments" not in others


def test_the_owner_of_the_machine_has_no_password_and_no_token(alone: Running) -> None:
    browser = alone.browser()

    assert browser.get("/account/password").status_code == 403
    assert "landed account add" in browser.get("/account").text
    assert "/account/tokens" not in browser.get("/account").text
