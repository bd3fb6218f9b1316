"""The report as JSON: its records, field by field, as `schema/report-1.json` says."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson
from pydantic import TypeAdapter

from landed.reports.model import Report

SCHEMA_FILE = "report-1.json"
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_text(report: Report) -> str:
    """The report as indented JSON; times are RFC 3339 in UTC, shares from 0 to 1."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()


def shipped_schema() -> dict[str, Any]:
    """The JSON Schema that ships with this version."""
    text = files("landed.reports").joinpath("schema", SCHEMA_FILE).read_bytes()
    schema: dict[str, Any] = orjson.loads(text)
    return schema


def schema_of_model() -> dict[str, Any]:
    """The JSON Schema of the records as they are; the shipped file must equal it."""
    schema = TypeAdapter(Report).json_schema(mode="serialization")
    return {"$schema": _DRAFT, "title": "landed report --json", **schema}
