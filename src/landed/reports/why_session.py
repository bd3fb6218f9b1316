"""The session behind a line: the prompt, the edit, what it cost, and what became of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

from landed.config import Settings
from landed.journey import read_journey
from landed.store import Store

_FOUND_BY = "found by "


@dataclass(frozen=True)
class SessionOfLine:
    """A session: who ran it and when, its turns, and what its calls cost in micro-dollars.

    `list_microdollars` is null where none of its calls has a price; `unpriced_calls` have none.
    """

    session: str
    agent: str
    person: str | None
    started_at: datetime
    turns: int
    unpriced_calls: int
    list_microdollars: int | None
    cash_microdollars: int


@dataclass(frozen=True)
class TurnOfLine:
    """A turn, its number in the session (null: untold), its prompt, and what it cost."""

    turn: str
    number: int | None
    prompted_at: datetime | None
    list_microdollars: int | None
    cash_microdollars: int


@dataclass(frozen=True)
class EditOfLine:
    """An edit by the agent's own id, its number among the `edits` of the turn, and who let it in.

    `number` and `edits` are null without a turn, and for a command of the shell. `status` and
    `decided_by` are as in the table `edit`.
    """

    edit: str
    number: int | None
    edits: int | None
    tool: str
    made_at: datetime
    status: str
    decided_by: str | None
    changed_by_user: bool


@dataclass(frozen=True)
class JourneyOfLine:
    """What a generated line cost and what became of it, as in the relation `journey_line`.

    `similarity` is null where no commit has the line, and 1 where one has it as it was;
    `human_share` is the rest: the part of the text that a human changed. `release` is the tag with
    which it first came into production.
    """

    bucket: str
    reason: str | None
    removed_by: str | None
    similarity: float | None
    human_share: float | None
    generated_at: datetime
    committed_at: datetime | None
    merged_at: datetime | None
    deployed_at: datetime | None
    release: str | None
    left_at: datetime | None
    list_microdollars: int
    cash_microdollars: int


@dataclass(frozen=True)
class Generation:
    """How a line came about in a session.

    `journey` is null for a line of which the session tells, but which it did not generate as such:
    a human's line that an edit came upon, or one of several into which a generated one was split.
    """

    model: str | None
    session: SessionOfLine
    turn: TurnOfLine | None
    edit: EditOfLine
    journey: JourneyOfLine | None


def generation_of_line(
    store: Store, settings: Settings, repository: str, lines: Sequence[int]
) -> Generation | None:
    """Return how a line of the ledger was generated; None where no edit is known to have done so.

    `lines` are the line and those that it descends from, the nearest first.
    """
    found = store.query(_sql("why_generated"), [repository, list(lines)]).to_pylist()
    if not found:
        return None
    return generation_of(store, settings, repository, found[0]["edit"], found[0]["ordinal"])


def generation_of(
    store: Store, settings: Settings, repository: str, edit: int, ordinal: int
) -> Generation:
    """Return how the generated line of this edit and ordinal came about."""
    lines = read_journey(store, settings, [repository]).lines
    own = pc.and_(
        pc.equal(lines["edit"], pa.scalar(edit, pa.uint64())), pc.equal(lines["ordinal"], ordinal)
    )
    row = lines.filter(own).to_pylist()[0]
    similarity = row["similarity"]
    row["human_share"] = None if similarity is None else round(1 - similarity, 6)
    row["release"] = _release_of(store, repository, row["deployed_at"])
    journey = JourneyOfLine(**{name: row[name] for name in JourneyOfLine.__dataclass_fields__})
    return _generation(store, edit, row["model"], journey)


def generation_told(
    store: Store, session: str, rule: str, model: str | None, path: str
) -> Generation | None:
    """Return the session and the edit that a statement from a session's log names."""
    named = rule.removeprefix(_FOUND_BY).removesuffix("…")
    found = store.query(_sql("why_named_edit"), [session, named, path])["edit"].to_pylist()
    return _generation(store, found[0], model, None) if found else None


def _release_of(store: Store, repository: str, deployed_at: datetime | None) -> str | None:
    query = "select min(tag) as tag from release where repository = ? and released_at = ?"
    tag: str | None = store.query(query, [repository, deployed_at])["tag"][0].as_py()
    return tag


def _generation(
    store: Store, edit: int, model: str | None, journey: JourneyOfLine | None
) -> Generation:
    row = store.query(_sql("why_edit"), {"edit": edit}).to_pylist()[0]
    session = SessionOfLine(
        row["session"],
        row["agent"],
        row["person"],
        row["started_at"],
        row["turns"],
        row["unpriced"],
        row["list"],
        row["cash"],
    )
    turn = TurnOfLine(
        row["turn"], row["turn_number"], row["prompted_at"], row["turn_list"], row["turn_cash"]
    )
    made = EditOfLine(
        row["name"],
        row["edit_number"],
        row["edits"],
        row["tool"],
        row["happened_at"],
        row["status"],
        row["decided_by"],
        row["changed_by_user"],
    )
    return Generation(model, session, turn if row["turn"] is not None else None, made, journey)


def _sql(name: str) -> str:
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
