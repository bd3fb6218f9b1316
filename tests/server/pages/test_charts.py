"""Charts: their colours mean something, their pictures can be asked for."""

from __future__ import annotations

import re
from html import unescape
from typing import Literal

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.server.pages.kitchen import made_up_charts

from landed.reports import palette
from landed.server.pages import charts
from landed.server.pages.chart_kinds import (
    bars,
    bars_over_time,
    limit,
    lines_over_time,
    model_series,
)
from landed.server.pages.charts import Series, Specifications, drawn
from landed.server.pages.listing import Column

_APP = FastAPI()
_APP.include_router(charts.router)
CLIENT = TestClient(_APP)
COLUMNS = (Column("date", "Day", kind="text"), Column("value", "Lines"))
ROWS = [
    {"date": "2026-11-01", "series": "AI", "value": 3},
    {"date": "2026-11-02", "series": "</script><b>", "value": 4},
]
SERIES = [Series("AI", palette.WHO["ai"]), Series("</script><b>", palette.WHO["human"])]


def a_chart(what: str = "lines") -> charts.Drawn:
    chart = bars_over_time(ROWS, SERIES, step="day", what=what)
    return drawn("lines", "How many?", chart, columns=COLUMNS, rows=ROWS, series=SERIES)


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("month", ["Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"]),
        ("quarter", ["Oct 2025", "Jan 2026"]),
    ],
)
def test_bars_name_every_month_to_the_last_and_none_after_it(
    step: Literal["month", "quarter"], named: list[str]
) -> None:
    rows = [
        {"date": "2025-11-01", "series": "AI", "value": 3},
        {"date": "2026-02-01", "series": "AI", "value": 4},
    ]
    spec = bars_over_time(rows, SERIES[:1], step=step, what="lines").to_dict()
    assert spec["encoding"]["x"]["scale"]["domain"] == named


@pytest.mark.parametrize("size", ["whole", "half", "narrow"])
def test_a_chart_can_be_asked_for_as_a_picture(size: charts.Size) -> None:
    answer = CLIENT.get(a_chart().picture(size))
    assert answer.headers["content-type"] == "image/svg+xml"
    width = re.search(r'<svg[^>]* width="(\d+)"', answer.text)
    assert width is not None
    assert abs(int(width[1]) - charts.WIDTHS[size]) <= 2


def test_a_picture_follows_the_reader_into_the_dark() -> None:
    text = CLIENT.get(a_chart().picture("half")).text
    assert "prefers-color-scheme:dark" in text
    assert f'[fill="{palette.WHO["ai"]}"]{{fill:{palette.DARK[palette.WHO["ai"]]}}}' in text


def test_a_picture_that_is_not_kept_is_told_plainly() -> None:
    answer = CLIENT.get(f"/charts/{'0' * 32}-half.svg")
    assert answer.status_code == 404
    assert "load its page again" in answer.text


def test_a_size_that_is_none_is_refused() -> None:
    assert CLIENT.get(f"/charts/{'0' * 32}-huge.svg").status_code == 422


def test_what_a_chart_names_cannot_end_its_script() -> None:
    spec = str(a_chart().spec)
    assert "</script>" not in spec
    assert "</script><b>" in unescape(orjson.dumps(orjson.loads(spec)).decode())


def test_the_newest_charts_are_kept() -> None:
    kept = Specifications(most=2)
    first, second = kept.keep(b"1"), kept.keep(b"2")
    kept.keep(b"1")
    third = kept.keep(b"3")
    assert [kept.find(digest) for digest in (first, second, third)] == [b"1", None, b"3"]


def test_the_same_chart_has_one_picture() -> None:
    assert a_chart().digest == a_chart().digest != a_chart("other").digest


@pytest.mark.parametrize("name", sorted(made_up_charts()))
def test_every_colour_has_its_counterpart_in_the_dark(name: str) -> None:
    text = CLIENT.get(made_up_charts()[name].picture("half")).text
    picture = text.partition("</style>")[2]
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{3,6})"', picture))
    assert used
    assert used <= set(palette.DARK)


def test_a_forecast_is_dashed_and_a_limit_named() -> None:
    rows = [
        {"date": f"2026-11-0{day}", "series": "AI", "value": day, "ahead": day > 2}
        for day in range(1, 5)
    ]
    lines = lines_over_time(rows, SERIES[:1], step="day", unit="dollars", what="spent")
    chart = limit(lines, 10, "budget $10")
    found = drawn("spend", "Enough?", chart, columns=COLUMNS, rows=rows)
    text = CLIENT.get(found.picture("half")).text
    assert "budget $10" in text
    assert 'stroke-dasharray="4,3"' in text


def test_bars_tell_their_values() -> None:
    rows = [{"name": "claude-opus-4-8", "value": 3.0, "label": "$3.00"}]
    found = drawn("models", "Which?", bars(rows, unit="dollars", what="list"), columns=(), rows=())
    text = CLIENT.get(found.picture("half")).text
    assert "claude-opus-4-8" in text
    assert "$3.00" in text


def test_parts_of_what_ai_did_are_told_apart_and_the_rest_is_grey() -> None:
    found = model_series(["a", "b"], "3 others")
    assert [one.name for one in found] == ["a", "b", "3 others"]
    assert len({one.colour for one in found}) == 3
    assert found[-1].colour == palette.WHO["unknown"]
