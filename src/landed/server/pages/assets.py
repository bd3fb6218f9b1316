"""The style sheet and the scripts: addressed by their content, so browsers keep them for good."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import vl_convert
from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from landed.reports import palette
from landed.reports.charts import VEGA_LITE

router = APIRouter(include_in_schema=False)

_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
_NOT_KEPT = {"cache-control": "no-store"}
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_NAMES = ("landed.css", "theme.js", "landed.js", "charts.js", "vega.js", "icon.svg")
_VARIABLES = {
    **{f"who-{name}": colour for name, colour in palette.WHO.items()},
    "who-declared": palette.AI_DECLARED,
    "tint-1": palette.AI_TINTS[0],
    "tint-3": palette.AI_TINTS[2],
    "tint-5": palette.AI_TINTS[4],
    **{f"fate-{name}": colour for name, colour in palette.FATE.items()},
    "fate-waiting": palette.WAITING,
    "fate-waste": palette.WASTE,
    "ink": palette.INK,
    "muted": palette.MUTED,
    "grid": palette.GRID,
}
"""The style sheet's name of each colour."""


@dataclass(frozen=True)
class Asset:
    """A file that pages ask for, and where it is found."""

    name: str
    content: bytes

    @property
    def media_type(self) -> str:
        """What it is."""
        return _KINDS.get(self.name.rpartition(".")[2], "image/svg+xml")

    @property
    def address(self) -> str:
        """Its address, which changes with its content."""
        return f"/static/{hashlib.sha256(self.content).hexdigest()[:16]}/{self.name}"


@cache
def asset(name: str) -> Asset:
    """An asset by name; KeyError where there is none.

    `vega.js` (Vega, Vega-Lite and vega-embed, from the package that draws the charts) takes a
    second the first time.
    """
    if name not in _NAMES:
        raise KeyError(name)
    if name == "vega.js":
        # the package's type stub lacks the default of its first parameter
        bundle = vl_convert.javascript_bundle(vl_version=VEGA_LITE)  # type: ignore[call-arg]
        return Asset(name, bundle.encode())
    content = (files("landed.server.pages") / "static" / name).read_bytes()
    return Asset(name, colours().encode() + content if name == "landed.css" else content)


def address_of(name: str) -> str:
    """Where a page finds an asset."""
    if name == "vega.js":
        # told by the version, not the content: a page does not wait until the script is made
        return f"/static/{version('vl-convert-python')}-{VEGA_LITE}/vega.js"
    return asset(name).address


def colours() -> str:
    """The palette as style: a variable for each colour, and charts that follow them.

    Charts are drawn in the light colours; these rules turn them into the reader's.
    """
    variables = "".join(
        f"--{name}:light-dark({colour},{palette.DARK[colour]});"
        for name, colour in _VARIABLES.items()
    )
    follow = "".join(
        f'.chart svg [{attribute}="{colour}"]{{{attribute}:var(--{name})}}'
        for name, colour in _VARIABLES.items()
        for attribute in ("fill", "stroke")
    )
    return f":root{{{variables}}}\n{follow}\n"


@cache
def compressed(name: str) -> bytes:
    """The content of an asset, with gzip."""
    return gzip.compress(asset(name).content, compresslevel=9, mtime=0)


@router.get("/static/{content}/{name}")
def static(request: Request, content: str, name: str) -> Response:
    """An asset; one asked for by an old address is answered as it is now, and not kept."""
    if name not in _NAMES:
        return PlainTextResponse("There is no such file.", status_code=404)
    found = asset(name)
    current = address_of(name) == f"/static/{content}/{name}"
    headers = {
        **(_FOREVER if current else {"cache-control": "no-store"}),
        "vary": "accept-encoding",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.content, media_type=found.media_type, headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(compressed(name), media_type=found.media_type, headers=headers)
