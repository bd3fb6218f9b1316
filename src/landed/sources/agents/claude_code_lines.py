"""What a line of a Claude Code transcript is: a prompt, answers to tool calls, an interruption."""

from __future__ import annotations

from typing import Any

INTERRUPTED = "[Request interrupted by user"
"""How the line begins that tells that a person stopped the agent."""

_NOT_TYPED = (
    INTERRUPTED,
    "<local-command-stdout",
    "<local-command-stderr",
    "<bash-stdout",
    "<bash-stderr",
    "<task-notification",
    "<system-reminder",
    "Caveat: ",
)


def string(value: Any) -> str | None:
    """Return a text that is not empty, None for all else."""
    return value if isinstance(value, str) and value else None


def call_of(record: dict[str, Any], message: dict[str, Any]) -> str | None:
    """Return the key of the model call that a line without a request id is part of."""
    return string(message.get("id")) or string(record.get("uuid"))


def branch_of(record: dict[str, Any]) -> str | None:
    """Return the branch checked out at a line; a detached HEAD is written as HEAD."""
    branch = string(record.get("gitBranch"))
    return None if branch == "HEAD" else branch


def answers_of(content: Any) -> list[dict[str, Any]]:
    """Return the answers to tool calls in the content of a user line."""
    if not isinstance(content, list):
        return []
    return [
        part
        for part in content
        if isinstance(part, dict)
        and part.get("type") == "tool_result"
        and isinstance(part.get("tool_use_id"), str)
    ]


def is_typed(record: dict[str, Any], text: str) -> bool:
    """Tell whether a user line is what a person asked, not what the program told the model."""
    origin = record.get("origin")
    return not (
        record.get("isMeta") is True
        or record.get("isCompactSummary") is True
        or record.get("isVisibleInTranscriptOnly") is True
        or record.get("promptSource") == "system"
        or (isinstance(origin, dict) and origin.get("kind") not in (None, "human"))
        or text.lstrip().startswith(_NOT_TYPED)
    )
