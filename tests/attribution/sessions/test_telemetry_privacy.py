"""No text of prompts, answers, commands, arguments or files gets into an item or a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.sources.telemetry.exports import JSON
from tests.telemetry_captures import CAPTURES, CONTENT_TYPES, Workplace, told

from landed.sources.telemetry import Told, read_otlp

CANARY = "the quick canary sings"
IN_THE_CAPTURES = (
    "add a calc module",
    "def add(",
    "def area",
    "subtract",
    "git commit",
    "git add",
    "calc.py",
    "geo.py",
    "Begin Patch",
    "/home/dev/project",
    "Done.",
    "REDACTED",
)
"""Prompts, code, commands and paths that stand in the captured bodies."""

SAFE = frozenset({"service.name", "event.name"})


def planted(told: Any, key: str = "") -> Any:
    """A body of OTLP/JSON in which every text is a canary, but those that say what it is."""
    if isinstance(told, list):
        return [planted(one) for one in told]
    if isinstance(told, dict):
        named = told.get("key", key)
        return {
            name: CANARY
            if name == "stringValue" and named not in SAFE and not is_number(value)
            else planted(value, named)
            for name, value in told.items()
        }
    return told


def is_number(value: str) -> bool:
    return value.replace(".", "", 1).isdigit()


def bodies() -> list[Path]:
    return sorted(CAPTURES.glob("*/*.json"))


def every_text(work: Workplace) -> Iterator[str]:
    with work.open() as store:
        for table in store.tables():
            yield orjson.dumps(
                store.query(f'select * from "{table}"').to_pylist(), default=str
            ).decode()


def test_the_captures_do_hold_texts() -> None:
    whole = "".join(body.read_text("utf-8") for body in bodies())

    assert [text for text in IN_THE_CAPTURES if text not in whole] == []


@pytest.mark.parametrize("capture", sorted(path.name for path in CAPTURES.iterdir()))
def test_no_text_of_a_capture_is_kept(capture: str, home: Path) -> None:
    items = told(capture)
    work = Workplace(home)
    work.hear(items)

    kept = [item.payload().decode() for item in items] + list(every_text(work))
    assert [text for text in IN_THE_CAPTURES for one in kept if text in one] == []


TAKEN_AS_WORDS = {
    "agent",
    "call",
    "class",
    "commit",
    "decision",
    "item",
    "key",
    "model",
    "name",
    "request",
    "session",
    "speed",
    "team",
    "tier",
    "tool",
    "turn",
    "user",
    "value",
    "version",
}
"""Fields that are names: of these a text may be, if that is what the agent called it."""


@pytest.mark.parametrize("body", bodies(), ids=lambda body: f"{body.parent.name}-{body.stem}")
def test_texts_stand_in_no_field_but_those_that_are_names(body: Path) -> None:
    signal: Any = "logs" if "logs" in body.name else "metrics"
    text = orjson.dumps(planted(orjson.loads(body.read_bytes())))

    found = read_otlp(signal, text, CONTENT_TYPES[".json"])

    for item in found.items:
        for name, value in item.fields.items():
            assert name in TAKEN_AS_WORDS or CANARY not in str(value)


@pytest.mark.parametrize(
    "attribute",
    [
        "prompt",
        "response",
        "tool_input",
        "tool_parameters",
        "tool_output",
        "error",
        "arguments",
        "output",
        "request_text",
        "response_text",
        "function_args",
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "github.copilot.tool.parameters.command",
        "process.command_args",
    ],
)
def test_a_text_planted_where_texts_stand_goes_nowhere(attribute: str) -> None:
    entry = {"key": attribute, "value": {"stringValue": f'{{"a": "{CANARY}"}}'}}
    kept: list[Told] = []
    for body in bodies():
        signal: Any = "logs" if "logs" in body.name else "metrics"
        whole = orjson.loads(body.read_bytes())
        for told_by in records(whole):
            told_by.append(entry)
        kept += read_otlp(signal, orjson.dumps(whole), JSON).items

    assert kept
    assert [item for item in kept if CANARY in item.payload().decode()] == []


def records(whole: Any) -> Iterator[list[Any]]:
    """The attributes of every record and resource of a body."""
    if isinstance(whole, list):
        for one in whole:
            yield from records(one)
    elif isinstance(whole, dict):
        for name, value in whole.items():
            if name == "attributes":
                yield value
            else:
                yield from records(value)
