"""The report as a message to a chat: the key figures, and where to read more."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from landed.reports.board.board import Board
from landed.reports.board.words import document_of

_LONGEST_HEADING, _LONGEST_TEXT = 150, 2000


def message_of(board: Board, period: str, server: str | None = None) -> dict[str, Any]:
    """The message, as Slack and those that follow it take one: `text`, and `blocks` to show.

    `server` is the address of the dashboard; with it the message has a link.
    """
    document = document_of(board)
    front = document.front
    lines = [f"{key.label}: {key.value} ({'; '.join(key.details)})" for key in front.keys]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(f"{document.title}: {period}")},
        {"type": "section", "text": _marked(f"*{_escaped(front.headline)}*")},
        {
            "type": "section",
            "fields": [
                _marked(
                    f"*{_escaped(key.label)}*\n{_escaped(key.value)}\n"
                    f"{_escaped('; '.join(key.details))}"
                )
                for key in front.keys
            ],
        },
    ]
    below = f"{document.period}, {document.scope}. Figures as of {document.as_of}."
    if document.notice:
        below = f"{document.notice} {below}"
    blocks.append({"type": "context", "elements": [_marked(_escaped(below))]})
    if server:
        query = urlencode({"since": board.since, "until": board.until})
        address = f"{server.rstrip('/')}/?{query}"
        blocks.append({"type": "section", "text": _marked(f"<{address}|Open the dashboard>")})
    notice = f"{document.notice} " if document.notice else ""
    text = f"{notice}{front.headline} {'. '.join(lines)}."
    return {"text": _escaped(text), "blocks": blocks}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:_LONGEST_HEADING]}


def _marked(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text[:_LONGEST_TEXT]}


def _escaped(text: str) -> str:
    """Text that mentions nobody and links nowhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
