"""From a repository's messages, notes and settings to who wrote which line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.attribution.simple_ledger import REPOSITORY, put, write_ledger
from tests.histories.builder import ANA, BEN, History, lines

from landed.attribution.update import AttributionSummary, attribute
from landed.config import PersonSettings, Settings, SignalSettings
from landed.sources.git.scratch import Scratch
from landed.store import Store

CLAUDE = "\n\nCo-Authored-By: Claude Opus 4.8 <noreply@anthropic.com>"
SESSION = "s_c9883b05a2487d"


class Attributed:
    """A repository with its store; `read` brings ledger and attribution up to date."""

    def __init__(self, directory: Path, store: Store) -> None:
        self.history = History(directory / "repo")
        self.store = store
        self.settings = Settings(workspace=directory / "workspace")

    def read(self, **kwargs: Any) -> AttributionSummary:
        write_ledger(self.history, self.store)
        with Scratch.open(self.history.path, self.settings.workspace) as scratch:
            return attribute(self.store, REPOSITORY, scratch, self.settings, **kwargs)

    def set(self, **settings: Any) -> None:
        self.settings = self.settings.model_copy(update=settings)

    def authors(self, path: str) -> list[str]:
        """Who wrote each line that was ever born at a path, by commit and number."""
        rows = self.store.query(
            "select who, agent, grade from line_author as author "
            "join line using (repository, line) join path using (repository, path_index) "
            "where path = ? order by commit_index, line_number",
            [path],
        ).to_pylist()
        return [" ".join(filter(None, row.values())) for row in rows]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.store.read(table, REPOSITORY).to_pylist()

    def problems(self) -> dict[str, int]:
        return {row["kind"]: row["count"] for row in self.rows("problem")}


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Attributed]:
    with Store.open(tmp_path / "workspace") as store:
        yield Attributed(tmp_path, store)


def note(attested: str, **metadata: Any) -> str:
    document = {
        "schema_version": "authorship/3.0.0",
        "prompts": {},
        "humans": {"h_1": {"author": "Ana <ana@example.com>"}},
        "sessions": {
            SESSION: {"agent_id": {"tool": "claude", "id": "talk-1", "model": "claude-opus"}},
            "s_mock": {"agent_id": {"tool": "mock_ai", "id": "m", "model": "unknown"}},
        },
    } | metadata
    return f"{attested}---\n{orjson.dumps(document).decode()}"


def trace(commit: str, who: str, *ranges: tuple[int, int], path: str = "cart.py") -> str:
    spans = [{"start_line": first, "end_line": last} for first, last in ranges]
    conversation = {"contributor": {"type": who}, "ranges": spans}
    record = {
        "version": "0.1.0",
        "id": "r-1",
        "vcs": {"type": "git", "revision": commit},
        "tool": {"name": "cursor"},
        "files": [{"path": path, "conversations": [conversation]}],
    }
    return orjson.dumps(record).decode() + "\n"


def test_a_trailer_covers_the_lines_of_its_commit_and_no_other(made: Attributed) -> None:
    made.history.write("cart.py", lines("one", "two"))
    made.history.commit("Add")
    made.history.write("cart.py", lines("one", "2", "three"))
    made.history.commit(f"Change{CLAUDE}")

    made.read()

    assert made.authors("cart.py") == [
        "unknown none",
        "unknown none",
        "ai claude-code declared",
        "ai claude-code declared",
    ]
    assert made.rows("commit_attribution")[0]["model"] == "Claude Opus 4.8"


def test_a_note_decides_line_by_line_and_the_trailer_adds_none(made: Attributed) -> None:
    made.history.write("my cart.py", lines("one", "two", "three", "four"))
    commit = made.history.commit(f"Add{CLAUDE}")
    made.history.note(commit, note(f'"my cart.py"\n  {SESSION}::t_1 1-2\n  h_1 3\n'))

    made.read()

    assert made.authors("my cart.py") == [
        "ai claude-code recorded",
        "ai claude-code recorded",
        "human recorded",
        "unknown none",
    ]
    assert {row["session"] for row in made.rows("evidence")} == {"talk-1", None}


def test_a_note_says_nothing_of_lines_that_its_commit_did_not_add(made: Attributed) -> None:
    made.history.write("cart.py", lines("one", "two"))
    made.history.commit("Add")
    made.history.write("cart.py", lines("one", "two", "three"))
    commit = made.history.commit("More")
    made.history.note(commit, note(f"cart.py\n  {SESSION}::t_1 1-900\nother.py\n  h_1 1\n"))

    summary = made.read()

    assert made.authors("cart.py") == ["unknown none", "unknown none", "ai claude-code recorded"]
    assert (summary.lines_stated, summary.lines_decided) == (901, 1)


def test_keys_of_nobody_and_stand_ins_leave_lines_unknown(made: Attributed) -> None:
    made.history.write("cart.py", lines("one", "two", "three"))
    commit = made.history.commit("Add")
    made.history.note(commit, note("cart.py\n  ffffffffffffffff 1\n  s_mock::t_1 2\n  h_1 9-1\n"))

    made.read()

    assert made.authors("cart.py") == ["unknown none"] * 3
    assert {row["rule"] for row in made.rows("evidence")} == {"ffffffffffffffff", "s_mock::t_1"}
    assert made.problems() == {"unresolved-key": 1, "bad-range": 1}


def test_notes_of_other_machines_are_read_and_the_own_ref_wins(made: Attributed) -> None:
    made.history.write("cart.py", lines("one"))
    first = made.history.commit("Add")
    made.history.write("list.py", lines("one"))
    second = made.history.commit("List")
    made.history.note(first, note(f"cart.py\n  {SESSION}::t_1 1\n"))
    made.history.note(first, note("cart.py\n  h_1 1\n"), ref="ai-remote/origin")
    made.history.note(second, note("list.py\n  h_1 1\n"), ref="ai-remote/origin")

    made.read()

    assert made.authors("cart.py") == ["ai claude-code recorded"]
    assert made.authors("list.py") == ["human recorded"]


def test_notes_on_commits_that_nobody_has_are_counted(made: Attributed) -> None:
    made.history.write("cart.py", lines("one"))
    made.history.commit("Add")
    made.history.branch("gone")
    made.history.write("cart.py", lines("two"))
    gone = made.history.commit("Gone")
    made.history.checkout("main")
    made.history.note(gone, note(f"cart.py\n  {SESSION}::t_1 1\n"))

    made.read()

    assert made.problems() == {"unknown-commit": 1}


def test_agent_trace_counts_from_notes_and_from_the_file(made: Attributed) -> None:
    made.history.write("cart.py", lines("one", "two", "three"))
    first = made.history.commit("Add")
    made.history.note(first, trace("0" * 40, "mixed", (1, 1)), ref="agent-trace")
    made.history.write(
        ".agent-trace/traces.jsonl", trace(first, "human", (2, 2)) + trace("f" * 40, "ai", (3, 3))
    )
    made.history.commit("Trace")

    made.read()

    assert made.authors("cart.py") == ["mixed cursor recorded", "human recorded", "unknown none"]
    assert made.problems() == {"unknown-commit": 1}


def test_a_date_says_human_only_where_both_dates_say_so(made: Attributed) -> None:
    made.history.write("a.py", lines("old"))
    made.history.commit("Old", when="2021-06-28")
    made.history.write("b.py", lines("amended later"))
    made.history.commit("Amended", when="2020-01-01", committed="2025-01-01")
    made.history.write("c.py", lines("a clock that ran behind"))
    made.history.commit("Behind", when="2025-01-02", committed="2020-01-01")
    made.history.write("d.py", lines("a bot"))
    bot = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    made.history.commit("Bump", author=bot, when="2020-02-01")

    made.read()

    assert made.authors("a.py") == ["human dated"]
    assert made.authors("b.py") == ["unknown none"]
    assert made.authors("c.py") == ["unknown none"]
    assert made.authors("d.py") == ["automation declared"]


def test_the_day_before_which_lines_are_human_can_be_set(made: Attributed) -> None:
    made.history.write("a.py", lines("one"))
    made.history.commit("Add", when="2022-05-05")
    made.read()
    assert made.authors("a.py") == ["unknown none"]

    made.set(no_ai_before=date(2023, 1, 1))
    assert made.read().mode == "full"

    assert made.authors("a.py") == ["human dated"]


def test_people_who_use_no_ai_are_human_also_under_an_older_address(made: Attributed) -> None:
    made.set(people=(PersonSettings(emails=("Ana@Example.com",), uses_ai=False),))
    made.history.write(".mailmap", "Ana <ana@example.com> <ana@old.example>\n")
    made.history.write("a.py", lines("one"))
    made.history.commit("Add", author=("Ana", "ana@old.example"))
    made.history.write("b.py", lines("one"))
    made.history.commit("Add", author=BEN)
    made.history.write("c.py", lines("one"))
    made.history.commit(f"Add{CLAUDE}", author=ANA)

    made.read()

    assert made.authors("a.py") == ["human declared"]
    assert made.authors("b.py") == ["unknown none"]
    assert made.authors("c.py") == ["ai claude-code declared"]
    assert {"people", "claude-code-co-author"} <= {row["rule"] for row in made.rows("evidence")}


def test_contacts_are_who_the_mailmap_says(made: Attributed) -> None:
    made.history.write(".mailmap", "Ana Maria <ana@example.com> <ana@old.example>\n")
    made.history.commit("Add", author=("ana", "ANA@old.example"))
    made.history.commit("More", author=BEN)

    made.read()

    found = {row["email"]: row for row in made.rows("contact")}
    assert found["ANA@old.example"]["canonical_name"] == "Ana Maria"
    assert found["ANA@old.example"]["canonical_email"] == "ana@example.com"
    assert found[BEN[1]]["canonical_name"] == BEN[0]


def test_reverts_and_picks_are_remembered(made: Attributed) -> None:
    made.history.write("a.py", lines("one"))
    first = made.history.commit("Add")
    made.history.revert(first)

    made.read()

    assert [(row["kind"], row["target"]) for row in made.rows("commit_reference")] == [
        ("reverts", first)
    ]


def test_an_unchanged_repository_is_not_read_again(made: Attributed) -> None:
    made.history.write("cart.py", lines("one"))
    made.history.commit("Add")

    assert made.read().mode == "full"
    assert made.read() == AttributionSummary("unchanged")
    assert made.read(rebuilt=True).mode == "full"


def test_only_new_commits_are_read_and_give_what_reading_all_gives(made: Attributed) -> None:
    history = made.history
    history.write("cart.py", lines("one"))
    history.commit(f"Add{CLAUDE}")
    made.read()
    history.write("cart.py", lines("one", "two"))
    second = history.commit("More", author=("Ana (aider)", "ana@example.com"))
    history.note(second, note("cart.py\n  h_1 2\n  x 1\n"))
    history.write(".agent-trace/traces.jsonl", trace(second, "ai", (2, 2)))
    history.commit("Trace")

    summary = made.read()

    assert (summary.mode, summary.commits, summary.notes) == ("incremental", 2, 1)
    assert _everything(made) == _after_reading_all(made)


def test_a_note_that_comes_late_decides_for_its_old_commit(made: Attributed) -> None:
    history = made.history
    history.write("cart.py", lines("one", "two"))
    first = history.commit(f"Add{CLAUDE}")
    made.read()
    assert made.authors("cart.py") == ["ai claude-code declared"] * 2

    history.note(first, note(f"cart.py\n  {SESSION}::t_1 2\n"))
    summary = made.read()

    assert (summary.mode, summary.commits, summary.notes) == ("incremental", 0, 1)
    assert made.authors("cart.py") == ["unknown none", "ai claude-code recorded"]


def test_a_copy_of_a_line_that_comes_late_has_the_lines_author(made: Attributed) -> None:
    history = made.history
    history.write("cart.py", lines("one"))
    first = history.commit("Add")
    history.note(first, note(f"cart.py\n  {SESSION}::t_1 1\n"))
    made.read()
    history.write("list.py", lines("other"))
    history.commit("Copy")
    write_ledger(history, made.store)
    copy = {**made.rows("line")[0], "line": 2, "origin_line": 0}
    put(made.store, "line", *made.rows("line"), copy)

    with Scratch.open(history.path, made.settings.workspace) as scratch:
        summary = attribute(made.store, REPOSITORY, scratch, made.settings)

    assert summary.mode == "incremental"
    assert made.authors("cart.py") == ["ai claude-code recorded"] * 2


def test_a_note_that_changes_has_everything_read_again(made: Attributed) -> None:
    history = made.history
    history.write("cart.py", lines("one", "two"))
    first = history.commit("Add")
    history.note(first, note(f"cart.py\n  {SESSION}::t_1 1-2\n"))
    made.read()

    history.note(first, note("cart.py\n  h_1 2\n"))

    assert made.read().mode == "full"
    assert made.authors("cart.py") == ["unknown none", "human recorded"]


def test_traces_that_are_appended_are_read_without_what_was_there(made: Attributed) -> None:
    history = made.history
    history.write("cart.py", lines("one", "two"))
    first = history.commit("Add")
    earlier = trace(first, "ai", (1, 1)) + trace("f" * 40, "ai", (1, 1)) + "{torn\n"
    history.write(".agent-trace/traces.jsonl", earlier)
    history.commit("Trace")
    made.read()
    history.write(".agent-trace/traces.jsonl", earlier + trace(first, "human", (2, 2)))
    history.commit("More traces")

    assert made.read().mode == "incremental"
    assert made.authors("cart.py") == ["ai cursor recorded", "human recorded"]
    assert made.problems() == {"unknown-commit": 1, "broken-record": 1}
    assert _everything(made) == _after_reading_all(made)


def test_own_signals_have_everything_read_again(made: Attributed) -> None:
    made.history.write("a.py", lines("one"))
    made.history.commit("Add\n\nAcme-Run: 17")
    made.read()

    made.set(signals=(SignalSettings(where="trailer", match="Acme-Run", agent="acme"),))

    assert made.read().mode == "full"
    assert made.authors("a.py") == ["ai acme declared"]


def test_what_others_found_wrong_is_left_alone(made: Attributed) -> None:
    made.history.write("a.py", lines("one"))
    made.history.commit("Add")
    wrong = {"source": "git", "kind": "broken-ref", "subject": "x", "count": 1, "detail": "A ref."}
    put(made.store, "problem", wrong)

    made.read()

    assert made.problems() == {"broken-ref": 1}


def _everything(made: Attributed) -> dict[str, Any]:
    tables = ("commit_reference", "contact", "problem")
    rows = {table: made.rows(table) for table in tables}
    rows["evidence"] = sorted(
        (
            {key: value for key, value in row.items() if key != "evidence"}
            for row in made.rows("evidence")
        ),
        key=repr,
    )
    rows["authors"] = [{"authors": made.authors(path)} for path in ("cart.py",)]
    return rows


def _after_reading_all(made: Attributed) -> dict[str, Any]:
    made.read(rebuilt=True)
    return _everything(made)
