"""Export and import: every value survives, equal stores give equal bytes, nothing goes half way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from landed.errors import LandedError, StoreError, UsageError
from landed.records import TABLES
from landed.store import SCHEMA_VERSION, Store, export_store, import_store
from landed.store.parquet import ROW_GROUP_ROWS

Fill = Callable[[Store, str], None]
RowsOf = Callable[[str, int], pa.Table]
LOCAL = {table.name for table in TABLES.values() if table.local}


def contents(directory: Path) -> dict[str, bytes]:
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def everything(store: Store) -> dict[tuple[str, str], list[dict[str, object]]]:
    return {
        (table, repository): store.read(table, repository).to_pylist()
        for table in TABLES
        for repository in ("r1", "r2")
    }


def test_every_table_comes_back_exactly(store: Store, fill: Fill, tmp_path: Path) -> None:
    fill(store, "r1")
    fill(store, "r2")

    exported = export_store(store, tmp_path / "out")
    with Store.open(tmp_path / "other") as other:
        imported = import_store(other, tmp_path / "out")

        assert everything(other) == everything(store)
    assert imported == exported
    assert exported.repositories == ("r1", "r2")
    assert set(exported.rows) == set(TABLES)


def test_the_largest_and_smallest_numbers_survive(store: Store, tmp_path: Path) -> None:
    problems = pa.table(
        {
            "source": ["git"] * 2,
            "kind": ["missing-object"] * 2,
            "subject": ["a", "b"],
            "count": pa.array([2**63 - 1, -(2**63)]),
            "detail": ["", "\n\t\x01"],
        }
    )
    lines = pa.table(
        {
            "line": pa.array([0, 2**31 - 1], pa.int32()),
            "commit_index": pa.array([0, 1], pa.int32()),
            "path_index": pa.array([0, 1], pa.int32()),
            "line_number": pa.array([1, 2], pa.int32()),
            "text_hash": pa.array([2**64 - 1, 0], pa.uint64()),
            "token_hash": pa.array([2**63, 2**63 - 1], pa.uint64()),
            "trivial": [True, False],
            "origin_line": pa.array([None, 0], pa.int32()),
        }
    )
    store.append("problem", problems, "r1")
    store.append("line", lines, "r1")

    export_store(store, tmp_path / "out")
    with Store.open(tmp_path / "other") as other:
        import_store(other, tmp_path / "out")

        assert (
            other.read("problem", "r1")
            .drop_columns("repository")
            .equals(problems.cast(other.read("problem", "r1").drop_columns("repository").schema))
        )
        assert other.read("line", "r1").to_pylist() == store.read("line", "r1").to_pylist()


def test_equal_rows_give_equal_bytes_in_whatever_order_they_were_written(
    tmp_path: Path, rows_of: RowsOf
) -> None:
    count = 2 * ROW_GROUP_ROWS + 1000
    numbers = pa.array(np.arange(count, dtype=np.int32))
    removals = pa.table(
        dict.fromkeys(("sequence", "line", "commit_index", "path_index"), numbers)
        | {"line_number": numbers}
    )
    shuffled = removals.take(np.random.default_rng(1).permutation(count))
    paths = rows_of("path", 50)
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        one.append("removal", removals, "r1")
        one.append("path", paths, "r1")
        two.append("path", paths.slice(20), "r1")
        for start in range(0, count, 70_001):
            two.append("removal", shuffled.slice(start, 70_001), "r1")
        two.append("path", paths.slice(0, 20), "r1")

        export_store(one, tmp_path / "out-one")
        export_store(two, tmp_path / "out-two")

    assert contents(tmp_path / "out-one") == contents(tmp_path / "out-two")
    assert "removal/repository=r1/part-0.parquet" in contents(tmp_path / "out-one")


def test_importing_twice_changes_nothing(store: Store, fill: Fill, tmp_path: Path) -> None:
    fill(store, "r1")
    export_store(store, tmp_path / "out")
    before = everything(store)

    import_store(store, tmp_path / "out")
    import_store(store, tmp_path / "out")

    assert everything(store) == before


def test_import_replaces_its_repositories_and_leaves_others(
    store: Store, fill: Fill, rows_of: RowsOf, tmp_path: Path
) -> None:
    fill(store, "r1")
    export_store(store, tmp_path / "out")
    with Store.open(tmp_path / "other") as other:
        fill(other, "r2")
        other.append("path", rows_of("path", 3), "r1")
        other.append("contact", rows_of("contact", 9), "r1")
        others_own = other.read("path", "r2")

        import_store(other, tmp_path / "out")

        assert other.read("path", "r1").equals(store.read("path", "r1"))
        assert other.read("contact", "r1").equals(store.read("contact", "r1"))
        assert other.read("path", "r2").equals(others_own)


def test_a_portable_export_leaves_this_machine_out(
    store: Store, fill: Fill, tmp_path: Path
) -> None:
    fill(store, "r1")

    exported = export_store(store, tmp_path / "out", portable=True)

    assert set(exported.rows) == set(TABLES) - LOCAL
    assert not LOCAL & {path.name for path in (tmp_path / "out").iterdir()}


def test_a_portable_import_forgets_how_far_the_replaced_rows_were_read(
    store: Store, fill: Fill, tmp_path: Path
) -> None:
    fill(store, "r1")
    before = everything(store)
    export_store(store, tmp_path / "out", portable=True)

    import_store(store, tmp_path / "out")

    assert store.read("source_state", "r1").num_rows == 0
    assert everything(store) == before | {("source_state", "r1"): []}


def test_other_engines_read_it_as_usual_partitions(
    store: Store, rows_of: RowsOf, tmp_path: Path
) -> None:
    store.append("path", rows_of("path", 3), "r1")
    store.append("path", rows_of("path", 2), "r2")

    export_store(store, tmp_path / "out")

    read = ds.dataset(tmp_path / "out" / "path", partitioning="hive").to_table()
    assert sorted(read["repository"].to_pylist()) == ["r1", "r1", "r1", "r2", "r2"]


def test_a_new_export_takes_the_place_of_the_old_one(
    store: Store, fill: Fill, tmp_path: Path
) -> None:
    fill(store, "r1")
    export_store(store, tmp_path / "out")
    store.delete("contact", "r1")

    export_store(store, tmp_path / "out")
    export_store(store, tmp_path / "fresh")

    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")
    assert not (tmp_path / "out" / "contact").exists()


def test_a_directory_with_other_files_is_not_touched(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("mine")

    with pytest.raises(UsageError, match=r"holds other files \(thesis.tex\)"):
        export_store(store, tmp_path / "out")

    assert contents(tmp_path / "out") == {"thesis.tex": b"mine"}


def test_an_export_that_fails_leaves_the_earlier_one_whole(
    store: Store, fill: Fill, rows_of: RowsOf, tmp_path: Path
) -> None:
    fill(store, "r1")
    export_store(store, tmp_path / "out")
    before = contents(tmp_path / "out")
    store.append("problem", rows_of("problem", 1), "../escape")

    with pytest.raises(StoreError, match="cannot name a directory"):
        export_store(store, tmp_path / "out")

    assert contents(tmp_path / "out") == before


def damage_a_file(directory: Path) -> None:
    path = directory / "path" / "repository=r1" / "part-0.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def lose_a_file(directory: Path) -> None:
    shutil.rmtree(directory / "path")


def lose_the_manifest(directory: Path) -> None:
    (directory / "manifest.json").unlink()


def edit_manifest(**changes: object) -> Callable[[Path], None]:
    def edit(directory: Path) -> None:
        path = directory / "manifest.json"
        path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | changes))

    return edit


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (damage_a_file, "is not what was exported"),
        (lose_a_file, "cannot read .*path"),
        (lose_the_manifest, "no complete export"),
        (edit_manifest(schema=SCHEMA_VERSION + 1), f"has schema {SCHEMA_VERSION + 1}"),
        (edit_manifest(format="other"), "not the manifest of an export"),
        (edit_manifest(parts=[{"table": "path"}]), "is damaged"),
        (edit_manifest(repositories=["../../etc"]), "cannot name a directory"),
        (edit_manifest(repositories=7), "is damaged"),
    ],
)
def test_an_export_that_is_not_whole_is_refused_and_the_store_stays(
    store: Store,
    fill: Fill,
    tmp_path: Path,
    harm: Callable[[Path], None],
    complaint: str,
) -> None:
    fill(store, "r1")
    export_store(store, tmp_path / "out")
    before = everything(store)
    harm(tmp_path / "out")

    with pytest.raises(LandedError, match=complaint):
        import_store(store, tmp_path / "out")

    assert everything(store) == before
