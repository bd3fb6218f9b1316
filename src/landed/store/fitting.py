"""Whether Arrow rows fit a table of the vocabulary."""

from __future__ import annotations

import pyarrow as pa

from landed.errors import StoreError
from landed.records import Column, Table


def fit(table: Table, rows: pa.Table, repository: str) -> pa.Table:
    """`rows` with the table's columns in their order, without `repository`.

    Raises StoreError naming the table and column where a column is missing, unknown, of
    another type, or null though it may not be, and where rows are of another repository.
    """
    columns = [column for column in table.columns if column.name != "repository"]
    given = set(rows.schema.names)
    missing = [column.name for column in columns if column.name not in given]
    unknown = sorted(given - {column.name for column in table.columns})
    if missing or unknown:
        raise StoreError(
            f"rows do not fit the table {table.name}: "
            + "; ".join(
                f"{what} {', '.join(names)}"
                for what, names in (("missing", missing), ("unknown", unknown))
                if names
            )
        )
    if len(given) != rows.num_columns:
        raise StoreError(f"rows do not fit the table {table.name}: a column is there twice")
    if "repository" in given:
        _check_repository(table, rows["repository"], repository)
    for column in columns:
        _check_column(table, column, rows[column.name])
    return rows.select([column.name for column in columns])


def _check_repository(table: Table, values: pa.ChunkedArray, repository: str) -> None:
    others = [value for value in values.unique().to_pylist() if value != repository]
    if others:
        raise StoreError(
            f"rows for {table.name} of repository {repository} hold rows of {others[0]}"
        )


def _check_column(table: Table, column: Column, values: pa.ChunkedArray) -> None:
    given = values.type
    plain = given.value_type if pa.types.is_dictionary(given) else given
    if plain != column.type:
        raise StoreError(
            f"column {column.name} of {table.name} is {column.type}, the rows have {plain}"
        )
    if values.null_count and not column.nullable:
        raise StoreError(f"column {column.name} of {table.name} may not be null")
