"""From the store to the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from landed.config import Settings
from landed.errors import UsageError
from landed.reports.board.board import Board, board_of
from landed.reports.dashboard.look import Look
from landed.rollups import Filter
from landed.store import Store


def make_board(
    store: Store,
    settings: Settings,
    *,
    since: date | None = None,
    until: date | None = None,
    repositories: tuple[str, ...] = (),
    alone: bool = False,
) -> Board:
    """The report on what `store` holds rolled up.

    `repositories` are ids or names; none = all. The time is moved outwards to where it may be shown
    without telling of a few people. `alone` is as for `Look`.

    Raises:
        UsageError: a repository is not known; the message names those that are.
        StoreError: nothing has been rolled up yet.
    """
    look = Look(store, settings, alone=alone)
    look.as_of  # noqa: B018 - says that there are no roll-ups before anything else fails
    chosen = tuple(_id_of(look, name) for name in repositories)
    asked = Filter(since=since, until=until, repository=chosen)
    board = board_of(look.asking(look.privacy.window(asked)))
    return replace(board, asked=(since or board.since, min(until or board.until, board.until)))


def _id_of(look: Look, name: str) -> str:
    if name in look.names:
        return name
    found = [repository for repository, shown in look.names.items() if shown == name]
    if not found:
        known = ", ".join(sorted(look.names.values())) or "none"
        raise UsageError(f"{name} is no repository that was read; known are {known}")
    return found[0]
