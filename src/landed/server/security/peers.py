"""Which user of this machine is at the other end of a connection from this machine.

Linux lists the owners of sockets in `/proc/net/tcp`. Where nothing lists them, as on other systems,
all users of the machine are taken for one.
"""

from __future__ import annotations

import ipaddress
import os
import sys
import time
from pathlib import Path

Place = tuple[str, int]
KNOWN_SECONDS = 1.0
"""What was found holds so long: one connection asks many times."""
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ROOT = 0
_known: dict[tuple[Place, Place], tuple[float, bool]] = {}
_MOST_KNOWN = 1000


def is_this_user(client: Place, server: Place) -> bool:
    """Whether this user, or the system itself, has the connection from `client` to `server`."""
    now = time.monotonic()
    since, answer = _known.get((client, server), (0.0, False))
    if now - since < KNOWN_SECONDS:
        return answer
    owner = _owner(client, server)
    answer = owner in (os.getuid(), _ROOT) if owner is not None else not _listed(server)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[client, server] = (now, answer)
    return answer


def _owner(client: Place, server: Place) -> int | None:
    """The user whose socket this is; None where it is not listed, or nobody holds it any more."""
    wanted = (_written(client), _written(server))
    for row in _rows():
        if (row[1], row[2]) == wanted and int(row[9]):
            return int(row[7])
    return None


def _listed(server: Place) -> bool:
    """Whether sockets are listed at all: then at least the one that listens is."""
    return any(row[1].endswith(f":{server[1]:04X}") for row in _rows())


def _rows() -> list[list[str]]:
    found: list[list[str]] = []
    for table in _TABLES:
        try:
            lines = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        found += [fields for line in lines if len(fields := line.split()) > 9]
    return found


def _written(place: Place) -> str:
    """An address as the tables have it: words of four bytes, each in the machine's own order."""
    packed = ipaddress.ip_address(place[0].partition("%")[0]).packed
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    turned = (word[::-1] if sys.byteorder == "little" else word for word in words)
    return f"{b''.join(turned).hex().upper()}:{place[1]:04X}"
