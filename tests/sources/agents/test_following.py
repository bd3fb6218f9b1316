"""Following a growing file with a reader's memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landed.sources.agents.contract import Log, Reading, Reference
from landed.sources.agents.following import file_log, follow


class Counting:
    """A follower that numbers the records it sees."""

    def __init__(self, memory: dict[str, Any], until: int) -> None:
        self.seen: int = memory.get("seen", 0)
        self.until = until

    def see(self, record: dict[str, Any], reading: Reading) -> None:
        self.seen += 1
        reading.references.append(Reference("s", "branch", record["name"], self.seen))

    def close(self, reading: Reading) -> None:
        reading.references.append(Reference("s", "worktree", str(self.until), self.seen))

    def memory(self) -> dict[str, Any]:
        return {"seen": self.seen}


def followed(path: Path, state: dict[str, Any] | None, version: int = 1) -> Iterator[Reading]:
    return follow(Log(path, ""), state, version, Counting)


def numbered(reading: Reading) -> list[tuple[str, int]]:
    return [(row.value, row.at) for row in reading.references if row.kind == "branch"]


def test_the_memory_is_carried_on_and_only_new_lines_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"name": "a"}\n{"name": "b"}\n')
    (first,) = followed(path, None)
    assert numbered(first) == [("a", 1), ("b", 2)]
    with path.open("ab") as file:
        file.write(b'{"name": "c"}\n')
    (second,) = followed(path, first.state)
    assert numbered(second) == [("c", 3)]
    # The follower knows from which byte it goes on.
    assert second.references[-1].value == "28"


def test_a_whole_last_line_is_seen_and_seen_again_once_it_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"name": "a"}\n{"name": "b"}')
    first, last = followed(path, None)
    assert (numbered(first), numbered(last)) == ([("a", 1)], [("b", 2)])
    assert last.state == first.state
    with path.open("ab") as file:
        file.write(b"\n")
    (again,) = followed(path, last.state)
    assert numbered(again) == [("b", 2)]


def test_a_torn_last_line_is_a_fault_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"name": "a"}\n{"na')
    first, last = followed(path, None)
    assert (first.faults, last.faults) == ({}, {"torn-line": 1})
    path.write_bytes(b'{"name": "a"}\n{"name": "b"}\n')
    (again,) = followed(path, last.state)
    assert (numbered(again), again.faults) == ([("b", 2)], {})


def test_another_file_and_a_state_of_another_version_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'{"name": "a"}\n{"name": "b"}\n')
    (first,) = followed(path, None)
    (renewed,) = followed(path, first.state, version=2)
    assert numbered(renewed) == [("a", 1), ("b", 2)]
    path.write_bytes(b'{"name": "x"}\n')
    (replaced,) = followed(path, first.state)
    assert numbered(replaced) == [("x", 1)]


def test_a_file_that_is_gone_is_a_fault_and_no_log(tmp_path: Path) -> None:
    (reading,) = followed(tmp_path / "none.jsonl", {"version": 1})
    assert (reading.faults, reading.state) == ({"unreadable-file": 1}, {"version": 1})
    assert file_log(tmp_path / "none.jsonl") is None
