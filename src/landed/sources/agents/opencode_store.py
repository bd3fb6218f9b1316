"""Where OpenCode keeps sessions: a database, or in older versions one JSON file a thing.

Both hold sessions, messages and parts of messages, as the same JSON objects.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from landed.sources.agents.fields import parsed, text, whole

Object = dict[str, Any]
_DEEPEST = 8
_NAME = re.compile(r"[\w-]{1,100}")


@dataclass(frozen=True)
class Conversation:
    """One session with its messages in order, each with its parts.

    `prompt` is the message of another session whose turn a sub-agent's session belongs to.
    `broken` counts the things that could not be understood.
    """

    session: Object
    messages: list[tuple[Object, list[Object]]]
    prompt: str | None
    broken: int


class Store(Protocol):
    """Where sessions are looked up."""

    def parent(self, session: str) -> str | None:
        """Return the session that a session belongs to, if any."""
        ...

    def beginning(self, session: str, parent: str) -> Iterable[Object]:
        """Return the messages of a parent in which a tool call began a session."""
        ...


def prompt_behind(store: Store, session: str, parent: str | None, depth: int = 0) -> str | None:
    """Return the prompt of a person to whose turn a sub-agent's session belongs, None if untold."""
    if parent is None or depth > _DEEPEST or not _NAME.fullmatch(parent):
        return None
    grandparent = store.parent(parent)
    if grandparent is not None:
        return prompt_behind(store, parent, grandparent, depth + 1)
    return next((text(message, "parentID") for message in store.beginning(session, parent)), None)


class Database:
    """Sessions in an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def reached(self) -> dict[str, int]:
        """Return how far the database goes: the last change, the last rows of two tables."""
        row = self._connection.execute(
            """
            SELECT max((SELECT coalesce(max(time_updated), 0) FROM message),
                       (SELECT coalesce(max(time_updated), 0) FROM part),
                       (SELECT coalesce(max(time_updated), 0) FROM session)),
                   (SELECT coalesce(max(rowid), 0) FROM message),
                   (SELECT coalesce(max(rowid), 0) FROM part)
            """
        ).fetchone()
        return {"changed": whole(row[0]), "message": whole(row[1]), "part": whole(row[2])}

    def changed(self, since: dict[str, Any]) -> list[str]:
        """Return the sessions in which anything is new or changed, in the order of their names."""
        rows = self._connection.execute(
            """
            SELECT session_id FROM message WHERE rowid > :message OR time_updated >= :changed
            UNION
            SELECT session_id FROM part WHERE rowid > :part OR time_updated >= :changed
            UNION
            SELECT id FROM session WHERE time_updated >= :changed
            """,
            {name: whole(since, name) for name in ("changed", "message", "part")},
        )
        return sorted(str(session) for (session,) in rows)

    def conversation(self, session: str) -> Conversation | None:
        """Return a session as it is now, None where there is none of that name."""
        head = self._connection.execute(
            "SELECT parent_id, directory, version, time_created, time_updated"
            " FROM session WHERE id = ?",
            [session],
        ).fetchone()
        if head is None:
            return None
        parts: dict[str, list[Object]] = {}
        broken = 0
        for name, message, data in self._connection.execute(
            "SELECT id, message_id, data FROM part WHERE session_id = ? ORDER BY id", [session]
        ):
            part = parsed(data)
            broken += not part
            parts.setdefault(str(message), []).append({**part, "id": str(name)})
        messages = []
        for name, data in self._connection.execute(
            "SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id",
            [session],
        ):
            one = parsed(data)
            broken += not one
            messages.append(({**one, "id": str(name)}, parts.get(str(name), [])))
        parent = head[0] if isinstance(head[0], str) else None
        described = {
            "id": session,
            "parentID": parent,
            "directory": head[1],
            "version": head[2],
            "time": {"created": head[3], "updated": head[4]},
        }
        return Conversation(described, messages, prompt_behind(self, session, parent), broken)

    def parent(self, session: str) -> str | None:
        """Return the session that a session belongs to, if any."""
        row = self._connection.execute(
            "SELECT parent_id FROM session WHERE id = ?", [session]
        ).fetchone()
        return row[0] if row and isinstance(row[0], str) else None

    def beginning(self, session: str, parent: str) -> Iterator[Object]:
        """Yield the messages of a parent in which a tool call began a session."""
        rows = self._connection.execute(
            "SELECT part.data, message.data FROM part JOIN message ON message.id = part.message_id"
            " WHERE part.session_id = ? AND instr(part.data, ?)",
            [parent, session],
        )
        for part, message in rows:
            if _begins(parsed(part), session):
                yield parsed(message)


class Folder:
    """Sessions in the folder `storage`: `session/*/ID.json`, `message/ID/`, `part/MESSAGE/`."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage

    def conversation(self, file: Path) -> Conversation:
        """Return the session whose file is given.

        Raises:
            OSError: that file cannot be read.
        """
        described = parsed(file.read_bytes())
        session = file.stem
        broken = int(not described)
        messages = []
        for message in self._objects(self._storage / "message" / session):
            parts = list(self._objects(self._storage / "part" / message["id"]))
            broken += ("role" not in message) + sum("type" not in part for part in parts)
            messages.append((message, parts))
        messages.sort(key=lambda pair: (whole(pair[0], "time", "created"), pair[0]["id"]))
        prompt = prompt_behind(self, session, text(described, "parentID"))
        return Conversation({**described, "id": session}, messages, prompt, broken)

    def parent(self, session: str) -> str | None:
        """Return the session that a session belongs to, if any."""
        for file in (self._storage / "session").glob(f"*/{session}.json"):
            return text(_read(file), "parentID")
        return None

    def beginning(self, session: str, parent: str) -> Iterator[Object]:
        """Yield the messages of a parent in which a tool call began a session."""
        for message in self._objects(self._storage / "message" / parent):
            parts = self._objects(self._storage / "part" / message["id"])
            if any(_begins(part, session) for part in parts):
                yield message

    def _objects(self, folder: Path) -> Iterator[Object]:
        """Yield the objects in the files of a folder, named by their files."""
        for file in sorted(folder.glob("*.json")):
            yield {**_read(file), "id": file.stem}


def _begins(part: Object, session: str) -> bool:
    return text(part, "state", "metadata", "sessionId") == session


def _read(file: Path) -> Object:
    try:
        return parsed(file.read_bytes())
    except OSError:
        return {}
