"""Walking through a list that others change meanwhile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.servers.gitlab_model import at

from landed.sources.forges import gitlab_walking
from landed.sources.forges.contract import Page
from landed.sources.forges.gitlab_walking import Walk, oldest_first, walk

SIZE = 3


class Shelf:
    """Things with the minute of their last change; some are touched whenever somebody looks."""

    def __init__(self, minutes: list[int], touched: list[int]) -> None:
        self.minutes = dict(enumerate(minutes))
        self._touched = iter(touched)
        self._now = 1000

    def calm(self) -> None:
        """Nobody touches anything any more."""
        self._touched = iter(())

    def listed(self, since: str | None, number: int) -> list[dict[str, Any]]:
        """A page, as GitLab numbers them, of what changed at a time or later."""
        which = next(self._touched, None)
        if which is not None and self.minutes:
            self._now += 1
            self.minutes[which % len(self.minutes)] = self._now
        told = [{"iid": key, "updated_at": at(minute)} for key, minute in self.minutes.items()]
        edge = (since or "").replace("+00:00", "Z")
        later = [item for item in told if str(item["updated_at"]) >= edge]
        later.sort(key=lambda item: (str(item["updated_at"]), int(str(item["iid"]))))
        return later[(number - 1) * SIZE : number * SIZE]


def taken(shelf: Shelf, state: dict[str, Any] | None, most: int | None = None) -> dict[str, Any]:
    """Walk on from a state, over so many pages at most; return what was read, and the state."""
    walking = Walk.of(json.loads(json.dumps(state)))
    read: dict[int, str] = {}
    for pages, items in enumerate(walk(shelf.listed, walking, Page(), SIZE), start=1):
        for item in items:
            read[item["iid"]] = item["updated_at"]
            walking.note(item)
        if pages == most:
            break
    return {"read": read, "state": walking.state()}


@given(
    st.lists(st.integers(0, 4), max_size=30),
    st.lists(st.integers(0, 29), max_size=30),
    st.integers(1, 8),
)
@settings(max_examples=300)
@example([0] * 12, [0, 1, 2], 5)
@example([0] * 30, [4, 29, 5, 6, 13, 21, 0, 0, 0, 1, 3, 20], 8)
def test_everything_is_read_in_its_last_state(
    minutes: list[int], touched: list[int], stop: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gitlab_walking, "REMEMBERED", 2)
        shelf = Shelf(minutes, touched)
        first = taken(shelf, None, most=stop)
        second = taken(shelf, first["state"])
        shelf.calm()
        # Whatever was touched behind our back is read the next time.
        third = taken(shelf, second["state"])
        now = {key: at(minute) for key, minute in shelf.minutes.items()}
        assert first["read"] | second["read"] | third["read"] == now


def test_a_quiet_list_is_asked_for_once_more_and_not_read_again() -> None:
    shelf = Shelf([1, 2, 3, 4, 5], [])
    first = taken(shelf, None)
    assert len(first["read"]) == 5
    assert taken(shelf, first["state"])["read"] == {}


def test_how_lists_are_asked_for() -> None:
    assert oldest_first(None) == {"order_by": "updated_at", "sort": "asc"}
    assert oldest_first("2026-01-01")["updated_after"] == "2026-01-01"
