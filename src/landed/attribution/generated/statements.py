"""What agents' logs say of the lines of commits, as rows of the table `evidence`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from landed.attribution.evidence import SCHEMA
from landed.attribution.generated.births import Births
from landed.attribution.generated.edits import Edit
from landed.attribution.generated.matching import Matching
from landed.attribution.generated.replay import Replay
from landed.attribution.matching import Statement
from landed.store import Store

SOURCE = "session"
_NAME = 24
"""Agents' own ids of edits are cut to so many characters in the rule."""

_MODELS = """
select agent, session, turn, model
from (
    select agent, session, turn, model, sum(output_tokens) as tokens
    from model_call
    where repository = 'agents' and model is not null
    group by agent, session, turn, model
)
qualify row_number() over (
    partition by agent, session, turn order by tokens desc, model
) = 1
"""


class Models:
    """Which model an edit came from: the one that wrote most in its turn."""

    def __init__(self, store: Store) -> None:
        rows = store.query(_MODELS).to_pylist()
        self._of = {(row["agent"], row["session"], row["turn"]): row["model"] for row in rows}

    def of(self, edit: Edit) -> str | None:
        """Return the model's name as the agent writes it; None where it is not told."""
        return self._of.get((edit.agent, edit.session, edit.turn))


class _Said(NamedTuple):
    commit: int
    path: int
    number: int
    statement: Statement


def session_evidence(
    replay: Replay, matching: Matching, births: Births, models: Models
) -> pa.Table:
    """Return one row for each range of lines of which the logs say the same."""
    said = [*_agents_lines(replay, matching, births, models), *_humans(replay, matching, births)]
    ranges: list[tuple[_Said, int]] = []
    for line in sorted(said, key=lambda line: line[:3]):
        if ranges:
            first, last = ranges[-1]
            begun = (first.commit, first.path, last + 1, first.statement)
            if begun == tuple(line):
                ranges[-1] = first, line.number
                continue
        ranges.append((line, line.number))
    columns = {
        "commit_index": pa.array([first.commit for first, _ in ranges], pa.int32()),
        "path_index": pa.array([first.path for first, _ in ranges], pa.int32()),
        "first_line": pa.array([first.number for first, _ in ranges], pa.int32()),
        "last_line": pa.array([last for _, last in ranges], pa.int32()),
    }
    for name in Statement._fields:
        values = [getattr(first.statement, name) for first, _ in ranges]
        columns[name] = pa.array(values, pa.string()).dictionary_encode()
    return pa.table(columns, schema=SCHEMA)


def _agents_lines(
    replay: Replay, matching: Matching, births: Births, models: Models
) -> Iterator[_Said]:
    carried = [
        (piece, carrier.birth, carrier.similarity) for piece, carrier in matching.carriers.items()
    ]
    split = [(piece, birth, 1.0) for birth, piece in matching.continued.items()]
    known: dict[tuple[int, bool], Statement] = {}
    for piece, birth, similarity in carried + split:
        if births.continues[birth]:
            continue
        edit = replay.edit_of(piece)
        equal = similarity == 1.0
        statement = known.get((edit.number, equal))
        if statement is None:
            statement = known[edit.number, equal] = Statement(
                who="ai" if equal and not edit.changed_by_user else "mixed",
                agent=edit.agent,
                model=models.of(edit),
                grade="matched" if equal else "similar",
                source=SOURCE,
                rule=f"{edit.agent} {_shortened(edit.name)}",
                session=edit.session,
            )
        yield _at(births, birth, statement)


def _humans(replay: Replay, matching: Matching, births: Births) -> Iterator[_Said]:
    first = len(replay.generated)
    for birth, piece in matching.humans.items():
        if births.continues[birth]:
            continue
        edit = replay.edits[replay.humans[piece - first].edit]
        statement = Statement(
            who="human",
            agent=None,
            model=None,
            grade="matched",
            source=SOURCE,
            rule=f"found by {edit.agent} {_shortened(edit.name)}",
            session=edit.session,
        )
        yield _at(births, birth, statement)


def _at(births: Births, row: int, statement: Statement) -> _Said:
    return _Said(int(births.commit[row]), int(births.path[row]), int(births.number[row]), statement)


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME else name[: _NAME - 1] + "…"
