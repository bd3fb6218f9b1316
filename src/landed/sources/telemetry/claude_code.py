"""Claude Code: events `claude_code.*` of the service `claude-code`, metrics with delta temporality.

Read off real exports of version 2.1.197, as JSON and as protobuf. Sessions, prompts, requests and
calls of tools have the ids that its transcripts have: `session.id`, `prompt.id`, `request_id`,
`tool_use_id`. What was written to a cache is told as one number; it is taken as written for five
minutes, until the transcript tells more.
"""

from __future__ import annotations

import re

from landed.sources.agents.fields import parsed, text
from landed.sources.telemetry import edits
from landed.sources.telemetry.signals import Event
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import count, fraction, truth, word

AGENT = "claude-code"
PREFIX = "claude_code."
SCOPE = "com.anthropic.claude_code"
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_DECIDED_BY = {
    "config": "automatic",
    "hook": "policy",
    "user_permanent": "person",
    "user_temporary": "person",
    "user_abort": "person",
    "user_reject": "person",
}


def take(event: Event, taking: Taking) -> bool:
    """Take an event in; return whether anything of it is kept beside its count."""
    told = event.attributes
    session = word(told, "session.id")
    if session is None:
        return False
    taking.session(AGENT, session, event)
    turn = word(told, "prompt.id")
    if turn is not None:
        taking.turn(AGENT, turn, session, event.at)
    name = event.name.removeprefix(PREFIX)
    if name == "api_request":
        _take_call(event, session, turn, taking)
    elif name == "tool_decision":
        _take_decision(event, session, turn, taking)
    elif name == "tool_result":
        _take_edit(event, session, turn, taking)
        _take_commit(event, session, turn, taking)
    else:
        return name == "user_prompt"
    return True


def plain_model(name: str | None) -> str | None:
    """Return a model without the mark of the long context that metrics put behind it."""
    return name.removesuffix("[1m]") if name else None


def _take_call(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    request = word(told, "request_id")
    model = plain_model(word(told, "model"))
    cost: int | None = count(told, "cost_usd_micros")
    if "cost_usd_micros" not in told:
        dollars = fraction(told, "cost_usd")
        cost = None if dollars is None or dollars < 0 else round(dollars * 1_000_000)
    speed = word(told, "speed")
    source = word(told, "query_source") or ""
    tokens = {
        "input_tokens": count(told, "input_tokens"),
        "cache_read_tokens": count(told, "cache_read_tokens"),
        "cache_write_5m_tokens": count(told, "cache_creation_tokens"),
        "output_tokens": count(told, "output_tokens"),
    }
    unnamed = ":".join(str(part) for part in (session, event.at, model, *tokens.values()))
    taking.call(
        AGENT,
        request or unnamed,
        session=session,
        turn=turn,
        at=event.at,
        request=request,
        model=model,
        provider="anthropic" if model is not None and model.startswith("claude-") else None,
        speed="standard" if speed == "normal" else speed,
        reported_cost=cost,
        sub_agent=source.startswith(("agent", "subagent")),
        **tokens,
    )


def _take_decision(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    decision = word(told, "tool_use_id") or f"{session}:{event.at}:{count(told, 'event.sequence')}"
    source = word(told, "source") or ""
    accepted = told.get("decision") == "accept"
    decided_by = _DECIDED_BY.get(source)
    if source == "config" and not accepted:
        decided_by = "policy"
    taking.decision(
        AGENT,
        decision,
        session=session,
        turn=turn,
        at=event.at,
        tool=word(told, "tool_name") or "",
        accepted=accepted,
        decided_by=decided_by,
    )


def _take_edit(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    tool, name = word(told, "tool_name"), word(told, "tool_use_id")
    if tool not in edits.OF_CLAUDE_CODE or name is None:
        return
    taking.edit(
        AGENT,
        name,
        session=session,
        turn=turn,
        at=event.at,
        tool=tool,
        applied=truth(told, "success") is True,
        counted=edits.of_claude_code(tool, told.get("tool_input")),
    )


def _take_commit(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    """Take the id of a commit; of what else the parameters of a tool hold, nothing."""
    commit = text(parsed(event.attributes.get("tool_parameters")), "git_commit_id")
    if commit and _COMMIT.fullmatch(commit) and truth(event.attributes, "success") is not False:
        taking.commit(AGENT, session, turn, commit, event.at)
