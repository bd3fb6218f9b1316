"""Commits that a message names."""

from __future__ import annotations

from landed.attribution.references import find_references

FIRST, SECOND = "1" * 40, "2" * 40


def test_a_revert_names_what_it_reverts() -> None:
    message = f'Revert "Add the cart"\n\nThis reverts commit {FIRST}.\n'

    assert find_references(message.encode()) == [("reverts", FIRST)]


def test_a_pick_names_what_it_was_picked_from() -> None:
    message = f"Add the cart\n\n(cherry picked from commit {FIRST})\n"

    assert find_references(message.encode()) == [("picked-from", FIRST)]


def test_several_come_once_each_and_a_wrapped_line_counts() -> None:
    message = (
        f"Back\n\nThis reverts commit {FIRST}, reversing\nchanges.\n\n"
        f"This reverts commit\n{SECOND[:12]}.\n\nThis reverts commit {FIRST}.\n"
    )

    assert find_references(message.encode()) == [("reverts", FIRST), ("reverts", SECOND[:12])]


def test_quotes_and_prose_name_nothing() -> None:
    message = f"Talk\n\n> This reverts commit {FIRST}.\nWhy this reverts commit {FIRST}\n"

    assert find_references(message.encode()) == []
