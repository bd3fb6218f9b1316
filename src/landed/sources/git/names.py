"""Path names as text that no two paths share: plain where they can be, else in git's quoted form.

A path that is UTF-8 and does not begin with a double quote stands as it is. Any other is written
as git quotes it (`"caf\\351.txt"`), a form that begins with a double quote and so is never plain.
"""

from __future__ import annotations

import re
from collections.abc import Container

_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_UNESCAPES = {letter: byte for byte, letter in _ESCAPES.items()}
_ESCAPED = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')


def path_to_text(path: bytes) -> str:
    """Return the text that stands for a path."""
    if not path.startswith(b'"'):
        try:
            return path.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return '"' + "".join(_escaped(byte) for byte in path) + '"'


def text_to_path(text: str) -> bytes:
    """Return the path that a text stands for; the opposite of `path_to_text`."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text.encode("utf-8", "surrogateescape")
    return unescaped(text[1:-1].encode("utf-8", "surrogateescape"))


def unescaped(quoted: bytes) -> bytes:
    """Return what stands between the quotes of a quoted name, its escapes resolved."""
    return _ESCAPED.sub(_resolve, quoted)


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def _resolve(match: re.Match[bytes]) -> bytes:
    escape = match.group(1).decode()
    return bytes([_UNESCAPES[escape] if escape in _UNESCAPES else int(escape, 8)])


def known_spelling(stated: str, known: Container[str]) -> str | None:
    """Return the text among `known` for a path as other tools may write it; None where none is.

    Tried in this order: as it is, as the text of its bytes, with escapes between quotes resolved.
    """
    raw = stated.encode("utf-8", "surrogateescape")
    candidates = (stated, path_to_text(raw), path_to_text(unescaped(raw)))
    return next((text for text in candidates if text in known), None)
