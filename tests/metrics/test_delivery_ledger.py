"""What production is told of a whole ledger is what it would be told of every line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.journey.shops import Shop, code

from landed.journey.columns import NEVER, microseconds
from landed.journey.crossings import Presence
from landed.journey.deployments import read_production
from landed.journey.history import read_history
from landed.journey.ledger_lines import read_every_stay, read_ledger_lines
from landed.metrics.delivery_ledger import Span, read_delivery_ledger
from landed.store import Store


@pytest.mark.parametrize("tagged", [True, False], ids=["releases", "deployments"])
def test_lines_of_trees_beside_the_main_line_are_in_production(
    tmp_path: Path, tagged: bool
) -> None:
    shop = Shop(tmp_path)
    base = shop.commit({"cart.py": code("a", "b", "c")})
    shop.commit({"cart.py": code("a", "b", "c", "d")})
    shop.history.branch("release", base)
    patch = shop.commit({"cart.py": code("b", "c", "x", "y")})
    shop.history.checkout("main")
    if tagged:
        shop.history.tag("v1.0", base)
        shop.history.tag("v1.0.1", patch)
    else:
        shop.deploy("d1", base)
        shop.deploy("d2", patch)
    shop.sync()
    now = microseconds(datetime(2025, 2, 1, tzinfo=UTC))
    with Store.open(shop.workspace) as store:
        if not tagged:
            _note_tree(shop, store, patch)
        history = read_history(store, shop.repository, NEVER)
        lines = read_ledger_lines(store, history)
        stays = read_every_stay(store, history, "main", lines)
        whole = read_production(
            store, shop.settings, history, lines.carriers, stays, len(lines), now
        )
        span = Span(0, NEVER, now)
        found = read_delivery_ledger(store, shop.settings, shop.repository, "main", span)
    for name in Presence.__dataclass_fields__:
        told = (getattr(each.presence, name) for each in (found.production, whole))
        assert np.array_equal(*told), name
    assert int(np.count_nonzero(found.production.presence.live)) == 4


def _note_tree(shop: Shop, store: Store, commit: str) -> None:
    """Tell in which lines the tree of a deployed commit differs from the main line at its base."""
    shop.rows = {name: [] for name in shop.rows}
    found = store.query(
        'select line, c."commit" = ? as own, line_number from line '
        'join "commit" c using (repository, commit_index) where repository = ?',
        [commit, shop.repository],
    ).to_pylist()
    made = store.query('select commit_index from "commit" where "commit" = ?', [commit]).to_pylist()
    shop.add(
        "deployed_commit",
        commit=commit,
        commit_index=made[0]["commit_index"],
        base_index=0,
        on_mainline=False,
        known=True,
    )
    for row in found:
        if row["own"]:
            shop.add("deployed_line", commit=commit, line=row["line"], present=True)
    first = min(row["line"] for row in found if not row["own"])
    shop.add("deployed_line", commit=commit, line=first, present=False)
    shop._landings, shop._decisions = [], []
    shop._write(store)
