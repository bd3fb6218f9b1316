"""Path names as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landed.sources.git.names import known_spelling, path_to_text, text_to_path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (b"src/cart.py", "src/cart.py"),
        ("café/naïve.txt".encode(), "café/naïve.txt"),
        (b"caf\xe9.txt", '"caf\\351.txt"'),
        (b'"quoted"', '"\\"quoted\\""'),
        (b"a\tb\\c\xff", '"a\\tb\\\\c\\377"'),
    ],
)
def test_a_path_has_one_text(path: bytes, text: str) -> None:
    assert path_to_text(path) == text
    assert text_to_path(text) == path


@given(st.binary(max_size=20))
def test_every_path_comes_back(path: bytes) -> None:
    assert text_to_path(path_to_text(path)) == path


@given(st.sets(st.binary(max_size=6), max_size=8))
def test_no_two_paths_share_a_text(paths: set[bytes]) -> None:
    assert len({path_to_text(path) for path in paths}) == len(paths)


def test_other_tools_spellings_are_found() -> None:
    known = {"café.txt", "a\\b", '"caf\\351.txt"'}

    assert known_spelling("café.txt", known) == "café.txt"
    assert known_spelling("caf\\303\\251.txt", known) == "café.txt"
    assert known_spelling("a\\b", known) == "a\\b"
    assert known_spelling("caf\udce9.txt", known) == '"caf\\351.txt"'
    assert known_spelling("other", known) is None
