"""What a request looks at, on a real server: its filter, its viewer, and what can be chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from tests.server.running import Running

from landed.errors import UsageError
from landed.rollups.reading import VERSION
from landed.server.accounts.viewer import SignInNeeded
from landed.server.pages.filter_bar import Choice
from landed.server.pages.looking import looking

BUILT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


def request_of(running: Running, query: str = "") -> Request:
    app = Starlette()
    app.state.server = running.server
    return Request(
        {
            "type": "http",
            "app": app,
            "method": "GET",
            "path": "/",
            "query_string": query.encode(),
            "headers": [],
            "client": ("127.0.0.1", 50_000),
        }
    )


def roll_up(running: Running, spend: list[dict[str, object]]) -> None:
    """Roll-ups with these dollars, of two repositories."""
    with running.server.store.writing() as store:
        names = pa.table({"repository": ["r1", "r2"], "name": ["acme/shop", "Acme/billing"]})
        store.put_rollup("known_repository", names)
        store.put_rollup("spend", pa.Table.from_pylist(spend))
        store.put_rollup("state", pa.table({"version": [VERSION], "built_at": [BUILT]}))


def test_before_anything_is_rolled_up_there_is_nothing_to_choose(alone: Running) -> None:
    with looking(request_of(alone)) as at:
        assert not at.ready
        assert at.choices == {}


def test_what_was_spent_most_on_is_offered_first_and_the_untold_last(alone: Running) -> None:
    call = {"repository": "r1", "feature": None}
    roll_up(
        alone,
        [
            {**call, "team": "web", "agent": "codex", "model": "small", "list_microdollars": 5},
            {**call, "team": None, "agent": "codex", "model": "large", "list_microdollars": 90},
            {**call, "team": "api", "agent": "codex", "model": "large", "list_microdollars": 7},
        ],
    )
    with looking(request_of(alone)) as at:
        assert at.ready
        assert at.choices == {
            "repository": [Choice("r2", "Acme/billing"), Choice("r1", "acme/shop")],
            "team": [Choice("api", "api"), Choice("web", "web"), Choice("", "")],
            "agent": [Choice("codex", "codex")],
            "model": [Choice("large", "large"), Choice("small", "small")],
        }


def test_the_filter_is_that_of_the_address(alone: Running) -> None:
    with looking(request_of(alone, "since=2026-01-02&team=web")) as at:
        assert at.look.asked.since == date(2026, 1, 2)
        assert at.look.asked.team == ("web",)


def test_the_owner_of_the_machine_sees_everything_of_it(alone: Running) -> None:
    with looking(request_of(alone)) as at:
        assert at.viewer.local
        assert at.look.alone


def test_where_there_are_accounts_somebody_has_to_sign_in(company: Running) -> None:
    with pytest.raises(SignInNeeded), looking(request_of(company)):
        pass


def test_an_address_that_makes_no_sense_is_told(alone: Running) -> None:
    with (
        pytest.raises(UsageError, match="yesterday"),
        looking(request_of(alone, "since=yesterday")),
    ):
        pass
