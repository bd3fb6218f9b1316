"""Telling the person who waits what is being done, and how far it has come."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with a few words; `done` of `total` where it is known how much there is."""

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Tell what is being done now."""


def quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """Nobody waits."""
