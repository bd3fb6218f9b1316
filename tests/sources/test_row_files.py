"""Rows of CSV, JSON and JSON Lines files, alike."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from landed.errors import UsageError
from landed.sources.row_files import (
    BadRow,
    FileRows,
    Row,
    moment,
    needed_moment,
    needed_text,
    optional_text,
    past_moment,
    read_file,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def understand(row: Row) -> tuple[str, str]:
    return needed_text(row, "id"), row.get("what_happened", "")


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(content: str | bytes) -> FileRows[tuple[str, str]]:
        file = tmp_path / "rows"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(file, understand, columns=("id", "what_happened"), needed=("id",))

    return run


@pytest.mark.parametrize(
    "content",
    [
        "id,What happened\n1,Down\n2,\n",
        "ID;what-happened\r\n1;Down\r\n2;\r\n",
        "\ufeffid\twhat_happened\n1\tDown\n2\t\n",
        '[{"id": 1, "what happened": "Down"}, {"id": "2"}]',
        '{"incidents": [{"id": 1, "what_happened": "Down"}, {"id": 2, "what_happened": null}]}',
        '{"id": 1, "what_happened": "Down"}\n{"id": 2}\n',
        '{"id": 1, "what_happened": ["Down"]}\n\n{"id": 2}',
    ],
)
def test_every_form_tells_the_same(read, content: str) -> None:  # type: ignore[no-untyped-def]
    found = read(content)

    assert [row for _, row in found.rows] == [("1", "Down"), ("2", "")]
    assert found.faults == []


def test_tables_are_exported_as_utf_16_too(read) -> None:  # type: ignore[no-untyped-def]
    content = "id,what happened\n1,Dówn\n"
    for encoding in ("utf-16", "utf-8-sig"):
        assert read(content.encode(encoding)).rows == [(2, ("1", "Dówn"))]


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"id\n1\n")))

    found = read_file(Path("-"), understand, columns=("id",), needed=("id",))

    assert found.rows == [(2, ("1", ""))]


def test_one_object_is_one_row(read) -> None:  # type: ignore[no-untyped-def]
    assert read('{"id": 5, "what_happened": ["a", 7]}').rows == [(1, ("5", "a 7"))]


@pytest.mark.parametrize(
    ("content", "faults", "good"),
    [
        ("id,a\n1,x\n,y\n3,z\n", [(3, "no id")], ["1", "3"]),
        ("id,a\n1,x,more\n2,x\n", [(2, "more cells than columns")], ["2"]),
        ('id,a\n"1\n",x\n,y\n', [(4, "no id")], ["1"]),
        ('[{"id": 1}, 7, {"id": {}}]', [(2, "no object"), (3, "what is no text")], ["1"]),
        ('{"id": 1}\n{"id": \n{"id": 3}\n', [(2, "no JSON")], ["1", "3"]),
        (f'[{{"id": 1, "a": "{"x" * 20_000}"}}]', [(1, "more than 10,000")], []),
        ('[{"id": true}]', [(1, "what is no text")], []),
    ],
)
def test_bad_rows_are_told_by_number_and_the_others_are_read(  # type: ignore[no-untyped-def]
    read, content: str, faults: list[tuple[int, str]], good: list[str]
) -> None:
    found = read(content)

    assert [number for number, _ in found.faults] == [number for number, _ in faults]
    assert all(part in said for (_, said), (_, part) in zip(found.faults, faults, strict=True))
    assert [row[0] for _, row in found.rows] == good


def test_a_cell_that_never_ends_is_told_and_what_came_before_is_read(read) -> None:  # type: ignore[no-untyped-def]
    found = read("id\n1\n" + "x" * 200_000)

    assert [row[0] for _, row in found.rows] == ["1"]
    assert "the rest is no CSV" in found.faults[0][1]


def test_columns_that_mean_nothing_are_told(read) -> None:  # type: ignore[no-untyped-def]
    assert read("id,colour\n1,red\n").ignored == ("colour",)


def test_bytes_that_are_no_text_do_not_stop_it(read) -> None:  # type: ignore[no-untyped-def]
    assert read(b"id,what_happened\n1,\xff\n").rows == [(2, ("1", "\ufffd"))]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        ("name,colour\n1,red\n", "has no column id"),
        ("[{", "is no JSON"),
    ],
)
def test_what_is_no_such_file_is_said(read, content: str, complaint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match=complaint):
        read(content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_file(tmp_path / "none", understand, columns=(), needed=())


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01 12:00",
        "2026-03-01T13:00:00+01:00",
        "2026-03-01 12:00:00 UTC",
        "1772366400",
        "1772366400.0",
        "1772366400000",
    ],
)
def test_times_are_understood(text: str) -> None:
    assert moment({"at": text}, "at") == NOON


@pytest.mark.parametrize("text", ["soon", "12", "2026-13-01", "99999-01-01T00:00:00Z"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(BadRow, match=f"at {text} is no time"):
        moment({"at": text}, "at")


def test_no_event_is_told_before_it_was() -> None:
    soon, tomorrow = (datetime.now(UTC) + timedelta(minutes=n) for n in (5, 1440))
    assert past_moment({"at": soon.isoformat()}, "at") == soon
    assert past_moment({"at": ""}, "at") is None
    for ask in (past_moment, needed_moment):
        with pytest.raises(BadRow, match="is yet to come: look at its year and time zone"):
            ask({"at": tomorrow.isoformat()}, "at")


def test_what_is_not_told() -> None:
    assert moment({}, "at") is None
    assert optional_text({"a": ""}, "a") is None
    with pytest.raises(BadRow, match="no at"):
        needed_moment({}, "at")
