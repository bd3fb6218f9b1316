"""From a body to items: whose telemetry a record is decides who understands it."""

from __future__ import annotations

from landed.sources.telemetry import claude_code, codex, copilot, gemini, genai, sums
from landed.sources.telemetry.contract import Received, Signal, TelemetryError
from landed.sources.telemetry.signals import Decoded, Event, Point, Span
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import word

_PROTOBUF = ("application/x-protobuf", "application/protobuf")
_JSON = "application/json"
_SERVICES = {
    "claude-code": claude_code.AGENT,
    "claude-code-desktop": claude_code.AGENT,
    "gemini-cli": gemini.AGENT,
    **copilot.SERVICES,
}
_PREFIXES = {
    claude_code.PREFIX: claude_code.AGENT,
    codex.PREFIX: codex.AGENT,
    gemini.PREFIX: gemini.AGENT,
    "copilot_chat.": copilot.EDITOR,
    "github.copilot.": copilot.COMMAND_LINE,
}


def read_body(signal: Signal, body: bytes, content_type: str) -> Received:
    """Turn a body into items (see `landed.sources.telemetry.read_otlp`)."""
    taking = Taking()
    decoded = _decoded(signal, body, content_type)
    for record in decoded.records:
        if not record.at:
            decoded.reject("a record has no time")
        elif not _take(record, taking):
            taking.count(signal, record, known=agent_of(record) is not None)
    received = taking.finished()
    received.rejected, received.message = decoded.rejected, decoded.message
    return received


def _decoded(signal: Signal, body: bytes, content_type: str) -> Decoded:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _JSON:
        from landed.sources.telemetry import of_json

        return of_json.decode(signal, body)
    if kind in _PROTOBUF:
        from landed.sources.telemetry import of_protobuf

        return of_protobuf.decode(signal, body)
    raise TelemetryError(
        f"a body of {content_type or 'no content type'} is not understood: send {_PROTOBUF[0]} or "
        f"{_JSON}"
    )


def agent_of(record: Event | Point | Span) -> str | None:
    """Return the agent whose telemetry a record is, None where it is of no agent known here."""
    for prefix, agent in _PREFIXES.items():
        if record.name.startswith(prefix):
            return agent
    if record.scope.startswith(claude_code.SCOPE):
        return claude_code.AGENT
    if record.scope.startswith("codex_otel"):
        return codex.AGENT
    service = (word(record.resource, "service.name") or "").lower()
    if service.startswith("codex"):
        return codex.AGENT
    return _SERVICES.get(service)


def _take(record: Event | Point | Span, taking: Taking) -> bool:
    """Take a record in; return whether anything of it is kept beside its count."""
    agent = agent_of(record)
    if isinstance(record, Point):
        # what the conventions tell of Gemini CLI, its own metrics tell as well
        told_twice = agent == gemini.AGENT and not record.name.startswith(gemini.PREFIX)
        return not told_twice and sums.take(record, agent or _other(record), taking)
    if agent in (copilot.EDITOR, copilot.COMMAND_LINE):
        return copilot.take(record, agent, taking)
    if isinstance(record, Event) and agent == claude_code.AGENT:
        return claude_code.take(record, taking)
    if isinstance(record, Event) and agent == codex.AGENT:
        return codex.take(record, taking)
    if isinstance(record, Event) and agent == gemini.AGENT:
        return gemini.take(record, taking)
    if agent is None and genai.concerns(record):
        return genai.take(record, _other(record), genai.session_of(record), taking)
    return False


def _other(record: Event | Point | Span) -> str:
    """Return the name under which a service stands that is no agent known here."""
    return (word(record.resource, "service.name") or "unknown").lower()
