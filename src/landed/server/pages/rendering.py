"""From a template and what a page knows to the answer a browser gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from landed.rollups.filters import Dimension, Filter
from landed.server.accounts.refusals import PasswordChangeNeeded, SignInNeeded
from landed.server.accounts.viewer import Viewer, viewer
from landed.server.pages import assets, drawing
from landed.server.pages.addresses import Address
from landed.server.pages.figures import FILTERS
from landed.server.pages.filter_bar import Choice, bar_of, filter_of
from landed.server.pages.listing import value_of
from landed.server.state import of


@dataclass(frozen=True)
class Place:
    """A page in the navigation: its path, its name, and its icon in components.html."""

    path: str
    name: str
    icon: str


NAVIGATION = (
    Place("/", "Overview", "overview"),
    Place("/journey", "Journey", "journey"),
    Place("/spend", "Spend", "spend"),
    Place("/agents", "Agents and models", "agents"),
    Place("/quality", "Quality", "quality"),
    Place("/changes", "Changes", "changes"),
    Place("/repositories", "Repositories", "repositories"),
    Place("/data", "Data", "data"),
)


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    choices: Mapping[Dimension, Sequence[Choice]] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page: `template` of `templates/`, with `context` and what every page has.

    `choices` are what the filter bar offers; without it the page has no filter bar. Every
    template knows `viewer` (null before signing in; a route that knows it may pass it on, to ask
    only once), `here` (its Address), `now`, and `asset`.
    """
    address = Address(request.url.path, request.query_params)
    told = {
        "viewer": context["viewer"] if "viewer" in context else _viewer_or_nobody(request),
        "here": address,
        "filter_bar": None if choices is None else bar_of(address, choices),
        "places": NAVIGATION,
        "current": current_place(address.path),
        "version": of(request).version,
        "made_up": of(request).made_up,
        "form_token": getattr(request.state, "form_token", ""),
        "now": datetime.now(UTC),
        **context,
    }
    return HTMLResponse(environment().get_template(template).render(told), status_code=status)


def asked_filter(request: Request) -> Filter:
    """The filter in the address of a request; UsageError where it makes no sense."""
    return filter_of(request.query_params, datetime.now(UTC).date())


def current_place(path: str) -> str:
    """The page of the navigation that a path belongs to; empty for none."""
    own = [
        place.path
        for place in NAVIGATION
        if path == place.path or (place.path != "/" and path.startswith(f"{place.path}/"))
    ]
    return own[0] if own else ""


@cache
def environment() -> Environment:
    """Where templates come from: everything they print is escaped, a name they lack is an error."""
    found = Environment(
        loader=PackageLoader("landed.server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= FILTERS
    found.filters["written"] = _written
    found.globals |= {
        "asset": assets.address_of,
        "sparkline": drawing.sparkline,
        "scale_of": drawing.scale_of,
        "flow_bands": drawing.flows,
        "value_of": value_of,
    }
    return found


def _written(value: Any, name: str | None) -> Any:
    """A value as the filter `name` writes it; as it is where there is no name."""
    if value is None:
        return "–"
    return value if name is None else FILTERS[name](value)


def _viewer_or_nobody(request: Request) -> Viewer | None:
    try:
        return viewer(request)
    except (SignInNeeded, PasswordChangeNeeded):
        return None
