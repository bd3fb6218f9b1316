"""From eleven real sessions to every figure: the small shop, reckoned by hand.

`tests/data/shop/README.md` tells what happened in each session. Here its consequences are worked
out on paper and compared with what the commands print. Nothing is made up but the model's answers.

Prices, in dollars for a million tokens, as the providers listed them on that day:

    claude-opus-4-8   input 5, cache write (5 m) 6.25, cache read 0.50, output 25
    gpt-5.5           input 5, cache read 0.50, output 30

The n-th call of a Claude session (n from 0) has 900 + 10 n input, 2,000 written to the cache,
15,000 n read from it and 120 + n output tokens, so it costs 20,000 + 7,575 n micro-dollars. The
first call of a Codex session has 5,000 input and 200 output tokens (31,000 micro-dollars), the
n-th one 1,000 + 500 n input, 4,000 cached and 200 output (13,000 + 2,500 n).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.shop import Shop, build_shop

from landed import cli

CLAUDE = [20_000 + 7_575 * n for n in range(5)]
CODEX = [31_000] + [13_000 + 2_500 * n for n in range(1, 5)]
CART = sum(CLAUDE[:4])  # 125,450: what Claude Code itself said that four such calls cost
TAX = sum(CLAUDE[:2])
DISCOUNT = sum(CODEX[:5])
VOUCHER = sum(CLAUDE[:2])
EXPORT = sum(CODEX[:3])
BUG = sum(CLAUDE[:5])
FIX = sum(CODEX[:3])
BANNER = sum(CLAUDE[:3])
QUESTION = CLAUDE[0]
NOTES = sum(CLAUDE[:2])
DRAFT = sum(CLAUDE[:2])
SPENT = CART + TAX + DISCOUNT + VOUCHER + EXPORT + BUG + FIX + BANNER + QUESTION + NOTES + DRAFT


class Landed:
    """Commands in the shop, and what they print."""

    def __init__(self, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
        self.shop = shop
        self._capsys = capsys

    def says(self, *arguments: str) -> str:
        assert cli.run(list(arguments)) == 0
        return self._capsys.readouterr().out

    def tells(self, *arguments: str) -> Any:
        return orjson.loads(self.says(*arguments, "--json"))


@pytest.fixture
def landed(
    tmp_path: Path,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Landed:
    shop = build_shop(tmp_path / "shop", home)
    monkeypatch.chdir(shop.path)
    return Landed(shop, capsys)


def test_four_calls_cost_what_the_agent_itself_reported() -> None:
    assert CART == 125_450
    assert SPENT == 831_225


def test_the_funnel_in_lines_and_dollars(landed: Landed) -> None:
    journeys = landed.tells("report")["journeys"]

    assert journeys["sessions"] == 11
    assert journeys["spent"] == {"list_microdollars": SPENT, "cash_microdollars": 0}
    # 12 + 2 cart, 12 tax, 5 + 2 discount, 2 voucher, 8 export, 6 clear and count, 1 fix, 5 banner,
    # 5 draft; the 6 lines of the edit that failed were tried again, and count once
    assert journeys["generated"] == 60
    stages = {stage["stage"]: stage for stage in journeys["stages"]}
    lines = {name: stage["lines"] for name, stage in stages.items()}
    assert lines == {
        "generated": 60,
        "accepted": 60 - 2,  # the voucher was refused
        "committed": 58 - 5,  # the draft was not committed
        "merged": 53 - 8,  # the export stayed on its branch
        "deployed": 45 - 5 - 1,  # banner and bug were gone before v1.0.0
        "live": 39,
    }
    # the bug's session has six lines: one of them, a sixth of its dollars, was fixed
    sixth = BUG // 6 + 1
    dollars = {name: stage["cost"]["list_microdollars"] for name, stage in stages.items()}
    assert dollars["generated"] == SPENT - QUESTION - NOTES
    assert dollars["accepted"] == dollars["generated"] - VOUCHER
    assert dollars["committed"] == dollars["accepted"] - DRAFT
    assert dollars["merged"] == dollars["committed"] - EXPORT
    assert abs(dollars["live"] - (dollars["merged"] - BANNER - sixth)) <= 1


def test_every_line_and_every_dollar_is_in_one_bucket(landed: Landed) -> None:
    balance = landed.tells("balance")

    lines = {name: count for name, count in balance["lines"]["buckets"].items() if count}
    assert lines == {"live": 39, "rejected": 2, "pending": 5, "unmerged": 8, "reworked": 6}
    assert balance["lines"]["generated"] == sum(lines.values()) == 60
    assert balance["lines"]["residual"] == 0
    dollars = {name: amount for name, amount in balance["dollars"]["buckets"].items() if amount}
    assert set(dollars) == {*lines, "non_code", "untraced_code"}
    assert dollars["rejected"] == VOUCHER
    assert dollars["pending"] == DRAFT
    assert dollars["unmerged"] == EXPORT
    assert dollars["non_code"] == QUESTION
    assert dollars["untraced_code"] == NOTES  # written through the shell: no lines to follow
    assert balance["dollars"]["spent"] == sum(dollars.values()) == SPENT
    assert balance["dollars"]["residual"] == 0


def test_what_it_cost_by_model_and_by_feature(landed: Landed) -> None:
    landed.says("report")

    by_model = {row["key"]: row for row in landed.tells("cost", "--by", "model")["rows"]}
    assert by_model["claude-opus-4-8"]["calls"] == 21
    assert by_model["claude-opus-4-8"]["input_tokens"] == 19_130
    assert by_model["claude-opus-4-8"]["cache_read_tokens"] == 345_000
    assert by_model["claude-opus-4-8"]["cache_write_5m_tokens"] == 42_000
    assert by_model["claude-opus-4-8"]["output_tokens"] == 2_543
    assert by_model["gpt-5.5"]["calls"] == 11
    assert by_model["gpt-5.5"]["reasoning_tokens"] == 704
    assert by_model["gpt-5.5"]["list_microdollars"] == DISCOUNT + EXPORT + FIX
    assert sum(row["list_microdollars"] for row in by_model.values()) == SPENT
    by_feature = {row["key"]: row for row in landed.tells("cost", "--by", "feature")["rows"]}
    # two sessions by the scope of their commits, feat(cart) and fix(cart), two by issue keys
    assert by_feature["cart"]["list_microdollars"] == CART + BUG + FIX
    assert by_feature["SHOP-7"]["list_microdollars"] == TAX
    assert by_feature["SHOP-9"]["list_microdollars"] == DISCOUNT


def test_waste_is_what_was_refused_reverted_or_fixed(landed: Landed) -> None:
    waste = landed.tells("report")["journeys"]["waste"]

    assert waste["rejected"] == VOUCHER
    assert waste["undone"] - BANNER in (BUG // 6, BUG // 6 + 1)
    assert (waste["discarded"], waste["closed"], waste["churn"]) == (0, 0, 0)
    sessions = landed.tells("sessions", "--waste")["sessions"]
    assert [one["session"][:8] for one in sessions] == ["08143267", "39295b14"]


def test_each_session_by_where_its_lines_ended(landed: Landed) -> None:
    landed.says("report")

    found = {
        one["session"][:13]: (one["lines"], one["landed"], one["standing"], one["wasted"])
        for one in landed.tells("sessions")["sessions"]
    }

    assert found == {
        "06436a8f-1fd9": (14, 14, 14, 0),
        "076b6f39-1f4f": (12, 12, 12, 0),  # two of them changed by a person first
        "01a200a4-c663": (7, 7, 7, 0),  # squashed, the branch deleted
        "39295b14-6e42": (2, 0, 0, 2),
        "01a200a4-e5a7": (8, 0, 0, 0),
        "de5eca79-0405": (6, 6, 5, 1),
        "01a200a5-05cf": (1, 1, 1, 0),
        "08143267-b36a": (5, 5, 0, 5),
        "82da447a-cb95": (0, 0, 0, 0),
        "b4232348-87a4": (0, 0, 0, 0),
        "3c1db385-eebf": (5, 0, 0, 0),
    }


def test_who_wrote_each_line_of_the_file_that_a_person_reworked(landed: Landed) -> None:
    landed.says("report")

    lines = landed.tells("blame", "tax.py")["lines"]

    # line 3 was cut short, line 7 got a call, line 12 was added; nobody saw a person type it
    assert [(line["line"], line["who"], line["grade"]) for line in lines] == [
        (
            number,
            "mixed" if number in (3, 7) else "ai",
            "similar" if number in (3, 7) else "matched",
        )
        if number != 12
        else (12, "unknown", "none")
        for number in range(1, 14)
    ]


def test_half_a_year_later_the_branch_is_closed_and_the_draft_discarded(landed: Landed) -> None:
    (landed.shop.path / "draft.py").unlink()
    landed.says("report")

    balance = landed.tells("balance", "--at", "2027-05-01")

    lines = {name: count for name, count in balance["lines"]["buckets"].items() if count}
    assert lines == {"live": 39, "rejected": 2, "discarded": 5, "closed": 8, "reworked": 6}
    assert (balance["lines"]["residual"], balance["dollars"]["residual"]) == (0, 0)


def test_the_report_fits_a_terminal(landed: Landed) -> None:
    said = landed.says("report")

    assert all(len(line) <= 80 for line in said.splitlines())
    assert "Of 60 lines that agents generated" in said
    assert "live now            39   65 %" in said
