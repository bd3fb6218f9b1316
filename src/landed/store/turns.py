"""Turns: a lock that is given to those who wait for it in the order in which they asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Place:
    """One who waits for their turn, or has it.

    Attributes:
        who: in words for others who wait.
        on_change: called, in any thread, when somebody before this one has left.
    """

    who: str
    on_change: Callable[[], None] = field(repr=False)


class Turns:
    """Who may go now, and who comes next; for use by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: list[Place] = []

    def ask(self, who: str, on_change: Callable[[], None]) -> Place:
        """Come last in the queue; whoever is first in it has the turn until they `leave`."""
        place = Place(who, on_change)
        with self._lock:
            self._places.append(place)
        return place

    def before(self, place: Place) -> Place | None:
        """Who has the turn while `place` waits; None once it is its own."""
        with self._lock:
            first = self._places[0]
        return None if first is place else first

    def leave(self, place: Place) -> None:
        """Give the turn, or the wait for it, up. Leaving twice does nothing."""
        with self._lock:
            if place not in self._places:
                return
            self._places.remove(place)
        self.wake()

    def wake(self) -> None:
        """Let all look again whether they may go, or have to give up."""
        with self._lock:
            waiting = list(self._places)
        for place in waiting:
            place.on_change()
