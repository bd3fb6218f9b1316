"""Whatever stands in a log: each value that leaves is of a kind that is on the list."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from landed.attribution.sessions.rows import (
    Batch as LogBatch,
)
from landed.attribution.sessions.rows import (
    edit_before_rows,
    edit_line_rows,
    edit_rows,
)
from landed.config import Settings
from landed.ledger.hashing import LineHasher
from landed.push.batch import Batch, read_batch, write_batch
from landed.push.kinds import KINDS, REFERENCES
from landed.push.outgoing import outgoing_rows
from landed.push.resolving import Names, Resolver
from landed.records import AGENTS
from landed.sources.agents.contract import (
    Activity,
    Call,
    Change,
    Decision,
    Edit,
    Reading,
    Reference,
    Session,
    Turn,
)
from landed.store import Store

KEY = bytes(16)
LOGIN = "ana"
SECRET = "zyzzyva"
anything = some.one_of(
    some.text(max_size=40),
    some.text(string.ascii_letters + string.digits + "/:._- \n'\"<>", max_size=300),
    some.builds(
        "{0}/{1}".format, some.sampled_from(["/home/ana", "C:\\Users\\ana", ""]), some.text()
    ),
    some.builds("{1} {0}".format, some.just(SECRET), some.text(max_size=5)),
    some.sampled_from(["claude-opus-4-8", "main", LOGIN, "0b1e77", "toolu_01", "ana@example.com"]),
)
perhaps = some.none() | anything
moments = some.integers(0, 253_402_300_799_000_000)
numbers = some.integers(-(2**40), 2**40)
names = some.sampled_from(["s1", "s2", f"/home/{LOGIN}/s", f"{SECRET} {SECRET}"])
words = some.text(max_size=30).map(lambda text: f"{SECRET} {text}")
changes = some.builds(
    Change,
    some.lists(words, max_size=3).map(tuple),
    some.lists(words, max_size=3).map(tuple),
    some.none() | numbers,
    some.none() | numbers,
)
readings = some.builds(
    Reading,
    sessions=some.lists(
        some.builds(
            Session, names, moments, moments, perhaps, perhaps, perhaps, perhaps, perhaps, perhaps
        ),
        max_size=4,
    ),
    turns=some.lists(some.builds(Turn, anything, names, moments, moments, perhaps), max_size=4),
    calls=some.lists(
        some.builds(
            Call,
            anything,
            names,
            perhaps,
            moments,
            perhaps,
            perhaps,
            tier=perhaps,
            speed=perhaps,
            geography=perhaps,
            output_tokens=some.integers(-1, 2**60),
            reported_cost=some.none() | some.integers(-5, 5),
        ),
        max_size=4,
    ),
    edits=some.lists(
        some.builds(
            Edit,
            anything,
            names,
            perhaps,
            moments,
            anything,
            anything,
            anything,
            anything,
            some.lists(changes, max_size=2).map(tuple),
            perhaps,
            perhaps,
            perhaps,
        ),
        max_size=4,
    ),
    decisions=some.lists(
        some.builds(
            Decision, anything, names, perhaps, moments, anything, some.booleans(), perhaps
        ),
        max_size=4,
    ),
    activities=some.lists(
        some.builds(Activity, names, perhaps, anything, moments, moments), max_size=4
    ),
    references=some.lists(
        some.builds(
            Reference, names, some.sampled_from(sorted(REFERENCES)) | anything, anything, moments
        ),
        max_size=4,
    ),
)


def _written(store: Store, told: Reading) -> None:
    batch = LogBatch(KEY, LOGIN)
    batch.add("claude-code", told)
    edits = batch.edits()
    hasher = LineHasher(KEY)
    tables = batch.tables() | {
        "edit": edit_rows(edits),
        "edit_line": edit_line_rows(edits, hasher),
        "edit_before": edit_before_rows(edits, hasher),
    }
    for name, rows in tables.items():
        store.merge(name, rows, AGENTS)


def _leaving(store: Store) -> Batch:
    found = outgoing_rows(store, Resolver(store, Settings(), Names(KEY, "laptop")))
    kept = found.tables["edit"]["edit"]
    lines = {
        name: store.query(
            f"select {', '.join(KINDS[name])} from {name} where edit in (select edit from kept)",
            beside={"kept": pa.table({"edit": kept})},
        )
        for name in ("edit_line", "edit_before")
    }
    return Batch(found.tables | lines)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of its own, which each log finds empty."""
    with Store.open(tmp_path_factory.mktemp("laptop")) as opened:
        yield opened


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=readings)
def test_each_value_is_of_its_kind_and_no_text_is_among_them(store: Store, told: Reading) -> None:
    for name in KINDS:
        store.delete(name, AGENTS)
    _written(store, told)

    batch = _leaving(store)

    read = read_batch(write_batch(batch))

    assert read.counts == batch.counts
    assert SECRET.encode() not in batch.document
    for name, row in read.rows():
        for column, value in row.items():
            kind = KINDS[name][column]
            if isinstance(value, str):
                assert kind.takes(value), (name, column, value)
            else:
                assert value is None or isinstance(value, int), (name, column, value)
