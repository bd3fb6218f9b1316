"""A batch holds what is on the list, value by value, or it is refused."""

from __future__ import annotations

import gzip
import json
from typing import Any

import orjson
import pytest
from tests.push.conftest import Laptop

from landed.push.batch import LARGEST_BODY, Batch, BatchRefused, read_batch, write_batch
from landed.push.kinds import KINDS
from landed.records import TABLES

TURN = {
    "agent": "claude-code",
    "turn": "0b1e",
    "session": "06436a8f",
    "started_at": 1_795_000_000_000_000,
    "ended_at": 1_795_000_060_000_000,
    "branch": "feature/SHOP-9",
    "interrupted": False,
}
EDIT = {
    "edit": 2**64 - 1,
    "agent": "codex",
    "name": "call_1",
    "session": "s",
    "turn": None,
    "happened_at": 1_795_000_000_000_000,
    "path": "tree:0123456789abcdef@github.com/acme/shop//src/cart.py",
    "moved_to": None,
    "tool": "apply_patch",
    "kind": "update",
    "status": "applied",
    "decided_by": None,
    "changed_by_user": False,
    "lines_added": 1,
    "lines_removed": 0,
    "before_lines": None,
}
LINE = {
    "edit": 2**64 - 1,
    "added": True,
    "ordinal": 0,
    "change": 0,
    "line_number": None,
    "text_hash": 2**63,
    "token_hash": 1,
    "trivial": False,
}
REFERENCE = {
    "agent": "codex",
    "session": "s",
    "turn": None,
    "kind": "commit",
    "value": "2189a18",
    "happened_at": 1,
}


def body(version: Any = 1, **tables: dict[str, Any]) -> bytes:
    columns = {
        name: {column: [value] for column, value in row.items()} for name, row in tables.items()
    }
    return json.dumps({"landed_push": version, "tables": columns}).encode()


def test_the_list_names_every_column_of_its_tables_but_the_partition() -> None:
    for name, kinds in KINDS.items():
        columns = {column.name: column for column in TABLES[name].columns}
        assert [column for column in columns if column != "repository"] == list(kinds)
        for column, kind in kinds.items():
            assert kind.nullable == columns[column].nullable, (name, column)


def test_a_batch_is_read_as_it_was_written(laptop: Laptop) -> None:
    for batch in laptop.waiting():
        packed = write_batch(batch)
        for received in (packed, batch.document):
            read = read_batch(received)
            assert read.key == batch.key
            assert {name: rows.to_pylist() for name, rows in read.tables.items()} == {
                name: rows.to_pylist() for name, rows in batch.tables.items() if rows.num_rows
            }


def test_the_key_is_that_of_the_content() -> None:
    one, same = read_batch(body(turn=TURN)), read_batch(gzip.compress(body(turn=TURN)))
    other = read_batch(body(turn=TURN | {"interrupted": True}))

    assert one.key == same.key != other.key


def test_every_row_is_told_as_it_leaves() -> None:
    assert list(read_batch(body(turn=TURN, edit=EDIT)).rows()) == [("turn", TURN), ("edit", EDIT)]


def test_a_batch_without_rows_is_one_too() -> None:
    empty = read_batch(b'{"landed_push":1,"tables":{}}')

    assert empty.counts == {}
    assert read_batch(write_batch(Batch({}))).key == empty.key


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (body(turn=TURN | {"prompt": "Make it faster"}), "the columns of turn are not"),
        (body(turn={k: v for k, v in TURN.items() if k != "branch"}), "the columns of turn are"),
        (body(agent_log={"path": "/home/ana/.claude/x.jsonl"}), "unexpected table"),
        (body(turn=TURN | {"branch": "please fix the login of Ana"}), "turn.branch"),
        (body(turn=TURN | {"branch": "x" * 300}), "turn.branch"),
        (body(turn=TURN | {"session": "def total(cart): return 1"}), "turn.session"),
        (body(turn=TURN | {"session": "x" * 5000}), "turn.session"),
        (body(turn=TURN | {"turn": "/home/ana/shop#3"}), "turn.turn"),
        (body(turn=TURN | {"turn": "0b1e\n"}), "turn.turn"),
        (body(turn=TURN | {"turn": None}), "turn.turn"),
        (body(turn=TURN | {"interrupted": 1}), "turn.interrupted"),
        (body(turn=TURN | {"started_at": True}), "turn.started_at"),
        (body(turn=TURN | {"started_at": 1.5}), "turn.started_at"),
        (body(turn=TURN | {"started_at": -1}), "turn.started_at"),
        (body(turn=TURN | {"started_at": 10**18}), "turn.started_at"),
        (body(edit=EDIT | {"path": "/home/ana/shop/src/cart.py"}), "edit.path"),
        (body(edit=EDIT | {"path": "tree:0123456789abcdef@//../../etc/passwd"}), "edit.path"),
        (body(edit=EDIT | {"path": "tree:0123456789abcdef@a.b/../..//x"}), "edit.path"),
        (body(edit=EDIT | {"path": "tree:0123456789abcdef@//" + "x/" * 900}), "edit.path"),
        (body(edit=EDIT | {"path": "file:secret.txt"}), "edit.path"),
        (body(edit=EDIT | {"kind": "explain"}), "edit.kind"),
        (body(edit=EDIT | {"lines_added": 2**40}), "edit.lines_added"),
        (body(edit=EDIT, edit_line=LINE | {"text_hash": "x = 1"}), "edit_line.text_hash"),
        (body(edit=EDIT, edit_line=LINE | {"text_hash": 2**64}), "edit_line.text_hash"),
        (body(edit=EDIT, edit_line=LINE | {"edit": 3}), "edit_line has rows of an edit"),
        (body(edit_line=LINE), "edit_line has rows of an edit"),
        (body(session_reference=REFERENCE | {"value": "main"}), "session_reference of commit"),
        (
            body(session_reference=REFERENCE | {"kind": "pull-request", "value": "2189a18"}),
            "session_reference of pull-request",
        ),
        (body(version=2, turn=TURN), "version 1"),
        (body(version=True, turn=TURN), "version 1"),
        (b"[]", "not what landed push sends"),
        (b'{"landed_push":1,"tables":[]}', "unexpected table"),
        (b'{"landed_push":1,"tables":{},"note":"hello"}', "not what landed push sends"),
        (b'{"landed_push":1,"tables":{"turn":[]}}', "the columns of turn are not"),
        (b"def total(cart):", "no JSON"),
        (gzip.compress(body(turn=TURN))[:-5], "gzip"),
        (gzip.compress(body(turn=TURN)) + b"more", "gzip"),
        (b"\x1f\x8bnonsense", "gzip"),
        (gzip.compress(b" " * (LARGEST_BODY + 1)), "larger than"),
        (b" " * (LARGEST_BODY + 1), "larger than"),
    ],
)
def test_anything_else_is_refused(told: bytes, reason: str) -> None:
    with pytest.raises(BatchRefused) as refusal:
        read_batch(told)

    said = str(refusal.value)
    assert reason in said
    # a refusal is logged and shown: it must not carry on what should not have come
    assert not any(text in said for text in ("ana", "Ana", "def ", "faster", "secret", "hello"))


def test_columns_of_unequal_length_are_refused() -> None:
    columns = {column: [value] for column, value in TURN.items()} | {"branch": []}

    with pytest.raises(BatchRefused, match="lists of one length"):
        read_batch(orjson.dumps({"landed_push": 1, "tables": {"turn": columns}}))
