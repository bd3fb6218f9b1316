"""Qwen Code: the chats under `projects/PROJECT/chats/`, one JSONL file a session.

Read off real sessions: new, continued, with failed and refused edits, with a sub-agent. Forks,
cancelled calls, changes by the user and chats without telemetry are known from the program's
texts alone.

- A turn is a person's record. Each answer of a model is told by a telemetry event, those of
  sub-agents and side requests too, and those of the conversation again by the record of the
  answer: an answer counts by its event, and by its record only where no event told of it.
- A call is the provider's response id where that is long enough to be unique, else the id of the
  record.
- A fork copies records with their ids, each marked with its origin: copies are passed over.
- The edits of sub-agents stand in the telemetry alone: with what they were given, without places.
- Who let a call through is told by the telemetry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
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
from landed.sources.agents.fields import mapping, moment, objects, text, whole
from landed.sources.agents.file_edits import edits_of
from landed.sources.agents.following import file_log, follow
from landed.sources.agents.gemini_tools import EDITING, SHELL, Tokens, file_edit, tokens_of
from landed.sources.agents.jsonlines import last_line_with, object_of
from landed.sources.agents.listing import readable
from landed.sources.agents.shell import (
    commits_made,
    may_change_files,
    opens_request,
    requests_made,
)
from landed.sources.agents.timeline import Timeline

_FORM = 1
_SHORTEST_UNIQUE_ID = 20
_USAGE = ("prompt", "cachedContent", "candidates", "thoughts", "toolUsePrompt", "total")
_EVENT = ("input", "cached_content", "output", "thoughts", "tool", "total")
_BY: dict[str, DecidedBy] = {
    "accept": "person",
    "auto_accept": "automatic",
    "modify": "person",
    "reject": "person",
}


class Qwen:
    """Reads the chats of Qwen Code (see `landed.sources.agents.contract.AgentReader`)."""

    agent = "qwen-code"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the chats under `QWEN_RUNTIME_DIR`, `QWEN_HOME` or `~/.qwen`."""
        root = home.path(
            "QWEN_RUNTIME_DIR" if home.environment.get("QWEN_RUNTIME_DIR") else "QWEN_HOME", ".qwen"
        )
        for path in sorted(readable(root / "projects").glob("*/chats/*.jsonl")):
            log = file_log(path)
            if log:
                yield log

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a chat since `state`."""
        return follow(log, state, _FORM, lambda memory, at: _Chat(log.path, memory, at))


class _Chat:
    """One chat, as far as it has been read.

    What is remembered from one reading to the next holds no command and no text: what a waiting
    tool call was given is read again from the file, up to the byte `until`.
    """

    def __init__(self, path: Path, memory: dict[str, Any], until: int) -> None:
        self.path = path
        self.until = until
        known = memory.get("session")
        self.session = Session(**known) if known else None
        turn = memory.get("turn")
        self.turn = Turn(**turn) if turn else None
        self.told: list[list[int | str]] = list(memory.get("told", ()))
        self.decided: list[list[str]] = list(memory.get("decided", ()))
        self.waiting: dict[str, list[str | None]] = dict(memory.get("waiting", {}))
        self.given: dict[str, dict[str, Any]] = {}
        self.timeline = Timeline(self.session.session if self.session else "", memory.get("span"))

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on."""
        return {
            "session": asdict(self.session) if self.session else None,
            "turn": asdict(self.turn) if self.turn else None,
            "told": self.told,
            "decided": self.decided,
            "waiting": self.waiting,
            "span": self.timeline.memory,
        }

    def see(self, record: dict[str, Any], reading: Reading) -> None:
        """Take in one line of the chat."""
        at, name = moment(text(record, "timestamp")), text(record, "uuid")
        session = text(record, "sessionId")
        if at is None or name is None or session is None:
            reading.fault("bad-time" if at is None else "missing-field")
            return
        self._begin(record, session, at)
        if "forkedFrom" in record:
            return
        kind = text(record, "type")
        if kind == "user":
            self._prompt(name, record, at, reading)
        elif kind == "assistant":
            self._answer(name, record, at, reading)
        elif kind == "tool_result":
            self._result(mapping(record, "toolCallResult"), at, reading)
        elif text(record, "subtype") == "ui_telemetry":
            self._told(name, mapping(record, "systemPayload", "uiEvent"), at, reading)
        if self.session is not None:
            self.session.ended_at = max(self.session.ended_at, at)

    def close(self, reading: Reading) -> None:
        """Write the session, the turn and the spans as far as they are."""
        if self.session is not None:
            reading.sessions.append(replace(self.session))
        self._write_turn(reading)
        reading.activities += self.timeline.taken()

    def _begin(self, record: dict[str, Any], name: str, at: Microseconds) -> None:
        parent = text(record, "forkedFrom", "sessionId")
        if self.session is not None:
            # The copies at the head of a fork have their old times: it began after the last.
            if parent is not None:
                self.session.started_at = max(self.session.started_at, at)
                self.session.ended_at = max(self.session.ended_at, at)
            return
        self.session = Session(
            name,
            at,
            at,
            cwd=text(record, "cwd"),
            branch=text(record, "gitBranch"),
            version=text(record, "version"),
            parent=parent,
        )
        self.timeline = Timeline(name)

    @property
    def _named(self) -> str:
        return self.session.session if self.session else ""

    @property
    def _turn(self) -> str | None:
        return self.turn.turn if self.turn else None

    def _write_turn(self, reading: Reading) -> None:
        if self.turn is not None:
            reading.turns.append(replace(self.turn))

    def _at_work(self, at: Microseconds) -> None:
        self.timeline.agent(self._turn, at)
        if self.turn is not None:
            self.turn.ended_at = max(self.turn.ended_at, at)

    def _prompt(
        self, name: str, record: dict[str, Any], at: Microseconds, reading: Reading
    ) -> None:
        if not any(text(part, "text") for part in objects(record, "message", "parts")):
            return
        self._write_turn(reading)
        self.turn = Turn(name, self._named, at, at, branch=text(record, "gitBranch"))
        self.told, self.decided, self.waiting, self.given = [], [], {}, {}
        self.timeline.person(name, at)

    def _answer(
        self, name: str, record: dict[str, Any], at: Microseconds, reading: Reading
    ) -> None:
        """Take in the record of an answer: its tool calls, and its tokens if no event did."""
        self._at_work(at)
        usage = mapping(record, "usageMetadata")
        tokens = tokens_of(*(whole(usage, f"{field}TokenCount") for field in _USAGE))
        call = self._told_before(tokens)
        if tokens is not None and call is None:
            call = name
            self._call(call, tokens, text(record, "model"), at, False, reading)
        for part in objects(record, "message", "parts"):
            asked = mapping(part, "functionCall")
            request, tool = text(asked, "id"), text(asked, "name")
            if request and tool:
                self.waiting[request] = [tool, call]
                self.given[request] = mapping(asked, "args")

    def _told_before(self, tokens: Tokens | None) -> str | None:
        """Return the call of the event that told of an answer of so many tokens, if one did."""
        for entry in self.told:
            if tokens is not None and entry[:4] == [*tokens]:
                self.told.remove(entry)
                return str(entry[4])
        return None

    def _call(
        self,
        name: str,
        tokens: Tokens,
        model: str | None,
        at: Microseconds,
        sub_agent: bool,
        reading: Reading,
    ) -> None:
        reading.calls.append(
            Call(
                name,
                self._named,
                self._turn,
                at,
                model,
                input_tokens=tokens.fresh,
                cache_read_tokens=tokens.cached,
                output_tokens=tokens.output,
                reasoning_tokens=tokens.reasoning,
                sub_agent=sub_agent,
            )
        )

    def _told(self, name: str, event: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in an event of the telemetry."""
        kind = text(event, "event.name")
        # The prompts of sub-agents are named session#agent#number.
        sub_agent = "#" in (text(event, "prompt_id") or "")
        if kind == "qwen-code.api_response":
            self._response(name, event, at, sub_agent, reading)
        elif kind == "qwen-code.tool_call":
            self._at_work(at)
            tool = text(event, "function_name") or ""
            if sub_agent:
                self._done(name, tool, mapping(event, "function_args"), event, event, at, reading)
            else:
                self.decided.append([tool, text(event, "decision") or ""])

    def _response(
        self, name: str, event: dict[str, Any], at: Microseconds, sub_agent: bool, reading: Reading
    ) -> None:
        self._at_work(at)
        tokens = tokens_of(*(whole(event, f"{field}_token_count") for field in _EVENT))
        if tokens is None:
            return
        response = text(event, "response_id") or ""
        call = response if len(response) >= _SHORTEST_UNIQUE_ID else name
        self._call(call, tokens, text(event, "model"), at, sub_agent, reading)
        if not sub_agent:
            self.told.append([*tokens, call])

    def _result(self, result: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in the result of a tool call of the conversation."""
        self._at_work(at)
        name = text(result, "callId")
        waiting = self.waiting.pop(name, None) if name else None
        if name is None or waiting is None:
            return
        tool, call = waiting[0] or "", waiting[1]
        decision = next((entry for entry in self.decided if entry[0] == tool), [tool, ""])
        if decision in self.decided:
            self.decided.remove(decision)
        given = self.given.pop(name, None)
        if given is None:
            given = self._given_again(name)
        self._done(name, tool, given, result, {"decision": decision[1], "call": call}, at, reading)

    def _given_again(self, name: str) -> dict[str, Any]:
        try:
            line = last_line_with(self.path, name.encode(), self.until)
        except OSError:
            line = None
        record = object_of(line, Reading()) if line else None
        for part in objects(record, "message", "parts"):
            if text(part, "functionCall", "id") == name:
                return mapping(part, "functionCall", "args")
        return {}

    def _done(
        self,
        name: str,
        tool: str,
        given: dict[str, Any],
        result: dict[str, Any],
        event: dict[str, Any],
        at: Microseconds,
        reading: Reading,
    ) -> None:
        """Write what a tool did."""
        decision = text(event, "decision") or ""
        outcome = _outcome(result, decision)
        if outcome is None or (tool not in EDITING and tool != SHELL):
            return
        status, by = outcome
        shown = result.get("resultDisplay")
        cwd = self.session.cwd if self.session else None
        edit = Edit(
            name,
            self._named,
            self._turn,
            at,
            text(given, "directory") or cwd or "",
            tool,
            status,
            "shell",
            decided_by=by,
            call=text(event, "call"),
        )
        if tool == SHELL:
            self._shell(edit, text(given, "command") or "", shown, reading)
        else:
            file = file_edit(tool, given, shown)
            if file is not None:
                changed = file.changed_by_user or decision == "modify"
                files = [file._replace(changed_by_user=changed)]
                reading.edits += edits_of(edit, files, cwd)
        if status != "failed":
            accepted = status != "refused"
            reading.decisions.append(
                Decision(name, self._named, self._turn, at, tool, accepted, by)
            )
        if by == "person":
            self.timeline.person(self._turn, at)

    def _shell(self, edit: Edit, command: str, shown: object, reading: Reading) -> None:
        if may_change_files(command):
            # A command that failed may have changed files before it did.
            status: Status = "applied" if edit.status == "failed" else edit.status
            reading.edits.append(replace(edit, status=status))
        output = shown if isinstance(shown, str) else ""
        for commit in commits_made(output):
            reading.references.append(Reference(edit.session, "commit", commit, edit.at, edit.turn))
        for request in requests_made(output) if opens_request(command) else []:
            reading.references.append(
                Reference(edit.session, "pull-request", request, edit.at, edit.turn)
            )


def _outcome(result: dict[str, Any], decision: str) -> tuple[Status, DecidedBy | None] | None:
    """Return what came of a call and who decided, None where that is not told."""
    status = text(result, "status")
    if status == "success":
        return "applied", _BY.get(decision)
    if status == "cancelled" or decision == "reject":
        return "refused", "person"
    if status != "error":
        return None
    denied = (text(result, "errorType") or text(result, "error_type")) == "execution_denied"
    return ("refused", "policy") if denied else ("failed", _BY.get(decision))
