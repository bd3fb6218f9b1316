"""What admins do, and that others cannot."""

from __future__ import annotations

import re

from tests.server.running import ANA, BEN, Running


def shown_password(page: str) -> str:
    """The password that was made up, as the page shows it this once."""
    found = re.search(r'data-copy="([\w-]{20})"', page)
    assert found is not None
    return found[1]


def test_a_viewer_sees_no_page_of_admins(company: Running) -> None:
    browser = company.signed_in("ben", BEN)

    for path in ("/admin/accounts", "/admin/audit"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "Only admins may do this" in answer.text


def test_a_viewer_does_nothing_that_admins_do(company: Running) -> None:
    browser = company.signed_in("ben", BEN)
    fields = {"role": "admin", "name": "eve"}

    for path in ("/admin/accounts", "/admin/accounts/ben", "/admin/accounts/ana/password"):
        assert browser.send("/account", path, fields).status_code == 403

    assert {one.name: one.role for one in company.accounts.people.all()} == {
        "ana": "admin",
        "ben": "viewer",
    }


def test_a_new_account_chooses_its_own_password_first(company: Running) -> None:
    ana = company.signed_in("ana", ANA)

    made = ana.send(
        "/admin/accounts",
        "/admin/accounts",
        {"name": "Cleo", "role": "viewer", "emails": "cleo@example.com\ncleo@old.example"},
    )
    cleo = company.browser()
    answer = cleo.sign_in("cleo", shown_password(made.text))

    assert answer.headers["location"] == "/account/password"
    account = company.accounts.people.named("cleo")
    assert account.emails == ("cleo@example.com", "cleo@old.example")
    assert (account.role, account.may_read_code) == ("viewer", False)


def test_a_person_who_forgot_gets_a_new_password(company: Running) -> None:
    ben, ana = company.signed_in("ben", BEN), company.signed_in("ana", ANA)

    page = ana.send("/admin/accounts", "/admin/accounts/ben/password").text

    assert ben.get("/account").status_code == 303
    assert company.browser().sign_in("ben", BEN).status_code == 401
    again = company.browser().sign_in("ben", shown_password(page))
    assert again.headers["location"] == "/account/password"


def test_what_is_refused_changes_nothing(company: Running) -> None:
    ana = company.signed_in("ana", ANA)

    def answer(path: str, **fields: str) -> str:
        given = ana.send("/admin/accounts", path, fields)
        assert given.status_code == 400
        return given.text

    taken = answer("/admin/accounts", name="new", emails="ben@example.com")
    assert "ben@example.com is another account" in taken
    assert "There is an account ben already" in answer("/admin/accounts", name="ben")
    assert "cannot be an account&#39;s name" in answer("/admin/accounts", name="../ben")
    assert "means something else here" in answer("/admin/accounts", name="local")
    assert "is no e-mail address" in answer("/admin/accounts", name="new", emails="new")
    assert "is the only admin" in answer("/admin/accounts/ana", role="viewer")
    assert "is the only admin" in answer("/admin/accounts/ana", role="admin", disabled="yes")
    assert "there is no account" in answer("/admin/accounts/nobody", role="viewer").lower()
    assert [one.name for one in company.accounts.people.all()] == ["ana", "ben"]


def test_every_act_is_in_the_audit(company: Running) -> None:
    ana = company.signed_in("ana", ANA)
    change = {"role": "viewer", "emails": "ben@example.com", "may_read_code": "yes"}
    ana.send("/admin/accounts", "/admin/accounts/ben", change)
    ana.send("/account", "/account/tokens", {"name": "ci", "scope": "ingest"})
    (token,) = company.accounts.tokens.all()
    ana.send("/admin/accounts", f"/admin/tokens/{token.id}/revoke")
    ana.send("/admin/accounts", "/admin/accounts/ben/password")

    acts = [(one.who, one.what, one.about) for one in company.accounts.audit.acts()]

    assert acts == [
        ("ana", "password reset", "ben"),
        ("ana", "token revoked", token.id),
        ("ana", "token made", token.id),
        ("ana", "account changed", "ben"),
        ("command-line", "account added", "ben"),
        ("command-line", "account added", "ana"),
    ]
    changed = company.accounts.audit.acts()[3].details
    assert changed == {"emails": ["ben@example.com"], "may_read_code": True}
    page = ana.get("/admin/audit").text
    assert "may read code yes" in page
    assert "account added" in page


def test_the_audit_goes_on_over_pages(company: Running) -> None:
    for number in range(60):
        company.accounts.audit.write("ana", "token made", f"number-{number}-", {})
    ana = company.signed_in("ana", ANA)

    first, second = ana.get("/admin/audit").text, ana.get("/admin/audit?page=2").text

    assert "number-59-" in first
    assert "number-0-" not in first
    assert "number-0-" in second
    assert "/admin/audit?page=2" in first
    assert "/admin/audit?page=3" not in second
    assert ana.get("/admin/audit?page=x").text == first


def test_what_others_named_is_shown_as_text(company: Running) -> None:
    evil = '<img src=x onerror="alert(1)">'
    company.accounts.tokens.create(evil, ["read"], owner="ben", by=evil)
    ana = company.signed_in("ana", ANA)

    for path in ("/admin/accounts", "/admin/audit"):
        assert "<img" not in ana.get(path).text
        assert "&lt;img" in ana.get(path).text


def test_the_first_account_is_not_made_in_a_browser(alone: Running) -> None:
    browser = alone.browser()
    page = browser.get("/admin/accounts").text

    assert "landed account add NAME --role admin" in page
    assert "<form" not in page[page.index("<main") :]


def test_settings_that_decide_what_is_seen_are_noted_when_they_change(company: Running) -> None:
    audit = company.accounts.audit
    for read_code in (False, False, True):
        audit.settings({"read_code": read_code})

    noted = [one.details for one in audit.acts() if one.what == "settings in force"]

    assert noted == [{"read_code": True}, {"read_code": False}]
