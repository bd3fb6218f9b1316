"""Aider's analytics log: exact token counts and times of what each run of aider sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from landed.sources.agents.contract import Microseconds
from landed.sources.agents.fields import mapping, moment, text, whole

_CLOSEST: Microseconds = 2_000_000
"""A run notes its launch within this time of the beginning of its chat."""


class Sent(NamedTuple):
    """One exchange with a model; `cost` is in micro-dollars."""

    at: Microseconds
    model: str | None
    prompt_tokens: int
    completion_tokens: int
    cost: int


class Launches:
    """What every run sent, by the moment of its launch."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._sent: dict[Microseconds, list[Sent]] = {}
        for path in paths:
            self._take(path)

    def _take(self, path: Path) -> None:
        try:
            lines = path.read_bytes().split(b"\n")
        except OSError:
            return
        runs: dict[str, list[Sent]] = {}
        for line in lines:
            try:
                event = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            seconds = whole(event, "time")
            at = moment(seconds * 1000) if seconds else None
            if at is None:
                continue
            name, user = text(event, "event"), text(event, "user_id") or ""
            if name == "launched":
                runs[user] = self._sent.setdefault(at, [])
            elif name == "message_send" and user in runs:
                runs[user].append(_sent(at, mapping(event, "properties")))

    def near(self, started: Microseconds) -> list[Sent]:
        """Return what the run sent that was launched when a chat began, nothing if none was."""
        near = [at for at in self._sent if abs(at - started) <= _CLOSEST]
        # Where two runs began together it cannot be told which is which.
        return self._sent[near[0]] if len(near) == 1 else []


def _sent(at: Microseconds, told: dict[str, Any]) -> Sent:
    cost = told.get("cost")
    dollars = cost if isinstance(cost, int | float) and 0 <= cost < 1_000_000 else 0
    model = text(told, "main_model")
    return Sent(
        at,
        model if model != "None" and not (model or "").endswith("/REDACTED") else None,
        whole(told, "prompt_tokens"),
        whole(told, "completion_tokens"),
        round(dollars * 1_000_000),
    )
