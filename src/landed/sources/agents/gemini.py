"""Gemini CLI: the chats under `tmp/PROJECT/chats/`, one file a session.

Read off real sessions: new, resumed, with failed edits, with a tool that was not allowed. Chats
in one JSON object (older versions), sub-agents' chats, rewinds, cancelled calls and changes by
the user are known from the program's texts and parsers alone.

- A turn is a message of a person; a call is an answer, by the id of its message. A message that
  is written again, with the outcome of its tools, counts as it was written last.
- A resumed chat goes on in its file and lists its history again, with new times and no tokens:
  that tells nothing new.
- Going back in a chat (`$rewindTo`) takes nothing back: what was said has been paid for.
- A sub-agent's chat lies in a folder named by its session; it belongs to the turn in which it
  began, where the session's chat is still there.
- The thoughts stand beside the output, the cached input inside the input.
- The working directory is in the file `.project_root`; no branch and no commit is told, and not
  who let a call through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson

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
from landed.sources.agents.fields import mapping, moment, objects, text, whole
from landed.sources.agents.file_edits import absolute, edits_of
from landed.sources.agents.following import file_log, follow
from landed.sources.agents.gemini_tools import EDITING, SHELL, file_edit, tokens_of
from landed.sources.agents.jsonlines import new_lines, object_of
from landed.sources.agents.listing import readable
from landed.sources.agents.shell import (
    commits_made,
    may_change_files,
    opens_request,
    requests_made,
)
from landed.sources.agents.timeline import Timeline

_FORM = 1
_NOT_TYPED = ("<session_context>", "<state_snapshot>")
_BY_POLICY = ("denied by policy", "not found. Did you mean")


class Gemini:
    """Reads the chats of Gemini CLI (see `landed.sources.agents.contract.AgentReader`)."""

    agent = "gemini-cli"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the chats under `~/.gemini/tmp`, or where `GEMINI_CLI_HOME` puts `.gemini`."""
        named = home.environment.get("GEMINI_CLI_HOME")
        root = (Path(named).expanduser() if named else home.directory) / ".gemini" / "tmp"
        for pattern in ("*/chats/*.json*", "*/chats/*/*.jsonl"):
            for path in sorted(readable(root).glob(pattern)):
                log = file_log(path) if path.suffix in (".json", ".jsonl") else None
                if log:
                    yield log

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a chat since `state`."""
        if log.path.suffix == ".json":
            yield _of_one_object(log.path)
        else:
            yield from follow(log, state, _FORM, lambda memory, _: _Chat(log.path, memory))


def _of_one_object(path: Path) -> Reading:
    """Read a chat that is one object and is written anew whenever it grows."""
    reading = Reading(state={"version": _FORM})
    try:
        chat = orjson.loads(path.read_bytes())
    except OSError:
        reading.fault("unreadable-file")
        return reading
    except orjson.JSONDecodeError:
        reading.fault("not-json")
        return reading
    if not isinstance(chat, dict):
        reading.fault("not-an-object")
        return reading
    follower = _Chat(path, {})
    follower.see({name: value for name, value in chat.items() if name != "messages"}, reading)
    for message in objects(chat, "messages"):
        follower.see(message, reading)
    follower.close(reading)
    return reading


class _Chat:
    """One chat, as far as it has been read."""

    def __init__(self, path: Path, memory: dict[str, Any]) -> None:
        self.path = path
        known = memory.get("session")
        self.session = Session(**known) if known else None
        turn = memory.get("turn")
        self.turn = Turn(**turn) if turn else None
        self.turn_is_own: bool = memory.get("turn_is_own", True)
        self.prompts: list[str] = list(memory.get("prompts", ()))
        self.timeline = Timeline(self.session.session if self.session else "", memory.get("span"))

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on."""
        return {
            "session": asdict(self.session) if self.session else None,
            "turn": asdict(self.turn) if self.turn else None,
            "turn_is_own": self.turn_is_own,
            "prompts": self.prompts,
            "span": self.timeline.memory,
        }

    def see(self, record: dict[str, Any], reading: Reading) -> None:
        """Take in one line of the chat."""
        if "$set" in record or "$rewindTo" in record:
            self._again(objects(record, "$set", "messages"), reading)
        elif "type" not in record and text(record, "sessionId"):
            self._begin(record, reading)
        elif self.session is None:
            reading.fault("missing-field")
        else:
            self._message(record, self.session, reading)

    def close(self, reading: Reading) -> None:
        """Write the session, the turn and the spans as far as they are."""
        if self.session is not None:
            reading.sessions.append(replace(self.session))
        self._write_turn(reading)
        reading.activities += self.timeline.taken()

    def _begin(self, head: dict[str, Any], reading: Reading) -> None:
        started = moment(text(head, "startTime"))
        name = text(head, "sessionId")
        if started is None or name is None:
            reading.fault("bad-time")
            return
        if self.session is not None:
            return
        sub_agent = text(head, "kind") == "subagent"
        parent = self.path.parent.name if sub_agent else None
        self.session = Session(
            name, started, started, cwd=self._directory(head), parent=parent, sub_agent=sub_agent
        )
        self.timeline = Timeline(name)
        if parent is not None:
            spawning = _turn_at(self.path.parent.parent, parent, started)
            if spawning is not None:
                self.turn = Turn(spawning, parent, started, started)
                self.turn_is_own = False

    def _directory(self, head: dict[str, Any]) -> str | None:
        """Return the project's directory, as a file beside the chats names it."""
        chats = self.path.parent
        project = chats.parent if chats.name == "chats" else chats.parent.parent
        try:
            root = (project / ".project_root").read_text("utf-8", "replace").strip()
        except OSError:
            root = ""
        named = head.get("directories")
        first = named[0] if isinstance(named, list) and named else None
        return root or (first if isinstance(first, str) else None)

    def _again(self, messages: list[dict[str, Any]], reading: Reading) -> None:
        """Take in a list of the history: only what has tokens or outcomes was not told before."""
        for message in messages:
            if self.session is not None and ("tokens" in message or "toolCalls" in message):
                self._message(message, self.session, reading)

    def _message(self, record: dict[str, Any], session: Session, reading: Reading) -> None:
        at, name = moment(text(record, "timestamp")), text(record, "id")
        if at is None or name is None:
            reading.fault("bad-time" if at is None else "missing-field")
            return
        kind = text(record, "type")
        if kind == "user":
            self._prompt(name, record, session, at, reading)
        elif kind == "gemini":
            self._answer(name, record, session, at, reading)
        elif kind == "info" and "cancelled" in _said(record) and self.turn is not None:
            self.turn.interrupted = True
            self._person(session, at)
        session.ended_at = max(session.ended_at, at)

    def _prompt(
        self,
        name: str,
        record: dict[str, Any],
        session: Session,
        at: Microseconds,
        reading: Reading,
    ) -> None:
        said = _said(record)
        if not said or said.startswith(_NOT_TYPED) or name in self.prompts:
            return
        self.prompts.append(name)
        if self.turn is None or self.turn_is_own:
            self._write_turn(reading)
            self.turn = Turn(name, session.session, at, at)
        self._person(session, at)

    def _person(self, session: Session, at: Microseconds) -> None:
        if not session.sub_agent:
            self.timeline.person(self._turn, at)

    def _write_turn(self, reading: Reading) -> None:
        # A turn of another session stands in that one's chat.
        if self.turn is not None and self.turn_is_own:
            reading.turns.append(replace(self.turn))

    @property
    def _turn(self) -> str | None:
        return self.turn.turn if self.turn else None

    def _at_work(self, at: Microseconds) -> None:
        self.timeline.agent(self._turn, at)
        if self.turn is not None:
            self.turn.ended_at = max(self.turn.ended_at, at)

    def _answer(
        self,
        name: str,
        record: dict[str, Any],
        session: Session,
        at: Microseconds,
        reading: Reading,
    ) -> None:
        self._at_work(at)
        told = mapping(record, "tokens")
        names = ("input", "cached", "output", "thoughts", "tool", "total")
        tokens = tokens_of(*(whole(told, field) for field in names))
        if tokens is not None:
            reading.calls.append(
                Call(
                    name,
                    session.session,
                    self._turn,
                    at,
                    text(record, "model"),
                    input_tokens=tokens.fresh,
                    cache_read_tokens=tokens.cached,
                    output_tokens=tokens.output,
                    reasoning_tokens=tokens.reasoning,
                    sub_agent=session.sub_agent,
                )
            )
        for tool in objects(record, "toolCalls"):
            self._tool(name, tool, session, moment(text(tool, "timestamp")) or at, reading)

    def _tool(
        self,
        call: str,
        tool: dict[str, Any],
        session: Session,
        at: Microseconds,
        reading: Reading,
    ) -> None:
        """Write what a tool did, once it is done."""
        name = text(tool, "name") or ""
        outcome = _outcome(text(tool, "status"), tool.get("resultDisplay"))
        if outcome is None:
            return
        self._at_work(at)
        if name not in EDITING and name != SHELL:
            return
        status, by = outcome
        given = mapping(tool, "args")
        edit = Edit(
            f"{call}/{text(tool, 'id') or name}",
            session.session,
            self._turn,
            at,
            absolute(text(given, "dir_path") or text(given, "directory") or "", session.cwd),
            name,
            status,
            "shell",
            decided_by=by,
            call=call,
        )
        if name == SHELL:
            self._shell(edit, text(given, "command") or "", text(tool, "resultDisplay"), reading)
        else:
            file = file_edit(name, given, tool.get("resultDisplay"))
            reading.edits += edits_of(edit, [file] if file else [], session.cwd)
        if status != "failed":
            accepted = status != "refused"
            reading.decisions.append(
                Decision(edit.edit, edit.session, edit.turn, at, name, accepted, by)
            )
        if by == "person":
            self._person(session, at)

    def _shell(self, edit: Edit, command: str, output: str | None, reading: Reading) -> None:
        if may_change_files(command):
            # A command that failed may have changed files before it did.
            status = "applied" if edit.status == "failed" else edit.status
            reading.edits.append(replace(edit, status=status, path=edit.path.rstrip("/")))
        for commit in commits_made(output or ""):
            reading.references.append(Reference(edit.session, "commit", commit, edit.at, edit.turn))
        for request in requests_made(output or "") if opens_request(command) else []:
            reading.references.append(
                Reference(edit.session, "pull-request", request, edit.at, edit.turn)
            )


def _said(record: dict[str, Any]) -> str:
    """Return the text of a message: its content, or the text pieces of it."""
    content = record.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(text(piece, "text") or "" for piece in objects(content)).strip()


def _outcome(status: str | None, shown: object) -> tuple[Status, DecidedBy | None] | None:
    """Return what came of a call and who decided, None while it is under way."""
    if status == "success":
        return "applied", None
    if status == "cancelled":
        return "refused", "person"
    if status != "error":
        return None
    by_policy = isinstance(shown, str) and any(words in shown for words in _BY_POLICY)
    return ("refused", "policy") if by_policy else ("failed", None)


def _turn_at(chats: Path, session: str, at: Microseconds) -> str | None:
    """Return the turn of a session at a moment, None where its chat is gone."""
    found: str | None = None
    for path in sorted(chats.glob(f"session-*-{session[:8]}.jsonl")):
        try:
            lines = [line for part in new_lines(path, None) for line in part.lines]
        except OSError:
            continue
        for line in lines:
            record = object_of(line, Reading()) or {}
            begun = moment(text(record, "timestamp"))
            said = _said(record) if text(record, "type") == "user" else ""
            if said and not said.startswith(_NOT_TYPED) and begun is not None and begun <= at:
                found = text(record, "id") or found
    return found
