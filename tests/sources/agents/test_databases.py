"""Databases of other programs: what is read, and that nothing in their folder changes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from landed.sources.agents.databases import Changed, columns, newest_row, opened, stamp


def made(path: Path, mode: str) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA journal_mode = {mode}")
    database.execute("CREATE TABLE t (a TEXT)")
    database.execute("INSERT INTO t VALUES ('one')")
    database.commit()
    return database


def listing(folder: Path) -> list[tuple[str, int]]:
    return sorted((path.name, path.stat().st_size) for path in folder.iterdir())


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_closed_database_is_read_and_left_as_it_is(tmp_path: Path, mode: str) -> None:
    made(tmp_path / "a.db", mode).close()
    before = listing(tmp_path)

    with opened(tmp_path / "a.db") as database:
        assert database.execute("SELECT a FROM t").fetchall() == [("one",)]
        assert listing(tmp_path) == before
    assert listing(tmp_path) == before == [("a.db", (tmp_path / "a.db").stat().st_size)]


def test_what_stands_in_the_log_of_an_open_database_is_read(tmp_path: Path) -> None:
    writer = made(tmp_path / "a.db", "WAL")
    before = listing(tmp_path)
    assert [name for name, _ in before] == ["a.db", "a.db-shm", "a.db-wal"]

    with opened(tmp_path / "a.db") as database:
        assert database.execute("SELECT a FROM t").fetchall() == [("one",)]
        writer.execute("INSERT INTO t VALUES ('two')")
        writer.commit()
    assert [name for name, _ in listing(tmp_path)] == ["a.db", "a.db-shm", "a.db-wal"]
    writer.close()


def test_a_log_that_a_crash_left_is_read_in_a_copy(tmp_path: Path) -> None:
    writer = made(tmp_path / "a.db", "WAL")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for end in ("", "-wal"):
        (crashed / f"a.db{end}").write_bytes((tmp_path / f"a.db{end}").read_bytes())
    writer.close()
    before = listing(crashed)

    with opened(crashed / "a.db") as database:
        assert database.execute("SELECT a FROM t").fetchall() == [("one",)]
    assert listing(crashed) == before


def test_a_database_cannot_be_written_through_it(tmp_path: Path) -> None:
    made(tmp_path / "a.db", "DELETE").close()

    with opened(tmp_path / "a.db") as database, pytest.raises(sqlite3.OperationalError):
        database.execute("DELETE FROM t")


def test_a_change_while_it_is_read_as_a_file_is_told(tmp_path: Path) -> None:
    made(tmp_path / "a.db", "DELETE").close()

    with pytest.raises(Changed), opened(tmp_path / "a.db") as database:
        database.execute("SELECT a FROM t").fetchall()
        with sqlite3.connect(tmp_path / "a.db") as writer:
            writer.execute("INSERT INTO t VALUES (?)", ["x" * 5000])
        writer.close()


def test_what_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"nothing of the kind" * 60)

    with pytest.raises(sqlite3.DatabaseError), opened(tmp_path / "a.db") as database:
        columns(database, "t")
    with pytest.raises(OSError), opened(tmp_path / "gone.db"):
        pass


def test_columns_and_rows_are_told(tmp_path: Path) -> None:
    made(tmp_path / "a.db", "DELETE").close()

    with opened(tmp_path / "a.db") as database:
        assert columns(database, "t") == {"a"}
        assert columns(database, "other") == set()
        assert newest_row(database, "t") == 1


def test_a_stamp_follows_the_file_and_its_log(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"a")
    seen = {stamp(path)}
    path.write_bytes(b"ab")
    seen.add(stamp(path))
    (tmp_path / "a.db-wal").write_bytes(b"w")
    seen.add(stamp(path))

    assert len(seen) == 3
