"""The model calls of Claude Code's transcripts: each answer once, in the classes it is billed in.

One answer spans several lines, one for each block of its content; the account of tokens repeats
on each, and its output grows. Where the provider shortened the conversation on its side, the
tokens of that stand apart from the answer's own, and are added.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from landed.sources.agents.contract import Call, Microseconds, Reading

_LARGEST_COUNT = 1 << 53


class Calls:
    """The calls of one part of a transcript, the last one of the part before included."""

    def __init__(self, state: dict[str, Any] | None) -> None:
        self._last = Call(**state) if state else None
        self._found: dict[str, Call] = {}
        self._outputs: dict[str, int] = {}
        self._accounts: dict[str, dict[str, Any]] = {}

    def state(self, reading: Reading) -> dict[str, Any] | None:
        """Return what the next reading has to know: the call that may go on."""
        self._settle(reading)
        return asdict(self._last) if self._last else None

    def found(self, reading: Reading) -> list[Call]:
        """Return the calls found since the last time that this was asked."""
        self._settle(reading)
        found = list(self._found.values())
        self._found = {}
        self._last = self._last and replace(self._last)
        return found

    def take(
        self,
        key: str,
        message: dict[str, Any],
        usage: dict[str, Any],
        session: str,
        turn: str | None,
        at: Microseconds,
        sub_agent: bool,
    ) -> None:
        """Take an answer's line: of the lines of one answer, that of the largest output counts."""
        output = _output(usage)
        call = self._found.get(key)
        if call is None:
            call = self._last
            if call is None or call.call != key:
                call = Call(key, session, turn, at, _model(message))
                call.provider = _provider(message.get("id"), call.model)
                call.sub_agent = sub_agent
                self._accounts[key] = usage
            self._found[key] = self._last = call
            self._outputs[key] = max(output, call.output_tokens)
            if output > call.output_tokens:
                self._accounts[key] = usage
        else:
            self._last = call
            if output > self._outputs[key]:
                self._outputs[key] = output
                self._accounts[key] = usage
        if at < call.at:
            call.at = at

    def _settle(self, reading: Reading) -> None:
        for key, usage in self._accounts.items():
            _count(self._found[key], usage, reading)
        self._accounts = {}


def _model(message: dict[str, Any]) -> str | None:
    model = message.get("model")
    return model if isinstance(model, str) else None


def _provider(message: Any, model: str | None) -> str | None:
    if isinstance(message, str) and message.startswith(("msg_bdrk_", "msg_vrtx_")):
        return "bedrock" if message[4] == "b" else "vertex"
    return "anthropic" if model is not None and model.startswith("claude-") else None


def _count(call: Call, usage: dict[str, Any], reading: Reading) -> None:
    call.input_tokens = _number(usage, "input_tokens", reading)
    call.output_tokens = _number(usage, "output_tokens", reading)
    call.cache_read_tokens = _number(usage, "cache_read_input_tokens", reading)
    written = _number(usage, "cache_creation_input_tokens", reading)
    classes = usage.get("cache_creation")
    if isinstance(classes, dict):
        for_an_hour = _number(classes, "ephemeral_1h_input_tokens", reading)
        for_minutes = _number(classes, "ephemeral_5m_input_tokens", reading)
        call.cache_write_1h_tokens = for_an_hour
        call.cache_write_5m_tokens = max(for_minutes, written - for_an_hour)
    else:
        call.cache_write_5m_tokens = written
    tools = usage.get("server_tool_use")
    if isinstance(tools, dict):
        call.web_searches = _number(tools, "web_search_requests", reading)
    call.tier = _word(usage.get("service_tier"))
    call.speed = _word(usage.get("speed"))
    call.geography = _word(usage.get("inference_geo"))
    for shortened in _compactions(usage):
        call.input_tokens += _number(shortened, "input_tokens", reading)
        call.output_tokens += _number(shortened, "output_tokens", reading)


def _output(usage: dict[str, Any]) -> int:
    """Return the output of an account as far as it is a number, for comparison."""
    output = usage.get("output_tokens")
    own = output if type(output) is int else 0
    if not usage.get("iterations"):
        return own
    shortened = (step.get("output_tokens") for step in _compactions(usage))
    return own + sum(number for number in shortened if type(number) is int)


def _compactions(usage: dict[str, Any]) -> list[dict[str, Any]]:
    steps = usage.get("iterations")
    if not steps or not isinstance(steps, list):
        return []
    return [step for step in steps if isinstance(step, dict) and step.get("type") == "compaction"]


def _number(account: dict[str, Any], name: str, reading: Reading) -> int:
    value = account.get(name)
    if type(value) is int and 0 <= value < _LARGEST_COUNT:
        return value
    if value is not None:
        reading.fault("bad-number")
    return 0


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value not in ("", "not_available") else None
