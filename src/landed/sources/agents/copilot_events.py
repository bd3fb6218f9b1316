"""The events of one session of Copilot's command line, turned into records."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from landed.sources.agents.contract import (
    DecidedBy,
    Decision,
    Edit,
    Microseconds,
    Reading,
    Reference,
    Session,
    Status,
    Turn,
)
from landed.sources.agents.copilot_edits import SHELLS, WRITERS, proposed, shown
from landed.sources.agents.copilot_store import Tokens, call_of, counted, turn_key
from landed.sources.agents.fields import mapping, moment, text, whole
from landed.sources.agents.shell import commits_made, may_change_files
from landed.sources.agents.timeline import Timeline

_USAGE = {
    "input": "inputTokens",
    "output": "outputTokens",
    "cache-read": "cacheReadTokens",
    "cache-write": "cacheWriteTokens",
    "reasoning": "reasoningTokens",
}
_AGENT_EVENTS = frozenset(
    {
        "assistant.turn_start",
        "assistant.message",
        "assistant.turn_end",
        "subagent.started",
        "subagent.completed",
        "subagent.failed",
        "session.compaction_complete",
    }
)


class Begun(NamedTuple):
    """A tool call without a result so far."""

    tool: str
    arguments: Any


Unfinished = dict[str, Begun]
"""Tool calls by their id."""


class Events:
    """Takes the events of one part of a session's log, in order.

    `memory` is what `finish` returned for the part before; `unfinished` is shared between parts
    and changed here. Records are added to `reading`.
    """

    def __init__(
        self,
        path: Path,
        store: Path,
        memory: dict[str, Any] | None,
        unfinished: Unfinished,
        reading: Reading,
    ) -> None:
        known = memory or {}
        name = path.parent.name if path.name == "events.jsonl" else path.stem
        self._store = store
        self._reading = reading
        self._unfinished = unfinished
        self._session = Session(**known["session"]) if known else Session(name, 0, 0)
        self._turn = Turn(**known["turn"]) if known.get("turn") else None
        self._turns: int = known.get("turns", 0)
        self._branch: str | None = known.get("branch")
        self._cwd: str | None = known.get("cwd")
        self._rest: dict[str, Tokens] = known.get("rest", {})
        self._total: dict[str, Tokens] = known.get("total", {})
        self._asked_for: dict[str, str] = known.get("asked", {})
        self._permissions: dict[str, DecidedBy] = known.get("permissions", {})
        self._timeline = Timeline(self._session.session, known.get("span"))
        self._touched = False

    def take(self, event: dict[str, Any]) -> None:
        """Take one event; what cannot be understood is counted."""
        kind = text(event, "type")
        if kind is None or event.get("ephemeral") is True:
            if event and kind is None:
                self._reading.fault("missing-field")
            return
        at = moment(event.get("timestamp"))
        if at is None:
            self._reading.fault("bad-time")
            return
        self._see(at)
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, mapping(event, "data"), at)
        elif kind in _AGENT_EVENTS:
            self._timeline.agent(self._key, at)

    def finish(self) -> dict[str, Any]:
        """Add what the part tells as a whole, and return what the next one needs to know."""
        if self._touched:
            self._reading.sessions.append(self._session)
        self._end_turn()
        self._reading.activities += self._timeline.taken()
        return {
            "session": asdict(self._session),
            "turn": asdict(self._turn) if self._turn else None,
            "turns": self._turns,
            "branch": self._branch,
            "cwd": self._cwd,
            "rest": self._rest,
            "total": self._total,
            "asked": self._asked_for,
            "permissions": self._permissions,
            "span": self._timeline.memory,
        }

    @property
    def _key(self) -> str | None:
        return self._turn.turn if self._turn else None

    def _see(self, at: Microseconds) -> None:
        session = self._session
        session.started_at = min(session.started_at or at, at)
        session.ended_at = max(session.ended_at, at)
        self._touched = True
        if self._turn is not None:
            self._turn.ended_at = max(self._turn.ended_at, at)

    def _end_turn(self) -> None:
        if self._turn is not None and self._touched:
            self._reading.turns.append(Turn(**asdict(self._turn)))

    def _start(self, data: dict[str, Any], at: Microseconds) -> None:
        session = self._session
        session.version = text(data, "copilotVersion") or session.version
        session.parent = text(data, "detachedFromSpawningParentSessionId") or session.parent
        context = mapping(data, "context")
        session.cwd = text(context, "cwd")
        session.branch = text(context, "branch")
        session.commit = text(context, "headCommit")
        session.remote = _remote(context)
        self._enter(context, at)

    def _resume(self, data: dict[str, Any], at: Microseconds) -> None:
        self._unfinished.clear()
        self._enter(mapping(data, "context"), at)

    def _enter(self, context: dict[str, Any], at: Microseconds) -> None:
        self._cwd = text(context, "cwd") or self._cwd
        branch = text(context, "branch")
        if branch is not None and branch != self._branch:
            self._branch = branch
            self._reading.references.append(
                Reference(self._session.session, "branch", branch, at, self._key)
            )

    def _prompt(self, data: dict[str, Any], at: Microseconds) -> None:
        if not _is_from_person(data):
            self._timeline.agent(self._key, at)
            return
        self._unfinished.clear()
        self._end_turn()
        name = self._session.session
        self._turn = Turn(turn_key(name, self._turns), name, at, at, branch=self._branch)
        self._turns += 1
        self._timeline.person(self._key, at)

    def _abort(self, data: dict[str, Any], at: Microseconds) -> None:
        if self._turn is not None:
            self._turn.interrupted = True
        if "user" in (text(data, "reason") or ""):
            self._timeline.person(self._key, at)

    def _asked(self, data: dict[str, Any], at: Microseconds) -> None:
        self._timeline.agent(self._key, at)
        request = text(data, "requestId")
        call = text(data, "permissionRequest", "toolCallId")
        if request and call:
            self._asked_for[request] = call

    def _answered(self, data: dict[str, Any], at: Microseconds) -> None:
        request, answer = text(data, "requestId"), text(data, "result", "kind")
        if request is None or answer is None:
            self._reading.fault("missing-field")
            return
        accepted = answer.startswith("approved")
        by: DecidedBy = "person"
        if not accepted and answer != "denied-interactively-by-user":
            by = "policy"
        call = self._asked_for.pop(request, None) or text(data, "toolCallId")
        if call is not None:
            self._permissions[call] = by
        begun = self._unfinished.get(call or "")
        self._reading.decisions.append(
            Decision(
                request,
                self._session.session,
                self._key,
                at,
                begun.tool if begun else "unknown",
                accepted,
                by,
            )
        )
        if by == "person":
            self._timeline.person(self._key, at)

    def _begin(self, data: dict[str, Any], at: Microseconds) -> None:
        self._timeline.agent(self._key, at)
        call, tool = text(data, "toolCallId"), text(data, "toolName")
        if call is None or tool is None:
            self._reading.fault("missing-field")
            return
        self._unfinished[call] = Begun(tool, data.get("arguments"))

    def _complete(self, data: dict[str, Any], at: Microseconds) -> None:
        self._timeline.agent(self._key, at)
        call = text(data, "toolCallId")
        begun = self._unfinished.pop(call or "", None)
        if call is None or data.get("isUserRequested") is True:
            return
        by = self._permissions.pop(call, None)
        if begun is None:
            self._reading.fault("result-without-call")
            return
        status, refused_by = _outcome(data)
        by = refused_by or by
        if begun.tool in WRITERS:
            self._edit(call, begun, data, at, status, by)
        elif begun.tool in SHELLS:
            self._command(call, begun, data, at, status, by)
        if status == "refused" and by == "person":
            self._timeline.person(self._key, at)

    def _edit(
        self,
        call: str,
        begun: Begun,
        data: dict[str, Any],
        at: Microseconds,
        status: Status,
        by: DecidedBy | None,
    ) -> None:
        files = proposed(begun.tool, begun.arguments, self._cwd)
        if not files:
            self._reading.fault("edit-without-patch")
        if status == "applied":
            files = shown(files, text(data, "result", "detailedContent"))
        for file in files:
            self._reading.edits.append(
                Edit(
                    edit=call if len(files) == 1 else f"{call}:{file.path}",
                    session=self._session.session,
                    turn=self._key,
                    at=at,
                    path=file.path,
                    tool=begun.tool,
                    status=status,
                    kind="rename" if file.moved_to else file.kind,
                    changes=file.changes,
                    before="" if file.kind == "create" else None,
                    moved_to=file.moved_to,
                    decided_by=by,
                )
            )

    def _command(
        self,
        call: str,
        begun: Begun,
        data: dict[str, Any],
        at: Microseconds,
        status: Status,
        by: DecidedBy | None,
    ) -> None:
        name = self._session.session
        command = text(begun.arguments, "command") or ""
        if may_change_files(command):
            # A command that failed half-way may have changed files as well.
            done: Status = "refused" if status == "refused" else "applied"
            where = self._cwd or ""
            self._reading.edits.append(
                Edit(call, name, self._key, at, where, begun.tool, done, "shell", decided_by=by)
            )
        for commit in commits_made(text(data, "result", "content") or ""):
            self._reading.references.append(Reference(name, "commit", commit, at, self._key))

    def _shutdown(self, data: dict[str, Any], at: Microseconds) -> None:
        """Add as calls what the totals have more than the store and than the totals before."""
        self._unfinished.clear()
        name = self._session.session
        counts = counted(self._store, name, at + 1_000_000)
        total = {
            model: {cls: whole(metric, "usage", key) for cls, key in _USAGE.items()}
            for model, metric in mapping(data, "modelMetrics").items()
        }
        if _sum(counts) >= _sum(total):
            rest: dict[str, Tokens] = {}
        else:
            rest = {model: _less(tokens, counts.get(model, {})) for model, tokens in total.items()}
        if _sum(self._total) > _sum(total):
            self._rest = {}
        for model, tokens in rest.items():
            new = _less(tokens, self._rest.get(model, {}))
            if new["input"] or new["output"]:
                self._reading.calls.append(
                    call_of(f"{name}:until:{at}:{model}", name, self._key, at, model, new, 0)
                )
        self._rest, self._total = rest, total


def _is_from_person(data: dict[str, Any]) -> bool:
    """Tell whether a person typed the message, and not a skill, another agent or autopilot."""
    source = text(data, "source") or "user"
    return (
        not source.startswith(("skill-", "agent-", "system"))
        and data.get("isAutopilotContinuation") is not True
        and text(data, "parentAgentTaskId") is None
    )


def _outcome(data: dict[str, Any]) -> tuple[Status, DecidedBy | None]:
    if data.get("success") is True:
        return "applied", None
    code = text(data, "error", "code")
    if code == "rejected":
        return "refused", "person"
    return ("refused", "policy") if code == "denied" else ("failed", None)


def _remote(context: dict[str, Any]) -> str | None:
    repository = text(context, "repository")
    if repository is None or "://" in repository:
        return repository
    return f"https://{text(context, 'repositoryHost') or 'github.com'}/{repository}"


def _less(tokens: Tokens, known: Tokens) -> Tokens:
    return {name: max(0, count - known.get(name, 0)) for name, count in tokens.items()}


def _sum(models: dict[str, Tokens]) -> int:
    return sum(tokens.get("input", 0) + tokens.get("output", 0) for tokens in models.values())


_HANDLERS = {
    "session.start": Events._start,
    "session.resume": Events._resume,
    "session.context_changed": Events._enter,
    "user.message": Events._prompt,
    "abort": Events._abort,
    "permission.requested": Events._asked,
    "permission.completed": Events._answered,
    "tool.execution_start": Events._begin,
    "tool.execution_complete": Events._complete,
    "session.shutdown": Events._shutdown,
}
