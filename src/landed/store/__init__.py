"""The store: the only owner of the database, and of its Parquet form."""

from landed.store.base import DATABASE_NAME, Store
from landed.store.migrations import SCHEMA_VERSION
from landed.store.parquet import Exported, export_store, import_store

__all__ = [
    "DATABASE_NAME",
    "SCHEMA_VERSION",
    "Exported",
    "Store",
    "export_store",
    "import_store",
]
