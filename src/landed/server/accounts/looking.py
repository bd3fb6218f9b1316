"""Noting who looks at figures, for the people whom they are about."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from landed.server.accounts.viewer import Viewer
from landed.server.pages.addresses import FILTER_NAMES
from landed.server.state import of


def looked(
    request: Request,
    viewer: Viewer,
    *,
    figure: str | None = None,
    people: Iterable[str] | None = None,
) -> None:
    """Note in the access log that `viewer` looks at this page, under its filters.

    `people` are the e-mail addresses of those whom the filters leave in; None where nobody is left
    out. `figure` names one figure, where the page is about one.
    """
    parameters = request.query_params
    filters = {name: parameters.getlist(name) for name in FILTER_NAMES if name in parameters}
    of(request).accounts.access.record(
        viewer.name, request.url.path, filters, figure=figure, people=people
    )
