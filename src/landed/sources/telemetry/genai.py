"""The conventions of OpenTelemetry for generative models: spans and events named `gen_ai.*`.

https://github.com/open-telemetry/semantic-conventions-genai, in development: both the present
names and those of earlier versions are understood. Only operations that ask a model once are
calls; spans that sum up others (`invoke_agent`) are not. Cached input stands inside the input,
reasoning inside the output. A call that a span and an event tell has one id, that of the answer
or else of the span.
"""

from __future__ import annotations

from landed.sources.telemetry.signals import Event, Span
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import count, word

EVENT = "gen_ai.client.inference.operation.details"
_ONE_CALL = frozenset({"chat", "generate_content", "text_completion", "embeddings"})
_TOOL = "execute_tool"


def concerns(record: Event | Span) -> bool:
    """Return whether a record is one of these conventions."""
    return record.name == EVENT or "gen_ai.operation.name" in record.attributes


def take(
    record: Event | Span,
    agent: str,
    session: str | None,
    taking: Taking,
    *,
    request: str | None = None,
    cost: int | None = None,
    provider: str | None = None,
) -> bool:
    """Take a record in; return whether anything of it is kept beside its count.

    `request` is the id by which the agent's own log knows the call, the answer's id where there is
    none; `cost` is what the agent says that it cost, in micro-dollars; `provider` who is paid,
    where that is not who made the model.
    """
    told = record.attributes
    if session is not None:
        taking.session(agent, session, record)
    turn = f"{session}@{record.trace}" if session and record.trace else None
    if session is not None and turn is not None:
        taking.turn(agent, turn, session, record.at)
    operation = word(told, "gen_ai.operation.name")
    if operation not in _ONE_CALL:
        return session is not None and operation in (_TOOL, "invoke_agent")
    prompt = count(told, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
    output = count(told, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
    if not prompt and not output:
        return False
    read = min(count(told, "gen_ai.usage.cache_read.input_tokens"), prompt)
    written = count(
        told, "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_write.input_tokens"
    )
    written = min(written, prompt - read)
    response = word(told, "gen_ai.response.id")
    unnamed = record.span or f"{session}:{record.at}:{prompt}:{output}"
    taking.call(
        agent,
        response or unnamed,
        session=session,
        turn=turn,
        at=record.at,
        request=request or response,
        model=word(told, "gen_ai.response.model", "gen_ai.request.model"),
        provider=provider or word(told, "gen_ai.provider.name", "gen_ai.system"),
        reported_cost=cost,
        input_tokens=prompt - read - written,
        cache_read_tokens=read,
        cache_write_5m_tokens=written,
        output_tokens=output,
        reasoning_tokens=min(count(told, "gen_ai.usage.reasoning.output_tokens"), output),
    )
    return True


def session_of(record: Event | Span) -> str | None:
    """Return the conversation that a record belongs to."""
    names = ("gen_ai.conversation.id", "session.id")
    return word(record.attributes, *names) or word(record.resource, "session.id")
