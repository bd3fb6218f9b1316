"""GitHub Copilot in VS Code: chat sessions, and the trace database that counts tokens.

Never seen for real here. The trace database's tables and attributes are those of Copilot Chat's
own public source; the chat sessions' form is taken from public parsers and their fixtures and
from the enumerations in VS Code's public source.

- A chat session (`chatSessions/*.json`, or `.jsonl`, a journal of changes to that document) tells
  turns, edits, commands and what a person did with edits. A journal changes what stands further
  up, so a file that changed is read whole; its keys stay the same.
- Edits are those of the model's calls of editing tools: texts, of which the place in the file is
  not known. An edit that no such call explains is known by its new text and range only: its new
  lines count, and what they took the place of is not known.
- The chat session has no useful token counts (those of the last round only). The trace database
  (`agent-traces.db`, kept for days, and only where it is switched on) has one span for each call;
  its input includes what was read from and written to the cache. Sessions of Copilot's command
  line that VS Code shows stand there as well, and are left to their own log.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Home, Log, Reading
from landed.sources.agents.databases import stamp
from landed.sources.agents.editors import folder_of_window, user_folders
from landed.sources.agents.vscode_chats import Chat, document
from landed.sources.agents.vscode_traces import read_traces

_PRODUCTS = ("Code", "Code - Insiders", "VSCodium")
_TRACES = Path("globalStorage") / "github.copilot-chat" / "agent-traces.db"
_WINDOWLESS = "emptyWindowChatSessions"
_LARGEST_FILE = 512 << 20


class CopilotVSCode:
    """Reads the sessions of GitHub Copilot in VS Code."""

    agent = "copilot-vscode"

    def __init__(self) -> None:
        self._command_lines: list[Path] = []

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the chat sessions of every window, and the trace databases."""
        self._command_lines.append(home.path("COPILOT_HOME", ".copilot") / "session-state")
        for folder in user_folders(home, *_PRODUCTS):
            found = [
                *folder.glob("workspaceStorage/*/chatSessions/*.json*"),
                *folder.glob(f"globalStorage/{_WINDOWLESS}/*.json*"),
            ]
            journals = {path for path in found if path.suffix == ".jsonl"}
            for path in sorted(found):
                if path in journals or path.with_suffix(".jsonl") not in journals:
                    yield Log(path, stamp(path))
            if (folder / _TRACES).is_file():
                yield Log(folder / _TRACES, stamp(folder / _TRACES))

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield a chat session, or the new spans of a trace database."""
        if log.path.suffix == ".db":
            folder = log.path.parents[len(_TRACES.parts) - 1]
            yield from read_traces(log.path, folder, self._command_lines, state)
        else:
            yield _chat(log.path)


def _chat(path: Path) -> Reading:
    reading = Reading(state={})
    windowless = path.parent.name == _WINDOWLESS
    folder = path.parents[1 if windowless else 3]
    counted = folder / (_TRACES.relative_to("globalStorage") if windowless else _TRACES)
    cwd = None if windowless else folder_of_window(path.parent.parent)
    try:
        if path.stat().st_size > _LARGEST_FILE:
            reading.fault("overlong-file")
            return reading
        session = document(path, reading)
    except OSError:
        reading.fault("unreadable-file")
        return reading
    Chat(session, path.stem, cwd, counted.is_file(), reading).take()
    return reading
