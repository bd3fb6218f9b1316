"""The texts of generated lines: kept while they may be needed, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.shop import LAST_EVENT, Shop

from landed.attribution.sessions.ingest import SessionsRead
from landed.attribution.sessions.spool import Spool, prune
from landed.store import Store
from landed.sync import sync


def kept(shop: Shop) -> set[str]:
    spool = Spool(shop.settings().workspace)
    with Store.for_settings(shop.settings(), read_only=True) as store:
        edits = store.query("select edit from edit")["edit"].to_pylist()
    return {line for lines in spool.texts(edits).values() for line in lines}


def test_a_text_is_dropped_once_all_its_lines_are_found(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()
    assert {"def discounted(amount, percent):", "def draft():"} <= kept(shop)

    sync(shop.path, shop.settings())

    # the draft is not committed yet
    assert kept(shop) == {'"""A draft."""', "", "def draft():", '    return "not yet"'}


def test_a_text_is_dropped_when_it_is_old(shop: Shop, read: Callable[[], SessionsRead]) -> None:
    read()
    settings = shop.settings()

    with Store.for_settings(settings) as store:
        prune(store, settings, now=LAST_EVENT + timedelta(days=59))
    young = kept(shop)
    with Store.for_settings(settings) as store:
        prune(store, settings, now=LAST_EVENT + timedelta(days=61))

    assert "def draft():" in young
    assert kept(shop) == set()


def test_switching_it_off_takes_away_what_is_there(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    read()
    shop.configure("[sessions]\nkeep_text = false")

    sync(shop.path, shop.settings())

    assert not Spool(shop.settings().workspace).path.exists()


def test_no_credentials_of_a_remote_reach_the_store(
    shop: Shop, read: Callable[[], SessionsRead]
) -> None:
    for log in shop.logs():
        text = log.read_text("utf-8")
        log.write_text(
            text.replace(
                '"git":{', '"git":{"repository_url":"https://ana:token@example.com/acme/shop.git",'
            ),
            "utf-8",
        )

    read()

    with Store.for_settings(shop.settings(), read_only=True) as store:
        remotes = store.query("select distinct remote from session order by 1 nulls first")
    assert remotes["remote"].to_pylist() == [None, "example.com/acme/shop"]
