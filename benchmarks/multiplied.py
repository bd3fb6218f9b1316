"""A company many times the size of the made-up one, in a store of its own.

Every row of the made-up company's store stands there `copies` times, with ids of its own in each
copy: repositories, people, sessions, changes and deployments are multiplied alike. Calls of models
are multiplied further, within the turns that made them, up to the number wanted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa

from landed.config import Settings
from landed.records import TABLES
from landed.store import DATABASE_NAME

_TEXT = frozenset(
    (
        "repository",
        "belongs_to",
        "session",
        "turn",
        "call",
        "decision",
        "project",
        "person",
        "review",
        "comment",
        "check_id",
        "deployment",
        "incident",
        "author",
        "author_email",
        "email",
        "canonical_email",
        "login",
        "reviewer",
        "creator",
        "merged_by",
        "user",
        "machine_user",
        "holder",
        "parent",
        "delivery",
    )
)
"""Columns of ids that differ from copy to copy."""
_NUMBERS = frozenset(("edit", "removed_by_edit"))
_PARTITIONS = "('agents', 'forges', 'outside', 'unread')"
_NOT_COPIED = frozenset(("source_state", "agent_log", "location", "run", "head_movement"))
"""What describes this machine only."""


def multiply(source: Path, target: Path, copies: int, calls: int) -> None:
    """Copy the store of the workspace `source` to `target`, so many times and with so many calls.

    `copies` counts the original. Reading and writing happen in the engine, without Landed.
    """
    target.mkdir(parents=True)
    shutil.copy(source / DATABASE_NAME, target / DATABASE_NAME)
    with duckdb.connect(str(target / DATABASE_NAME)) as connection:
        connection.execute("set memory_limit = '6GB'")
        connection.execute("set preserve_insertion_order = false")
        for name, table in TABLES.items():
            if name in _NOT_COPIED:
                continue
            columns = [column.name for column in table.columns]
            told = ", ".join(f'{_expression(name, column)} as "{column}"' for column in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            connection.execute(
                f'insert into "{name}" ({names}) select {told} from "{name}" as row, '
                f"range(1, {copies}) as copy(number)"
            )
        (counted,) = connection.execute("select count(*) from model_call").fetchone() or (1,)
        for name in ("model_call", "call_price"):
            columns = [column.name for column in TABLES[name].columns]
            told = ", ".join(
                "row.call || '+' || more.number" if column == "call" else f'row."{column}"'
                for column in columns
            )
            connection.execute(
                f'insert into "{name}" select {told} from "{name}" as row, '
                f"range(1, {max(1, calls // counted)}) as more(number)"
            )
        connection.execute("checkpoint")


def multiplied_settings(settings: Settings, workspace: Path, copies: int) -> Settings:
    """The settings of the made-up company for its copies: each person's copy is in a team alike."""
    people = [
        person.model_copy(update={"emails": tuple(f"{email}~{copy}" for email in person.emails)})
        for copy in range(1, copies)
        for person in settings.people
    ]
    changed = {"workspace": workspace, "people": (*settings.people, *people)}
    return settings.model_copy(update=changed)


def _expression(table: str, column: str) -> str:
    own = f'row."{column}"'
    number = TABLES[table].schema.field(column).type == pa.uint64()
    if column in _NUMBERS and number:
        return f"case when {own} is not null then xor({own}, copy.number * 9223372036854775) end"
    if column == "value" and table == "identity":
        return f"{own} || '~' || copy.number"
    if column not in _TEXT and column != "edit":
        return own
    if column in ("repository", "belongs_to"):
        return f"case when {own} in {_PARTITIONS} then {own} else {own} || '-' || copy.number end"
    return f"{own} || '~' || copy.number"
