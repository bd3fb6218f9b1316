"""The table of signals: what a commit or a request may bear, and what each of them means."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from landed.config import SignalSettings

COMMIT_PLACES = (
    "author-email",
    "author-name",
    "committer-email",
    "committer-name",
    "co-author",
    "trailer",
    "subject",
    "body",
)
"""Parts of a commit that a signal can stand in."""
FORGE_PLACES = ("login", "branch", "request-body", "label")
"""Parts of a forge's request that a signal can stand in; commits do not have them."""
CO_AUTHOR_KEYS = ("co-authored-by", "co-developed-by", "assisted-by")
"""Trailers that name who wrote part of the commit, with an e-mail address."""


@dataclass(frozen=True)
class Signal:
    """One way in which a commit or request tells who wrote it; see the head of signals.toml."""

    id: str
    who: str
    agent: str | None
    where: str
    match: re.Pattern[str]
    key: str | None = None
    model: re.Pattern[str] | None = None
    fixed_model: str | None = None
    grade: str = "declared"
    configured: bool = False


@dataclass(frozen=True)
class SignalTable:
    """All signals, the user's own first, and how line-level records spell the agents.

    `agents` maps a lower-case name to the agent's name here; `digest` changes with any of it.
    """

    signals: tuple[Signal, ...]
    agents: dict[str, str]
    stand_ins: frozenset[str]
    digest: str

    def at(self, where: str) -> tuple[Signal, ...]:
        """Return the signals that stand in one part of a commit or request."""
        return tuple(signal for signal in self.signals if signal.where == where)

    def agent(self, name: str) -> str:
        """Return what the agent that a source calls `name` is called here."""
        lowered = " ".join(name.lower().split())
        return self.agents.get(lowered, lowered)


def load_signals(own: Sequence[SignalSettings] = ()) -> SignalTable:
    """Return the table of signals with a user's own ones before the built-in ones."""
    text = _packaged()
    document = tomllib.loads(text)
    builtin = tuple(_signal(row) for row in document["signals"])
    configured = tuple(_own(number, settings) for number, settings in enumerate(own, start=1))
    agents = {
        name: tool["agent"]
        for tool in document["tools"]
        for name in tool["names"]
        if "agent" in tool
    }
    stand_ins = frozenset(
        name for tool in document["tools"] if "agent" not in tool for name in tool["names"]
    )
    seen = text + repr([settings.model_dump() for settings in own])
    digest = hashlib.sha256(seen.encode()).hexdigest()[:16]
    return SignalTable(configured + builtin, agents, stand_ins, digest)


@cache
def _packaged() -> str:
    return resources.files("landed.attribution").joinpath("signals.toml").read_text("utf-8")


def _signal(row: dict[str, Any]) -> Signal:
    if row["where"] not in COMMIT_PLACES + FORGE_PLACES:
        raise ValueError(f"signal {row['id']} stands nowhere: {row['where']}")
    return Signal(
        id=row["id"],
        who=row.get("who", "ai"),
        agent=row.get("agent"),
        where=row["where"],
        match=re.compile(row["match"], re.IGNORECASE),
        key=row["key"].lower() if "key" in row else None,
        model=re.compile(row["model"], re.IGNORECASE) if "model" in row else None,
        grade=row.get("grade", "declared"),
    )


def _own(number: int, settings: SignalSettings) -> Signal:
    """Turn a `[[signals]]` entry of landed.toml into a signal; its text is taken literally."""
    where, key, text = settings.where, None, settings.match
    if where == "trailer":
        written, colon, value = text.partition(":")
        key, text = written.strip().lower(), value.strip()
        literal = re.escape(text) if colon and text else ".*"
        if "@" in text and "<" not in text:
            literal = rf"(?:.*<)?{literal}>?"
        pattern = literal
    else:
        pattern = re.escape(text)
    places = {"author": "author-email", "committer": "committer-email"}
    return Signal(
        id=f"landed.toml signal {number}: {settings.match}",
        who=settings.who,
        agent=settings.agent,
        where=places.get(where, where),
        match=re.compile(pattern, re.IGNORECASE),
        key=key,
        fixed_model=settings.model,
        grade="inferred" if where == "branch" else "declared",
        configured=True,
    )
