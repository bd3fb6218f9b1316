"""Figures with intervals take samples, and samples take time: each is estimated once a roll-up."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")

MOST = 4096
"""So many estimates are kept, those asked for last."""


class Estimates:
    """Estimates by what they rest on; for use by several threads at once."""

    def __init__(self, most: int = MOST) -> None:
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def get(self, key: Hashable, estimate: Callable[[], T]) -> T:
        """The estimate kept under `key`, else the one that `estimate` makes."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key])
        found = estimate()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found
