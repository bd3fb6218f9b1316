"""Aider: `.aider.chat.history.md` in each working tree, and the analytics log where one is kept.

Read off real chats of version 0.86 with a scripted model: edits made, refused, undone and not
fitting, with an analytics log. Other edit formats and the cached tokens of other providers are
known from aider's public source alone.

- The history is Markdown: `# aider chat started at` begins a chat (a session), `####` a prompt,
  `>` what aider itself says, the rest is the model's answer. It tells the time of a chat's
  beginning alone, in local time; so there are no spans of work.
- Edits are the SEARCH/REPLACE blocks of an answer that aider says it applied: fragments, of which
  the place in the file is not known. Blocks that did not fit failed; `/undo` refuses afterwards.
  Edits in other formats (whole files, diffs) are counted as `edit-without-patch`.
- Token counts are rounded for people (`4.2k sent`) and counted as `rounded-counts`. Where the run
  also kept an analytics log, its exact counts and times take their place, under the same keys.
- `Commit abc1234` names a commit with a short hash; one without edits before it holds what the
  person had changed, and is no reference.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from landed.sources.agents.aider_analytics import Launches
from landed.sources.agents.aider_chat import AiderChat
from landed.sources.agents.contract import Home, Log, Microseconds, Reading
from landed.sources.agents.databases import stamp
from landed.sources.agents.fields import whole

_FORM = 1
_HISTORY = ".aider.chat.history.md"
_STARTED = re.compile(rb"# aider chat started at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\s*$")
_HEAD_BYTES = 1024


class _Chat(NamedTuple):
    """The lines of a chat, and where in the file it begins."""

    offset: int
    started: str
    lines: list[str]


class Aider:
    """Reads the chats of aider.

    `folders` are working trees to look in: the history lies in them, and not in one place.
    """

    agent = "aider"

    def __init__(self, folders: Sequence[Path] = ()) -> None:
        self.folders = list(folders)
        self._analytics: list[Path] = []

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the histories in the folders and in the home directory."""
        folders = list(dict.fromkeys([*self.folders, *home.folders, home.directory]))
        named = home.environment.get("AIDER_ANALYTICS_LOG")
        found = [path for folder in folders for path in sorted(folder.glob(".aider*.jsonl"))]
        found += sorted((home.directory / ".aider").glob("*.jsonl"))
        if named:
            found.append(home.directory / Path(named).expanduser())
        analytics = [path for path in dict.fromkeys(found) if path.is_file()]
        self._analytics = list(dict.fromkeys([*self._analytics, *analytics]))
        histories = [folder / _HISTORY for folder in folders]
        elsewhere = home.environment.get("AIDER_CHAT_HISTORY_FILE")
        if elsewhere:
            histories.append(home.directory / Path(elsewhere).expanduser())
        for path in dict.fromkeys(histories):
            if path.is_file():
                yield Log(path, stamp(path, *analytics))

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield the chats since the last one read, which may have gone on."""
        try:
            offset = _resumed(log.path, state)
            launches = Launches(self._analytics)
            last = Reading(state=_state(log.path, offset))
            for chat in _chats(log.path, offset):
                reading = Reading(state=_state(log.path, chat.offset))
                _take(chat, log.path.parent, launches, reading)
                yield reading
                last = Reading(state=reading.state)
            yield last
        except OSError:
            failed = Reading(state=state)
            failed.fault("unreadable-file")
            yield failed


def _take(chat: _Chat, folder: Path, launches: Launches, reading: Reading) -> None:
    started = _moment(chat.started)
    if started is None:
        reading.fault("bad-time")
        return
    name = f"{chat.started} {folder.name}"
    AiderChat(name, folder, started, chat.lines, launches.near(started), reading).take()


def _chats(path: Path, offset: int) -> Iterator[_Chat]:
    """Yield the chats from a place on; what stands before the first one is nobody's."""
    chat: _Chat | None = None
    with path.open("rb") as file:
        file.seek(offset)
        for line in file:
            head = _STARTED.match(line)
            if head:
                if chat is not None:
                    yield chat
                chat = _Chat(offset, head[1].decode("ascii"), [])
            elif chat is not None:
                chat.lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))
            offset += len(line)
    if chat is not None:
        yield chat


def _moment(started: str) -> Microseconds | None:
    try:
        return round(datetime.fromisoformat(started).astimezone().timestamp() * 1_000_000)
    except (ValueError, OverflowError, OSError):
        return None


def _resumed(path: Path, state: dict[str, Any] | None) -> int:
    """Return where the last chat begins, 0 where the file is not the one that was read before."""
    offset = whole(state, "offset")
    if not state or state.get("form") != _FORM or path.stat().st_size < offset:
        return 0
    return offset if state.get("head") == _head(path, offset) else 0


def _state(path: Path, offset: int) -> dict[str, Any]:
    return {"form": _FORM, "offset": offset, "head": _head(path, offset)}


def _head(path: Path, offset: int) -> str:
    with path.open("rb") as file:
        return hashlib.blake2b(file.read(min(offset, _HEAD_BYTES)), digest_size=8).hexdigest()
