"""How the API answers: the model of a page, or rows, in the form that is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import orjson
import pyarrow as pa
from fastapi import HTTPException, Request
from starlette.responses import Response

from landed.rollups import Filter
from landed.server.api.formats import MEDIA_TYPES, Format, format_of, written
from landed.server.api.paging import USUAL, part_of
from landed.server.api.tables import chosen_table, tables_of
from landed.server.pages.looking import Looking
from landed.server.state import of

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
_NOT_YET = (
    "Nothing has been added up yet: the server does so within a minute of the first thing it "
    "reads; landed sync PATH reads a repository"
)
HIDDEN = "landed-hidden"
"""The header that says why a table has no rows, where privacy forbids it."""


class Fresh:
    """Whether the asker has the answer already; it depends on the roll-ups, and on who asks what.

    A new start may bring other settings, and a new day another time to look at: both count as a
    change.
    """

    def __init__(self, request: Request, at: Looking) -> None:
        server = of(request)
        today = datetime.combine(datetime.now(UTC).date(), time.min, UTC)
        self.modified = max(at.look.as_of, server.started_at, today).astimezone(UTC)
        told = (
            at.look.as_of,
            server.started_at,
            server.version,
            request.url.path,
            sorted(request.query_params.multi_items()),
            request.headers.get("accept"),
            asdict(at.look.asked),
            at.viewer.name,
            sorted(at.viewer.people),
            at.viewer.role,
            at.viewer.may_read_code,
        )
        self.tag = etag(repr(told).encode())

    @property
    def headers(self) -> dict[str, str]:
        """The headers that let the asker ask whether something is new."""
        return {
            "etag": self.tag,
            "last-modified": format_datetime(self.modified.replace(microsecond=0), usegmt=True),
            **KEPT,
        }

    def known(self, request: Request) -> Response | None:
        """The answer that nothing is new; null where the asker has another answer, or none."""
        if is_known(request, self.tag, self.modified):
            return Response(status_code=304, headers=self.headers)
        return None


KEPT = {"cache-control": "private, no-cache", "vary": "accept, authorization, cookie"}
"""Browsers may keep an answer, and ask each time whether it holds."""


def etag(content: bytes) -> str:
    """The tag of some content."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_known(request: Request, tag: str, modified: datetime | None = None) -> bool:
    """Whether a request says that its asker has what bears this tag."""
    told = request.headers.get("if-none-match")
    if told is not None:
        return told.strip() == "*" or tag in [
            one.strip().removeprefix("W/") for one in told.split(",")
        ]
    since = request.headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(since) >= modified.replace(microsecond=0)
    except (TypeError, ValueError):
        return False


def require_rollups(at: Looking) -> None:
    """Answer 503, saying what to wait for, where nothing has been added up yet."""
    if not at.ready:
        raise HTTPException(503, _NOT_YET, {"retry-after": "10"})


def answer_model(
    request: Request,
    at: Looking,
    kind: type,
    model: object,
    main: str,
    name: str,
    *,
    partly: bool = False,
    beside: dict[str, Any] | None = None,
    lasting: bool = True,
) -> Response:
    """A page's model in the form that is asked for.

    As JSON it is whole, unless `table=` asks for one of its tables; CSV and Parquet are always one
    table, `main` without `table=`. A model that is hidden as a whole is null, with the reason; one
    that is shown `partly` says itself which of its parts is hidden, and why. `beside` stands in the
    JSON too; what is not `lasting` changes between two roll-ups.
    """
    hidden = None if partly else getattr(model, "hidden", None)
    hidden = hidden if isinstance(hidden, str) else None
    shown = None if hidden is not None else model
    form, table = format_of(request), request.query_params.get("table")
    headers = Fresh(request, at).headers if lasting else dict(KEPT)
    if form == "json" and table is None:
        content = {**about(at), "hidden": hidden, **(beside or {}), "data": shown}
        return json_answer(content, headers)
    rows = chosen_table(tables_of(kind, shown), table or main)
    return answer_rows(request, at, rows, f"{name}-{table or main}", hidden=hidden)


def answer_rows(
    request: Request,
    at: Looking,
    rows: pa.Table,
    name: str,
    *,
    hidden: str | None = None,
    beside: dict[str, Any] | None = None,
) -> Response:
    """A list in the form that is asked for: in JSON by parts, else as a whole unless asked."""
    form = format_of(request)
    headers = Fresh(request, at).headers
    if hidden is not None:
        headers[HIDDEN] = hidden.encode("ascii", "replace").decode()
    part = part_of(request, at.look.as_of, USUAL if form == "json" else None)
    taken, following = part.of(rows)
    if following is not None:
        headers["link"] = part.link(request, following)
    if form == "json":
        content = {
            **about(at),
            "hidden": hidden,
            **(beside or {}),
            "rows": None if hidden is not None else taken.to_pylist(),
            "total": None if hidden is not None else rows.num_rows,
            "next": following,
        }
        return json_answer(content, headers)
    return file_answer(taken, form, name, headers)


def about(at: Looking) -> dict[str, Any]:
    """As of when, and of what, an answer is; `notice` says where the figures are made up."""
    look = at.look
    return {"as_of": look.as_of, "filter": _told(look.asked), "notice": look.settings.notice}


def json_answer(content: Any, headers: dict[str, str] | None = None) -> Response:
    """Content as JSON; times are RFC 3339 in UTC."""
    body = orjson.dumps(content, option=_OPTIONS, default=_as_list)
    return Response(body, media_type=MEDIA_TYPES["json"], headers=headers)


def file_answer(
    rows: pa.Table, form: Format, name: str, headers: dict[str, str] | None = None
) -> Response:
    """A table as a file to keep."""
    assert form != "json"
    disposition = f'attachment; filename="landed-{name}.{form}"'
    return Response(
        written(rows, form),
        media_type=MEDIA_TYPES[form],
        headers={**(headers or {}), "content-disposition": disposition},
    )


def _told(asked: Filter) -> dict[str, Any]:
    return {name: value for name, value in asdict(asked).items() if value not in (None, ())}


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")
