"""What a server finds of pushed sessions is what a local sync finds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from tests.push.conftest import KEY, Company, Laptop

from landed.config import Settings
from landed.journey import read_balance, read_journey
from landed.store import Store
from landed.sync import sync

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""Half a day after the sessions: what is not committed may still be."""
ALIKE = {
    "where sessions belong": "select agent, session, belongs_to, person, feature, feature_rule"
    " from session_place order by all",
    "where edits belong": "select edit, belongs_to, path, excluded from edit_place order by all",
    "generated lines": "select * exclude (repository, uncommitted_in) from generated_line"
    " order by all",
    "evidence": "select * from evidence order by all",
    "calls": "select * from model_call order by all",
    "prices": "select * from call_price order by all",
    "captures": "select * from capture order by all",
}


def read_at_home(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A local sync of the same logs and the same repository, with the same key."""
    monkeypatch.setenv("LANDED_KEY", KEY.hex())
    # a server has no text to tell how like a changed line is: neither has this one
    monkeypatch.setenv("LANDED_SESSIONS__KEEP_TEXT", "false")
    settings = laptop.settings()
    sync(laptop.shop.path, settings)
    monkeypatch.delenv("LANDED_KEY")
    monkeypatch.delenv("LANDED_SESSIONS__KEEP_TEXT")
    return settings


def asked(settings: Settings, sql: str) -> list[dict[str, Any]]:
    with Store.for_settings(settings, read_only=True) as store:
        rows: list[dict[str, Any]] = store.query(sql).to_pylist()
    return rows


def test_lines_buckets_and_dollars_are_those_of_a_local_sync(
    laptop: Laptop, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.receive(laptop.bodies())
    sync(company.clone(laptop.origin), company.settings)

    local = read_at_home(laptop, monkeypatch)

    for what, sql in ALIKE.items():
        assert asked(company.settings, sql) == asked(local, sql), what
    assert asked(local, "select count(*) as n from generated_line where line is not null") != [
        {"n": 0}
    ]
    found = []
    for settings in (local, company.settings):
        with Store.for_settings(settings, read_only=True) as store:
            journey = read_journey(store, settings, at=AT)
            balance = read_balance(store, settings, at=AT)
            lines = journey.lines.sort_by([("edit", "ascending"), ("ordinal", "ascending")])
            turns = journey.turns.sort_by([(name, "ascending") for name in ("agent", "turn")])
            found.append((lines, turns, balance))
    (lines, turns, balance), (pushed_lines, pushed_turns, pushed_balance) = found
    assert pushed_lines.num_rows > 50
    assert differences(pushed_lines, lines) == []
    assert differences(pushed_turns, turns) == []
    assert pushed_balance == balance


def differences(one: pa.Table, other: pa.Table) -> list[str]:
    """The columns in which two tables differ."""
    return [name for name in other.schema.names if one[name] != other[name]]


def test_the_order_in_which_server_and_repository_are_read_does_not_matter(
    laptop: Laptop, company: Company
) -> None:
    clone = company.clone(laptop.origin)
    sync(clone, company.settings)
    company.receive(laptop.bodies())
    sync(clone, company.settings)
    after = asked(company.settings, ALIKE["generated lines"])

    assert len(after) > 50
    assert {row["belongs_to"] for row in asked(company.settings, "from session_place")} == {
        row["repository"] for row in asked(company.settings, "from repository")
    }


def test_a_session_that_was_read_there_too_counts_once(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANDED_KEY", KEY.hex())
    settings = laptop.settings()
    sync(laptop.shop.path, settings)
    counts = {name: f"select count(*) as n from {name}" for name in ("session", "model_call")}
    counts |= {name: f"select count(*) as n from {name}" for name in ("edit", "edit_line")}
    before = {name: asked(settings, sql) for name, sql in counts.items()}
    bodies = laptop.bodies()

    Company(settings, settings.workspace).receive(bodies)

    assert {name: asked(settings, sql) for name, sql in counts.items()} == before
