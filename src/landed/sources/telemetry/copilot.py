"""GitHub Copilot: its command line (`github-copilot`), and its chat in editors (`copilot-chat`).

Known from their documentation and from the trace database that the chat of VS Code keeps with the
same spans, not from a capture. Both follow the conventions for generative models and tell calls as
spans named `chat MODEL`; what only Copilot has is named `github.copilot.*`, before that
`copilot_chat.*`. A request has the id that the chat's own database has.
"""

from __future__ import annotations

from landed.sources.telemetry import genai
from landed.sources.telemetry.signals import Event, Span
from landed.sources.telemetry.taking import Taking
from landed.sources.telemetry.words import count, word

COMMAND_LINE = "copilot-cli"
EDITOR = "copilot-vscode"
SERVICES = {
    "github-copilot": COMMAND_LINE,
    "copilot-cli": COMMAND_LINE,
    "copilot-chat": EDITOR,
}
_SESSION = (
    "copilot_chat.parent_chat_session_id",
    "copilot_chat.chat_session_id",
    "copilot_chat.session_id",
)
_NANO_CREDITS = ("github.copilot.nano_aiu", "copilot_chat.copilot_usage_nano_aiu")
_NANO_CREDITS_PER_MICRO_DOLLAR = 100_000


def take(record: Event | Span, agent: str, taking: Taking) -> bool:
    """Take a record in; return whether anything of it is kept beside its count."""
    told = record.attributes
    session = genai.session_of(record)
    if agent == EDITOR:
        session = word(told, *_SESSION) or session
    if not genai.concerns(record):
        if session is not None:
            taking.session(agent, session, record)
        return False
    cost = count(told, *_NANO_CREDITS) // _NANO_CREDITS_PER_MICRO_DOLLAR
    return genai.take(
        record,
        agent,
        session,
        taking,
        request=word(told, "copilot_chat.server_request_id"),
        cost=cost or None,
        provider="github-copilot",
    )
