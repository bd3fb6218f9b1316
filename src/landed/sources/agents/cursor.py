"""Cursor: its global state database, agent transcripts, and its tracking of AI lines in commits.

Never seen for real here. The forms are taken from several public parsers of the state database,
their types, tests and notes on real databases; that of the transcripts and of the tracking
database from parsers and their tests alone.

- `state.vscdb` holds a row for each conversation ("composer") and each message ("bubble"). A
  person's bubble begins a turn. A tool's bubble has the arguments, the result and `userDecision`.
  An edit's lines are those of the result's diff, else of the whole texts before and after that
  the result names, else of the arguments; a sketch ("existing code" left out) tells nothing.
- Token counts are stored as zero: such bubbles are no calls, and each turn without counts is
  counted as `no-token-counts`. Cursor's own reports (Admin API, CSV) have them.
- Transcripts (`agent-transcripts`) tell neither times nor results: a line's time is that of the
  file when it was read, and every edit counts as applied. Those of conversations that are in the
  state database are left out; what remains is of Cursor's command line.
- `scored_commits` names commits that Cursor saw made with AI lines, and no conversation.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Home, Log, Reading
from landed.sources.agents.cursor_commits import read_commits
from landed.sources.agents.cursor_composers import conversations, read_composers
from landed.sources.agents.cursor_transcripts import read_transcript
from landed.sources.agents.databases import stamp
from landed.sources.agents.editors import user_folders
from landed.sources.agents.listing import readable

_TRACKING = "ai-code-tracking.db"


class Cursor:
    """Reads the conversations of Cursor and of its command line."""

    agent = "cursor"

    def __init__(self) -> None:
        self._databases: list[Path] = []
        self._conversations: set[str] | None = None

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the state database, the transcripts and the tracking database."""
        states = [
            folder / "globalStorage" / "state.vscdb" for folder in user_folders(home, "Cursor")
        ]
        present = [path for path in states if path.is_file()]
        self._databases = list(dict.fromkeys([*self._databases, *present]))
        self._conversations = None
        for path in present:
            yield Log(path, stamp(path))
        folder = home.path("CURSOR_CONFIG_DIR", ".cursor")
        for path in sorted(readable(folder / "projects").glob("*/agent-transcripts/**/*.jsonl")):
            yield Log(path, stamp(path))
        if (folder / "ai-tracking" / _TRACKING).is_file():
            yield Log(folder / "ai-tracking" / _TRACKING, stamp(folder / "ai-tracking" / _TRACKING))

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in one of them."""
        if log.path.name == _TRACKING:
            yield from read_commits(log.path, state)
        elif log.path.suffix == ".vscdb":
            yield from read_composers(log.path, state)
        else:
            yield from read_transcript(log.path, state, self._is_known)

    def _is_known(self, conversation: str) -> bool:
        if self._conversations is None:
            self._conversations = set()
            for path in self._databases:
                # One that cannot be read is counted where it is read itself.
                with suppress(OSError, sqlite3.Error):
                    self._conversations |= conversations(path)
        return conversation in self._conversations
