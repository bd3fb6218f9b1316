"""The API answers what the pages show: the same models, filters, viewers, in three forms."""

from __future__ import annotations

import io
from typing import Any

import httpx
import orjson
import pyarrow.csv
import pyarrow.parquet
import pytest
from tests.server.api.conftest import program
from tests.server.running import Running, running

from landed.reports.dashboard.look import Look
from landed.reports.dashboard.spend import spend_of
from landed.rollups import Filter

PAGES = ("overview", "journey", "spend", "agents", "quality", "repositories", "data")
TABLES = {
    "overview": "summary",
    "journey": "stages",
    "spend": "groups",
    "agents": "compared",
    "quality": "lasting.survival",
    "repositories": "repositories",
    "data": "sources",
}


def from_csv(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.csv.read_csv(io.BytesIO(answer.content)).to_pylist()
    return found


def from_parquet(answer: httpx.Response) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(answer.content)).to_pylist()
    return found


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_there_in_all_forms_and_tells_the_same(
    reader: httpx.Client, page: str
) -> None:
    as_json = reader.get(f"/api/v1/{page}")
    one_table = reader.get(f"/api/v1/{page}", params={"table": TABLES[page]})
    as_parquet = reader.get(f"/api/v1/{page}", params={"format": "parquet"})
    as_csv = reader.get(f"/api/v1/{page}", headers={"accept": "text/csv"})

    assert as_json.status_code == 200, as_json.text
    assert as_json.json()["data"] is not None
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"landed-{page}-{TABLES[page]}.csv" in as_csv.headers["content-disposition"]
    rows = from_parquet(as_parquet)
    assert orjson.loads(orjson.dumps(rows, default=str)) == one_table.json()["rows"]
    assert len(as_csv.text.splitlines()) >= len(rows) + 1


def test_the_figures_are_those_of_the_pages_model(shop: Running, reader: httpx.Client) -> None:
    with shop.server.store.reading() as store:
        page = spend_of(Look(store, shop.server.settings, Filter()))

    told = reader.get("/api/v1/spend").json()

    assert told["data"] == orjson.loads(orjson.dumps(page))
    assert told["data"]["total"]["cost"] == {
        "list_microdollars": 13_000_000,
        "cash_microdollars": 5_200_000,
    }
    rows = from_csv(reader.get("/api/v1/spend?period=all&format=csv"))
    agents = {row["name"]: row["cost.list_microdollars"] for row in rows if row["kind"] == "agent"}
    assert agents == {"claude-code": 6_000_000, "others": 7_000_000}


def test_filters_are_those_of_the_pages(reader: httpx.Client) -> None:
    one = reader.get("/api/v1/spend?agent=claude-code&period=all").json()
    before = reader.get("/api/v1/spend?until=2025-01-01").json()

    assert one["filter"] == {"agent": ["claude-code"]}
    assert one["data"]["total"]["calls"] == 12
    assert before["data"]["total"]["calls"] == 0


def test_figures_of_fewer_than_five_people_are_null_with_a_reason(shop: Running) -> None:
    ana, ben = program(shop, "ana", "read"), program(shop, "ben", "read")

    for agent in ("gemini", "codex"):
        told = ana.get(f"/api/v1/spend?agent={agent}&period=all").json()
        assert told["data"] is None
        assert told["hidden"]
    as_csv = ana.get("/api/v1/spend?agent=gemini&period=all&format=csv")
    assert as_csv.headers["landed-hidden"] == "fewer than five people"
    assert as_csv.text.splitlines()[0].startswith('"kind","name","calls"')
    assert len(as_csv.text.splitlines()) == 1
    # Ben is one of the two: of the other one he is told no more than anybody
    assert ben.get("/api/v1/spend?agent=gemini&period=all").json()["data"] is None


def test_what_makes_no_sense_is_answered_as_a_problem_that_says_what_to_do(
    reader: httpx.Client,
) -> None:
    wrong = {
        "/api/v1/spend?since=yesterday": "write a day as",
        "/api/v1/spend?period=ages": "all",
        "/api/v1/spend?format=xls": "json, csv, parquet",
        "/api/v1/spend?table=people": "summary, weeks, groups",
        "/api/v1/spend?since=9999-12-31": "from 1970 to 2199",
        "/api/v1/spend?since=0001-01-01&until=0001-01-02": "from 1970 to 2199",
        "/api/v1/spend?format=csv&limit=0": "from 1 to 10,000",
        "/api/v1/spend?format=csv&limit=0000100009999999999999999": "from 1 to 10,000",
        "/api/v1/spend?format=csv&cursor=%C3%A4": "without cursor",
        "/api/v1/changes?state=lost": "merged, open, closed, all",
        "/api/v1/changes?sort=author": "merged, opened, lines",
        "/api/v1/report?format=doc": "pdf, html",
    }
    for address, words in wrong.items():
        answer = reader.get(address)
        assert answer.status_code == 400, address
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 400
        assert words in answer.json()["detail"], address
    assert reader.get("/api/v1/nothing").headers["content-type"] == "application/problem+json"


def test_who_shows_no_token_or_one_without_the_scope_sees_nothing(shop: Running) -> None:
    sender = program(shop, "ana", "ingest")
    for page in (*PAGES, "changes", "metrics", "runs", "report", "openapi.json"):
        assert shop.program().get(f"/api/v1/{page}").status_code == 401, page
        assert sender.get(f"/api/v1/{page}").status_code == 403, page


def test_a_browser_in_which_somebody_has_signed_in_may_ask_too(shop: Running) -> None:
    browser = shop.signed_in("ben", "staple of the day 42")

    assert browser.get("/api/v1/spend?period=all").json()["data"]["total"]["calls"] == 26


def test_an_answer_that_is_known_is_not_given_again(shop: Running, reader: httpx.Client) -> None:
    first = reader.get("/api/v1/spend")
    tag, modified = first.headers["etag"], first.headers["last-modified"]

    for told in ({"if-none-match": tag}, {"if-modified-since": modified}):
        again = reader.get("/api/v1/spend", headers=told)
        assert (again.status_code, again.content) == (304, b"")
    # another viewer, filter or form is another answer
    ben = program(shop, "ben", "read")
    assert ben.get("/api/v1/spend", headers={"if-none-match": tag}).status_code == 200
    narrower = reader.get("/api/v1/spend?period=all&agent=claude-code")
    assert narrower.headers["etag"] != tag
    assert reader.get("/api/v1/spend?period=all&format=csv").headers["etag"] != tag


def test_a_list_is_read_in_parts_that_make_up_the_whole(reader: httpx.Client) -> None:
    whole = reader.get("/api/v1/spend?table=groups&period=all").json()["rows"]
    parts, cursor = [], None
    while True:
        wanted = {"table": "groups", "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = reader.get("/api/v1/spend", params=wanted)
        told = answer.json()
        parts += told["rows"]
        cursor = told["next"]
        assert ('rel="next"' in answer.headers.get("link", "")) == (cursor is not None)
        if cursor is None:
            break

    assert len(whole) > 2
    assert parts == whole


def test_text_that_a_spreadsheet_would_run_is_marked_in_csv(shop: Running) -> None:
    with shop.server.store.writing() as store:
        spend = store.query("select * replace ('=1+1' as team) from rollup.spend")
        presence = store.query(
            "select * replace (case when population = 'sessions' then '=1+1' else team end as team)"
            " from rollup.presence"
        )
        store.put_rollup("spend", spend)
        store.put_rollup("presence", presence)
    reader = program(shop, "ana", "read")

    told = reader.get("/api/v1/spend").json()["data"]["groups"]
    rows = from_csv(reader.get("/api/v1/spend?period=all&format=csv"))

    assert "=1+1" in {row["name"] for row in told}
    assert {row["name"] for row in rows if row["kind"] == "team"} == {"'=1+1"}


def test_before_anything_is_added_up_it_says_what_to_wait_for(tmp_path: Any) -> None:
    with running(tmp_path / "workspace") as empty:
        answer = empty.program().get("/api/v1/overview")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "added up" in answer.json()["detail"]


def test_the_report_is_there_in_its_forms(reader: httpx.Client) -> None:
    markdown = reader.get("/api/v1/report?format=markdown&period=all")
    document = reader.get("/api/v1/report?format=json&period=all")

    assert markdown.text.startswith("# ")
    assert "attachment" in markdown.headers["content-disposition"]
    assert document.headers["content-type"] == "application/json"
    assert document.json()
