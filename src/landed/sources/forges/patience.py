"""How long GitHub wants us to wait, and how long we are willing to.

Primary limits are told by `x-ratelimit-*` on every answer, secondary ones by `retry-after` on a
refusal. All waiting of one reader comes out of one allowance.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from landed.errors import RateLimited

SHORTEST_PAUSE = 1.0
"""Seconds to wait after any refusal: they add up, so that endless refusals end the run."""
SECONDARY_PAUSE = 60.0
"""Seconds to wait after a refusal that does not say how long."""


class Patience:
    """Keeps to a forge's limits; may be shared by threads.

    Args:
        host: for messages.
        wait_minutes: all waiting together takes at most so long.
        sleep: waits so many seconds.
    """

    def __init__(self, host: str, wait_minutes: float, sleep: Callable[[float], None]) -> None:
        self._host = host
        self._allowed = wait_minutes * 60
        self._sleep = sleep
        self._lock = threading.Lock()
        self._open_again: dict[str, float] = {}
        self.remaining: dict[str, tuple[int, int]] = {}
        """By kind of request (`core`, `graphql`): requests left, of so many."""

    def learn(self, kind: str, headers: Mapping[str, str]) -> None:
        """Note what an answer says of the limit."""
        try:
            left = int(headers["x-ratelimit-remaining"])
            limit = int(headers["x-ratelimit-limit"])
        except (KeyError, ValueError):
            return
        with self._lock:
            self.remaining[kind] = (left, limit)
            if left == 0:
                self._open_again[kind] = time.monotonic() + _until_reset(headers)
            else:
                self._open_again.pop(kind, None)

    def before(self, kind: str, what: str) -> None:
        """Wait where the last answer said that no request is left."""
        with self._lock:
            pause = self._open_again.pop(kind, 0.0) - time.monotonic()
        if pause > 0:
            self.wait(pause, what)

    def refused(self, kind: str, headers: Mapping[str, str], what: str) -> None:
        """Wait as long as a refusal asks for."""
        with self._lock:
            self._open_again.pop(kind, None)
        self.wait(_asked_pause(headers), what)

    def wait(self, seconds: float, what: str) -> None:
        """Wait, or raise RateLimited where that is longer than what is left of the allowance."""
        with self._lock:
            if seconds > self._allowed:
                again = datetime.now(UTC) + timedelta(seconds=seconds)
                raise RateLimited(
                    f"{self._host} wants a pause of {seconds / 60:.0f} minutes before it tells more"
                    f" ({what}), and this run may wait only {self._allowed / 60:.0f} more: run it "
                    f"again after {again:%H:%M} UTC, and it goes on from here"
                )
            self._allowed -= seconds
        self._sleep(seconds)


def _asked_pause(headers: Mapping[str, str]) -> float:
    try:
        return max(float(headers["retry-after"]), SHORTEST_PAUSE)
    except (KeyError, ValueError):
        pass
    if headers.get("x-ratelimit-remaining") == "0":
        return _until_reset(headers)
    return SECONDARY_PAUSE


def _until_reset(headers: Mapping[str, str]) -> float:
    """Seconds until the limit is lifted, by the forge's own clock where it tells it."""
    try:
        reset = float(headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        return SECONDARY_PAUSE
    now = answered_at(headers)
    return max(reset - now.timestamp(), 0.0) + 1.0


def answered_at(headers: Mapping[str, str]) -> datetime:
    """When the forge gave an answer, by its clock; by ours where it does not say."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)
