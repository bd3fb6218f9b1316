"""Changes, repositories and files by the API."""

from __future__ import annotations

import httpx
from tests.delivery.forge_rows import PROJECT
from tests.reports.shops import CHANGES
from tests.server.api.conftest import program
from tests.server.api.test_pages import from_csv
from tests.server.running import Running


def test_changes_are_listed_in_parts(reader: httpx.Client) -> None:
    first = reader.get("/api/v1/changes?limit=200").json()
    rest = reader.get(f"/api/v1/changes?limit=200&cursor={first['next']}").json()

    assert (first["total"], len(first["rows"]), len(rest["rows"])) == (CHANGES, 200, CHANGES - 200)
    assert rest["next"] is None
    numbers = [row["number"] for row in (*first["rows"], *rest["rows"])]
    assert sorted(numbers) == list(range(1, CHANGES + 1))


def test_a_cursor_of_figures_that_are_gone_is_refused(shop: Running) -> None:
    reader = program(shop, "ana", "read")
    cursor = reader.get("/api/v1/changes?limit=5").json()["next"]
    with shop.server.store.writing() as store:
        state = store.query("select * replace (built_at + interval 1 minute as built_at) from "
                            "rollup.state")  # fmt: skip
        store.put_rollup("state", state)

    answer = reader.get(f"/api/v1/changes?limit=5&cursor={cursor}")

    assert answer.status_code == 409
    assert "begin again" in answer.json()["detail"]


def test_the_list_as_a_file_has_every_change_and_nobodys_name(reader: httpx.Client) -> None:
    answer = reader.get("/api/v1/changes?format=csv")
    rows = from_csv(answer)

    assert len(rows) == CHANGES
    assert not {"person", "author", "login"} & set(rows[0])
    assert "person0" not in answer.text


def test_what_is_searched_and_how_it_is_sorted(reader: httpx.Client) -> None:
    found = reader.get("/api/v1/changes?q=part+3+to+the+till&sort=lines").json()

    assert found["total"] > 0
    assert {row["title"] for row in found["rows"]} == {"Add part 3 to the till"}
    sizes = [row["lines"] for row in found["rows"]]
    assert sizes == sorted(sizes)
    assert reader.get("/api/v1/changes?state=open").json()["total"] == 1


def test_one_change_tells_its_way_and_nobodys_name(reader: httpx.Client) -> None:
    told = reader.get(f"/api/v1/changes/{PROJECT}/4").json()["data"]

    assert [step["what"] for step in told["steps"]][-2:] == ["merged", "in production"]
    assert "author" not in told
    assert told["own"] is None
    assert "person0" not in str(told)
    checks = from_csv(reader.get(f"/api/v1/changes/{PROJECT}/4?format=csv&table=checks"))
    assert [(check["name"], check["state"]) for check in checks] == [("tests", "failure")]
    assert reader.get(f"/api/v1/changes/{PROJECT}/99999").status_code == 404
    assert reader.get(f"/api/v1/changes/{PROJECT}/four").status_code == 422


def test_a_repository_and_its_files(reader: httpx.Client) -> None:
    (one,) = reader.get("/api/v1/repositories").json()["data"]["repositories"]
    repository = one["repository"]

    page = reader.get(f"/api/v1/repositories/{repository}").json()["data"]
    files = reader.get(f"/api/v1/repositories/{repository}/files").json()

    assert page["repository"]["name"] == one["name"]
    assert files["total"] == len(files["rows"])
    for part in ("", "/files"):
        missing = reader.get(f"/api/v1/repositories/nothing{part}")
        assert missing.status_code == 404
        assert "/api/v1/repositories" in missing.json()["detail"]
    assert reader.get(f"/api/v1/repositories/{repository}/files?sort=who").status_code == 400
