"""Texts of strangers stand in Markdown as they are, and do nothing there."""

from __future__ import annotations

import pytest

from landed.reports.markdown_layout import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Totals *now*", r"Totals \*now\*"),
        ("Thanks @everyone", "Thanks &#64;everyone"),
        ("See https://evil.example/x", "See https&#58;//evil.example/x"),
        ("See www.evil.example", "See www&#46;evil.example"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[a](b)", r"\[a\](b)"),
    ],
)
def test_nothing_is_set_linked_or_mentioned(text: str, shown: str) -> None:
    assert plain(text) == shown
