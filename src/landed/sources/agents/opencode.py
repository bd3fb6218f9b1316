"""OpenCode: `opencode.db`, and the folder `storage` of older versions.

Read off real sessions of versions 1.18 (database) and 1.0 (files): new, continued, forked, with a
sub-agent, with failed and refused edits, with `apply_patch`. `multiedit`, `patch` and prompts that
the program writes itself are known from the program's texts alone.

- A session in which anything changed is read again as a whole: its keys stay the same.
- A turn is a person's message. A call is an assistant's message; where one holds several steps,
  each further one is a call of its own.
- A fork copies messages under new ids, with their old times: what is older than its session is a
  copy and is passed over. Whose copy it is, no log tells.
- What a sub-agent does belongs to the turn whose `task` began its session.
- Reasoning stands beside the output where the total says so (newer versions), else inside.
- Who let a call through is not told; whoever runs it without a terminal refuses in the person's
  words, so that such refusals count as a person's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import (
    Call,
    DecidedBy,
    Decision,
    Edit,
    Home,
    Log,
    Microseconds,
    Reading,
    Reference,
    Session,
    Status,
    Turn,
)
from landed.sources.agents.databases import opened, stamp
from landed.sources.agents.fields import mapping, moment, text, whole
from landed.sources.agents.file_edits import edits_of
from landed.sources.agents.listing import readable
from landed.sources.agents.opencode_edits import EDITING, Contents
from landed.sources.agents.opencode_store import Conversation, Database, Folder
from landed.sources.agents.shell import (
    commits_made,
    may_change_files,
    opens_request,
    requests_made,
)
from landed.sources.agents.timeline import Timeline

_FORM = 1
_BY_PERSON = "rejected permission"
_BY_RULE = "specified a rule which prevents"


class OpenCode:
    """Reads the sessions of OpenCode (see `landed.sources.agents.contract.AgentReader`)."""

    agent = "opencode"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the databases and the files of sessions under the user's data directory."""
        root = home.path("XDG_DATA_HOME", ".local/share") / "opencode"
        for path in sorted(readable(root).glob("opencode*.db")):
            yield Log(path, stamp(path))
        for path in sorted((root / "storage" / "session").glob("*/*.json")):
            messages = root / "storage" / "message" / path.stem
            yield Log(path, f"{stamp(path)} {_newest(messages)}")

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield the sessions of a log in which anything changed since `state`."""
        known = state if state is not None and state.get("form") == _FORM else {}
        if log.path.suffix == ".json":
            yield _of_file(log.path)
            return
        failed = Reading(state=state)
        try:
            with opened(log.path) as connection:
                database = Database(connection)
                reached = database.reached()
                for name in database.changed(known):
                    conversation = database.conversation(name)
                    if conversation is not None:
                        yield _Conversation(conversation).reading(state)
            yield Reading(state={"form": _FORM, **reached})
        except OSError:
            failed.fault("unreadable-file")
            yield failed
        except sqlite3.Error:
            failed.fault("unreadable-database")
            yield failed


def _newest(folder: Path) -> str:
    """Return what changes whenever a file of a folder is added or changed."""
    try:
        times = [file.stat().st_mtime_ns for file in folder.iterdir()]
    except OSError:
        return "-"
    return f"{len(times)}.{max(times, default=0)}"


def _of_file(path: Path) -> Reading:
    try:
        conversation = Folder(path.parents[2]).conversation(path)
    except OSError:
        reading = Reading()
        reading.fault("unreadable-file")
        return reading
    return _Conversation(conversation).reading({"form": _FORM})


class _Conversation:
    """One session, read as a whole."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        head = conversation.session
        self.began = moment(whole(head, "time", "created"))
        ended = moment(whole(head, "time", "updated"))
        parent = text(head, "parentID")
        start = self.began or 0
        self.session = Session(
            head["id"],
            start,
            max(start, ended or start),
            cwd=text(head, "directory"),
            version=text(head, "version"),
            parent=parent,
            sub_agent=parent is not None,
        )
        self.turns: dict[str, Turn] = {}
        self.timeline = Timeline(self.session.session)
        self.contents = Contents()
        self.found = Reading()

    def reading(self, state: dict[str, Any] | None) -> Reading:
        """Return all that the session tells."""
        found = self.found
        found.state = state
        if self.conversation.broken:
            found.fault("not-an-object", self.conversation.broken)
        if self.began is None:
            found.fault("bad-time")
            return found
        for message, parts in self.conversation.messages:
            created = moment(whole(message, "time", "created"))
            if created is None:
                found.fault("bad-time")
            elif created >= self.began:
                self._message(message, parts, created)
        found.sessions.append(self.session)
        found.turns += self.turns.values()
        found.activities += self.timeline.taken()
        return found

    def _message(
        self, message: dict[str, Any], parts: list[dict[str, Any]], created: Microseconds
    ) -> None:
        role = text(message, "role")
        if role == "user":
            self._prompt(message, parts, created)
        elif role == "assistant":
            self._answer(message, parts, created)

    def _prompt(
        self, message: dict[str, Any], parts: list[dict[str, Any]], created: Microseconds
    ) -> None:
        if self.conversation.prompt is not None:
            return
        turn = message["id"]
        self.turns[turn] = Turn(turn, self.session.session, created, created)
        own = [part for part in parts if part.get("synthetic") is not True]
        if not self.session.sub_agent and (own or not parts):
            self.timeline.person(turn, created)

    def _answer(
        self, message: dict[str, Any], parts: list[dict[str, Any]], created: Microseconds
    ) -> None:
        turn = self.conversation.prompt or text(message, "parentID")
        ended = moment(whole(message, "time", "completed")) or created
        self._at_work(turn, created, ended)
        self._calls(message, parts, turn, ended)
        for part in parts:
            if text(part, "type") == "tool":
                self._tool(part, message, turn, created)
        if text(message, "error", "name") == "MessageAbortedError":
            if turn in self.turns:
                self.turns[turn].interrupted = True
            if not self.session.sub_agent:
                self.timeline.person(turn, ended)

    def _at_work(self, turn: str | None, began: Microseconds, ended: Microseconds) -> None:
        self.timeline.agent(turn, began, ended)
        self.session.ended_at = max(self.session.ended_at, ended)
        if turn in self.turns:
            self.turns[turn].ended_at = max(self.turns[turn].ended_at, ended)

    def _calls(
        self,
        message: dict[str, Any],
        parts: list[dict[str, Any]],
        turn: str | None,
        ended: Microseconds,
    ) -> None:
        """Write the calls behind a message: one, or one a step."""
        steps = [part for part in parts if text(part, "type") == "step-finish"]
        first, *more = steps if len(steps) > 1 else [message]
        for name, told in [(message["id"], first), *((step["id"], step) for step in more)]:
            call = self._call(name, told, message, turn, ended)
            if call is not None:
                self.found.calls.append(call)

    def _call(
        self,
        name: str,
        told: dict[str, Any],
        message: dict[str, Any],
        turn: str | None,
        ended: Microseconds,
    ) -> Call | None:
        tokens = mapping(told, "tokens")
        fresh, output = whole(tokens, "input"), whole(tokens, "output")
        reasoning = whole(tokens, "reasoning")
        read, written = whole(tokens, "cache", "read"), whole(tokens, "cache", "write")
        if not (fresh or output or read or written):
            return None
        beside = whole(tokens, "total") == fresh + output + reasoning + read + written
        return Call(
            name,
            self.session.session,
            turn,
            ended,
            text(message, "modelID"),
            provider=text(message, "providerID"),
            input_tokens=fresh,
            cache_read_tokens=read,
            cache_write_5m_tokens=written,
            output_tokens=output + reasoning if beside else output,
            reasoning_tokens=reasoning if beside else min(reasoning, output),
            reported_cost=_micro_dollars(told.get("cost")),
            sub_agent=self.session.sub_agent,
        )

    def _tool(
        self,
        part: dict[str, Any],
        message: dict[str, Any],
        turn: str | None,
        created: Microseconds,
    ) -> None:
        """Write what a tool did, once it is done."""
        tool, state = text(part, "tool") or "", mapping(part, "state")
        error = text(state, "error") or ""
        status = _status(text(state, "status"), error)
        if status is None:
            return
        began = moment(whole(state, "time", "start")) or created
        ended = moment(whole(state, "time", "end")) or began
        self._at_work(turn, began, ended)
        if tool == "read":
            self.contents.read(state)
        if tool not in EDITING and tool != "bash":
            return
        by = _decided_by(status, error)
        cwd = text(message, "path", "cwd") or self.session.cwd or ""
        common = Edit(
            part["id"],
            self.session.session,
            turn,
            ended,
            text(state, "input", "workdir") or cwd,
            tool,
            status,
            "shell",
            decided_by=by,
            call=message["id"],
        )
        if tool == "bash":
            self._shell(common, state)
        else:
            files = list(self.contents.edits(tool, state, status))
            self.found.edits += edits_of(common, files, cwd)
        self._decide(common, by)

    def _decide(self, edit: Edit, by: DecidedBy | None) -> None:
        if edit.status == "failed":
            return
        accepted = edit.status != "refused"
        self.found.decisions.append(
            Decision(edit.edit, edit.session, edit.turn, edit.at, edit.tool, accepted, by)
        )
        if by == "person":
            self.timeline.person(edit.turn, edit.at)

    def _shell(self, common: Edit, state: dict[str, Any]) -> None:
        command = text(state, "input", "command") or ""
        output = text(state, "metadata", "output") or text(state, "output") or ""
        if may_change_files(command):
            # A command that failed may have changed files before it did.
            common.status = "applied" if common.status == "failed" else common.status
            self.found.edits.append(common)
        for commit in commits_made(output):
            self._refer(Reference(common.session, "commit", commit, common.at, common.turn))
        for request in requests_made(output) if opens_request(command) else []:
            self._refer(Reference(common.session, "pull-request", request, common.at, common.turn))

    def _refer(self, reference: Reference) -> None:
        self.found.references.append(reference)


def _status(status: str | None, error: str) -> Status | None:
    """Return what came of a tool call, None while it is under way."""
    if status == "completed":
        return "applied"
    if status != "error":
        return None
    return "refused" if _BY_PERSON in error or _BY_RULE in error else "failed"


def _decided_by(status: Status, error: str) -> DecidedBy | None:
    if status != "refused":
        return None
    return "person" if _BY_PERSON in error else "policy"


def _micro_dollars(cost: Any) -> int | None:
    """Return a cost in micro-dollars, None where it is 0: then no price was known."""
    if not isinstance(cost, int | float) or isinstance(cost, bool):
        return None
    return round(cost * 1_000_000) if 0 < cost < 1_000_000 else None
