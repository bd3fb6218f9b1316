"""What a request looks at, on a real server: its filter, its viewer, and what can be chosen."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from tests.server.running import Running

from landed.errors import UsageError
from landed.rollups import compute_rollups, write_rollups
from landed.server.accounts.viewer import SignInNeeded
from landed.server.pages.filter_bar import Choice
from landed.server.pages.looking import looking

Ends = tuple[tuple[str, int], tuple[str, int]]


@pytest.fixture
def connection() -> Iterator[Ends]:
    """Both ends of a real connection on this machine: who asks is known by it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        here = listening.getsockname()
        with socket.create_connection(here) as asking, listening.accept()[0]:
            yield asking.getsockname(), here


def request_of(running: Running, connection: Ends, query: str = "") -> Request:
    client, here = connection
    app = Starlette()
    app.state.server = running.server
    return Request(
        {
            "type": "http",
            "app": app,
            "method": "GET",
            "path": "/",
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1")],
            "client": client,
            "server": here,
        }
    )


def roll_up(running: Running, spend: list[dict[str, object]]) -> None:
    """The roll-ups of an empty store, with these dollars and two repositories put into them."""
    with running.server.store.writing() as store:
        tables = compute_rollups(store, running.server.settings)
        named = {"repository": ["r1", "r2"], "name": ["acme/shop", "Acme/billing"]}
        tables["known_repository"] = rows_like(tables["known_repository"], named)
        tables["spend"] = rows_like(
            tables["spend"], {key: [row.get(key) for row in spend] for key in spend[0]}
        )
        write_rollups(store, tables)


def rows_like(table: pa.Table, columns: dict[str, list[object]]) -> pa.Table:
    """Rows of a table's kind: these columns, and nothing in the others."""
    number = len(next(iter(columns.values())))
    return pa.table(
        {
            one.name: pa.array(columns.get(one.name, [None] * number), one.type)
            for one in table.schema
        }
    )


def test_before_anything_is_rolled_up_there_is_nothing_to_choose(
    alone: Running, connection: Ends
) -> None:
    with looking(request_of(alone, connection)) as at:
        assert not at.ready
        assert at.choices == {}


def test_what_was_spent_most_on_is_offered_first_and_the_untold_last(
    alone: Running, connection: Ends
) -> None:
    call = {"repository": "r1", "feature": None}
    roll_up(
        alone,
        [
            {**call, "team": "web", "agent": "codex", "model": "small", "list_microdollars": 5},
            {**call, "team": None, "agent": "codex", "model": "large", "list_microdollars": 90},
            {**call, "team": "api", "agent": "codex", "model": "large", "list_microdollars": 7},
        ],
    )
    with looking(request_of(alone, connection)) as at:
        assert at.ready
        assert at.choices == {
            "repository": [Choice("r2", "Acme/billing"), Choice("r1", "acme/shop")],
            "team": [Choice("api", "api"), Choice("web", "web"), Choice("", "")],
            "agent": [Choice("codex", "codex")],
            "model": [Choice("large", "large"), Choice("small", "small")],
        }


def test_the_filter_is_that_of_the_address(alone: Running, connection: Ends) -> None:
    with looking(request_of(alone, connection, "since=2026-01-02&team=web")) as at:
        assert at.look.asked.since == date(2026, 1, 2)
        assert at.look.asked.team == ("web",)


def test_the_owner_of_the_machine_sees_everything_of_it(alone: Running, connection: Ends) -> None:
    with looking(request_of(alone, connection)) as at:
        assert at.viewer.local
        assert at.look.alone


def test_where_there_are_accounts_somebody_has_to_sign_in(
    company: Running, connection: Ends
) -> None:
    with pytest.raises(SignInNeeded), looking(request_of(company, connection)):
        pass


def test_an_address_that_makes_no_sense_is_told(alone: Running, connection: Ends) -> None:
    with (
        pytest.raises(UsageError, match="yesterday"),
        looking(request_of(alone, connection, "since=yesterday")),
    ):
        pass
