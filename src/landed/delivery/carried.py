"""Deliveries of webhooks on their way from the door to the store: as JSON, without any text.

What a forge sends holds titles, bodies and comments. It is read into records at once, and only
these wait to be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

import orjson
import pyarrow as pa

from landed.delivery.rows import NAMES
from landed.delivery.writing import UNSTORABLE
from landed.errors import ForgeError
from landed.records import TABLES, Project
from landed.sources.forges.contract import ForgeRecord, Page
from landed.sources.forges.webhooks import Delivery

_VERSION = 1


class NoDelivery(ForgeError):
    """Bytes are no delivery that `CarriedDelivery.payload` made."""


@dataclass(frozen=True, slots=True)
class CarriedDelivery:
    """A verified delivery, and where it is from: `forge` is github or gitlab, `host` its host."""

    forge: str
    host: str
    delivery: Delivery

    @property
    def key(self) -> str:
        """What the same delivery has again, however often it is sent."""
        return f"{self.forge}:{self.host}:{self.delivery.delivery}"

    def payload(self) -> bytes:
        """The delivery as JSON; records that JSON cannot hold become faults of its page."""
        page, project = self.delivery.page, self.delivery.project
        faults = dict(page.faults)
        records = []
        for record in page.records:
            row = _row(record)
            if row is None:
                faults[UNSTORABLE] = faults.get(UNSTORABLE, 0) + 1
            else:
                records.append(row)
        told = {
            "version": _VERSION,
            "forge": self.forge,
            "host": self.host,
            "delivery": _plain(self.delivery.delivery),
            "event": _plain(self.delivery.event),
            "project": None if project is None or _row(project) is None else asdict(project),
            "whole": sorted(page.whole),
            "stale": sorted(page.stale),
            "teams_of": sorted(map(_plain, page.teams_of)),
            "faults": faults,
        }
        return b'{"records":[%s],%s' % (b",".join(records), _json(told)[1:])


def carried_delivery(payload: bytes) -> CarriedDelivery:
    """The delivery that `payload` holds.

    Raises:
        NoDelivery: it holds none, or one of another version.
    """
    try:
        told = orjson.loads(payload)
        if told["version"] != _VERSION:
            raise NoDelivery("a delivery was kept by another version of Landed")
        page = Page(
            records=[_record(table, row) for table, row in told["records"]],
            whole=set(told["whole"]),
            stale=set(told["stale"]),
            teams_of=set(told["teams_of"]),
            faults=told["faults"],
        )
        project = told["project"]
        delivery = Delivery(
            delivery=told["delivery"],
            event=told["event"],
            project=None if project is None else cast("Project", _record("project", project)),
            page=page,
        )
        return CarriedDelivery(told["forge"], told["host"], delivery)
    except (KeyError, TypeError, ValueError) as error:
        raise NoDelivery(f"what was kept is no delivery of a webhook: {error}") from error


def _row(record: ForgeRecord) -> bytes | None:
    """The name of a record's table and its columns; None where JSON cannot hold them."""
    try:
        return _json([NAMES[type(record)], asdict(record)])
    except orjson.JSONEncodeError:
        return None


def _json(told: object) -> bytes:
    # orjson itself rounds zones to minutes
    return orjson.dumps(told, default=datetime.isoformat, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _record(table: str, row: Mapping[str, Any]) -> ForgeRecord:
    described = TABLES[table]
    values = dict(row)
    for column in described.columns:
        if pa.types.is_timestamp(column.type) and values[column.name] is not None:
            values[column.name] = datetime.fromisoformat(values[column.name])
    return cast("ForgeRecord", described.record(**values))


def _plain(text: str) -> str:
    """A name as JSON can hold it: headers and payloads may hold halves of characters."""
    return text.encode("utf-8", "backslashreplace").decode()
