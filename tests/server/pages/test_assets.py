"""Style and scripts: kept by browsers for good, and never stale."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from landed.reports import palette
from landed.server.pages import assets

_APP = FastAPI()
_APP.include_router(assets.router)
CLIENT = TestClient(_APP)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("landed.css", "text/css"), ("landed.js", "text/javascript"), ("theme.js", "text/javascript"),
     ("charts.js", "text/javascript"), ("vega.js", "text/javascript"),
     ("icon.svg", "image/svg+xml")],
)  # fmt: skip
def test_an_asset_is_kept_for_good_at_its_own_address(name: str, kind: str) -> None:
    answer = CLIENT.get(assets.address_of(name))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == assets.asset(name).content


def test_an_old_address_is_answered_and_not_kept() -> None:
    answer = CLIENT.get("/static/0123456789abcdef/landed.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_assets_come_compressed_where_that_is_understood() -> None:
    plain = CLIENT.get(assets.address_of("vega.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = CLIENT.get(assets.address_of("vega.js"), headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content


@pytest.mark.parametrize("name", ["nothing.js", "..%2Frendering.py", "landed.css.bak"])
def test_nothing_else_is_served(name: str) -> None:
    assert CLIENT.get(f"/static/0/{name}").status_code == 404


def test_every_colour_of_a_chart_follows_the_reader() -> None:
    style = assets.colours()
    for light, dark in palette.DARK.items():
        assert f"light-dark({light},{dark})" in style
        assert f'.chart svg [fill="{light}"]' in style


def test_the_style_sheet_uses_no_variable_that_it_lacks() -> None:
    style = assets.asset("landed.css").content.decode()
    told = set(re.findall(r"(--[\w-]+):", style))
    used = set(re.findall(r"var\((--[\w-]+)", style))
    assert used - told == set()
