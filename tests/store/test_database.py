"""The store, here or in a server: rows fit or are refused, batches are whole, one at a time."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from landed.errors import StoreError, UsageError
from landed.records import TABLES
from landed.store import DATABASE_NAME, Store
from landed.store.local import LocalStore

RowsOf = Callable[[str, int], pa.Table]
OpenStore = Callable[..., Store]

HOLD_THE_STORE = """
import sys
from pathlib import Path
from landed.store import Store
with Store.open(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.readline()
"""

DIE_IN_A_TRANSACTION = """
import os, sys
from pathlib import Path
import pyarrow as pa
from landed.store import Store
store = Store.open(Path(sys.argv[1]))
paths = pa.table({"path_index": pa.array([5, 6], pa.int32()), "path": ["e", "f"]})
with store.transaction():
    store.delete("path", "r1")
    store.append("path", paths, "r1")
    os.kill(os.getpid(), 9)
"""


def paths(*names: str) -> pa.Table:
    return pa.table(
        {"path_index": pa.array(range(len(names)), pa.int32()), "path": pa.array(names)}
    )


def stored_paths(store: Store, repository: str) -> list[str]:
    found: list[str] = store.read("path", repository)["path"].to_pylist()
    return found


@pytest.mark.parametrize("name", TABLES)
def test_rows_come_back_exactly_as_they_went_in(
    kept_store: Store, rows_of: RowsOf, name: str
) -> None:
    rows = rows_of(name, 6)

    kept_store.append(name, rows, "r1")

    read = kept_store.read(name, "r1")
    assert read.schema == TABLES[name].schema
    assert read["repository"].to_pylist() == ["r1"] * 6
    key = [(column, "ascending") for column in TABLES[name].key if column != "repository"]
    expected = rows.sort_by(key) if key else rows
    if key:
        assert read.select(rows.column_names).to_pylist() == expected.to_pylist()
    else:
        assert sorted(map(str, read.select(rows.column_names).to_pylist())) == sorted(
            map(str, expected.to_pylist())
        )


def test_columns_may_come_in_any_order_dictionary_encoded_and_with_their_repository(
    store: Store,
) -> None:
    rows = pa.table(
        {
            "path": pa.array(["b", "a", "b"]).dictionary_encode(),
            "repository": ["r1", "r1", "r1"],
            "path_index": pa.array([2, 0, 1], pa.int32()),
        }
    )

    store.append("path", rows, "r1")

    assert stored_paths(store, "r1") == ["a", "b", "b"]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (pa.table({"path": ["a"]}), "missing path_index"),
        (paths("a").append_column("size", pa.array([1])), "unknown size"),
        (pa.table({"path_index": [1], "path": ["a"]}), "path_index of path is int32, .* int64"),
        (
            pa.table(
                {"path_index": pa.array([1], pa.int32()), "path": pa.array([None], pa.string())}
            ),
            "path of path may not be null",
        ),
        (
            paths("a").append_column("repository", pa.array(["r2"])),
            "of repository r1 hold rows of r2",
        ),
    ],
)
def test_rows_that_do_not_fit_are_refused_and_nothing_is_written(
    store: Store, rows: pa.Table, complaint: str
) -> None:
    with pytest.raises(StoreError, match=complaint):
        store.append("path", rows, "r1")

    assert stored_paths(store, "r1") == []


def test_replace_takes_the_place_of_one_repository_only(store: Store) -> None:
    store.append("path", paths("a", "b"), "r1")
    store.append("path", paths("x"), "r2")

    store.replace("path", paths("c"), "r1")

    assert stored_paths(store, "r1") == ["c"]
    assert stored_paths(store, "r2") == ["x"]
    assert store.repositories() == ["r1", "r2"]


def test_merge_replaces_rows_with_the_same_key_and_adds_the_others(store: Store) -> None:
    store.append("path", paths("a", "b"), "r1")
    store.append("path", paths("x"), "r2")

    changed = pa.table({"path_index": pa.array([1, 2], pa.int32()), "path": ["B", "c"]})
    store.merge("path", changed, "r1")

    assert stored_paths(store, "r1") == ["a", "B", "c"]
    assert stored_paths(store, "r2") == ["x"]


def test_an_error_undoes_the_whole_batch(store: Store) -> None:
    store.append("path", paths("a"), "r1")

    with pytest.raises(RuntimeError, match="half way"), store.transaction():
        store.replace("path", paths("b", "c"), "r1")
        store.append("path", paths("x"), "r2")
        raise RuntimeError("half way")

    assert stored_paths(store, "r1") == ["a"]
    assert stored_paths(store, "r2") == []


def test_a_process_that_dies_in_a_transaction_leaves_what_was_there_before(
    open_store: OpenStore, tmp_path: Path
) -> None:
    with open_store(tmp_path) as store:
        store.append("path", paths("a", "b"), "r1")

    died = subprocess.run([sys.executable, "-c", DIE_IN_A_TRANSACTION, str(tmp_path)], check=False)

    assert died.returncode == -9
    with open_store(tmp_path) as store:
        assert stored_paths(store, "r1") == ["a", "b"]


def test_a_second_process_waits_its_turn_and_says_for_whom(
    open_store: OpenStore, tmp_path: Path
) -> None:
    open_store(tmp_path).close()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_STORE, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    told: list[str] = []

    def release(message: str) -> None:
        told.append(message)
        holder.communicate("done\n")

    with pytest.raises(StoreError, match=f"process {holder.pid} .*still has the store"):
        open_store(tmp_path, wait_seconds=0)
    with open_store(tmp_path, wait_seconds=60, on_wait=release) as store:
        assert store.tables() == list(TABLES)

    assert len(told) == 1
    assert f"waiting for process {holder.pid}" in told[0]


def test_several_readers_at_once(open_store: OpenStore, tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.append("path", paths("a"), "r1")
    read = (
        "import sys; from pathlib import Path; from landed.store import Store\n"
        "with Store.open(Path(sys.argv[1]), read_only=True, wait_seconds=0) as store:\n"
        "    print(store.repositories())"
    )

    with open_store(tmp_path, read_only=True):
        other = subprocess.run(
            [sys.executable, "-c", read, str(tmp_path)], capture_output=True, text=True, check=True
        )

    assert other.stdout == "['r1']\n"


def test_a_reader_writes_nothing(open_store: OpenStore, tmp_path: Path) -> None:
    open_store(tmp_path).close()

    with (
        open_store(tmp_path, read_only=True) as store,
        pytest.raises(StoreError, match="read-only"),
    ):
        store.append("path", paths("a"), "r1")


def test_reading_before_anything_was_stored_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run landed report PATH first"):
        Store.open(tmp_path / "none", read_only=True)

    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"not a database at all" * 1000)

    with pytest.raises(StoreError, match="cannot open the store"):
        Store.open(tmp_path)

    assert (tmp_path / DATABASE_NAME).read_bytes() == b"not a database at all" * 1000


def test_the_store_is_for_its_owner_only(tmp_path: Path) -> None:
    workspace = tmp_path / "new" / "workspace"

    Store.open(workspace).close()

    assert workspace.stat().st_mode & 0o777 == 0o700
    assert (workspace / DATABASE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_query_takes_parameters_by_place_or_name(store: Store) -> None:
    store.append("path", paths("a", "b"), "r1")

    by_place = store.query("select path from path where path_index = ?", [1])
    by_name = store.query("select path from path where path_index = $index", {"index": 0})

    assert by_place["path"].to_pylist() == ["b"]
    assert by_name["path"].to_pylist() == ["a"]


def test_a_query_sees_tables_beside_it_and_nobody_else_does(store: Store) -> None:
    store.append("path", paths("a", "b", "c"), "r1")
    asked = {"asked": pa.table({"place": [2, 0]})}
    wanted = "select path from path join asked on asked.place = path.path_index order by path"

    assert store.query(wanted, beside=asked)["path"].to_pylist() == ["a", "c"]
    with pytest.raises(StoreError):
        store.query(wanted)
    with pytest.raises(StoreError):
        store.query("select nothing from asked", beside=asked)
    assert store.query(wanted, beside=asked)["path"].to_pylist() == ["a", "c"]


def test_batches_give_every_row_of_a_large_result(store: Store) -> None:
    reader = store.batches("select range as n from range(500000)", rows=100_000)

    sizes = [batch.num_rows for batch in reader]

    assert sum(sizes) == 500_000
    assert len(sizes) > 1


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{file}')",
        "copy (select 1) to '{file}.out'",
        "attach '{file}.db'",
        "set enable_external_access = true",
        "select nonsense",
    ],
)
def test_a_query_reaches_nothing_outside_the_store(store: Store, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")

    with pytest.raises(StoreError):
        store.query(sql.format(file=file))

    assert sorted(os.listdir(tmp_path)) == ["secret.csv", "workspace"]  # noqa: PTH208


def test_what_goes_wrong_on_the_way_of_a_large_result_is_said_plainly(store: Store) -> None:
    late = (
        "select cast(case when range = 400000 then 'x' else '1' end as integer) from range(500000)"
    )

    with pytest.raises(StoreError, match="Could not convert string 'x'"):
        store.query(late)
    with pytest.raises(StoreError, match="Could not convert string 'x'"):
        list(store.batches(late))

    assert store.query("select 1 as one")["one"].to_pylist() == [1]


def test_a_result_need_not_be_read_to_its_end(store: Store) -> None:
    reader = store.batches("select range as n from range(5000000)")
    first = reader.read_next_batch()
    del reader

    assert first["n"][0].as_py() == 0
    assert store.query("select 1 as one")["one"].to_pylist() == [1]


def test_a_result_beside_tables_that_nobody_reads_leaves_nothing_behind(tmp_path: Path) -> None:
    many = pa.table({"n": range(500_000)})

    with LocalStore.open_file(tmp_path) as store:
        with store.batches_beside("select n from many", [], 2048, {"many": many}) as (_, batches):
            assert next(batches).num_rows == 2048
        with pytest.raises(StoreError, match="many does not exist"):
            store.query("select n from many")


@pytest.mark.parametrize(
    "value",
    [
        "naïve – 漢字",
        True,
        -(2**63),
        2**64 - 1,
        2**80,
        1.5,
        b"\x00\xff",
        None,
        date(2024, 2, 29),
        datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2024, 2, 29, 23, 59),
        Decimal("12.50"),
        ["a", None, "b"],
        [datetime(2024, 2, 29, tzinfo=UTC)],
    ],
    ids=repr,
)
def test_a_parameter_keeps_its_type_and_value(kept_store: Store, value: Any) -> None:
    found = kept_store.query("select $value as value", {"value": value})

    assert found["value"][0].as_py() == value


def test_a_roll_up_takes_the_place_of_an_earlier_one(store: Store) -> None:
    store.put_rollup("spend", pa.table({"day": [date(2026, 1, 1)], "dollars": [1.5]}))
    store.put_rollup("spend", pa.table({"team": ["a", "b"]}))

    assert store.rollups() == ["spend"]
    assert store.query("select * from rollup.spend").to_pydict() == {"team": ["a", "b"]}
    assert "spend" not in store.tables()


def test_what_is_no_select_statement_is_refused(store: Store) -> None:
    for sql in ("create table mine (a integer)", "delete from path", "select 1; select 2"):
        with pytest.raises(StoreError, match="no select statement"):
            store.query(sql)

    assert store.tables() == list(TABLES)


def test_an_unknown_table_is_refused_by_name(store: Store) -> None:
    with pytest.raises(StoreError, match="unknown table nothing"):
        store.delete("nothing", "r1")


def test_rows_settle_in_the_same_way_in_whatever_order_they_come(
    open_store: OpenStore, tmp_path: Path
) -> None:
    def turn(session: str, start: int, end: int) -> pa.Table:
        schema = pa.schema([f for f in TABLES["turn"].schema if f.name != "repository"])
        moments = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (start, end)]
        row = dict(zip(schema.names, ["codex", "t1", session, *moments, None, False], strict=True))
        return pa.Table.from_pylist([row], schema=schema)

    copies = [turn("b", 3, 4), turn("a", 2, 6), turn("c", 5, 9)]
    found = []
    for place, order in enumerate(itertools.permutations(copies)):
        with open_store(tmp_path / str(place)) as store:
            for rows in order:
                store.settle("turn", rows, "agents", prefer=("started_at", "session"))
            found.append(store.read("turn", "agents").to_pylist())

    assert all(rows == found[0] for rows in found)
    assert [(r["session"], r["started_at"].hour, r["ended_at"].hour) for r in found[0]] == [
        ("a", 2, 9)
    ]
