"""The store as partitioned Parquet, out and in: backup, upgrade, and the way to other engines.

Layout: `DIR/<table>/repository=<id>/part-0.parquet`, and `DIR/manifest.json`, written last.
The column `repository` is the directory's name, as usual for partitions; read it as text.
Two stores with equal rows give byte-identical files.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from landed.errors import StoreError, UsageError
from landed.records import TABLES, Table
from landed.store.base import Store, ordered_selection
from landed.store.migrations import SCHEMA_VERSION

MANIFEST_NAME = "manifest.json"
FORMAT = "landed-export"
ROW_GROUP_ROWS = 122_880
COMPRESSION = "zstd"
COMPRESSION_LEVEL = 3
_STAGE = ".unfinished"
_PLAIN_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")


@dataclass(frozen=True)
class Exported:
    """What an export holds: the rows of each table, and of which repositories."""

    schema_version: int
    portable: bool
    repositories: tuple[str, ...]
    rows: dict[str, int]


@dataclass(frozen=True)
class _Part:
    """One Parquet file of an export."""

    table: str
    repository: str
    rows: int
    sha256: str

    def path_in(self, directory: Path) -> Path:
        return directory / self.table / f"repository={self.repository}" / "part-0.parquet"


def export_store(store: Store, directory: Path, *, portable: bool = False) -> Exported:
    """Write every table of `store` to `directory`.

    `portable` leaves out the tables that describe this machine. An earlier export in
    `directory` is replaced, and stays whole until the new one is complete. Raises UsageError
    where `directory` holds anything else.
    """
    _check_target(directory)
    stage = directory / _STAGE
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        parts = [
            part
            for table in TABLES.values()
            if not (portable and table.local)
            for part in _write_table(store, table, stage)
        ]
        _put_in_place(stage, directory, _manifest(parts, store, portable))
    except OSError as error:
        raise StoreError(f"cannot write the export to {directory}: {error}") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return _summary(parts, portable)


def import_store(store: Store, directory: Path) -> Exported:
    """Read an export into `store`, in one transaction.

    The repositories it holds are replaced, so importing twice changes nothing. A portable
    export leaves the tables of this machine as they are, except how far sources were read:
    that described the rows now replaced, and is forgotten. Raises StoreError, with nothing
    changed, where the export is incomplete, damaged, or of another schema.
    """
    portable, repositories, parts = _read_manifest(directory)
    for part in parts:
        _check_part(part, directory)
    with store.transaction():
        for table in TABLES.values():
            if table.local and portable and table.name != "source_state":
                continue
            for repository in repositories:
                store.delete(table.name, repository)
        for part in parts:
            with pq.ParquetFile(part.path_in(directory)) as file:
                for group in range(file.num_row_groups):
                    store.append(part.table, file.read_row_group(group), part.repository)
    return _summary(parts, portable, repositories)


def _check_target(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file: name a directory for the export")
    ours = {MANIFEST_NAME, _STAGE, *TABLES}
    try:
        found = {entry.name for entry in directory.iterdir()} if directory.exists() else set()
    except OSError as error:
        raise UsageError(f"cannot read {directory}: {error.strerror}") from error
    if found - ours:
        raise UsageError(
            f"{directory} holds other files ({min(found - ours)}): name a new or empty directory"
        )


def _write_table(store: Store, table: Table, directory: Path) -> Iterator[_Part]:
    schema = pa.schema([field for field in table.schema if field.name != "repository"])
    for repository in store.repositories_in(table.name):
        if _PLAIN_ID.fullmatch(repository) is None:
            raise StoreError(f"repository id {repository!r} cannot name a directory")
        target = _Part(table.name, repository, 0, "").path_in(directory)
        target.parent.mkdir(parents=True)
        reader = store.batches(
            ordered_selection(table.name, schema.names), [repository], ROW_GROUP_ROWS
        )
        rows = 0
        with pq.ParquetWriter(
            target,
            schema,
            version="2.6",
            compression=COMPRESSION,
            compression_level=COMPRESSION_LEVEL,
            store_schema=False,
        ) as writer:
            for group in _equal_groups(reader, schema):
                writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
                rows += group.num_rows
        yield _Part(table.name, repository, rows, _digest(target))


def _equal_groups(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of exactly ROW_GROUP_ROWS rows (the last may be shorter), in one chunk each.

    The engine's batches vary in size; Parquet pages follow the chunks that they are given,
    so equal rows make equal bytes only when the chunks are equal too.
    """
    waiting: list[pa.Table] = []
    count = 0
    for batch in reader:
        waiting.append(pa.Table.from_batches([batch]).cast(schema))
        count += batch.num_rows
        while count >= ROW_GROUP_ROWS:
            rows = pa.concat_tables(waiting)
            yield rows.slice(0, ROW_GROUP_ROWS).combine_chunks()
            waiting = [rows.slice(ROW_GROUP_ROWS)]
            count -= ROW_GROUP_ROWS
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def _manifest(parts: list[_Part], store: Store, portable: bool) -> bytes:
    content = {
        "format": FORMAT,
        "schema": store.schema_version,
        "portable": portable,
        "repositories": sorted({part.repository for part in parts}),
        "parts": [
            {
                "table": part.table,
                "repository": part.repository,
                "rows": part.rows,
                "sha256": part.sha256,
            }
            for part in parts
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _put_in_place(stage: Path, directory: Path, manifest: bytes) -> None:
    """Move the finished tables over those of an earlier export; the manifest comes last."""
    (directory / MANIFEST_NAME).unlink(missing_ok=True)
    for name in TABLES:
        if (directory / name).exists():
            shutil.rmtree(directory / name)
        if (stage / name).exists():
            (stage / name).rename(directory / name)
    (stage / MANIFEST_NAME).write_bytes(manifest)
    (stage / MANIFEST_NAME).rename(directory / MANIFEST_NAME)


def _read_manifest(directory: Path) -> tuple[bool, list[str], list[_Part]]:
    path = directory / MANIFEST_NAME
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{directory} is no complete export: cannot read {MANIFEST_NAME} ({error.strerror})"
        ) from error
    except orjson.JSONDecodeError as error:
        raise StoreError(f"{path} is not valid JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise StoreError(f"{path} is not the manifest of an export of Landed")
    if content.get("schema") != SCHEMA_VERSION:
        raise StoreError(
            f"the export has schema {content.get('schema')}, this Landed knows {SCHEMA_VERSION}: "
            "export and import with the same version"
        )
    try:
        parts = [_part(entry) for entry in content["parts"]]
        repositories = [_checked_id(entry) for entry in content["repositories"]]
        return bool(content["portable"]), repositories, parts
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path} is damaged: {error}") from error


def _part(entry: dict[str, Any]) -> _Part:
    if entry["table"] not in TABLES:
        raise ValueError(f"unknown table {entry['table']}")
    repository = _checked_id(entry["repository"])
    return _Part(entry["table"], repository, int(entry["rows"]), str(entry["sha256"]))


def _checked_id(repository: str) -> str:
    if _PLAIN_ID.fullmatch(repository) is None:
        raise ValueError(f"repository id {repository!r} cannot name a directory")
    return repository


def _check_part(part: _Part, directory: Path) -> None:
    path = part.path_in(directory)
    try:
        if _digest(path) != part.sha256:
            raise StoreError(f"{path} is not what was exported (its checksum differs)")
        rows = pq.ParquetFile(path).metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"cannot read {path}: {error}") from error
    if rows != part.rows:
        raise StoreError(f"{path} has {rows} rows, the manifest says {part.rows}")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _summary(parts: list[_Part], portable: bool, repositories: list[str] | None = None) -> Exported:
    rows: dict[str, int] = {}
    for part in parts:
        rows[part.table] = rows.get(part.table, 0) + part.rows
    held = repositories or sorted({part.repository for part in parts})
    return Exported(SCHEMA_VERSION, portable, tuple(held), rows)
