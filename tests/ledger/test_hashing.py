"""Keyed hashes recognise a text again whatever its layout, and say nothing without the key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from landed.ledger.hashing import LineHasher, is_trivial

KEY = b"0123456789abcdef"
TEXT = st.binary(max_size=40).filter(lambda line: b"\n" not in line)


def hashes(line: bytes, key: bytes = KEY) -> tuple[int, int, bool]:
    texts, tokens, trivial = LineHasher(key).hash_lines([line])
    return int(texts[0]), int(tokens[0]), bool(trivial[0])


def test_indentation_and_the_width_of_spaces_have_no_say() -> None:
    assert hashes(b"total = 1 + 2")[:2] == hashes(b"\ttotal  =  1 + 2 \r")[:2]


def test_spaces_between_tokens_tell_texts_apart_but_not_token_streams() -> None:
    assert hashes(b"f(a, b)")[0] != hashes(b"f( a,b )")[0]
    assert hashes(b"f(a, b)")[1] == hashes(b"f( a,b )")[1]


def test_quotes_are_alike_in_token_streams_only() -> None:
    assert hashes(b"name = 'shop'")[0] != hashes(b'name = "shop"')[0]
    assert hashes(b"name = 'shop'")[1] == hashes(b'name = "shop"')[1]


def test_another_key_gives_other_hashes() -> None:
    assert hashes(b"total = 1")[:2] != hashes(b"total = 1", b"another key 16 b")[:2]


def test_lines_of_fewer_than_three_letters_or_digits_are_trivial() -> None:
    assert [is_trivial(line) for line in (b"}", b"", b"ab", b"abc", b"--x--1--y")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@given(st.lists(TEXT, max_size=20))
def test_lines_hashed_together_are_hashed_as_alone(texts: list[bytes]) -> None:
    together = LineHasher(KEY).hash_lines(texts)
    alone = [hashes(line) for line in texts]
    assert [
        tuple(row) for row in zip(*(column.tolist() for column in together), strict=True)
    ] == alone
    assert [row[2] for row in alone] == [is_trivial(line) for line in texts]
