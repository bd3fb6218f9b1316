"""From a chart to what a page shows: a specification for its script, and a picture without it.

A chart is drawn once, in the light colours; the style sheet turns them into the reader's. Where
scripts run, Vega draws it; where none runs, the browser asks for the picture, and only then is
it drawn here.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import orjson
import vl_convert
from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import PlainTextResponse, Response

from landed.reports import palette
from landed.reports.charts import VEGA_LITE
from landed.server.pages.listing import Column

router = APIRouter(include_in_schema=False)

Chart = alt.Chart | alt.LayerChart | alt.FacetChart
Size = Literal["whole", "half", "narrow"]
WIDTHS: dict[Size, int] = {"whole": 1040, "half": 520, "narrow": 320}
"""Pixels of the pictures: a card over the whole row, over half of it, and on a phone."""
HEIGHT = 220
"""Pixels of a chart, unless it says otherwise."""
KEPT = 400
"""Charts whose pictures can still be asked for."""
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


@dataclass(frozen=True)
class Series:
    """What is drawn in one colour, and the name it has in the legend and in the data."""

    name: str
    colour: str


@dataclass(frozen=True)
class Drawn:
    """A chart as the macro `chart` of components.html shows it.

    Attributes:
        name: its name in the page: letters, digits and hyphens.
        question: what it answers; its caption.
        answer: the answer in one sentence.
        spec: the Vega-Lite specification, safe inside a script element.
        digest: what its pictures are asked for by.
        height: about how high it is, in pixels, so that the page does not jump.
        series: its legend.
        columns, rows: the same figures as a table.
    """

    name: str
    question: str
    answer: str
    spec: Markup
    digest: str
    height: int
    series: tuple[Series, ...]
    columns: tuple[Column, ...]
    rows: tuple[Any, ...]

    def picture(self, size: Size) -> str:
        """The address of its picture of a size."""
        return f"/charts/{self.digest}-{size}.svg"


def drawn(
    name: str,
    question: str,
    chart: Chart,
    *,
    columns: Sequence[Column],
    rows: Sequence[Any],
    answer: str = "",
    series: Sequence[Series] = (),
    height: int = HEIGHT,
) -> Drawn:
    """A chart ready for its page. `columns` and `rows` tell the same figures as a table."""
    spec = finished(chart, height)
    return Drawn(
        name=name,
        question=question,
        answer=answer,
        spec=Markup(spec.decode().replace("<", "\\u003c")),
        digest=_specifications.keep(spec),
        height=height + 40,
        series=tuple(series),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def finished(chart: Chart, height: int = HEIGHT) -> bytes:
    """The specification, as JSON, with the look that all charts share."""
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    shaped = chart.properties(width="container", height=height, autosize=fitted).configure(
        aria=False,
        background="transparent",
        font=_FONT,
        padding=2,
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=palette.MUTED,
            titleColor=palette.MUTED,
            titleFontWeight="normal",
            labelFontSize=11,
            titleFontSize=11,
            labelPadding=6,
            gridColor=palette.GRID,
            domainColor=palette.GRID,
            tickColor=palette.GRID,
            domain=False,
            ticks=False,
        ),
        text=alt.MarkConfig(fontSize=11),
    )
    spec: dict[str, Any] = shaped.to_dict(validate=False)
    spec.pop("$schema")
    return orjson.dumps(spec)


class Specifications:
    """The newest charts, by a digest of what they draw: their pictures may be asked for."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, spec: bytes) -> str:
        """Remember a specification; its digest."""
        digest = hashlib.blake2b(spec, digest_size=16).hexdigest()
        with self._lock:
            self._kept[digest] = spec
            self._kept.move_to_end(digest)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return digest

    def find(self, digest: str) -> bytes | None:
        """The specification; null where it is no longer, or was never, known."""
        with self._lock:
            return self._kept.get(digest)


_specifications = Specifications()


@lru_cache(maxsize=KEPT)
def picture(spec: bytes, size: Size) -> bytes:
    """The chart as SVG of a width, in light and, where the reader prefers it, dark colours."""
    parts = orjson.loads(spec)
    parts["width"] = WIDTHS[size]
    # the reader's letters may be wider than those that were measured here
    parts["config"]["padding"] = {"left": 16, "right": 8, "top": 2, "bottom": 2}
    svg = vl_convert.vegalite_to_svg(parts, vl_version=VEGA_LITE)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{_dark()}</style>", svg, count=1).encode()


def _dark() -> str:
    rules = "".join(
        f'[{attribute}="{light}"]{{{attribute}:{dark}}}'
        for light, dark in palette.DARK.items()
        for attribute in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"


@router.get("/charts/{digest}-{size}.svg")
def chart_picture(digest: str, size: Size) -> Response:
    """The picture of a chart that a page showed not long ago."""
    spec = _specifications.find(digest)
    if spec is None:
        told = "This picture is no longer kept: load its page again."
        return PlainTextResponse(told, status_code=404)
    headers = {"cache-control": "private, max-age=3600"}
    return Response(picture(spec, size), media_type="image/svg+xml", headers=headers)
