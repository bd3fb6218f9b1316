"""Codex: the rollouts under `sessions/` and `archived_sessions/`, one JSONL file a session.

Read off real sessions of versions 0.130 and 0.169: new, resumed, forked, with sub-agents, with
failed and refused patches. What a person refuses at the terminal, rollouts without turn ids and
patches told only by the output of the tool are known from the program's texts and parsers alone.

- A turn is a turn id of Codex; where there is none, the session and the prompt's number.
- A call is the provider's response id where a record has it; else session, turn and running total.
- A resumed session goes on in its file, and its total is written again: unchanged, it counts for
  nothing. A fork or a sub-agent may begin with its parent's history, with new times and without
  the response ids: those turns are older than the session (their ids are UUIDs that hold a time),
  they stand in the parent's own file, and are passed over here.
- What a sub-agent does belongs to the turn that spawned it: the root turn that the log names, else
  the last turn of the parent's history. Without either it has turns of its own.
- Cached input stands inside the input, reasoning inside the output. What is written to a cache is
  given as written for five minutes: Codex tells no duration.
- Who let a call through is known where no one is ever asked (policy `never`) and for refusals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from landed.sources.agents.codex_calls import (
    Outcome,
    Tools,
    decided_by,
    told_edits,
    told_status,
)
from landed.sources.agents.codex_place import Place
from landed.sources.agents.codex_tokens import Totals, Usage, usage_of
from landed.sources.agents.contract import (
    Call,
    Decision,
    Edit,
    Home,
    Log,
    Microseconds,
    Reading,
    Reference,
)
from landed.sources.agents.fields import mapping, moment, text
from landed.sources.agents.file_edits import edits_of
from landed.sources.agents.following import file_log, follow
from landed.sources.agents.listing import readable
from landed.sources.agents.timeline import Timeline

_FORM = 1
_CALLS = frozenset({"custom_tool_call", "function_call", "local_shell_call"})
_ANSWERS = frozenset({"custom_tool_call_output", "function_call_output"})
_SETTINGS = {
    "cwd": "cwd",
    "model": "model",
    "policy": "approval_policy",
    "provider": "model_provider_id",
    "tier": "service_tier",
}


class Codex:
    """Reads the rollouts of Codex (see `landed.sources.agents.contract.AgentReader`)."""

    agent = "codex"

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield the rollout files under `CODEX_HOME` or `~/.codex`."""
        root = home.path("CODEX_HOME", ".codex")
        for folder in ("sessions", "archived_sessions"):
            for path in sorted(readable(root / folder).rglob("rollout-*.jsonl")):
                log = file_log(path)
                if log:
                    yield log

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new in a rollout since `state`."""
        return follow(log, state, _FORM, lambda memory, at: _Rollout(log.path, memory, at))


class _Rollout:
    """One rollout file, as far as it has been read."""

    def __init__(self, path: Path, memory: dict[str, Any], until: int) -> None:
        self.place = Place(path, memory.get("place", {}))
        self.settings: dict[str, str | None] = dict(memory.get("settings", {}))
        self.spoken: bool = memory.get("spoken", False)
        self.totals = Totals(memory.get("total"), memory.get("recorded", False))
        self.timeline = Timeline(self.place.session.session, memory.get("span"))
        self.tools = Tools(path, until, memory.get("tools", {}))

    def memory(self) -> dict[str, Any]:
        """Return what has to be known to go on."""
        return {
            "place": self.place.memory(),
            "settings": self.settings,
            "spoken": self.spoken,
            "total": list(self.totals.total) if self.totals.total else None,
            "recorded": self.totals.recorded,
            "span": self.timeline.memory,
            "tools": self.tools.memory(),
        }

    def see(self, record: dict[str, Any], reading: Reading) -> None:
        """Take in one line of the rollout."""
        at = moment(text(record, "timestamp"))
        payload = mapping(record, "payload")
        if at is None or not payload:
            reading.fault("bad-time" if at is None else "missing-field")
            return
        kind = text(record, "type")
        if kind == "session_meta":
            self._begin(payload, at)
        elif kind == "turn_context":
            self._enter(payload, at, reading)
            self._set(payload)
        elif kind == "token_usage_record":
            self._record(payload, at, reading)
        elif kind == "response_item" and not self.place.is_inherited(at):
            self._item(payload, at, reading)
        elif kind == "event_msg":
            self._event(payload, at, reading)
        self.place.passed(at)

    def close(self, reading: Reading) -> None:
        """Write the session, the turn and the spans as far as they are."""
        self.place.write(reading)
        reading.activities += self.timeline.taken()

    def _begin(self, payload: dict[str, Any], at: Microseconds) -> None:
        """Take in the head of the session; a second head is that of a parent, copied."""
        if self.place.begun:
            return
        self.place.begin(payload, at)
        self.settings["cwd"] = self.place.session.cwd
        self.settings["provider"] = text(payload, "model_provider")
        self.timeline = Timeline(self.place.session.session)

    def _enter(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        if self.place.enter(payload, at, reading):
            self.tools.forget()
            self.spoken = False

    def _set(self, payload: dict[str, Any]) -> None:
        """Take in settings, as a turn or a change of settings names them."""
        for name, field in _SETTINGS.items():
            value = text(payload, field)
            if value is not None:
                self.settings[name] = value
        sandbox = text(payload, "sandbox_policy", "type")
        if sandbox is not None:
            self.settings["sandbox"] = sandbox

    @property
    def _can_write(self) -> bool:
        """Whether a command can change files: not where nobody can let it out of its sandbox."""
        confined = self.settings.get("sandbox") == "read-only"
        return not confined or self.settings.get("policy") != "never"

    def _at_work(self, at: Microseconds) -> None:
        self.timeline.agent(self.place.turn_id, at)
        self.place.at_work(at)

    def _record(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in the record of one answer."""
        self.totals.recorded = True
        thread = text(payload, "thread_id") or self.place.session.session
        if self.place.is_inherited(at) or thread != self.place.session.session:
            return
        usage = usage_of(payload.get("usage"))
        if usage is None:
            reading.fault("missing-field")
            return
        so_far = usage_of(payload.get("thread_token_usage")) or usage
        self._charge(text(payload, "response_id"), usage, so_far, at, reading)

    def _count(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in the running total."""
        inherited = self.place.is_inherited(at)
        first_is_own = not self.place.goes_on or (self.spoken and not inherited)
        usage = self.totals.added(payload.get("info"), first_is_own)
        if usage is not None and self.totals.total is not None and not inherited:
            self._charge(None, usage, self.totals.total, at, reading)

    def _charge(
        self,
        response: str | None,
        usage: Usage,
        so_far: Usage,
        at: Microseconds,
        reading: Reading,
    ) -> None:
        """Write a call of the model."""
        session, turn = self.place.session, self.place.turn_id
        call = response or f"{session.session}/{turn or ''}/{so_far.input + so_far.output}"
        self.tools.charged(call)
        self._at_work(at)
        reading.calls.append(
            Call(
                call,
                session.session,
                turn,
                at,
                self.settings.get("model"),
                provider=self.settings.get("provider"),
                input_tokens=usage.fresh,
                cache_read_tokens=usage.cached,
                cache_write_5m_tokens=usage.written,
                output_tokens=usage.output,
                reasoning_tokens=usage.reasoning,
                tier=self.settings.get("tier"),
                sub_agent=session.sub_agent,
            )
        )

    def _item(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in a piece of the conversation."""
        kind = text(payload, "type") or ""
        if kind in _CALLS:
            self.tools.called(payload, self.settings.get("cwd"))
        elif kind in _ANSWERS:
            outcome = self.tools.answered(payload, self.settings.get("policy"))
            if outcome is not None:
                self._finish(outcome, at, reading)
        elif kind != "reasoning" and text(payload, "role") != "assistant":
            return
        self.spoken = True
        self._at_work(at)

    def _event(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        """Take in an event: turns, prompts, totals, patches, commands."""
        kind = text(payload, "type")
        if kind == "task_started":
            self._enter(payload, at, reading)
        elif kind == "token_count":
            self._count(payload, at, reading)
        elif self.place.is_inherited(at):
            return
        elif kind == "item_completed":
            self._completed(mapping(payload, "item"), at, reading)
        elif kind == "user_message":
            self._prompt(at, reading)
        elif kind == "patch_apply_end":
            self._patch(payload, text(payload, "call_id"), at, reading)
        elif kind == "thread_settings_applied":
            self._set(mapping(payload, "thread_settings"))
        elif kind == "turn_aborted":
            self._stop(payload, at, reading)
        elif kind in ("task_complete", "agent_message"):
            self._at_work(at)

    def _completed(self, item: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        kind = text(item, "type")
        if kind == "UserMessage":
            self._prompt(at, reading)
        elif kind == "FileChange":
            self._patch(item, text(item, "id"), at, reading)
        elif kind == "CommandExecution":
            outcome = self.tools.ran(item, self.settings.get("cwd"), self.settings.get("policy"))
            if outcome is not None:
                self._finish(outcome, at, reading)
            self._at_work(at)

    def _prompt(self, at: Microseconds, reading: Reading) -> None:
        if self.place.prompt(at, reading):
            self.tools.forget()
            self.spoken = False
        if not self.place.session.sub_agent:
            self.timeline.person(self.place.turn_id, at)

    def _stop(self, payload: dict[str, Any], at: Microseconds, reading: Reading) -> None:
        by_person = text(payload, "reason") == "interrupted" and not self.place.session.sub_agent
        if by_person:
            self.place.interrupted()
            self.timeline.person(self.place.turn_id, at)
        for outcome in self.tools.interrupted(self.settings.get("policy"), by_person):
            self._finish(outcome, at, reading)
        self._at_work(at)

    def _patch(
        self, event: dict[str, Any], name: str | None, at: Microseconds, reading: Reading
    ) -> None:
        """Write the edits that an event tells of."""
        status = told_status(event)
        if name is None or status is None:
            reading.fault("missing-field")
            return
        known = self.tools.patched(name)
        policy = self.settings.get("policy")
        edit = Edit(
            name,
            self.place.session.session,
            self.place.turn_id,
            at,
            "",
            known.get("tool") or "apply_patch",
            status,
            decided_by=decided_by(status, policy, policy != "never"),
            call=known.get("call"),
        )
        reading.edits += edits_of(edit, list(told_edits(event)), self.settings.get("cwd"))
        self._at_work(at)

    def _finish(self, outcome: Outcome, at: Microseconds, reading: Reading) -> None:
        """Write what came of a tool call."""
        session, turn = self.place.session.session, self.place.turn_id
        common = Edit(
            outcome.name,
            session,
            turn,
            at,
            outcome.directory or self.settings.get("cwd") or "",
            outcome.tool,
            outcome.status,
            decided_by=outcome.decided_by,
            call=outcome.call,
        )
        if outcome.shell and self._can_write:
            reading.edits.append(replace(common, kind="shell"))
        reading.edits += edits_of(common, outcome.edits, self.settings.get("cwd"))
        accepted = outcome.status != "refused"
        if outcome.decided:
            reading.decisions.append(
                Decision(
                    outcome.name, session, turn, at, outcome.tool, accepted, outcome.decided_by
                )
            )
        if not accepted and outcome.decided_by == "person":
            self.timeline.person(turn, at)
        self._refer("commit", outcome.commits, at, reading)
        self._refer("pull-request", outcome.requests, at, reading)

    def _refer(
        self,
        kind: Literal["commit", "pull-request"],
        values: list[str],
        at: Microseconds,
        reading: Reading,
    ) -> None:
        session, turn = self.place.session.session, self.place.turn_id
        known = {reference.value for reference in reading.references}
        reading.references += [
            Reference(session, kind, value, at, turn) for value in values if value not in known
        ]
