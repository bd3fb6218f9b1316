"""Readers of plug-ins: found by entry point, checked, and never fatal."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from landed.sources.agents import registry
from landed.sources.agents.contract import Home, Log, Reading


class Other:
    """A reader as a plug-in brings it."""

    agent = "other"

    def locate(self, home: Home) -> Iterator[Log]:
        yield Log(home.directory / "other.log", "1")

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        yield Reading(state=(state or {}) | {"read": str(log.path)})


class Better(Other):
    agent = "claude-code"


class Nameless(Other):
    agent = ""


class Mute:
    agent = "mute"


def fails() -> Other:
    raise RuntimeError("no licence")


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Any:
    def plug(**names: str) -> registry.Readers:
        points = [
            EntryPoint(name, f"{__name__}:{value}", registry.GROUP) for name, value in names.items()
        ]
        here = {name: globals()[name] for name in set(names.values()) & globals().keys()}

        def load(point: EntryPoint) -> Any:
            return here[point.value.partition(":")[2]]

        monkeypatch.setattr(EntryPoint, "load", load)
        monkeypatch.setattr(registry, "entry_points", EntryPoints(points).select)
        monkeypatch.setattr(registry, "_OWN", {"claude_code": "ClaudeCode"})
        return registry.all_readers()

    return plug


def test_a_plug_in_stands_beside_our_own_readers(plugged: Any) -> None:
    found = plugged(other="Other")
    assert [reader.agent for reader in found.readers] == ["claude-code", "other"]
    assert found.broken == []
    assert [reader.agent for reader in registry.agent_readers()] == ["claude-code", "other"]


def test_a_plug_in_may_take_the_place_of_ours(plugged: Any) -> None:
    (reader,) = plugged(better="Better").readers
    assert isinstance(reader, Better)


def test_plug_ins_that_fail_are_told_and_cost_nothing_else(plugged: Any) -> None:
    found = plugged(absent="Absent", fails="fails", mute="Mute", nameless="Nameless")
    assert [reader.agent for reader in found.readers] == ["claude-code"]
    assert found.broken == [
        ("absent", "KeyError: 'Absent'"),
        ("fails", "RuntimeError: no licence"),
        ("mute", "it has no method locate"),
        ("nameless", "it has no name of an agent"),
    ]
