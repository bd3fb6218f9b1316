"""`landed why` over real sessions of two agents in one small shop, reckoned by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.hook.shop import Shop as Workshop
from tests.hook.shop import lines
from tests.shop import Shop, build_shop

from landed.cli import run


@pytest.fixture
def shop(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The shop, in whose working tree the commands are run."""
    shop = build_shop(tmp_path / "shop", home)
    monkeypatch.chdir(shop.path)
    return shop


@pytest.fixture
def in_bangkok() -> Iterator[None]:
    """This machine's clock is seven hours ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "ICT-7")
        time.tzset()
        yield
    time.tzset()


def told(capsys: pytest.CaptureFixture[str], place: str, *options: str) -> dict[str, Any]:
    assert run(["why", place, "--json", *options]) == 0
    found: dict[str, Any] = orjson.loads(capsys.readouterr().out)
    return found


def shown(capsys: pytest.CaptureFixture[str], place: str, *options: str) -> list[str]:
    assert run(["why", place, *options]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.usefixtures("shop")
def test_a_line_as_the_agent_wrote_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "cart.py:1")

    assert (found["who"], found["grade"]) == ("ai", "matched")
    assert (found["agent"], found["model"]) == ("claude-code", "claude-opus-4-8")
    generated = found["generated"]
    assert generated["model"] == "claude-opus-4-8"
    assert generated["session"] == {
        "session": "06436a8f-1fd9-4dca-b80f-10ee2eb0dd02",
        "agent": "claude-code",
        "person": "dev@example.com",
        "started_at": "2026-11-22T00:25:25.319000+00:00",
        "turns": 1,
        "unpriced_calls": 0,
        "list_microdollars": 125_450,
        "cash_microdollars": 0,
    }
    assert generated["turn"] == {
        "turn": "0df9f2ef-be78-4235-be3a-aa9a4bbd76a9",
        "number": 1,
        "prompted_at": "2026-11-22T00:25:25.319000+00:00",
        "list_microdollars": 125_450,
        "cash_microdollars": 0,
    }
    edit = generated["edit"]
    assert (edit["number"], edit["edits"], edit["tool"]) == (1, 2, "Write")
    assert (edit["status"], edit["decided_by"]) == ("applied", "automatic")
    journey = generated["journey"]
    # 14 lines share 125,450: 8,960 each, and one more for the first ten
    assert journey["list_microdollars"] == 8_961
    assert (journey["similarity"], journey["human_share"]) == (1.0, 0.0)
    assert (journey["bucket"], journey["release"]) == ("live", "v1.0.0")
    assert journey["deployed_at"] == "2026-11-22T00:25:54+00:00"
    # nothing but git and the agents' logs is known
    told_by_others = ("requests", "checks", "deployed", "incidents")
    assert [found[name] for name in told_by_others] == [None] * 4


@pytest.mark.usefixtures("shop", "in_bangkok")
def test_the_story_as_text_with_times_of_this_machine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = [
        'cart.py:1    """The shopping cart."""',
        "  written by  AI claude-code, claude-opus-4-8",
        "  grade       matched: text equals an agent's edit",
        "  known by    agent's log, claude-code toolu_c8dd9e120d8f48338…",
        "  session     2026-11-22 07:25, 1 turn, 13 ¢ list",
        "              06436a8f-1fd9-4dca-b80f-10ee2eb0dd02",
        "  share       0.90 ¢ of its turn's 13 ¢ list",
        "  edit        1 of 2 in turn 1 of 1 (07:25), by Write",
        "  decision    accepted automatically, nobody was asked",
        "  changed by  nobody before the commit",
        "  became      live in production since 2026-11-22, first with v1.0.0",
        '  born in     404ed67 "feat(cart): add the cart" by Dev, 2026-11-22',
        "  main line   entered 2026-11-22 with 404ed67, still there, 0 days",
        "  releases    in v1.0.0",
    ]

    assert shown(capsys, "cart.py:1") == story

    monkeypatch.setenv("COLUMNS", "120")
    wide = shown(capsys, "cart.py:1")
    gap = " " * 13
    assert wide[1] == (
        f"  written by  AI claude-code, claude-opus-4-8{gap}"
        "grade matched: text equals an agent's edit"
    )
    assert len(wide) == len(story) - 3


@pytest.mark.usefixtures("shop")
def test_a_line_that_a_human_changed_first_tells_how_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "tax.py:3")

    # RATES = {"DE": 19, "FR": 20} became RATES = {"de": 19}
    assert (found["who"], found["grade"]) == ("mixed", "similar")
    journey = found["generated"]["journey"]
    assert (journey["similarity"], journey["human_share"]) == (0.6, 0.4)
    # 12 lines share 47,575: 3,964 each, and one more for the first seven
    assert journey["list_microdollars"] == 3_965
    rows = shown(capsys, "tax.py:3")
    assert rows[2] == "  grade       similar: text resembles an agent's edit, 60 % alike"
    assert "  changed by  a human before the commit: 40 % of the text" in rows


@pytest.mark.usefixtures("shop")
def test_a_line_that_is_gone_tells_who_took_it_out(capsys: pytest.CaptureFixture[str]) -> None:
    fixed = told(capsys, "cart.py:17", "--rev", "b6b486d")["generated"]

    # the edit failed once, and was made again
    assert (fixed["edit"]["number"], fixed["edit"]["edits"]) == (2, 2)
    journey = fixed["journey"]
    assert (journey["bucket"], journey["reason"]) == ("reworked", "fix")
    assert (journey["removed_by"], journey["release"]) == ("ai", None)
    rows = shown(capsys, "cart.py:17", "--rev", "b6b486d")
    assert "  became      reworked within the window on 2026-11-22: fix by AI" in rows

    reverted = told(capsys, "banner.py:1", "--rev", "5fca024")["generated"]["journey"]
    assert (reverted["bucket"], reverted["reason"]) == ("reworked", "revert")
    # five lines of 82,725
    assert reverted["list_microdollars"] == 16_545


@pytest.mark.usefixtures("shop")
def test_a_squashed_line_tells_of_the_edit_before_the_squash(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "discount.py:5")

    assert found["lineage"][0]["rule"] == "squash"
    generated = found["generated"]
    assert (generated["session"]["agent"], generated["edit"]["edit"]) == (
        "codex",
        "call_b9da730010",
    )
    assert generated["session"]["list_microdollars"] == 108_000
    assert (generated["edit"]["number"], generated["journey"]["bucket"]) == (2, "live")


def test_a_line_that_is_not_committed_yet(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "draft.py:4")

    assert (found["text"], found["revision"]) == ("def draft():", "working tree")
    assert (found["commit"], found["known"]) == (None, False)
    assert (found["who"], found["agent"], found["grade"]) == ("ai", "claude-code", "matched")
    journey = found["generated"]["journey"]
    assert (journey["bucket"], journey["similarity"]) == ("pending", None)
    assert journey["list_microdollars"] == 47_575 // 5
    assert shown(capsys, "draft.py:4")[-2:] == [
        "  became      not committed yet",
        "  commit      none yet: the line stands in the working tree only",
    ]

    (shop.path / "draft.py").write_text("\n\n\ndef mine():\n", "utf-8")
    assert run(["why", "draft.py:4"]) == 2
    assert "there is no file draft.py at HEAD" in capsys.readouterr().err


def test_the_working_tree_goes_before_head_where_an_agent_wrote_in_it(
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop = Workshop(tmp_path / "shop", home)
    monkeypatch.chdir(shop.path)
    session = shop.session()
    session.write("cart.py", lines("total = 0", "count = 1"))
    shop.commit()
    session.replace("cart.py", "total = 0\n", "total = 0\nrate = load_rates()\n")

    pending, head = told(capsys, "cart.py:2"), told(capsys, "cart.py:2", "--rev", "HEAD")

    assert (pending["text"], pending["revision"]) == ("rate = load_rates()", "working tree")
    assert pending["generated"]["journey"]["bucket"] == "pending"
    assert (head["text"], head["revision"]) == ("count = 1", "HEAD")
    assert head["generated"]["edit"]["tool"] == "Write"
    # the first line is HEAD's as much as the working tree's
    assert told(capsys, "cart.py:1")["revision"] == "HEAD"


def test_a_line_that_a_human_has_not_committed_is_not_told_of(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    cart = shop.path / "cart.py"
    cart.write_text(f"# mine\n{cart.read_text('utf-8')}", "utf-8")

    found = told(capsys, "cart.py:1")

    assert (found["revision"], found["text"]) == ("HEAD", '"""The shopping cart."""')


def test_a_line_that_is_human_because_no_captured_tool_shows_it(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "tax.py:12")["who"] == "unknown"
    shop.configure(
        '[[people]]\nemails = ["dev@example.com"]\nall_tools_captured_since = 2026-11-01'
    )

    found = told(capsys, "tax.py:12")
    rows = shown(capsys, "tax.py:12")

    assert (found["who"], found["grade"], found["generated"]) == ("human", "declared", None)
    assert rows[1:4] == [
        "  written by  human",
        "  grade       declared: all AI tools of the author are read, and none shows it",
        "  known by    declared in landed.toml, all tools since 2026-11-01",
    ]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("file", ["nowhere.py", "x" * 5_000])
def test_a_file_that_is_nowhere_is_said(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", f"{file}:1"]) == 2
    assert f"there is no file {file} at HEAD" in capsys.readouterr().err
