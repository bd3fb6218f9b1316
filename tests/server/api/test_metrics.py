"""Metrics by the API: what they mean, their rows, and which rows nobody is told."""

from __future__ import annotations

import httpx
import pyarrow as pa
import pytest
from tests.server.api.conftest import program
from tests.server.running import Running

from landed.metrics import metrics
from landed.reports.dashboard.metric_rows import OF_SINGLE_LINES, tells_of_one

OF_ONE = (
    "change_lead_time",
    "change_outcome",
    "change_failure",
    "cost_per_change",
    "failed_deployment_recovery",
    "outcome_by_model",
    "review_load",
    "session_outcome",
    "shipped_by_model",
    "survival",
    "yield",
)


def test_every_metric_is_told_with_its_definition(reader: httpx.Client) -> None:
    told = {row["name"]: row for row in reader.get("/api/v1/metrics").json()["rows"]}

    assert set(told) == set(metrics())
    assert told["yield"]["definition"] == metrics()["yield"].definition
    assert told["yield"]["rows"] == "/api/v1/metrics/yield"
    assert told["hot_files_ai"]["rows"] is None


@pytest.mark.parametrize("name", sorted(set(metrics()) - OF_SINGLE_LINES))
def test_the_rows_of_every_metric_can_be_asked_for(reader: httpx.Client, name: str) -> None:
    answer = reader.get(f"/api/v1/metrics/{name}")

    assert answer.status_code == 200, answer.text
    assert answer.json()["metric"] == name
    if name in OF_ONE:
        assert answer.json()["rows"] is None
        assert "one session, change or person" in answer.json()["hidden"]


@pytest.mark.parametrize("name", sorted(OF_SINGLE_LINES))
def test_rows_that_are_not_rolled_up_are_elsewhere(reader: httpx.Client, name: str) -> None:
    answer = reader.get(f"/api/v1/metrics/{name}")

    assert answer.status_code == 404
    assert f"landed explain {name}" in answer.json()["detail"]
    assert reader.get(f"/api/v1/explain/{name}").json()["data"]["metric"]["name"] == name


@pytest.mark.parametrize("name", OF_ONE)
def test_rows_of_single_people_are_in_no_file_either(reader: httpx.Client, name: str) -> None:
    for form in ("csv", "parquet"):
        answer = reader.get(f"/api/v1/metrics/{name}?format={form}")
        assert answer.status_code == 403
        assert "table=figures" in answer.json()["detail"]


@pytest.mark.parametrize("column", ["session", "turn", "person", "change", "deployment", "branch"])
def test_a_column_that_tells_of_one_persons_work_is_known(column: str) -> None:
    assert tells_of_one(["repository", column, "lines"])
    assert tells_of_one(["project", "number"])
    assert not tells_of_one(["repository", "kind", "number"])


def test_rows_of_a_few_people_are_left_out_and_counted(shop: Running) -> None:
    generated = {"claude-code": 60, "codex": 50, "gemini": 20}
    with shop.server.store.writing() as store:
        lines = store.query("select * from rollup.journey_line limit 0")
        rows = [
            {
                "repository": "outside",
                "agent": agent,
                "lines": number,
                "bucket": "pending",
                "stage": "accepted",
                "decided": True,
                "accepted": True,
            }
            for agent, number in generated.items()
        ]
        names = set(lines.schema.names)
        kept = [{name: value for name, value in row.items() if name in names} for row in rows]
        store.put_rollup("journey_line", pa.Table.from_pylist(kept, lines.schema))
    reader = program(shop, "ana", "read")

    told = reader.get("/api/v1/metrics/buckets").json()
    by_agent = reader.get("/api/v1/metrics/acceptance").json()

    assert sum(row["lines"] for row in told["rows"]) == 130
    assert {row["agent"] for row in by_agent["rows"]} <= {"claude-code"}
    assert by_agent["left_out"] == 2


@pytest.mark.parametrize(("people", "shown"), [("abcde", True), ("abc", False)])
def test_a_row_says_itself_that_it_is_of_few_of_those_who_ran_sessions(
    shop: Running, people: str, shown: bool
) -> None:
    with shop.server.store.writing() as store:
        schema = store.query("select * from rollup.journey_line limit 0").schema
        line = {"repository": "outside", "agent": "claude-code", "lines": 10, "bucket": "pending"}
        rows = [dict.fromkeys(schema.names) | line | {"person": person} for person in people]
        store.put_rollup("journey_line", pa.Table.from_pylist(rows, schema))

    told = program(shop, "ana", "read").get("/api/v1/metrics/funnel_by").json()

    found = {row["member"]: row["people"] for row in told["rows"]}
    assert found.get("claude-code") == (len(people) if shown else None)
    assert (told["left_out"] == 0) == shown


def test_a_metric_is_explained_with_its_figures(reader: httpx.Client) -> None:
    told = reader.get("/api/v1/explain/merge_rate").json()["data"]
    figures = reader.get("/api/v1/metrics/merge_rate?table=figures").json()["rows"]

    assert told["metric"]["ratio"] == ["merged", "finished"]
    assert told["figures"] == figures
    assert sum(figure["numerator"] for figure in figures) > 0
    assert told["coverage"]["alive"] > 0
    assert reader.get("/api/v1/explain/luck").status_code == 404
