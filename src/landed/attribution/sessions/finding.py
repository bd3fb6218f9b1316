"""Where agents' logs lie, and which of them may hold something new."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from landed.config import Settings
from landed.errors import UsageError
from landed.records import AGENTS
from landed.sources.agents.contract import AgentReader, Home, Log
from landed.sources.agents.registry import all_readers
from landed.store import Store

Faults = dict[tuple[str, str, str], int]
"""How often what went wrong: by agent, kind and log."""

States = dict[tuple[str, str], tuple[str, str]]
"""Stamp and reader's state of every log that was read, by agent and path."""


@dataclass
class SessionsRead:
    """What a run found: logs that were looked at and read, new rows, and what went wrong.

    `faults` count by agent, kind and log. `logs` counts the logs of every agent that has any.
    """

    logs: dict[str, int] = field(default_factory=dict)
    read: int = 0
    sessions: int = 0
    calls: int = 0
    edits: int = 0
    faults: Faults = field(default_factory=dict)


@dataclass(frozen=True)
class FoundLog:
    """A log, who reads it, and the login of the user under whose home it lies."""

    reader: AgentReader
    log: Log
    machine_user: str

    @property
    def key(self) -> tuple[str, str]:
        """Agent and path, as the table `agent_log` has them."""
        return self.reader.agent, speakable(self.log.path)


def working_trees(store: Store) -> tuple[Path, ...]:
    """The working trees of repositories that were read, and those that sessions named."""
    rows = store.query(
        "select path from location union select worktree from session_place"
        " where worktree is not null and how <> 'none' and worktree like '/%' order by 1"
    )
    trees = (Path(path) for path in rows["path"].to_pylist())
    return tuple(dict.fromkeys(t.parent if t.name == ".git" else t for t in trees))


def find_logs(
    settings: Settings, folders: tuple[Path, ...], result: SessionsRead
) -> Iterator[FoundLog]:
    """Yield every log of the agents that the settings ask for, and count them in `result`.

    `folders` are working trees in which agents may have left logs.

    Raises:
        UsageError: the settings name an agent that no reader knows.
    """
    readers, broken = all_readers()
    for plugin in broken:
        result.faults[(plugin.name, "broken-plug-in", plugin.reason)] = 1
    known = {reader.agent for reader in readers}
    asked = set(settings.sessions.agents)
    if asked - known:
        raise UsageError(
            f"no reader for {', '.join(sorted(asked - known))}: sessions.agents may name "
            f"{', '.join(sorted(known))}"
        )
    homes = [Home(Path.home(), os.environ, folders)] if settings.sessions.own_home else []
    homes += [Home(home.expanduser(), {}) for home in settings.sessions.homes]
    for reader in readers:
        if asked and reader.agent not in asked:
            continue
        for home in homes:
            user = home.directory.name if home.environment is not os.environ else _login()
            for log in _located(reader, home, result):
                result.logs[reader.agent] = result.logs.get(reader.agent, 0) + 1
                yield FoundLog(reader, log, user)


def _located(reader: AgentReader, home: Home, result: SessionsRead) -> Iterator[Log]:
    try:
        yield from reader.locate(home)
    except OSError:
        result.faults[(reader.agent, "unreadable-folder", str(home.directory))] = 1
    except Exception as error:
        # a plug-in may raise anything; it costs its own logs only
        result.faults[(reader.agent, f"broken-reader ({type(error).__name__})", "")] = 1


def speakable(path: Path) -> str:
    """A path as text that can be stored: names that are not UTF-8 are written with escapes."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def read_states(store: Store) -> States:
    """Return how far every log was read."""
    rows = store.query(
        "select agent, path, stamp, state from agent_log where repository = ?", [AGENTS]
    )
    columns = [rows[name].to_pylist() for name in ("agent", "path", "stamp", "state")]
    return {
        (agent, path): (stamp, state) for agent, path, stamp, state in zip(*columns, strict=True)
    }
