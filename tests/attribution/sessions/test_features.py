"""Which feature a session worked for, and by which rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.shop import Shop

from landed.attribution.sessions.features import assign_features
from landed.attribution.sessions.ingest import SessionsRead
from landed.errors import ConfigurationError
from landed.store import Store
from landed.sync import sync

Read = Callable[[], SessionsRead]


def features(shop: Shop) -> dict[str, tuple[Any, Any]]:
    settings = shop.settings()
    with Store.for_settings(settings) as store:
        assign_features(store, settings)
        rows = store.query("select session, feature, feature_rule from session_place").to_pylist()
    return {row["session"][:13]: (row["feature"], row["feature_rule"]) for row in rows}


def test_an_issue_key_in_the_branch_names_the_feature(shop: Shop, read: Read) -> None:
    read()

    found = features(shop)

    assert found["076b6f39-1f4f"] == ("SHOP-7", "issue-key")
    assert found["01a200a4-c663"] == ("SHOP-9", "issue-key")
    # files at the top, no key, no scope known yet
    assert found["08143267-b36a"] == (None, None)


def test_the_configuration_comes_first(shop: Shop, read: Read) -> None:
    shop.configure(
        '[[features]]\nname = "taxes"\nbranches = ["feature/*tax"]\n'
        '[[features]]\nname = "the cart"\npaths = ["cart.py"]'
    )
    read()

    found = features(shop)

    assert found["076b6f39-1f4f"] == ("taxes", "configuration")
    assert found["06436a8f-1fd9"] == ("the cart", "configuration")
    assert found["01a200a4-c663"] == ("SHOP-9", "issue-key")


def test_a_pattern_that_cannot_be_one_is_refused(shop: Shop) -> None:
    shop.configure('issue_key = "("')

    with pytest.raises(ConfigurationError, match="no regular expression"):
        shop.settings()


def test_features_stay_when_new_logs_arrive(shop: Shop, read: Read) -> None:
    sync(shop.path, shop.settings())
    log = next(log for log in shop.logs() if log.name.startswith("82da447a"))
    copy = log.with_name("11111111-0000-4000-8000-000000000000.jsonl")
    copy.write_text(log.read_text("utf-8").replace("82da447a", "11111111"), "utf-8")

    assert read().read == 1

    with Store.for_settings(shop.settings(), read_only=True) as store:
        rows = store.query("select feature from session_place where feature = 'cart'")
    assert rows.num_rows == 3
