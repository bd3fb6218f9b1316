"""Lists in parts: `limit` rows at a time, and a cursor that says where the next part begins."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

import orjson
import pyarrow as pa
from fastapi import HTTPException, Request

from landed.errors import UsageError

USUAL, MOST = 100, 10_000
_OUTDATED = "The figures were brought up to date meanwhile: begin again without cursor."
_UNKNOWN = "this cursor is none of this list: begin again without cursor"


@dataclass(frozen=True)
class Part:
    """Rows of a list from `offset` on, at most `limit` (null = all the rest)."""

    offset: int
    limit: int | None
    as_of: datetime

    def of(self, rows: pa.Table) -> tuple[pa.Table, str | None]:
        """The rows of this part, and the cursor of the next one; null where it is the last."""
        taken = rows.slice(self.offset, self.limit)
        return taken, self.following(taken.num_rows, rows.num_rows)

    def following(self, taken: int, total: int) -> str | None:
        """The cursor of the next part, after so many rows of all; null where there is none."""
        end = self.offset + taken
        return self._cursor(end) if taken and end < total else None

    @staticmethod
    def link(request: Request, following: str) -> str:
        """The header Link to the next part."""
        there = request.url.include_query_params(cursor=following)
        return f'<{there.path}?{there.query}>; rel="next"'

    def _cursor(self, offset: int) -> str:
        told = orjson.dumps([int(self.as_of.timestamp() * 1_000_000), offset])
        return base64.urlsafe_b64encode(told).decode().rstrip("=")


def part_of(request: Request, as_of: datetime, usual: int | None) -> Part:
    """The part that a request asks for, of a list as of `as_of`; `usual` rows where it says none.

    Raises UsageError for what is no limit or cursor; answers 409 to the cursor of an older list.
    """
    limit = limit_of(request, usual)
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return Part(0, limit, as_of)
    made, offset = _read(cursor)
    if made != int(as_of.timestamp() * 1_000_000):
        raise HTTPException(409, _OUTDATED)
    return Part(offset, limit, as_of)


def limit_of(request: Request, usual: int | None) -> int | None:
    """The number of rows that a request asks for; UsageError for what is none."""
    told = request.query_params.get("limit")
    if told is None:
        return usual
    if not (told.isdecimal() and len(told) < 9 and 1 <= int(told) <= MOST):
        raise UsageError(f"limit is {told}: it is a number from 1 to {MOST:,}")
    return int(told)


def _read(cursor: str) -> tuple[int, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made, offset = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError, binascii.Error):
        raise UsageError(_UNKNOWN) from None
    if not isinstance(made, int) or not isinstance(offset, int) or not 0 <= offset < 2**48:
        raise UsageError(_UNKNOWN)
    return made, offset
