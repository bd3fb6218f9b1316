"""What pages ask again and again, kept as long as the roll-ups are the same.

Figures with intervals take samples, and samples take time; small answers of the store are kept too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import pyarrow as pa

T = TypeVar("T")

MOST = 1024
"""So many estimates and answers are kept, those asked for last."""
SMALL = 200_000
"""Answers of more bytes are asked of the store each time."""
MOST_BYTES = 64_000_000
"""All answers that are kept have no more bytes than this."""


class Estimates:
    """Estimates by what they rest on; for use by several threads at once."""

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, estimate: Callable[[], T]) -> T:
        """The estimate kept under `key`, else the one that `estimate` makes."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        found = estimate()
        self._keep(key, found)
        return found

    def small(self, key: Hashable, ask: Callable[[], pa.Table]) -> pa.Table:
        """The answer kept under `key`, else the one that `ask` gets; large ones are not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = ask()
        if found.nbytes <= SMALL:
            self._keep(key, found)
        return found

    def _keep(self, key: Hashable, found: object) -> None:
        with self._lock:
            self._bytes -= _size(self._kept.pop(key, None))
            self._kept[key] = found
            self._bytes += _size(found)
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                _, forgotten = self._kept.popitem(last=False)
                self._bytes -= _size(forgotten)


def _size(kept: object) -> int:
    return int(kept.nbytes) if isinstance(kept, pa.Table) else 0
