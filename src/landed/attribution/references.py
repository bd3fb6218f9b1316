"""Which other commits a message names: the one it reverts, the one it was picked from."""

from __future__ import annotations

import re

_REVERTS = re.compile(rb"^This reverts commit\s+([0-9a-f]{7,64})\b", re.MULTILINE)
_PICKED = re.compile(rb"^\(cherry[ -]picked from commit\s+([0-9a-f]{7,64})\)", re.MULTILINE)


def find_references(message: bytes) -> list[tuple[str, str]]:
    """Return (kind, commit id as written) for what a message reverts or was picked from.

    Kinds are `reverts` and `picked-from`; each pair comes once, in the order of the message.
    """
    if b" commit" not in message:
        return []
    found = [("reverts", match) for match in _REVERTS.finditer(message)]
    found += [("picked-from", match) for match in _PICKED.finditer(message)]
    return list(dict.fromkeys((kind, match.group(1).decode()) for kind, match in found))
