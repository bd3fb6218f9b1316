"""Who is who, printed: nothing that a log says can act on the terminal or in a shell."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from landed.reports.people import CaptureShown, IdentityShown, PeopleShown, print_people

FIRST, LAST = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 6, 7, tzinfo=UTC)


def printed(*identities: IdentityShown, complete: date | None = None) -> str:
    """What is printed of these identities, and of one person whose agents are seen."""
    seen = CaptureShown("ana@example.com", "codex", "acme/shop", FIRST, LAST, complete)
    output = io.StringIO()
    print_people(PeopleShown({"ana@example.com": "Ana"}, list(identities), [seen]), output)
    return output.getvalue()


def test_a_suggestion_is_told_with_the_command_that_settles_it() -> None:
    text = printed(
        IdentityShown("machine-user", "ana", "ana@example.com", "suggested"),
        IdentityShown("git-author", "ana@example.com", "ana@example.com", "e-mail"),
    )

    assert "1 identity unmatched\n" in text
    assert "login          ana" in text
    assert "perhaps ana@example.com" in text
    assert "landed people confirm ana ana@example.com\n" in text
    assert "1 identity of 1 person matched" in text


def test_whose_tools_are_all_captured_is_said_and_so_is_that_nobodys_are() -> None:
    assert "acme/shop, 2026-01-05 to 2026-06-07\n" in printed()
    assert "Nobody's tools are declared to be all captured" in printed()
    complete = printed(complete=date(2026, 2, 1))
    assert "2026-06-07; all their tools since 2026-02-01\n" in complete
    assert "Nobody's" not in complete


def test_hostile_names_are_written_out_and_quoted() -> None:
    text = printed(IdentityShown("session-user", "$(reboot) [red]\x1b[2J", None, "unmatched"))

    assert not any(letter for letter in text if not letter.isprintable() and letter != "\n")
    assert r"landed people confirm '$(reboot) [red]\x1b[2J' EMAIL" in text


def test_a_login_at_a_forge_is_named_with_its_host_and_thousands_are_counted() -> None:
    logins = [
        IdentityShown("forge-login", f"github.com/u{n}", None, "unmatched") for n in range(50)
    ]
    text = printed(*logins)

    assert "50 identities unmatched\n" in text
    assert "forge login    github.com/u0 " in text
    assert "github.com/u39" in text
    assert "github.com/u40" not in text
    assert "and 10 more: --json has all" in text
