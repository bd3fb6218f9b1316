"""Deliveries of webhooks into the store: each once, however late and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from landed.config import Settings
from landed.delivery.carried import carried_delivery
from landed.delivery.rows import arrow_rows
from landed.delivery.writing import Told, write_pages
from landed.records import FORGES, WebhookDelivery
from landed.sources.forges.webhooks import Delivery
from landed.store import Store
from landed.store.inbox import Waiting


def take_delivery(
    store: Store, forge: str, host: str, delivery: Delivery, received_at: datetime
) -> bool:
    """Write what a verified delivery says; false where the same one was taken before.

    `forge` is github or gitlab, `host` the forge's host. What the delivery tells in part only is
    remembered as stale, and asked for when the project is next read.

    Raises:
        StoreError: the store cannot be written; the delivery then counts as not taken.
    """
    host = host.lower()
    with store.transaction():
        known = store.query(
            "select 1 from webhook_delivery where repository = ? and host = ? and delivery = ?",
            [FORGES, host, delivery.delivery],
        )
        if known.num_rows:
            return False
        project = None if delivery.project is None else delivery.project.project
        write_pages(store, [Told(delivery.page, forge, host, project)], received_at)
        taken = WebhookDelivery(
            FORGES, host, delivery.delivery, delivery.event, project, received_at
        )
        rows, _ = arrow_rows("webhook_delivery", [taken])
        store.append("webhook_delivery", rows, FORGES)
    return True


def take_waiting(store: Store, settings: Settings, rows: Sequence[Waiting]) -> None:
    """Write deliveries that wait in the inbox, in order; those that were taken before are not.

    Raises:
        NoDelivery: a row holds none; nothing of `rows` is then to be kept.
        StoreError: the store cannot be written; nothing of `rows` then is.
    """
    del settings
    with store.transaction():
        for row in rows:
            told = carried_delivery(row.payload)
            take_delivery(store, told.forge, told.host, told.delivery, row.received_at)
