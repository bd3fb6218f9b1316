"""A line's story, as somebody else and as its own person may read it."""

from __future__ import annotations

from datetime import UTC, datetime

from landed.reports.blame import Authorship
from landed.reports.dashboard.line_story import story_for
from landed.reports.why import CommitShown, Statement, Story
from landed.reports.why_session import EditOfLine, Generation, SessionOfLine, TurnOfLine

AT = datetime(2026, 1, 2, tzinfo=UTC)
ANA = "ana@example.com"


def story(person: str | None = ANA) -> Story:
    session = SessionOfLine("session-1", "codex", person, AT, 3, 0, 5_000_000, 0)
    generated = Generation(
        "gpt-5",
        session,
        TurnOfLine("turn-1", 1, AT, 2_000_000, 0),
        EditOfLine("edit-1", 1, 1, "apply_patch", AT, "applied", "person", False),
        None,
    )
    decided = Statement(
        "ai",
        "codex",
        "gpt-5",
        "matched",
        "session",
        "codex edit-1",
        "session-1",
        "line",
        "c1",
        True,
    )
    return Story(
        file="cart.py",
        line=1,
        text="total = 0",
        revision="c1",
        commit=CommitShown("c1", "Add the cart", "Ana", AT),
        path="cart.py",
        born_line=1,
        authorship=Authorship("ai", "codex", "gpt-5", "matched"),
        known=True,
        generated=generated,
        evidence=(decided,),
    )


def test_ones_own_session_is_told() -> None:
    told = story_for(story(), frozenset({ANA}), may_read_code=True)
    assert told == story()


def test_somebody_elses_session_is_not() -> None:
    told = story_for(story(), frozenset({"ben@example.com"}), may_read_code=True)
    assert told.generated is None
    assert "edit-1" not in repr(told)
    assert "session-1" not in repr(told)
    assert told.authorship == story().authorship


def test_sessions_of_nobody_known_are_the_owners_of_the_machine() -> None:
    assert story_for(story(None), frozenset(), alone=True).generated is not None
    assert story_for(story(None), frozenset()).generated is None
    assert story_for(story(), frozenset(), alone=True).generated is None


def test_who_may_not_read_code_sees_no_text_and_no_author() -> None:
    told = story_for(story(), frozenset({ANA}))
    assert told.text == ""
    assert told.commit is not None
    assert (told.commit.subject, told.commit.author) == ("Add the cart", "")
