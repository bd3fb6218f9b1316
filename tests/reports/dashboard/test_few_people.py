"""What a part of a page could tell of a few people, though the page may be shown as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.reports.dashboard.changed_shop import changed_shop

from landed.config import Settings
from landed.metrics import metric
from landed.records import AGENTS, TABLES
from landed.reports.dashboard.agents import agents_of
from landed.reports.dashboard.data import data_of
from landed.reports.dashboard.estimates import Estimates
from landed.reports.dashboard.grouped import subject_shown
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.metric_rows import metric_rows
from landed.reports.dashboard.overview import overview_of
from landed.reports.dashboard.quality import quality_of
from landed.reports.dashboard.repositories import repository_of
from landed.reports.dashboard.times import months_joined
from landed.store import Store

FIRST, SECOND = 20_454, 20_485
"""Days since 1970: the first of January and of February 2026."""
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
SHOP = "0123456789abcdef"
CROWD = tuple("abcdefgh")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop, rolled up; tests take copies."""
    workspace = tmp_path_factory.mktemp("shop") / "workspace"
    changed_shop(workspace)
    return workspace


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Iterator[Store]:
    """Its store, to be changed."""
    workspace = shutil.copytree(made, tmp_path / "workspace")
    with Store.for_settings(Settings(workspace=workspace)) as opened:
        yield opened


def look(store: Store, *own: str, estimates: Estimates | None = None) -> Look:
    """A look by whoever has these addresses."""
    settings = Settings(workspace=store.path.parent)
    return Look(store, settings, own=frozenset(own), estimates=estimates or Estimates())


def put_presence(store: Store, *worked: tuple[str, str, str, int], feature: str = "cart") -> None:
    """Have these have worked at a feature: population, person, agent, and the day."""
    schema = store.query("select * from rollup.presence limit 0").schema
    told: list[dict[str, Any]] = [
        {
            "population": population,
            "person": person,
            "repository": SHOP,
            "team": "",
            "agent": agent,
            "model": "",
            "feature": feature if population == "sessions" else "",
            "day": day,
        }
        for population, person, agent, day in worked
    ]
    store.put_rollup("presence", pa.Table.from_pylist(told, schema))


def test_months_of_a_few_people_are_joined_with_others(store: Store) -> None:
    put_presence(
        store,
        *(("commits", person, "", FIRST) for person in CROWD),
        *(("commits", person, "", SECOND) for person in CROWD[:2]),
    )
    rows = [{"month": "2026-01", "lines": 5}, {"month": "2026-02", "lines": 7}]

    joined = months_joined(look(store), "commits", rows)

    assert [row["month"] for row in joined] == ["2026-01 … 2026-02"] * 2
    assert [row["lines"] for row in joined] == [5, 7]


def test_months_of_enough_people_stay_as_they_are(store: Store) -> None:
    put_presence(
        store, *(("commits", person, "", day) for person in CROWD for day in (FIRST, SECOND))
    )
    rows = [{"month": "2026-01"}, {"month": "2026-02"}, {"month": "2025-12"}]

    joined = months_joined(look(store), "commits", rows)

    assert [row["month"] for row in joined] == ["2026-01", "2026-02", "2026-01"]


def test_the_first_page_joins_months_and_loses_no_line(store: Store) -> None:
    put_presence(store, *(("commits", person, "", FIRST) for person in CROWD))
    months = look(store).rows("lines_landed")

    holding = overview_of(look(store)).holding

    assert holding is not None
    (joined,) = holding.landed
    assert len({row["month"] for row in months}) > 1
    assert joined.ai_high + joined.others == sum(row["lines"] for row in months)


def test_agents_of_a_few_people_are_named_nowhere(store: Store) -> None:
    put_presence(
        store,
        *(("commits", person, "", FIRST) for person in CROWD),
        *(("changes", person, "claude-code", FIRST) for person in CROWD),
        *(("changes", person, "aider", FIRST) for person in CROWD[:2]),
        *(("changes", person, "", FIRST) for person in CROWD),
    )
    quality = quality_of(look(store)).lasting
    repository = repository_of(look(store), SHOP)

    assert quality is not None and repository is not None
    assert repository.repository.standing is not None
    for told in (quality.ages, quality.rework_by, repository.repository.standing.authorship):
        assert "claude-code" in {row.agent for row in told}
        assert "aider" not in {row.agent for row in told}
    everything = data_of(look(store), admin=False).coverage
    assert everything is not None
    assert {row.agent for row in everything.authorship} == {None}


def test_what_is_kept_for_one_viewer_tells_another_nothing(store: Store) -> None:
    put_presence(
        store,
        *(("sessions", person, "claude-code", FIRST) for person in CROWD),
        ("sessions", "ana@example.com", "codex", FIRST),
    )
    schema = store.query("select * from rollup.journey_line limit 0").schema
    line = {
        "repository": SHOP,
        "lines": 10,
        "bucket": "live",
        "stage": "live",
        "cash_microdollars": 0,
    }
    rows = [
        dict.fromkeys(schema.names)
        | line
        | {"person": person, "agent": agent, "session": person, "cash_microdollars": 0}
        for person, agent in [
            ("ana@example.com", "codex"),
            *((one, "claude-code") for one in CROWD),
        ]
    ]
    store.put_rollup("journey_line", pa.Table.from_pylist(rows, schema))
    kept = Estimates()

    own = agents_of(look(store, "ana@example.com", estimates=kept))
    others = agents_of(look(store, estimates=kept))

    assert "codex" in {one.agent for one in own.compared}
    assert "codex" not in {one.agent for one in others.compared}
    assert others.left_out > own.left_out


def test_sessions_of_an_agent_are_counted_only_for_enough_people(store: Store) -> None:
    used = {"claude-code": CROWD, "codex": CROWD[:6], "gemini-cli": (*CROWD[:1], "z")}
    put_presence(
        store,
        *(
            ("sessions", person, agent, FIRST)
            for agent, people in used.items()
            for person in people
        ),
    )
    schema = TABLES["session"].schema
    for agent, people in used.items():
        rows = [
            dict.fromkeys(schema.names)
            | {"agent": agent, "session": f"{agent}-{person}"}
            | {
                "started_at": BEGUN,
                "ended_at": BEGUN,
                "cwd": "/shop",
                "machine_user": "a",
                "sub_agent": False,
            }
            for person in people
        ]
        own = schema.remove(schema.get_field_index("repository"))
        store.append("session", pa.Table.from_pylist(rows, own), AGENTS)

    told = {one.agent: one.sessions for one in data_of(look(store), admin=False).agents}

    assert told["claude-code"] == len(CROWD)
    assert told["gemini-cli"] is None


@pytest.mark.parametrize(
    ("people", "subject", "shown"),
    [
        (CROWD, "cart", True),
        (CROWD[:3], "cart", False),
        (CROWD, "fix/rounding", False),
        (("ana@example.com",), "fix/rounding", False),
    ],
)
def test_what_left_no_line_is_told_of_features_of_enough_people_alone(
    store: Store, people: tuple[str, ...], subject: str, shown: bool
) -> None:
    worked = (("sessions", person, "codex", FIRST) for person in people)
    put_presence(store, *worked, feature="" if "/" in subject else subject)
    row = {"repository": SHOP, "subject": subject}

    assert subject_shown(look(store), row) == shown


def test_ones_own_branch_that_left_no_line_is_told(store: Store) -> None:
    put_presence(store, ("sessions", "ana@example.com", "codex", FIRST), feature="")

    assert subject_shown(look(store, "ana@example.com"), {"repository": SHOP, "subject": "fix/a"})


@pytest.mark.parametrize(
    ("people", "told"),
    [(CROWD, {"aider", "claude-code"}), (CROWD[:2], {"claude-code"}), ((), {"claude-code"})],
)
def test_lines_of_an_agent_without_sessions_are_told_if_enough_changes_name_it(
    store: Store, people: tuple[str, ...], told: set[str]
) -> None:
    put_presence(
        store,
        *(("commits", person, "", FIRST) for person in CROWD),
        *(("changes", person, agent, FIRST) for agent in ("", "claude-code") for person in CROWD),
        *(("changes", person, "aider", FIRST) for person in people),
    )

    rows = metric_rows(look(store), metric("coverage")).rows

    assert rows is not None
    assert {row["agent"] for row in rows.to_pylist() if row["who"] == "ai"} == told
    assert "automation" in rows["who"].to_pylist()
