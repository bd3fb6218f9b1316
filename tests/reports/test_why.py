"""The whole story of a line."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from tests.attribution.simple_ledger import REPOSITORY, put, write_ledger
from tests.histories.builder import History, lines

from landed.attribution.deciding import write_evidence
from landed.attribution.evidence import whole_commits
from landed.attribution.matching import Statement
from landed.attribution.update import attribute
from landed.config import Settings
from landed.errors import UsageError
from landed.reports.place import find_place, open_scratch
from landed.reports.why import Story, split_place, story_document, tell
from landed.reports.why_terminal import print_story
from landed.store import Store

CLAUDE = "\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
NOTE = (
    "cart.py\n  s_1::t_1 1\n  ffff 1\n---\n"
    '{"schema_version": "authorship/3.0.0", "sessions": {"s_1": {"agent_id": '
    '{"tool": "cursor", "id": "talk-1", "model": "gpt-5"}}}}'
)


def stay(line: int, entered: int, left: int | None = None) -> dict[str, object]:
    place = {"branch": "main", "line": line, "entered": entered}
    return {**place, "left": left, "left_by": left}


def release(tag: str, commit: int, base: int | None) -> dict[str, object]:
    at = datetime(2025, 2, 1 + commit, tzinfo=UTC)
    known = {"tag": tag, "commit_index": commit, "released_at": at}
    return {**known, "base_index": base, "on_mainline": base == commit}


class Told:
    """A history of three commits: an agent's line, its move to another file, a removal."""

    def __init__(self, directory: Path, store: Store) -> None:
        self.store = store
        self.settings = Settings(workspace=directory / "workspace")
        self.history = History(directory / "repo")
        self.history.write("cart.py", lines("total = 0", "count = 0"))
        self.first = self.history.commit(f"Add the cart{CLAUDE}")
        self.history.note(self.first, NOTE)
        self.history.write("cart.py", lines("count = 0"))
        self.history.write("sum.py", lines("total = 0"))
        self.second = self.history.commit("Move the total")
        self.history.write("cart.py", "")
        self.third = self.history.commit("Count no more", author=("Ben", "ben@example.com"))
        write_ledger(self.history, store)
        with open_scratch(self.history.path, self.settings) as scratch:
            attribute(store, REPOSITORY, scratch, self.settings)
        put(store, "line_interval", stay(0, 0, 1), stay(1, 0, 2), stay(2, 1))
        put(store, "line_link", {"line": 2, "predecessor": 0, "rule": "move", "rank": 0})
        put(store, "lineage", {"line": 2, "root_line": 0})
        put(
            store,
            "release",
            *(release("v1", 0, 0), release("v2", 1, 1), release("v2.1", 2, 1)),
        )
        put(store, "release_line", {"tag": "v2.1", "line": 1, "present": False})

    def story(self, file: str, line: int, revision: str | None = None) -> Story:
        with open_scratch(self.history.path, self.settings) as scratch:
            place = find_place(scratch, file, revision, self.settings)
            return tell(self.store, self.settings, REPOSITORY, scratch, place, line)

    def shown(self, story: Story) -> list[str]:
        file = io.StringIO()
        print_story(story, file)
        return file.getvalue().splitlines()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path, Store.open(tmp_path / "workspace"))


def test_what_decided_stands_before_what_competed(told: Told) -> None:
    story = told.story("cart.py", 1, "HEAD~2")

    assert (story.authorship.who, story.authorship.agent) == ("ai", "cursor")
    assert story.generated is None, "no session was read"
    assert (story.authorship.model, story.authorship.grade) == ("gpt-5", "recorded")
    assert [(one.source, one.agent, one.grade, one.decided) for one in story.evidence] == [
        ("git-ai", "cursor", "recorded", True),
        ("trailer", "claude-code", "declared", False),
        ("git-ai", None, "none", False),
    ]
    assert story.evidence[0].session == "talk-1"


def test_a_pull_request_that_speaks_of_the_commit_is_named(told: Told) -> None:
    said = Statement(
        "ai", "devin", None, "declared", "change", "pull request 12: devin-request", "0123"
    )
    write_evidence(told.store, REPOSITORY, ["change"], [whole_commits([0], said)])
    competing = told.shown(told.story("cart.py", 2, "HEAD~2"))
    assert "  also says   pull request 12: AI devin (declared)" in competing

    put(told.store, "evidence")
    write_evidence(told.store, REPOSITORY, ["change"], [whole_commits([0], said)])
    deciding = told.shown(told.story("cart.py", 2, "HEAD~2"))
    assert "  grade       declared: its pull request says so" in deciding
    assert "  known by    pull request 12, devin-request" in deciding
    assert "  session     0123" in deciding


def test_a_moved_line_tells_where_it_came_from(told: Told) -> None:
    story = told.story("sum.py", 1)

    assert story.authorship.agent == "cursor"
    assert story.commit is not None
    assert (story.commit.commit, story.commit.subject) == (told.second, "Move the total")
    assert [(step.rule, step.commit.commit, step.path, step.line) for step in story.lineage] == [
        ("move", told.first, "cart.py", 1)
    ]
    assert [one.decided for one in story.evidence] == [True, False, False]


def test_stays_and_removal(told: Told) -> None:
    gone = told.story("cart.py", 1, "HEAD~1")
    alive = told.story("sum.py", 1)

    assert gone.stays[0].entered.commit == told.first
    assert gone.stays[0].left is not None
    assert gone.stays[0].removed_by is not None
    assert gone.stays[0].removed_by.subject == "Count no more"
    assert alive.stays[0].left is None


def test_releases_that_hold_the_line_oldest_first(told: Told) -> None:
    assert told.story("cart.py", 1, "HEAD~2").releases == ("v1",)
    assert told.story("cart.py", 2, "HEAD~2").releases == ("v1", "v2")
    assert told.story("sum.py", 1).releases == ("v2", "v2.1")


def test_the_story_as_text(told: Told) -> None:
    rows = told.shown(told.story("sum.py", 1))

    assert rows[0] == "sum.py:1    total = 0"
    assert rows[1:10] == [
        "  written by  AI cursor, gpt-5",
        "  grade       recorded: recorded when the edit was made",
        f"  known by    git-ai note of {told.first[:7]}, entry s_1::t_1",
        "  session     talk-1",
        f'  born in     {told.second[:7]} "Move the total" by Ana, 2025-01-01',
        "  lineage     moved from cart.py:1",
        f'              {told.first[:7]} "Add the cart" by Ana, 2025-01-01',
        f"  main line   entered 2025-01-01 with {told.second[:7]}, still there, 0 days",
        "  releases    first v2, last v2.1, 2 in all",
    ]
    assert rows[10:] == [
        f"  also says   commit trailer of {told.first[:7]}: AI claude-code (declared)",
        f"              git-ai note of {told.first[:7]}: unknown",
    ]


def test_nothing_in_a_story_can_act_on_the_terminal(told: Told) -> None:
    story = told.story("sum.py", 1)
    assert story.commit is not None
    bad = "\x1b[31m\n"
    commit = replace(story.commit, subject=bad, author=bad)
    hostile = replace(
        story,
        file=f"{bad}.py",
        path=bad,
        text=f"\tx{bad}",
        commit=commit,
        authorship=replace(story.authorship, agent=bad, model=bad),
        evidence=tuple(replace(one, rule=bad, session=bad, agent=bad) for one in story.evidence),
        lineage=tuple(replace(one, path=bad, commit=commit) for one in story.lineage),
        stays=tuple(replace(one, left=commit, removed_by=commit) for one in story.stays),
        releases=(bad, bad),
    )

    rows = told.shown(hostile)

    assert rows[0] == r"\x1b[31m\x0a.py:1    x\x1b[31m"
    assert len(rows) == len(told.shown(story)) + 2, "the place of birth and the removal"
    assert all(row.isprintable() for row in rows)


def test_the_removal_as_text(told: Told) -> None:
    rows = told.shown(told.story("cart.py", 1, "HEAD~1"))

    assert any(
        row.endswith(f'removed 2025-01-01 by {told.third[:7]} "Count no more"') for row in rows
    )


def test_the_story_as_json(told: Told) -> None:
    document = orjson.loads(orjson.dumps(story_document(told.story("sum.py", 1))))

    assert (document["file"], document["line"], document["path"]) == ("sum.py", 1, "sum.py")
    assert (document["who"], document["agent"], document["grade"]) == ("ai", "cursor", "recorded")
    assert document["commit"]["commit"] == told.second
    assert document["lineage"][0]["rule"] == "move"
    assert document["stays"][0]["removed_by"] is None
    assert document["releases"] == ["v2", "v2.1"]


def test_a_line_that_the_ledger_does_not_have(told: Told) -> None:
    told.history.write("new.py", lines("one"))
    told.history.commit("Not read yet")

    story = told.story("new.py", 1)

    assert (story.authorship.who, story.known) == ("unknown", False)
    assert told.shown(story)[-1].endswith("no branch or tag reaches this commit: nothing is known")


def test_a_line_number_beyond_the_file_is_said(told: Told) -> None:
    with pytest.raises(UsageError, match=r"sum\.py has 1 line at HEAD, not 2"):
        told.story("sum.py", 2)
    with pytest.raises(UsageError, match=r"cart\.py has 0 lines at HEAD, not 1"):
        told.story("cart.py", 1)


@pytest.mark.parametrize("wrong", ["cart.py", "cart.py:", "cart.py:0", "cart.py:x", ":3"])
def test_a_place_without_a_line_is_said(wrong: str) -> None:
    with pytest.raises(UsageError, match="write FILE:LINE"):
        split_place(wrong)


def test_a_file_name_may_hold_colons() -> None:
    assert split_place("C:/x:y.py:12") == ("C:/x:y.py", 12)
