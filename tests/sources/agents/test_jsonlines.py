"""Files of lines that grow, shrink, are replaced, or are cut off in the middle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landed.sources.agents import jsonlines
from landed.sources.agents.contract import Reading
from landed.sources.agents.jsonlines import Part, last_line_with, new_lines, object_of


def read(path: Path, position: dict[str, Any] | None = None) -> Part:
    (part,) = new_lines(path, position)
    return part


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n\ntwo\n")
    first = read(path)
    assert first.lines == [b"one", b"two"]
    path.write_bytes(b"one\n\ntwo\nthree\n")
    second = read(path, first.position)
    assert (second.lines, second.restarted) == ([b"three"], False)
    assert read(path, second.position).lines == []


def test_a_line_that_is_not_ended_is_shown_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntw")
    first = read(path)
    assert (first.lines, first.unfinished) == ([b"one"], b"tw")
    path.write_bytes(b"one\ntwo\n")
    second = read(path, first.position)
    assert (second.lines, second.unfinished) == ([b"two"], b"")


@pytest.mark.parametrize("text", [b"x\n", b"One\ntwo\n", b""])
def test_another_file_in_its_place_is_read_from_the_beginning(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\n")
    first = read(path)
    path.write_bytes(text)
    second = read(path, first.position)
    assert second.restarted
    assert second.lines == text.split()


def test_a_file_may_begin_empty(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"")
    first = read(path)
    path.write_bytes(b"one\n")
    second = read(path, first.position)
    assert (second.lines, second.restarted) == ([b"one"], False)


def test_a_position_survives_as_json(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\n")
    position = json.loads(json.dumps(read(path).position))
    assert read(path, position).lines == []


@settings(deadline=None)
@given(
    st.lists(st.binary(max_size=30).map(lambda row: row.replace(b"\n", b""))),
    st.integers(1, 40),
)
def test_parts_of_any_size_hold_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes], size: int
) -> None:
    path = tmp_path_factory.mktemp("parts") / "log"
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlines, "_PART_BYTES", size)
        parts = list(new_lines(path, None))
        assert [row for part in parts for row in part.lines] == [r for r in rows if r.strip()]
        for number, part in enumerate(parts):
            rest = list(new_lines(path, part.position))
            later = [row for part in parts[number + 1 :] for row in part.lines]
            assert [row for part in rest for row in part.lines] == later


def test_a_line_of_no_measure_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonlines, "_PART_BYTES", 8)
    monkeypatch.setattr(jsonlines, "LONGEST_LINE", 20)
    path = tmp_path / "log"
    path.write_bytes(b"one\n" + b"x" * 100 + b"\ntwo\n")
    parts = list(new_lines(path, None))
    assert [row for part in parts for row in part.lines] == [b"one", b"two"]
    assert sum(part.overlong for part in parts) == 1


def test_a_file_can_be_read_up_to_a_byte(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"one\ntwo\nthree\n")
    (part,) = new_lines(path, None, 8)
    assert part.lines == [b"one", b"two"]


@settings(deadline=None)
@given(
    st.lists(st.text("ab ", min_size=1, max_size=12).map(str.encode), min_size=1),
    st.text("ab", min_size=1, max_size=3).map(str.encode),
    st.integers(1, 20),
)
def test_the_last_line_with_a_text_is_found_from_the_end(
    tmp_path_factory: pytest.TempPathFactory, rows: list[bytes], text: bytes, window: int
) -> None:
    path = tmp_path_factory.mktemp("last") / "log"
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    expected = next((row for row in reversed(rows) if text in row), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonlines, "_LOOK_BACK_BYTES", window)
        assert last_line_with(path, text, path.stat().st_size) == expected


@pytest.mark.parametrize(
    ("line", "expected", "faults"),
    [
        (b'{"a": 1}', {"a": 1}, {}),
        (b'{"a": ', None, {"not-json": 1}),
        (b"\xff\xfe", None, {"not-json": 1}),
        (b'{"a": "\x00"}', None, {"not-json": 1}),
        (b"[1]", None, {"not-an-object": 1}),
        (b"null", None, {"not-an-object": 1}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "😀"}, {}),
        (rb'{"a": "\ud83d."}', {"a": "\ufffd."}, {}),
        (rb'{"a": "\ude00\ud83d"}', {"a": "\ufffd\ufffd"}, {}),
        (rb'{"a": "\\ud83d \ud83d"}', {"a": "\\ud83d \ufffd"}, {}),
    ],
)
def test_a_line_is_an_object_or_a_fault(
    line: bytes, expected: dict[str, Any] | None, faults: dict[str, int]
) -> None:
    reading = Reading()
    assert object_of(line, reading) == expected
    assert reading.faults == faults
