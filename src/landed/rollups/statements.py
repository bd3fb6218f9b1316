"""The statements by which relations are rolled up, each in a file of its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `sql/NAME.sql`."""
    return files("landed.rollups").joinpath("sql", f"{name}.sql").read_text("utf-8")
