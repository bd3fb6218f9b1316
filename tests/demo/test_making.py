"""The demo is real, always the same, says that it is made up, and keeps away from one's own."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.demo.conftest import SMALL, TODAY, make

from landed.demo import NOTICE, DemoCompany, make_demo
from landed.demo.company import DOMAIN
from landed.errors import UsageError
from landed.store import Store
from landed.store.finding import listening_socket, remove_socket

TOLD_ALIKE = (
    "change",
    "change_landing",
    "check_run",
    "commit",
    "deployment",
    "edit_line",
    "incident",
    "incident_link",
    "invoice_line",
    "model_call",
    "review",
    "seat",
    "turn",
)
"""Tables whose rows have nothing of this machine in them."""


def rows(company: DemoCompany, sql: str) -> list[dict[str, Any]]:
    with Store.for_settings(company.settings(), read_only=True) as store:
        return store.query(sql).to_pylist()


def git(path: Path, *arguments: str) -> str:
    command = ["git", "-C", str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_the_same_seed_and_day_make_the_same_commits_and_rows(
    made: DemoCompany, tmp_path: Path
) -> None:
    again = make(tmp_path / "again")

    for one, other in zip(made.repositories, again.repositories, strict=True):
        assert git(one, "rev-parse", "HEAD") == git(other, "rev-parse", "HEAD")
        assert git(one, "show-ref") == git(other, "show-ref")
    for table in TOLD_ALIKE:
        found = [
            sorted(orjson.dumps(row) for row in rows(one, f'select * from "{table}"'))
            for one in (made, again)
        ]
        assert found[0] == found[1], table
        assert found[0], table


def test_its_histories_are_sound(made: DemoCompany) -> None:
    for path in made.repositories:
        assert git(path, "status", "--porcelain") == ""
        assert git(path, "fsck", "--no-dangling") == ""
        assert int(git(path, "rev-list", "--count", "--all")) > 20


def test_everything_says_that_it_is_made_up(made: DemoCompany) -> None:
    names = rows(made, "select distinct name from location union select name from project")
    addresses = rows(made, "select distinct email from contact")

    assert made.settings().notice == NOTICE
    assert {row["name"].partition("/")[0] for row in names} == {"made-up"}
    assert {row["email"].partition("@")[2] for row in addresses} == {DOMAIN}
    for path in made.repositories:
        assert "made up" in (path / "README.md").read_text()


def test_every_call_has_a_real_price(made: DemoCompany) -> None:
    (found,) = rows(
        made,
        "select count(*) as calls, count(list_microdollars) as priced from model_call"
        " left join call_price using (repository, call)",
    )

    assert found["priced"] == found["calls"] > 300


def test_the_logs_of_whoever_makes_it_are_not_read(made: DemoCompany) -> None:
    paths = rows(made, "select path from agent_log")

    assert paths
    assert all(Path(row["path"]).is_relative_to(made.directory / "homes") for row in paths)


def test_what_is_complete_is_used_again(made: DemoCompany) -> None:
    before = made.config_path.stat().st_mtime_ns

    assert make(made.directory).reused
    assert made.config_path.stat().st_mtime_ns == before


def test_a_day_of_last_week_will_do_unless_another_is_asked_for(tmp_path: Path) -> None:
    from landed.demo.recipe import Recipe

    last_week = Recipe(1, TODAY, 1.0, SMALL)
    last_week.mark(tmp_path, complete=True)
    now = Recipe(1, TODAY.replace(day=25), 1.0, SMALL)

    assert now.stands_in(tmp_path, exactly=False) == last_week
    assert now.stands_in(tmp_path, exactly=True) is None
    assert Recipe(2, TODAY, 1.0, SMALL).stands_in(tmp_path, exactly=False) is None
    last_week.mark(tmp_path, complete=False)
    assert now.stands_in(tmp_path, exactly=False) is None


def test_an_interrupted_making_is_begun_anew(tmp_path: Path) -> None:
    directory = tmp_path / "demo"

    def interrupt(message: str, *_: int | None) -> None:
        if message == "writing agents' logs":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(
            directory,
            1,
            TODAY,
            interrupt,  # type: ignore[arg-type]
            size=0.01,
            products=SMALL[:1],
        )
    half_done = directory / "repositories" / SMALL[0].name
    (half_done / "left.txt").write_text("of the first try")
    again = make_demo(directory, 1, TODAY, size=0.01, products=SMALL[:1])

    assert not again.reused
    assert not (half_done / "left.txt").exists()
    assert make_demo(directory, 1, TODAY, size=0.01, products=SMALL[:1]).reused


def test_a_directory_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(UsageError, match="holds something that is no demo"):
        make(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_demo_that_is_being_served_is_not_made_anew(made: DemoCompany) -> None:
    with listening_socket(made.workspace):
        with pytest.raises(UsageError, match="a server is serving"):
            make(made.directory, fresh=True)
        remove_socket(made.workspace)
    assert make(made.directory).reused
