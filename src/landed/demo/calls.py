"""The model calls of a session in order, with tokens: the same for every agent's log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from landed.demo.script import Edit, Session, Turn

_SPACE = uuid.UUID("2f6d6a54-5f0b-4d3a-9d0e-6a1f0c9b7e11")
_SECOND = timedelta(seconds=1)
_LARGEST_CONTEXT = 190_000


def name_of(*parts: object) -> str:
    """A UUID that is the same for the same parts."""
    return str(uuid.uuid5(_SPACE, " ".join(map(str, parts))))


@dataclass(frozen=True)
class ModelCall:
    """One call of the model and what it led to.

    Attributes:
        at: when its answer was there.
        key: its name, different for every call of the company.
        cached: input tokens read from the cache; `written` to it, `fresh` neither.
        edit: the edit it asked for; None where it looked at something or said something.
        command: it ran a command that changed files.
    """

    at: datetime
    key: str
    fresh: int
    cached: int
    written: int
    output: int
    reasoning: int
    edit: Edit | None = None
    command: bool = False


@dataclass(frozen=True)
class Prompt:
    """What a person asked, and the calls that followed."""

    at: datetime
    key: str
    calls: list[ModelCall]


def prompts_of(session: Session, seed: int) -> Iterator[Prompt]:
    """The prompts of a session with their calls."""
    random = Random(f"{seed} calls {session.key}")
    context = session.context
    for place, turn in enumerate(session.turns):
        key = name_of(seed, session.key, "turn", place)
        calls, context = _calls(random, turn, key, context)
        yield Prompt(turn.at, key, calls)


def _calls(random: Random, turn: Turn, key: str, context: int) -> tuple[list[ModelCall], int]:
    """The calls of one turn: it looks about first, then edits, then says what it did."""
    asked: list[tuple[datetime, Edit | None, bool]] = []
    edits = sorted(turn.edits, key=lambda edit: edit.at)
    first = edits[0].at if edits else turn.at + 300 * _SECOND
    room = max(first - turn.at, 60 * _SECOND)
    for place in range(turn.looks):
        asked.append((turn.at + room * (place + 1) / (turn.looks + 2), None, False))
    asked += [(edit.at, edit, False) for edit in edits]
    last = asked[-1][0] if asked else turn.at
    asked += [(last + (place + 1) * 20 * _SECOND, None, True) for place in range(turn.commands)]
    last = asked[-1][0] if asked else turn.at
    asked.append((last + random.randint(8, 40) * _SECOND, None, False))
    calls = []
    for place, (at, edit, command) in enumerate(asked):
        new = random.randint(6_000, 34_000)
        said = random.randint(1_000, 7_600)
        if edit is not None:
            said += sum(len(line) for line in edit.added) // 3
        calls.append(
            ModelCall(
                at,
                name_of(key, place),
                random.randint(4, 60),
                context,
                new,
                said,
                random.randint(0, said),
                edit,
                command,
            )
        )
        context = context + (new + said) // 2
        if context > _LARGEST_CONTEXT:
            context = _LARGEST_CONTEXT // 3
    return calls, context


def told(moment: datetime) -> str:
    """A moment as logs write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hunk(edit: Edit) -> tuple[int, int, int, list[str]]:
    """First line, lines before and after, and rows of the hunk of an edit, with the line above."""
    above = [] if edit.above is None else [f" {edit.above}"]
    rows = [*above, *(f"-{row}" for row in edit.removed), *(f"+{row}" for row in edit.added)]
    start = edit.place - len(above)
    return start, len(above) + len(edit.removed), len(above) + len(edit.added), rows
