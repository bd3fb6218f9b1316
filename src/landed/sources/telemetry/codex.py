"""Codex: log events `codex.*`, tokens on `codex.sse_event` of the kind `response.completed`.

Read off real exports of version 0.169. Its conversation is the session of its rollouts, its
`call_id` that of their calls of tools. Turns and answers have no id here: a turn is told by the
moment of its prompt, an answer by its moment and its tokens. Cached input stands inside the
input, reasoning inside the output. No cost is told.
"""

from __future__ import annotations

from landed.sources.telemetry import edits
from landed.sources.telemetry.signals import Event
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import count, truth, word

AGENT = "codex"
PREFIX = "codex."
_REFUSED = ("denied", "abort", "timed_out")


def take(event: Event, taking: Taking) -> bool:
    """Take an event in; return whether anything of it is kept beside its count."""
    told = event.attributes
    session = word(told, "conversation.id", "thread.id")
    if session is None:
        return False
    taking.session(AGENT, session, event)
    name = event.name.removeprefix(PREFIX)
    if name == "user_prompt":
        taking.turn(AGENT, f"{session}@{event.at}", session, event.at)
    elif name == "sse_event" and told.get("event.kind") == "response.completed":
        return _take_call(event, session, taking)
    elif name == "tool_decision":
        _take_decision(event, session, taking)
    elif name == "tool_result":
        return _take_edit(event, session, taking)
    else:
        return name == "conversation_starts"
    return True


def _take_call(event: Event, session: str, taking: Taking) -> bool:
    """Take in an answer; the event stands twice, once without its tokens."""
    told = event.attributes
    prompt, output = count(told, "input_token_count"), count(told, "output_token_count")
    if not prompt and not output:
        return False
    read = min(count(told, "cached_token_count"), prompt)
    written = min(count(told, "cache_write_token_count"), prompt - read)
    reasoning = min(count(told, "reasoning_token_count"), output)
    model = word(told, "model", "slug")
    taking.call(
        AGENT,
        f"{session}:{event.at}:{prompt}:{read}:{written}:{output}:{reasoning}",
        session=session,
        turn=None,
        at=event.at,
        model=model,
        provider=word(told, "provider_name"),
        input_tokens=prompt - read - written,
        cache_read_tokens=read,
        cache_write_5m_tokens=written,
        output_tokens=output,
        reasoning_tokens=reasoning,
        tier=word(told, "service_tier"),
    )
    return True


def _take_decision(event: Event, session: str, taking: Taking) -> None:
    told = event.attributes
    decision = (word(told, "decision") or "").lower()
    accepted = not decision.startswith(_REFUSED)
    by_person = (word(told, "source") or "").lower() == "user"
    taking.decision(
        AGENT,
        word(told, "call_id") or f"{session}:{event.at}",
        session=session,
        turn=None,
        at=event.at,
        tool=word(told, "tool_name") or "",
        accepted=accepted,
        decided_by="person" if by_person else ("automatic" if accepted else "policy"),
    )


def _take_edit(event: Event, session: str, taking: Taking) -> bool:
    told = event.attributes
    tool, name = word(told, "tool_name"), word(told, "call_id")
    if tool not in edits.OF_CODEX or name is None:
        return False
    taking.edit(
        AGENT,
        name,
        session=session,
        turn=None,
        at=event.at,
        tool=tool,
        applied=truth(told, "success") is True,
        counted=edits.of_codex(told.get("arguments")),
    )
    return True
