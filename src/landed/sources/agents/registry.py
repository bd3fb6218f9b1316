"""Every agent reader there is: our own, and those of plug-ins.

A plug-in is a package with an entry point of the group `landed.agents` that names a class without
parameters, or a function that returns a reader (see `landed.sources.agents.contract`). It may
take the place of a reader of ours by the same `agent` name.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from landed.sources.agents.contract import AgentReader

GROUP = "landed.agents"

_OWN = {
    "claude_code": "ClaudeCode",
    "codex": "Codex",
    "gemini": "Gemini",
    "opencode": "OpenCode",
    "qwen": "Qwen",
    "cursor": "Cursor",
    "copilot_cli": "CopilotCli",
    "copilot_vscode": "CopilotVSCode",
    "aider": "Aider",
}


class BrokenPlugin(NamedTuple):
    """A plug-in that gives no reader: the name of its entry point, and why, for people."""

    name: str
    reason: str


class Readers(NamedTuple):
    """The readers in order of their names, and the plug-ins that failed."""

    readers: list[AgentReader]
    broken: list[BrokenPlugin]


def agent_readers() -> list[AgentReader]:
    """Return the readers that work; see `all_readers` for the plug-ins that do not."""
    return all_readers().readers


def all_readers() -> Readers:
    """Return every reader, and every plug-in that could not be loaded."""
    found: dict[str, AgentReader] = {}
    for module, name in _OWN.items():
        reader: AgentReader = getattr(import_module(f"landed.sources.agents.{module}"), name)()
        found[reader.agent] = reader
    broken: list[BrokenPlugin] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        loaded = _loaded(point)
        if isinstance(loaded, BrokenPlugin):
            broken.append(loaded)
        else:
            found[loaded.agent] = loaded
    return Readers([found[agent] for agent in sorted(found)], broken)


def _loaded(point: EntryPoint) -> AgentReader | BrokenPlugin:
    try:
        reader = point.load()()
    except Exception as error:
        # whatever a plug-in of others raises, it costs its own logs only
        return BrokenPlugin(point.name, f"{type(error).__name__}: {error}")
    for name in ("locate", "read"):
        if not callable(getattr(reader, name, None)):
            return BrokenPlugin(point.name, f"it has no method {name}")
    agent = getattr(reader, "agent", None)
    if not isinstance(agent, str) or not agent:
        return BrokenPlugin(point.name, "it has no name of an agent")
    checked: AgentReader = reader
    return checked
