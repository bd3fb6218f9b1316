"""The select statements of delivery, each in a file of its own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `NAME.sql`."""
    return files("landed.delivery").joinpath(f"{name}.sql").read_text("utf-8")
