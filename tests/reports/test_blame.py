"""git blame with who wrote each line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.attribution.simple_ledger import REPOSITORY, put, write_ledger
from tests.histories.builder import History, lines

from landed.attribution.update import attribute
from landed.config import Settings
from landed.reports.blame import AttributedLine, attributed_lines, blame_document
from landed.reports.blame_terminal import blame_rows, print_blame
from landed.reports.place import find_place, open_scratch
from landed.store import Store

CLAUDE = "\n\nCo-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>"


class Blamed:
    """A repository whose ledger and attribution are up to date when a file is blamed."""

    def __init__(self, directory: Path, store: Store) -> None:
        self.history = History(directory / "repo")
        self.store = store
        self.settings = Settings(workspace=directory / "workspace")

    def read(self) -> None:
        with open_scratch(self.history.path, self.settings) as scratch:
            write_ledger(self.history, self.store)
            attribute(self.store, REPOSITORY, scratch, self.settings)

    def blame(self, file: str, revision: str | None = None) -> list[AttributedLine]:
        with open_scratch(self.history.path, self.settings) as scratch:
            place = find_place(scratch, file, revision, self.settings)
            return attributed_lines(self.store, REPOSITORY, scratch, place)


@pytest.fixture
def blamed(tmp_path: Path) -> Iterator[Blamed]:
    with Store.open(tmp_path / "workspace") as store:
        yield Blamed(tmp_path, store)


def test_every_line_has_its_birth_and_its_author(blamed: Blamed) -> None:
    blamed.history.write("cart.py", lines("one", "two"))
    first = blamed.history.commit("Add", when="2020-05-01")
    blamed.history.rename("cart.py", "basket.py")
    blamed.history.commit("Rename")
    blamed.history.write("basket.py", lines("one", "two", "three"))
    third = blamed.history.commit(f"More{CLAUDE}")
    blamed.read()

    document = blame_document(blamed.blame("basket.py"))

    assert document == {
        "lines": [
            {
                "line": number,
                "commit": first,
                "path": "cart.py",
                "who": "human",
                "agent": None,
                "model": None,
                "grade": "dated",
            }
            for number in (1, 2)
        ]
        + [
            {
                "line": 3,
                "commit": third,
                "path": "basket.py",
                "who": "ai",
                "agent": "claude-code",
                "model": "Claude Opus 4.8",
                "grade": "declared",
            }
        ]
    }


def test_the_first_line_of_a_lineage_has_the_say(blamed: Blamed) -> None:
    blamed.history.write("a.py", lines("one"))
    blamed.history.commit(f"Add{CLAUDE}")
    blamed.history.write("a.py", lines("  one"))
    blamed.history.commit("Indent")
    blamed.read()
    put(blamed.store, "lineage", {"line": 1, "root_line": 0})

    assert [line.authorship.agent for line in blamed.blame("a.py")] == ["claude-code"]


def test_lines_that_the_ledger_does_not_have_are_unknown_and_said(blamed: Blamed) -> None:
    blamed.history.write("a.py", lines("one"))
    blamed.history.commit(f"Add{CLAUDE}")
    blamed.read()
    blamed.history.write("a.py", lines("one", "two"))
    blamed.history.commit("Not read yet")

    found = blamed.blame("a.py")

    assert [(line.authorship.who, line.known) for line in found] == [
        ("ai", True),
        ("unknown", False),
    ]
    assert "1 line of commits that no branch or tag reaches" in str([*blame_rows(found, 80)][-1])


def test_names_that_need_quoting(blamed: Blamed) -> None:
    blamed.history.write("my café.py", lines("one"))
    blamed.history.commit(f"Add{CLAUDE}")
    blamed.read()

    assert [line.authorship.who for line in blamed.blame("my café.py")] == ["ai"]


def test_an_empty_file_has_no_lines(blamed: Blamed) -> None:
    blamed.history.write("empty.py", "")
    blamed.history.commit("Add")
    blamed.read()

    assert blame_document(blamed.blame("empty.py")) == {"lines": []}


def test_rows_fit_a_terminal_and_are_whole_in_a_pipe(blamed: Blamed) -> None:
    text = "total = sum(item.price for item in items) + shipping + taxes - discounts  # all in"
    blamed.history.write("a.py", lines(text, "\tx\x1b[31m"))
    blamed.history.commit(f"Add{CLAUDE}")
    blamed.read()
    found = blamed.blame("a.py")
    pipe = io.StringIO()

    print_blame(found, pipe)

    assert all(len(row) <= 80 for row in blame_rows(found, 80))
    first, second = pipe.getvalue().splitlines()
    assert first.startswith(f"{found[0].commit[:8]} AI claude-code   declared ")
    assert "2025-01-01" in first
    assert first.endswith(f"1) {text}")
    assert second.endswith("2)     x\\x1b[31m")
    assert "\x1b" not in pipe.getvalue()


def test_names_of_people_and_agents_cannot_act_on_the_terminal(blamed: Blamed) -> None:
    blamed.history.write("a.py", lines("one"))
    blamed.history.commit(f"Add{CLAUDE}")
    blamed.read()
    [line] = blamed.blame("a.py")
    hostile = replace(
        line, author="A\x1b[2J", authorship=replace(line.authorship, agent="b\x1b[1m")
    )

    [row] = blame_rows([hostile], None)

    assert row.plain.isprintable()
    assert r"AI b\x1b[1m" in row.plain and r"A\x1b[2J" in row.plain
