"""The forms in which the API answers: JSON, CSV, Parquet."""

from __future__ import annotations

import io
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from fastapi import Request

from landed.errors import UsageError

Format = Literal["json", "csv", "parquet"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_FORMULA = r"^[=+\-@\t\r]"
"""How a spreadsheet knows a formula: such text gets an apostrophe before it."""


def format_of(request: Request) -> Format:
    """The form that `format=` asks for, else the header Accept; JSON where neither does.

    Raises UsageError for one that there is not.
    """
    told = request.query_params.get("format")
    if told is not None:
        for known in get_args(Format):
            if told == known:
                return known  # type: ignore[no-any-return]
        raise UsageError(f"there is no format {told}: it is one of {', '.join(get_args(Format))}")
    accepted = request.headers.get("accept", "")
    if "json" in accepted:
        return "json"
    for name, media_type in MEDIA_TYPES.items():
        if media_type.partition(";")[0] in accepted:
            return name
    return "json"


def written(rows: pa.Table, form: Literal["csv", "parquet"]) -> bytes:
    """The table as the bytes of a file."""
    sink = io.BytesIO()
    if form == "parquet":
        pyarrow.parquet.write_table(rows, sink)
    else:
        pyarrow.csv.write_csv(_harmless(rows), sink)
    return sink.getvalue()


def _harmless(rows: pa.Table) -> pa.Table:
    """The table without text that a spreadsheet would run."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            column = rows.column(place)
            marked = pc.binary_join_element_wise("'", column, "")
            harmful = pc.match_substring_regex(column, _FORMULA)
            rows = rows.set_column(place, field.name, pc.if_else(harmful, marked, column))
    return rows
