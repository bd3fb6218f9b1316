"""What browsers call themselves, and what people read of it."""

from __future__ import annotations

import pytest

from landed.server.accounts.clients import client_words

MOZILLA = "Mozilla/5.0"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 "
            "Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 "
            "Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            f"{MOZILLA} (Linux; Android 16; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile "
            "Safari/537.36",
            "Chrome on Android",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            "Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.15.0", "curl/8.15.0"),
        ("x" * 200, "x" * 60),
        (" ", "an unknown browser"),
    ],
)
def test_a_browser_in_words(told: str, words: str) -> None:
    assert client_words(told) == words
