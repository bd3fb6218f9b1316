"""Keyed hashes of lines: enough to recognise a text again, never the text.

SipHash-2-4 with the organisation's 128-bit key (Aumasson and Bernstein, 2012) is a pseudo-random
function: without the key the hashes tell nothing but equality. Who holds both the key and the
hashes can test guesses.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from siphashc import siphash

_WHITE_SPACE = b" \t\n\r\x0b\x0c"
_SAME_QUOTES = bytes.maketrans(b"'`", b'""')
_NOT_SIGNIFICANT = bytes(
    code
    for code in range(128)
    if chr(code) not in string.ascii_letters and chr(code) not in string.digits
)
TRIVIAL_BELOW = 3
"""A line of fewer letters or digits than this says too little to be recognised by itself."""

Hashes = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.bool_]]


class LineHasher:
    """Hashes lines with one key, remembering the lines that come again and again."""

    _REMEMBERED = 1 << 16

    def __init__(self, key: bytes):
        """Hash with `key`, 16 bytes."""
        self._key = key
        self._known: dict[bytes, tuple[int, int, bool]] = {}

    def hash_lines(self, lines: Sequence[bytes]) -> Hashes:
        """Return text hash, token hash and triviality of each line, given without its newline.

        The text hash ignores white space at both ends and the width of white space within; the
        token hash ignores all white space and the kind of quotes.
        """
        known = self._known
        count = len(lines)
        texts = np.empty(count, dtype=np.uint64)
        tokens = np.empty(count, dtype=np.uint64)
        trivial = np.empty(count, dtype=np.bool_)
        rows = []
        append = rows.append
        for line in lines:
            row = known.get(line)
            append(self._hash(line) if row is None else row)
        if rows:
            text_column, token_column, trivial_column = zip(*rows, strict=True)
            texts[:] = text_column
            tokens[:] = token_column
            trivial[:] = trivial_column
        return texts, tokens, trivial

    def _hash(self, line: bytes) -> tuple[int, int, bool]:
        text = b" ".join(line.split())
        token = text.translate(_SAME_QUOTES, b" ")
        row = (
            siphash(self._key, text),
            siphash(self._key, token),
            is_trivial(token),
        )
        if len(self._known) < self._REMEMBERED:
            self._known[line] = row
        return row


def is_trivial(line: bytes) -> bool:
    """Tell whether a line has fewer than three letters or digits (bytes of others scripts count)."""
    return len(line) < TRIVIAL_BELOW or len(line.translate(None, _NOT_SIGNIFICANT)) < TRIVIAL_BELOW


def tokens_of(line: bytes) -> bytes:
    """Return a line's token stream: no white space, one kind of quotes."""
    return line.translate(_SAME_QUOTES, _WHITE_SPACE)
