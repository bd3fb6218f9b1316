"""Where signing in may lead: to a page of ours, whatever an address asks for."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from landed.server.security.redirects import safe_next

SERVER = "https://landed.example.com/login"
AWKWARD = st.text(st.sampled_from("/\\.:@?#%&=;,\t\n\r \x00aA0é\u2044\uff0f"), max_size=30)


@pytest.mark.parametrize(
    "wanted",
    ["/", "/spend?team=payments&since=2026-01-01", "/explain/yield#how", "/a//b", "/%2F/x"],
)
def test_a_page_of_ours_is_kept(wanted: str) -> None:
    assert safe_next(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "spend",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/login?next=/login",
        "/logout",
        "/" + "x" * 2000,
        "/\r\nset-cookie: a=b",
        "/naïve",
    ],
)
def test_anything_else_is_the_first_page(wanted: str | None) -> None:
    assert safe_next(wanted) == "/"


@given(st.one_of(AWKWARD, AWKWARD.map(lambda text: f"/{text}"), st.text(max_size=50)))
@example("/\\/evil.example")
@example("/.//evil.example")
def test_no_text_leads_to_another_host(wanted: str) -> None:
    led = safe_next(wanted)

    # as browsers read it: blanks and control characters go, a backslash is a slash
    as_read = "".join(letter for letter in led if letter > " ").replace("\\", "/")
    arrived = urlsplit(urljoin(SERVER, as_read))
    assert (arrived.scheme, arrived.netloc) == ("https", "landed.example.com")
    assert led == wanted or led == "/"
    assert "\n" not in led
    assert "\r" not in led
