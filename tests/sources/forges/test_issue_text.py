"""What bodies of changes and issues refer to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.forges.issue_text import MOST, change_references, incident_links

SHA = "5c1f0a3b9d7e42816f00aa7755cc1d2e3f405162"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Fixes #12", [("closes", "12")]),
        ("This closes: #7.", [("closes", "7")]),
        ("**Resolves** #7", [("closes", "7")]),
        ("resolved acme/shop-api#3", [("closes", "acme/shop-api#3")]),
        ("Fixes https://github.com/acme/shop/issues/44", [("closes", "acme/shop#44")]),
        ("Closes [#9](https://github.com/acme/shop/issues/9)", [("closes", "9")]),
        ("Fixes GH-31", [("closes", "31")]),
        (
            "Closes #4, #6 and group/part/shop#8",
            [("closes", "4"), ("closes", "6"), ("closes", "group/part/shop#8")],
        ),
        (
            "Implements https://gitlab.com/group/part/shop/-/issues/5",
            [("closes", "group/part/shop#5")],
        ),
        ("Reverts #12", [("reverts", "12")]),
        ("Reverts acme/shop#12", [("reverts", "acme/shop#12")]),
        (f"This reverts commit {SHA}.", [("reverts", SHA)]),
        (f"This reverts commit {SHA.upper()}.", [("reverts", SHA)]),
        ("This reverts merge request !12", [("reverts", "12")]),
        ("This reverts merge request group/shop!12", [("reverts", "group/shop#12")]),
        ("Reverts https://github.com/acme/shop/pull/12", [("reverts", "acme/shop#12")]),
        (f"(cherry picked from commit {SHA})", [("picks", SHA)]),
        ("Backport of #12", [("picks", "12")]),
        ("Backport of https://gitlab.com/acme/shop/-/merge_requests/3", [("picks", "acme/shop#3")]),
    ],
)
def test_references_of_changes(body: str, told: list[tuple[str, str]]) -> None:
    assert change_references("A title", body) == told


@pytest.mark.parametrize(
    "body",
    [
        "See #12",
        "prefixes #12",
        "Fixes the cart, see #12",
        "Fixed by #12",
        "fixes #12abc",
        "Closes !12",
        "Fixes https://github.com/acme/shop/pull/12",
        "> Fixes #12",
        "```\nFixes #12\n```",
        "~~~~md\n~~~\nFixes #12\n~~~~",
        "```\nnever closed\nFixes #12",
        "Write `Fixes #12` to close it",
        "<!-- Fixes #12 -->",
        "<!-- e.g.\nFixes #12",
        "Reverted by #12",
        "This reverts the defaced banner",
        "",
        None,
    ],
)
def test_what_refers_to_nothing(body: str | None) -> None:
    assert change_references("A title", body) == []


def test_the_own_project_goes_without_saying() -> None:
    body = "Closes acme/shop#3, acme/tools#4. Reverts https://code.acme.com/git/acme/shop/pull/5"
    assert change_references("", body, project="Acme/Shop") == [
        ("closes", "3"),
        ("closes", "acme/tools#4"),
        ("reverts", "5"),
    ]


def test_titles_tell_too() -> None:
    assert change_references("Fix #12: crash of the cart", None) == [("closes", "12")]
    assert change_references('Revert "Add a cart (#12)"', None) == [("reverts", "12")]
    assert change_references('Revert "Revert "Add a cart (#12)""', None) == []


def test_each_reference_is_told_once() -> None:
    assert change_references("Fix #1", "Fixes #1\n\nFixes #01\nfixes #1") == [("closes", "1")]


def test_what_stands_around_code_and_comments_counts() -> None:
    body = "<!-- note -->Fixes #1<!-- and -->\n```\nFixes #2\n```\n> Fixes #3\nFixes `#4`"
    assert change_references("", body) == [("closes", "1"), ("closes", "4")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"Root cause: {SHA}", [("caused-by-commit", SHA, "root-cause")]),
        (f"**Root cause:** `{SHA[:8]}`", [("caused-by-commit", SHA[:8], "root-cause")]),
        ("root cause: #12", [("caused-by-change", "12", "root-cause")]),
        ("It was caused by PR #12.", [("caused-by-change", "12", "root-cause")]),
        ("Caused by !12", [("caused-by-change", "12", "root-cause")]),
        ("introduced in acme/shop#12", [("caused-by-change", "acme/shop#12", "root-cause")]),
        (f"Introduced in commit {SHA[:7]}", [("caused-by-commit", SHA[:7], "root-cause")]),
        (
            f"Introduced by https://github.com/acme/shop/commit/{SHA}",
            [("caused-by-commit", SHA, "root-cause")],
        ),
        (
            "Regression from https://gitlab.com/acme/shop/-/merge_requests/3",
            [("caused-by-change", "acme/shop#3", "root-cause")],
        ),
        ("Deployment: 1234", [("caused-by-deployment", "1234", "mention")]),
        ("Deployment ID: gitlab:77.", [("caused-by-deployment", "gitlab:77", "mention")]),
        ("Fixed by #34", [("fixed-by-change", "34", "mention")]),
        (f"fixed in {SHA}", [("fixed-by-commit", SHA, "mention")]),
        (
            "Fixed by #34 and #35",
            [("fixed-by-change", "34", "mention"), ("fixed-by-change", "35", "mention")],
        ),
    ],
)
def test_links_of_incidents(body: str, told: list[tuple[str, str, str]]) -> None:
    assert incident_links(body) == told


@pytest.mark.parametrize(
    "body",
    [
        "root cause: defaced",
        "Root cause: a full disk",
        "Introduced in v1.2",
        "Deployment: we rolled back",
        "caused by https://github.com/acme/shop/issues/3",
        f"> root cause: {SHA}",
        f"```\nroot cause: {SHA}\n```",
        f"See {SHA}",
        None,
    ],
)
def test_what_links_to_nothing(body: str | None) -> None:
    assert incident_links(body) == []


def test_a_flood_of_references_ends() -> None:
    flood = "Closes " + ", ".join(f"#{number}" for number in range(1, 5 * MOST))
    assert len(change_references("", flood)) == MOST
    flood = "".join(f"caused by #{number}\n" for number in range(1, 5 * MOST))
    assert len(incident_links(flood)) == MOST


FRAGMENTS = st.sampled_from(
    [
        *("Fixes ", "closes: ", "reverts ", "caused by ", "root cause: ", "introduced in "),
        *("deployment: ", "fixed by ", "cherry picked from commit ", "Backport of "),
        *("#12", "!3", "acme/shop#4", "GH-5", SHA, SHA[:9], "https://git.acme.com/a/b/pull/6"),
        *(
            "`",
            "```",
            "~~~",
            "\n",
            "> ",
            "<!--",
            "-->",
            " ",
            ", ",
            "and ",
            "**",
            "/",
            "a",
            "\u2028",
        ),
        *("\x1b[31m", "#99999999999999999999999", "ſ", "é"),
    ]
)


@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=60).map("".join))
def test_no_text_is_too_strange(text: str) -> None:
    for kind, target in change_references(text, text):
        assert kind in ("closes", "reverts", "picks")
        assert target.isascii() and target.isprintable()
    for kind, target, rule in incident_links(text):
        assert kind.startswith(("caused-by-", "fixed-by-"))
        assert target.isascii() and target.isprintable()
        assert rule in ("root-cause", "mention")


@pytest.mark.parametrize(
    "piece",
    [
        *("`", "<!--", "-->", "`a", "> ", "```\n", "fixes ", "fixes #", "fixes a/", "a/a/", "#1,"),
        *(
            "fixes https://a/",
            "closes https://a/" + "b/" * 480,
            "reverts " + "a" * 99,
            "root cause ",
        ),
        *(
            "deployment: " + "a" * 200,
            "`" + "a" * 313 + "`",
            " ",
            "\n",
            "-",
            "*",
            "[",
            "fix**",
            "0",
        ),
    ],
)
def test_long_texts_of_anything_are_read(piece: str) -> None:
    """Quadratic patterns would not come to an end here."""
    text = piece * (400_000 // len(piece))
    assert len(change_references(text[:100_000], text)) <= MOST
    assert len(incident_links(text)) <= MOST
