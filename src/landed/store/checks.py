"""Checks of what the writers guarantee, and facts about the store that people ask for."""

from __future__ import annotations

from landed.records import TABLES
from landed.store.base import Store


def duplicated_keys(store: Store) -> dict[str, int]:
    """For each table the number of keys that more than one row has; tables without are left out."""
    found = {}
    for table in TABLES.values():
        key = ", ".join(f'"{column}"' for column in table.key)
        counted = store.query(
            f'select count(*) as n from (select {key} from "{table.name}" group by {key} '
            "having count(*) > 1)"
        )
        duplicates: int = counted["n"][0].as_py()
        if duplicates:
            found[table.name] = duplicates
    return found


def row_counts(store: Store) -> dict[str, int]:
    """The number of rows of every table."""
    each = " union all ".join(
        f"select '{name}' as name, count(*) as n from \"{name}\"" for name in TABLES
    )
    counted = store.query(each).to_pylist()
    return {row["name"]: row["n"] for row in counted}
