"""What is connected: whose logs are there, which git hooks, what is missing and how to add it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from landed.config import Settings
from landed.errors import LandedError
from landed.hook.claude import is_connected
from landed.hook.install import look, place_of
from landed.hook.place import GitFailed
from landed.reports.wording import count, listed
from landed.sources.agents.contract import AgentReader, Home
from landed.sources.agents.registry import BrokenPlugin, all_readers
from landed.store.health import AgentHealth, RepositoryHealth, StoreHealth


class Places(NamedTuple):
    """Where an agent leaves its logs, for people, and the variables that move them."""

    looked_in: tuple[str, ...]
    moved_by: tuple[str, ...]


_EDITOR = "the user folder of"
PLACES = {
    "aider": Places(
        (".aider.chat.history.md in each working tree",),
        ("AIDER_CHAT_HISTORY_FILE", "AIDER_ANALYTICS_LOG"),
    ),
    "claude-code": Places(
        ("~/.claude/projects", "~/.config/claude/projects"), ("CLAUDE_CONFIG_DIR",)
    ),
    "codex": Places(("~/.codex/sessions", "~/.codex/archived_sessions"), ("CODEX_HOME",)),
    "copilot-cli": Places(("~/.copilot",), ("COPILOT_HOME",)),
    "copilot-vscode": Places((f"{_EDITOR} VS Code, Insiders or VSCodium",), ("XDG_CONFIG_HOME",)),
    "cursor": Places((f"{_EDITOR} Cursor", "~/.cursor"), ("XDG_CONFIG_HOME", "CURSOR_CONFIG_DIR")),
    "gemini-cli": Places(("~/.gemini/tmp",), ("GEMINI_CLI_HOME",)),
    "opencode": Places(("~/.local/share/opencode",), ("XDG_DATA_HOME",)),
    "qwen-code": Places(("~/.qwen/projects",), ("QWEN_HOME", "QWEN_RUNTIME_DIR")),
}
"""Of our own readers; a plug-in does not tell."""


@dataclass(frozen=True)
class AgentConnection:
    """One agent: where its logs are looked for, how many are there now, and what was read.

    `state` is connected, not read yet, no logs, left out (by the settings) or no reader (a plug-in
    that was there before).
    """

    agent: str
    state: str
    looked_in: tuple[str, ...]
    moved_by: tuple[str, ...]
    logs: int
    unreadable: tuple[str, ...]
    read: AgentHealth | None


@dataclass(frozen=True)
class HookConnection:
    """The git hooks of one repository; `installed` is null where its working tree is not there."""

    repository: str
    path: str
    installed: bool | None
    other_hooks: bool
    hooks_path: str | None
    claude_code: bool


@dataclass(frozen=True)
class Addition:
    """Something that is missing, and how to add it."""

    what: str
    how: str


NOTHING_CONNECTED = Addition(
    "pull requests, reviews, checks and deployments are not seen",
    "landed connect github --organisation NAME, or landed deployment record in the pipeline; until "
    "then release tags stand for deployments",
)
"""Where no forge is connected."""


@dataclass(frozen=True)
class Connections:
    """Everything that is connected, and what is not; `homes` are looked in for agents' logs."""

    homes: tuple[str, ...]
    agents: tuple[AgentConnection, ...]
    broken_plugins: tuple[BrokenPlugin, ...]
    hooks: tuple[HookConnection, ...]
    missing: tuple[Addition, ...]

    @property
    def connected(self) -> list[AgentConnection]:
        """The agents of whose logs something was read."""
        return [one for one in self.agents if one.state == "connected"]


def find_connections(settings: Settings, health: StoreHealth | None, *, git: bool) -> Connections:
    """Look for logs and hooks; `health` is None for an empty store, `git` whether git runs.

    No log is opened.
    """
    repositories = health.repositories if health is not None else ()
    readers, broken = all_readers()
    read = {one.agent: one for one in health.agents} if health is not None else {}
    folders = tuple(tree for one in repositories if (tree := working_tree(one)) is not None)
    agents = [_look_for(reader, settings, folders, read.get(reader.agent)) for reader in readers]
    known = {one.agent for one in agents}
    agents += [
        AgentConnection(agent, "no reader", (), (), 0, (), found)
        for agent, found in read.items()
        if agent not in known
    ]
    mirrors = settings.workspace / "mirrors"
    worked_in = [one for one in repositories if one.path and mirrors not in Path(one.path).parents]
    hooks = tuple(_hooks(worked_in)) if git else ()
    missing = tuple(_missing(settings, agents, hooks, health))
    homes = tuple(str(home.directory) for home in _homes(settings, folders))
    return Connections(homes, tuple(agents), tuple(broken), hooks, missing)


def _look_for(
    reader: AgentReader, settings: Settings, folders: tuple[Path, ...], read: AgentHealth | None
) -> AgentConnection:
    sessions = settings.sessions
    left_out = not sessions.read or (sessions.agents and reader.agent not in sessions.agents)
    logs, unreadable = (0, ()) if left_out else _logs(reader, settings, folders)
    if left_out:
        state = "left out"
    elif read is not None:
        state = "connected"
    else:
        state = "not read yet" if logs else "no logs"
    places = PLACES.get(reader.agent, Places((), ()))
    return AgentConnection(reader.agent, state, *places, logs, unreadable, read)


def _logs(
    reader: AgentReader, settings: Settings, folders: tuple[Path, ...]
) -> tuple[int, tuple[str, ...]]:
    """How many logs there are, and the home directories that cannot be read."""
    found, unreadable = 0, list[str]()
    for home in _homes(settings, folders):
        try:
            found += sum(1 for _ in reader.locate(home))
        except OSError:
            unreadable.append(str(home.directory))
    return found, tuple(unreadable)


def _homes(settings: Settings, folders: tuple[Path, ...]) -> list[Home]:
    others = [Home(home.expanduser(), {}) for home in settings.sessions.homes]
    own = [Home(Path.home(), os.environ, folders)] if settings.sessions.own_home else []
    return [*own, *others]


def working_tree(repository: RepositoryHealth) -> Path | None:
    """Return the directory that a repository lies in; None where that is not known."""
    if repository.path is None:
        return None
    path = Path(repository.path)
    return path.parent if path.name == ".git" else path


def _hooks(repositories: Sequence[RepositoryHealth]) -> Iterator[HookConnection]:
    for repository in repositories:
        tree = working_tree(repository)
        if tree is None:
            continue
        try:
            hooks = look(place_of(tree)) if tree.is_dir() else None
        except (LandedError, GitFailed, OSError):
            hooks = None
        if hooks is None:
            yield HookConnection(repository.name, str(tree), None, False, None, False)
            continue
        yield HookConnection(
            repository.name,
            str(tree),
            all(hook.installed for hook in hooks.hooks),
            any(hook.other or hook.kept is not None for hook in hooks.hooks),
            hooks.chosen_by,
            is_connected(hooks.place),
        )


def _missing(
    settings: Settings,
    agents: Sequence[AgentConnection],
    hooks: Sequence[HookConnection],
    health: StoreHealth | None,
) -> Iterator[Addition]:
    if not settings.sessions.read:
        yield Addition("agents' logs are not read", "set sessions.read = true in landed.toml")
    elif not any(one.logs or one.read for one in agents):
        yield Addition(
            "no agent's log was found",
            "name other home directories in sessions.homes of landed.toml, such as copies from "
            "containers",
        )
    waiting = [one.agent for one in agents if one.state == "not read yet"]
    if waiting:
        yield Addition(f"logs of {listed(waiting)} were not read yet", "landed report PATH")
    if health is not None:
        yield from _missing_in_store(health)
    without = [one for one in hooks if one.installed is False]
    if without:
        yield Addition(
            f"no git hooks in {listed(one.repository for one in without)}: what agents wrote is "
            "known on this machine only",
            f"landed hook install {without[0].path}",
        )
    yield NOTHING_CONNECTED


def _missing_in_store(health: StoreHealth) -> Iterator[Addition]:
    unread = health.unread_repositories
    if unread:
        yield Addition(
            f"{count(sum(unread.values()), 'session')} worked in repositories that were not read: "
            f"{listed(list(unread)[:3])}{' and others' if len(unread) > 3 else ''}",
            "landed sync PATH; where they lie elsewhere now, say so in sessions.paths",
        )
    if health.unmatched_identities:
        yield Addition(
            f"{count(health.unmatched_identities, 'account or login', 'accounts or logins')} "
            "of nobody known",
            "landed people, then landed people confirm IDENTITY EMAIL",
        )
    if health.captured and not any(one.complete_since for one in health.captured):
        yield Addition(
            "nobody's tools are declared to be all captured, so a line that no log shows is "
            "unknown, not human",
            "all_tools_captured_since of [[people]] in landed.toml",
        )
    unpriced = health.unpriced_models
    if unpriced:
        names = [name or "an untold model" for name in unpriced]
        yield Addition(
            f"{count(sum(unpriced.values()), 'call')} of {listed(names[:3])}"
            f"{' and others' if len(names) > 3 else ''} without a price",
            "[[prices]] in landed.toml",
        )
