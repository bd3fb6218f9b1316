"""Lines of the ledger by the team that owns their file: as exact as all of them, and of whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.ledgers import FIRST_DAY, REPOSITORY, Ledger

from landed.config import Settings
from landed.metrics import Window, Workbench, read_facts
from landed.metrics.registry import metrics
from landed.records import TABLES
from landed.rollups import Filter, Rollups, compute_rollups, write_rollups
from landed.rollups.privacy import Privacy
from landed.store import Store

LEDGER = [
    name
    for name, metric in metrics().items()
    if {"stay", "carrier", "observed_stay"}.intersection(metric.inputs) and Rollups.answers(name)
]
PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "finn", "gus")
RULES = (("/web/", "web"), ("*.sql", "data"))


class Shop(Ledger):
    """A ledger with commits of several people, and teams that own code."""

    def __init__(self, days: list[float], *, owned: bool = True) -> None:
        super().__init__(days)
        for person in PEOPLE:
            address = f"{person}@example.com"
            self._add(
                "contact",
                name=person,
                email=address,
                canonical_name=person,
                canonical_email=address,
            )
        self._add("location", path="/shop", name="acme/shop")
        for step in range(len(days)):
            self.by(PEOPLE[step % len(PEOPLE)], step)
        for ordinal, (pattern, team) in enumerate(RULES if owned else ()):
            self._add(
                "code_owner",
                ordinal=ordinal,
                place="CODEOWNERS",
                dialect="github",
                section=None,
                optional=False,
                pattern=pattern,
                excluded=False,
                owners=f'["@acme/{team}"]',
                team=team,
            )

    def by(self, person: str, step: int) -> None:
        """Say who made the commit of a step."""
        self.rows["commit"][step] |= {
            "author_name": person,
            "author_email": f"{person}@example.com",
        }

    def rolled_up(self, store: Store, workspace: Path) -> Rollups:
        """Everything of it, rolled up."""
        for name in TABLES:
            store.delete(name, self.repository)
        self.write(store)
        write_rollups(store, compute_rollups(store, Settings(workspace=workspace)))
        return Rollups(store)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def store(workspace: Path) -> Iterator[Store]:
    with Store.open(workspace) as opened:
        yield opened


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """Lines in files of teams and of nobody, some of which left, were moved or came back."""
    days = sorted(draw(st.lists(st.integers(0, 120), min_size=3, max_size=6)))
    shop = Shop([float(day) for day in days])
    shop.release("v1", draw(st.integers(0, len(days) - 1)))
    shop.lines(1, 0, path="web/first.py")
    for step in range(len(days)):
        who = draw(st.sampled_from(["ai", "human", "automation"]))
        shop.author(step, who, "aider" if who == "ai" else None, "declared")
        for path in ("web/a.py", "web/b.sql", "README"):
            left = draw(st.none() | st.integers(step, len(days) - 1))
            lines = shop.lines(
                draw(st.integers(0, 3)),
                step,
                left=left if left != step else None,
                path=path,
                landed=draw(st.booleans()),
            )
            if lines and step and draw(st.booleans()):
                shop.lineage(lines[0], draw(st.integers(0, lines[0])))
    return shop


def unordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


@given(shop=shops())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_lines_of_a_team_are_those_of_its_files(
    store: Store, workspace: Path, shop: Shop
) -> None:
    rollups = shop.rolled_up(store, workspace)
    for team, paths in (
        ("web", Window(paths=("/web/",), excludes=("*.sql",))),
        ("data", Window(paths=("*.sql",))),
        ("", Window(excludes=("/web/", "*.sql"))),
    ):
        narrowed = rollups.looking_at(Filter(team=(team,)))
        facts = read_facts(store, REPOSITORY, "acme/shop", paths)
        with Workbench([facts]) as bench:
            for name in LEDGER:
                assert unordered(narrowed.rows(name)) == unordered(bench.rows(name)), (team, name)
    for relation in ("stay", "carrier", "file"):
        assert lines_by_team(rollups, relation) == lines_of(rollups, relation)


def lines_by_team(rollups: Rollups, relation: str) -> int:
    """The lines of all teams and of none added up."""
    return sum(
        lines_of(rollups.looking_at(Filter(team=(team,))), relation) for team in ("web", "data", "")
    )


def lines_of(rollups: Rollups, relation: str) -> int:
    column = "alive" if relation == "file" else "lines"
    rows = rollups.answer(f"select coalesce(sum({column}), 0) as n from {relation}", (relation,))
    return int(rows["n"][0].as_py())


def test_where_no_team_owns_code_lines_are_not_narrowed_by_team(
    store: Store, workspace: Path
) -> None:
    shop = Shop([0.0, 10.0], owned=False)
    shop.lines(5, 1, path="web/a.py")

    rollups = shop.rolled_up(store, workspace).looking_at(Filter(team=("web",)))

    assert not rollups.teams_own_code
    assert lines_of(rollups, "carrier") == 5
    assert rollups.ignored("survival") == ("team",)
    assert rollups.ignored("coverage") == ("team",)


def test_where_teams_own_code_nothing_of_lines_is_left_out_of_their_filter(
    store: Store, workspace: Path
) -> None:
    shop = Shop([0.0, 10.0])
    shop.lines(5, 1, path="web/a.py")
    shop.lines(3, 1, path="README")

    rollups = shop.rolled_up(store, workspace).looking_at(Filter(team=("web",)))

    assert rollups.teams_own_code
    assert lines_of(rollups, "carrier") == 5
    assert rollups.ignored("survival") == ()
    assert rollups.ignored("coverage") == ()
    assert rollups.ignored("change_fail_rate") == ("team",)


def test_whoever_wrote_lines_in_a_teams_files_is_counted_for_it(
    store: Store, workspace: Path
) -> None:
    shop = Shop([float(day) for day in range(7)])
    for step in range(6):
        shop.lines(1, step, path="web/a.py" if step < 5 else "README")
    shop.lines(1, 0, path="README")

    shop.rolled_up(store, workspace)

    rows = store.query("select * from rollup.contributor order by team nulls last, person")
    assert [(row["person"], row["team"]) for row in rows.to_pylist()] == [
        *((f"{person}@example.com", "web") for person in PEOPLE[:5]),
        ("ana@example.com", None),
        ("finn@example.com", None),
    ]
    first = int(FIRST_DAY.timestamp()) // 86400 * 86400
    assert rows["started_second"][0].as_py() == first


def test_code_of_a_team_that_few_have_written_is_not_told_apart(
    store: Store, workspace: Path
) -> None:
    shop = Shop([float(day) for day in range(7)])
    for step in range(7):
        shop.lines(1, step, path="web/a.py" if step < 2 else "README")
    shop.rolled_up(store, workspace)

    privacy = Privacy(store, 5, frozenset())

    assert privacy.decision(Filter(), "commits").shown
    assert not privacy.decision(Filter(team=("web",)), "commits").shown


def test_without_owners_a_commit_without_lines_is_somebodys_work_too(
    store: Store, workspace: Path
) -> None:
    shop = Shop([0.0, 1.0], owned=False)
    shop.lines(1, 0)

    shop.rolled_up(store, workspace)

    assert store.query("select person, team from rollup.contributor").to_pylist() == [
        {"person": "ana@example.com", "team": None},
        {"person": "ben@example.com", "team": None},
    ]


def test_the_state_of_roll_ups_says_whether_teams_own_code(store: Store, workspace: Path) -> None:
    Shop([0.0]).rolled_up(store, workspace)

    told = store.query("select teams_own_code from rollup.state")

    assert told == pa.table({"teams_own_code": [False]})
