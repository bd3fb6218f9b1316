"""Gemini CLI: log events `gemini_cli.*`, metrics with cumulative temporality.

Read off real exports. The session is that of its chats. An answer is told by
`gemini_cli.api_response`, and told again by the events and metrics of the conventions for
generative models: those are counted, and nothing else is taken of them. Prompts have an id that
the chats do not have; answers and calls of tools have none. A call that was accepted may have been
accepted by a setting: only `auto_accept`, `modify` and `reject` say who decided.
"""

from __future__ import annotations

from landed.sources.agents.gemini_tools import tokens_of
from landed.sources.telemetry import edits
from landed.sources.telemetry.signals import Event
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import count, truth, word

AGENT = "gemini-cli"
PREFIX = "gemini_cli."
_DECISIONS = {
    "accept": (True, None),
    "auto_accept": (True, "automatic"),
    "modify": (True, "person"),
    "reject": (False, "person"),
}


def take(event: Event, taking: Taking) -> bool:
    """Take an event in; return whether anything of it is kept beside its count."""
    told = event.attributes
    session = word(told, "session.id") or word(event.resource, "session.id")
    if session is None:
        return False
    taking.session(AGENT, session, event)
    prompt = word(told, "prompt_id")
    turn = f"{session}@{prompt}" if prompt else None
    if turn is not None:
        taking.turn(AGENT, turn, session, event.at)
    name = event.name.removeprefix(PREFIX)
    if name == "api_response":
        _take_call(event, session, turn, taking)
    elif name == "tool_call":
        _take_decision(event, session, turn, taking)
        _take_edit(event, session, turn, taking)
    else:
        return name in ("user_prompt", "config")
    return True


def _take_call(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    numbers = (
        count(told, "input_token_count"),
        count(told, "cached_content_token_count"),
        count(told, "output_token_count"),
        count(told, "thoughts_token_count"),
        count(told, "tool_token_count"),
        count(told, "total_token_count"),
    )
    tokens = tokens_of(*numbers)
    if tokens is None:
        return
    taking.call(
        AGENT,
        ":".join(str(part) for part in (session, event.at, *numbers)),
        session=session,
        turn=turn,
        at=event.at,
        model=word(told, "model"),
        input_tokens=tokens.fresh,
        cache_read_tokens=tokens.cached,
        output_tokens=tokens.output,
        reasoning_tokens=tokens.reasoning,
    )


def _take_decision(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    tool = word(told, "function_name") or ""
    decision = word(told, "decision")
    if decision not in _DECISIONS:
        return
    accepted, decided_by = _DECISIONS[decision]
    taking.decision(
        AGENT,
        f"{session}:{event.at}:{event.span}:{tool}",
        session=session,
        turn=turn,
        at=event.at,
        tool=tool,
        accepted=accepted,
        decided_by=decided_by,
    )


def _take_edit(event: Event, session: str, turn: str | None, taking: Taking) -> None:
    told = event.attributes
    tool = word(told, "function_name")
    if tool not in edits.OF_GEMINI:
        return
    taking.edit(
        AGENT,
        f"{session}:{event.at}:{event.span}:{tool}",
        session=session,
        turn=turn,
        at=event.at,
        tool=tool,
        applied=truth(told, "success") is True,
        counted=edits.of_gemini(told.get("metadata")),
    )
