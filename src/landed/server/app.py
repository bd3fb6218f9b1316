"""The application: routers of all parts, and the layers that every request goes through."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI

from landed.server import health
from landed.server.accounts import routes as accounts
from landed.server.errors import Faults, add_error_pages
from landed.server.measuring import Measured
from landed.server.security.addresses import is_https
from landed.server.security.forms import FormTokens
from landed.server.security.headers import SecureHeaders
from landed.server.security.origins import KnownOrigins
from landed.server.state import Server

PARTS = ("ingest", "api", "pages")
"""Packages that bring routes of their own."""


def create_app(server: Server) -> FastAPI:
    """The application that answers for `server`; it starts and stops nothing."""
    app = FastAPI(
        title="Landed",
        version=server.version,
        openapi_url=None,
        # their pages would load scripts from elsewhere
        docs_url=None,
        redoc_url=None,
        # these would name the host as a browser told it
        redirect_slashes=False,
    )
    app.state.server = server
    app.state.ingest = server.ingest
    app.include_router(health.router)
    app.include_router(accounts.router)
    _include_parts(app)
    add_error_pages(app)
    # the last one added is the first to see a request
    app.add_middleware(Faults)
    app.add_middleware(FormTokens, server=server)
    app.add_middleware(KnownOrigins, server=server)
    app.add_middleware(SecureHeaders, https=is_https(server.settings.server))
    app.add_middleware(Measured, meters=server.meters)
    return app


def _include_parts(app: FastAPI) -> None:
    """Include the `router` of every part that is there."""
    for part in PARTS:
        name = f"landed.server.{part}"
        if find_spec(name) is not None:
            app.include_router(import_module(name).router)
