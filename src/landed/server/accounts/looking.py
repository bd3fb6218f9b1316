"""Noting who looks at figures, for the people whom they are about."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from landed.rollups.filters import Filter
from landed.server.accounts.viewer import Viewer
from landed.server.asked import FILTER_NAMES
from landed.server.state import of
from landed.store import Store


def looked(
    request: Request,
    viewer: Viewer,
    people: Iterable[str] | None,
    *,
    figure: str | None = None,
) -> None:
    """Note in the access log that `viewer` looks at this page, under its filters.

    `people` are the e-mail addresses of those whom it is about; None where it is about everybody.
    `figure` names one figure, where the page is about one.
    """
    parameters = request.query_params
    filters = {name: parameters.getlist(name) for name in FILTER_NAMES if name in parameters}
    of(request).accounts.access.record(
        viewer.name, request.url.path, filters, figure=figure, people=people
    )


def people_left(store: Store, asked: Filter) -> list[str] | None:
    """Whom a filter leaves in, whenever they worked; None where it chooses nobody out.

    The roll-ups have to be there.
    """
    if not asked.restricted:
        return None
    conditions = [
        f"{name} in ({', '.join('?' for _ in asked.values(name))})" for name in asked.restricted
    ]
    rows = store.query(
        "select distinct person from rollup.presence where person is not null and "
        + " and ".join(conditions),
        [value for name in asked.restricted for value in asked.values(name)],
    )
    people: list[str] = rows["person"].to_pylist()
    return people
