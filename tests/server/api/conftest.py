"""A server of a company with a shop, changes by eight people, and sessions by thirteen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest
from tests.reports.dashboard.changed_shop import changed_shop
from tests.server.running import ANA, BEN, Running, running

from landed.store import Store

DAY = date(2026, 11, 9)
SPENT = {
    "claude-code": tuple("abcdef"),
    "codex": tuple("ghijk"),
    "gemini": ("ben@example.com", "z"),
}
"""Who ran sessions of which agent: two of gemini, too few to be shown, so that codex joins them."""


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's workspace, made once; tests take copies."""
    workspace = tmp_path_factory.mktemp("shop") / "workspace"
    changed_shop(workspace)
    with Store.open(workspace) as store:
        spend = store.query("select * from rollup.spend")
        presence = store.query("select * from rollup.presence")
        store.put_rollup("spend", pa.concat_tables([spend, _rows(spend.schema, _spent())]))
        store.put_rollup(
            "presence", pa.concat_tables([presence, _rows(presence.schema, _worked())])
        )
    return workspace


@pytest.fixture
def shop(made: Path, tmp_path: Path) -> Iterator[Running]:
    """The server: Ana is an admin, Ben a viewer."""
    workspace = shutil.copytree(made, tmp_path / "workspace")
    with running(workspace, loopback=False) as started:
        people = started.accounts.people
        people.add("ana", ANA, by="command-line", role="admin", emails=["ana@example.com"])
        people.add("ben", BEN, by="command-line", emails=["ben@example.com"])
        yield started


@pytest.fixture
def reader(shop: Running) -> httpx.Client:
    """A program that reads for Ana."""
    return program(shop, "ana", "read")


def program(shop: Running, owner: str, *scopes: str) -> httpx.Client:
    """A program with a token of an account, which asks for all time where it names none."""
    _, secret = shop.accounts.tokens.create("program", scopes, owner=owner, by="command-line")
    client = shop.program(secret)
    client.event_hooks["request"].append(_of_all_time)
    return client


def _of_all_time(request: httpx.Request) -> None:
    if not {"period", "since", "until"} & set(request.url.params):
        request.url = request.url.copy_merge_params({"period": "all"})


def _spent() -> list[dict[str, Any]]:
    return [
        {
            "repository": "outside",
            "agent": agent,
            "person": person,
            "team": "shop",
            "model": f"{agent}-1",
            "started_second": int(datetime(2026, 11, 9, tzinfo=UTC).timestamp()),
            "calls": 2,
            "unpriced_calls": 0,
            "input_tokens": 100,
            "cache_read_tokens": 50,
            "cache_write_tokens": 0,
            "output_tokens": 30,
            "reasoning_tokens": 0,
            "list_microdollars": 1_000_000,
            "cash_microdollars": 400_000,
        }
        for agent, people in SPENT.items()
        for person in people
    ]


def _worked() -> list[dict[str, Any]]:
    return [
        {
            "population": "sessions",
            "repository": "outside",
            "team": "shop",
            "agent": agent,
            "model": f"{agent}-1",
            "feature": "",
            "person": person,
            "day": (DAY - date(1970, 1, 1)).days,
        }
        for agent, people in SPENT.items()
        for person in people
    ]


def _rows(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema)
