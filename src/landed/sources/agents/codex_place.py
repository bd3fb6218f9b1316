"""Where a line of a Codex rollout belongs: which session, which turn, or a parent's history."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Microseconds, Reading, Session, Turn
from landed.sources.agents.fields import mapping, moment, text, whole

_ORDERED_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_ANY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COPIED_WITHIN: Microseconds = 1_000_000


class Place:
    """The session of a file and the turn that its last line stood in."""

    def __init__(self, path: Path, memory: dict[str, Any]) -> None:
        known = memory.get("session")
        named = _ANY_ID.search(path.name)
        self.begun = bool(known)
        self.session = (
            Session(**known) if known else Session(named[0] if named else path.stem, 0, 0)
        )
        turn = memory.get("turn")
        self.turn = Turn(**turn) if turn else None
        self._turn_is_own: bool = memory.get("turn_is_own", True)
        self._inherited: bool | None = memory.get("inherited")
        self._spawning_turn: str | None = memory.get("spawning_turn")
        self._depth: int = memory.get("depth", 0)
        self._prompts: int = memory.get("prompts", 0)

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on."""
        return {
            "session": asdict(self.session) if self.begun else None,
            "turn": asdict(self.turn) if self.turn else None,
            "turn_is_own": self._turn_is_own,
            "inherited": self._inherited,
            "spawning_turn": self._spawning_turn,
            "depth": self._depth,
            "prompts": self._prompts,
        }

    @property
    def turn_id(self) -> str | None:
        """The turn, None before the first."""
        return self.turn.turn if self.turn else None

    @property
    def goes_on(self) -> bool:
        """Whether the session goes on from another one's history."""
        return self.session.parent is not None

    def begin(self, head: dict[str, Any], at: Microseconds) -> None:
        """Take in the head of the session."""
        spawned = mapping(head, "source", "subagent", "thread_spawn")
        started = moment(text(head, "timestamp")) or at
        self.session = Session(
            text(head, "id") or self.session.session,
            started,
            max(started, at),
            cwd=text(head, "cwd"),
            branch=text(head, "git", "branch"),
            commit=text(head, "git", "commit_hash"),
            remote=text(head, "git", "repository_url"),
            version=text(head, "cli_version"),
            parent=text(head, "forked_from_id")
            or text(head, "parent_thread_id")
            or text(spawned, "parent_thread_id"),
            sub_agent="subagent" in mapping(head, "source"),
        )
        self.begun = True
        self._depth = whole(spawned, "depth")

    def is_inherited(self, at: Microseconds) -> bool:
        """Tell whether a line is a parent's, copied.

        Before the first turn id of a fork only times tell: copied lines keep their own, or bear
        that of the copying.
        """
        if not self.goes_on:
            return False
        if self._inherited is not None:
            return self._inherited
        return at <= self.session.started_at + _COPIED_WITHIN

    def enter(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> bool:
        """Enter the turn that a line names; return whether it is another than before."""
        turn = text(payload, "turn_id")
        if turn is None:
            return False
        self._inherited = self._is_older(turn, payload, at)
        if not self._inherited:
            root = self._root(payload, turn)
            return self._change(root, at, reading, root == turn)
        if self._depth < 2 or turn < (self.session.parent or ""):
            self._spawning_turn = turn
        return False

    def prompt(self, at: Microseconds, reading: Reading) -> bool:
        """Enter the turn of a prompt, where no line names turns; return whether it is another."""
        self._prompts += 1
        if self._inherited is not None and self.turn is not None:
            return False
        return self._change(f"{self.session.session}/{self._prompts}", at, reading, True)

    def at_work(self, at: Microseconds) -> None:
        """Something was done in the turn."""
        if self.turn is not None:
            self.turn.ended_at = max(self.turn.ended_at, at)

    def passed(self, at: Microseconds) -> None:
        """A line of the session's own was read."""
        if self.begun and not self.is_inherited(at):
            self.session.ended_at = max(self.session.ended_at, at)

    def interrupted(self) -> None:
        """The person stopped the turn."""
        if self.turn is not None and self._turn_is_own:
            self.turn.interrupted = True

    def write(self, reading: Reading) -> None:
        """Write the session and its turn as far as they are."""
        if self.begun:
            reading.sessions.append(replace(self.session))
        self._write_turn(reading)

    def _write_turn(self, reading: Reading) -> None:
        # A turn of another session stands in that one's file.
        if self.turn is not None and self._turn_is_own:
            reading.turns.append(replace(self.turn))

    def _is_older(self, turn: str, payload: dict[str, Any], at: Microseconds) -> bool:
        """Tell whether a turn began before the session: it is a parent's then."""
        own = self.session.session
        if not self.goes_on:
            return False
        if _ORDERED_ID.fullmatch(turn) and _ORDERED_ID.fullmatch(own):
            return turn < own
        began = moment(whole(payload, "started_at") * 1000) or at
        return began + _COPIED_WITHIN <= self.session.started_at

    def _root(self, payload: dict[str, Any], turn: str) -> str:
        """Return the turn of a person to which a turn of this session belongs."""
        if not self.session.sub_agent:
            return turn
        root = text(payload, "root_turn_id")
        return (root if root != turn else None) or self._spawning_turn or turn

    def _change(self, turn: str, at: Microseconds, reading: Reading, own: bool) -> bool:
        if self.turn_id == turn:
            return False
        self._write_turn(reading)
        self.turn = Turn(turn, self.session.session, at, at)
        self._turn_is_own = own
        return True
