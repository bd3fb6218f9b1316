"""Reading what is new in the logs of all agents into the store, each thing once.

Logs are looked at by name, size and time first; only those that changed are opened, and only what
they gained is read. Reading happens outside the store's lock; rows are written in batches, each
with the positions from which the next run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from landed.attribution.sessions.finding import (
    SessionsRead,
    find_logs,
    read_states,
    working_trees,
)
from landed.config import Settings, prepare_directory
from landed.progress import Progress, quiet
from landed.store import Store

__all__ = ["SessionsRead", "read_sessions"]


def read_sessions(
    settings: Settings,
    open_store: Callable[[], Store],
    *,
    folders: Sequence[Path] = (),
    progress: Progress = quiet,
) -> SessionsRead:
    """Read what is new in the logs of this user's agents, as `settings.sessions` says.

    `folders` are working trees to look in beside those that are known, for agents that leave
    their logs there.

    Raises:
        UsageError: the settings name an agent that no reader knows.
        StoreError: the store cannot be opened.
    """
    result = SessionsRead()
    if not settings.sessions.read:
        return result
    prepare_directory(settings.workspace)
    progress("looking for agents' logs")
    with open_store() as store:
        states = read_states(store)
        trees = tuple(dict.fromkeys([*working_trees(store), *folders]))
        found = list(find_logs(settings, trees, result))
        changed = [one for one in found if states.get(one.key, ("", ""))[0] != one.log.stamp]
        if not changed and not result.faults:
            return result
    # imports what takes long, for runs that have something to read
    from landed.attribution.sessions.writing import LogIngest

    LogIngest(settings, open_store, states, result, progress).read(changed)
    return result
