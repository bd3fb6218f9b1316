"""From the rows that were read on this machine to those that leave it.

Every value is replaced by one that `landed.push.kinds` lists, or its row stays here and is counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.push.batch import schema_of
from landed.push.kinds import (
    ACCOUNT,
    AGENT,
    BRANCH,
    COMMIT,
    IDENTIFIER,
    KINDS,
    NAME,
    REFERENCES,
    Kind,
)
from landed.push.resolving import Names, Resolver, Told
from landed.records import AGENTS, TIMESTAMP
from landed.store import Store

SMALL = (
    "session",
    "turn",
    "model_call",
    "tool_decision",
    "activity",
    "session_reference",
)
"""The tables whose rows leave one by one, sessions first."""
_NO_TOOL = "other"
_RANDOM = re.compile(r"[0-9a-f-]{32,}")
_Key = tuple[str, str]
_Change = Callable[[str], str | None]


@dataclass
class Outgoing:
    """Rows that may leave, by table (edits without their lines), and how many stay here.

    `left_out` counts rows that cannot be told in the words of the list, by table.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def outgoing_rows(store: Store, resolver: Resolver) -> Outgoing:
    """What may leave of the rows in `store`, which were read with the server's key."""
    sessions = _read(store, "session")
    edits = _read(store, "edit")
    rows = sessions.to_pylist()
    resolver.learn({row["cwd"] for row in rows if row["cwd"]})
    edited: dict[_Key, set[str]] = {}
    keys = list(zip(edits["agent"].to_pylist(), edits["session"].to_pylist(), strict=True))
    for key, path in zip(keys, edits["path"].to_pylist(), strict=True):
        edited.setdefault(key, set()).add(path)
    told: dict[_Key, Told] = {}
    for row in rows:
        key = (row["agent"], row["session"])
        found = resolver.session(row, edited.get(key, ()))
        if found is not None:
            told[key] = found
    result = Outgoing()
    logins = frozenset(row["machine_user"] for row in rows)
    change = _Changes(resolver.names, logins)
    _sessions(result, rows, told, change)
    for name in SMALL[1:-1]:
        read = _read(store, name)
        _keep(result, name, change.table(name, _of(read, told) if resolver.only else read))
    references = _of(_read(store, "session_reference"), told)
    _keep(result, "session_reference", _references(references, resolver, change))
    directories = {(row["agent"], row["session"]): row["cwd"] or "" for row in rows}
    _keep(result, "edit", _edits(_of(edits, told), directories, told, resolver, change))
    return result


class _Changes:
    """How values of one kind become such as may leave."""

    def __init__(self, names: Names, logins: frozenset[str]) -> None:
        self._names = names
        parts = "|".join(re.escape(login) for login in sorted(logins) if login)
        self._login = re.compile(rf"(?<![A-Za-z0-9])(?:{parts})(?![A-Za-z0-9])", re.I)
        self._has_logins = bool(parts)
        self._by_kind: dict[Kind, _Change] = {
            AGENT: _agent,
            IDENTIFIER: self.identifier,
            ACCOUNT: self._account,
            BRANCH: self.branch,
            COMMIT: _if_of(COMMIT),
            NAME: self._name,
        }

    def identifier(self, text: str) -> str:
        """The identifier, hidden where it is none or names who uses this machine."""
        return text if IDENTIFIER.takes(text) and not self._names_login(text) else self._hide(text)

    def branch(self, text: str) -> str:
        """The branch, hidden where git would take no such name."""
        return text if BRANCH.takes(text) else self._hide(text)

    def column(self, kind: Kind, values: pa.ChunkedArray) -> pa.Array:
        """A column's values as such that may leave; what cannot is null."""
        plain = values.combine_chunks()
        change = self._by_kind.get(Kind(kind.meaning, kind.pattern, kind.largest))
        if pa.types.is_string(plain.type) and change is not None:
            return _mapped(plain, change)
        if kind.largest is not None and kind.nullable:
            return pc.if_else(pc.greater_equal(plain, pa.scalar(0, plain.type)), plain, None)
        return plain

    def table(self, name: str, rows: pa.Table) -> pa.Table:
        """Rows of a table whose columns need nothing but their kinds."""
        columns = {column: self.column(kind, rows[column]) for column, kind in KINDS[name].items()}
        if "tool" in columns:
            columns["tool"] = pc.fill_null(columns["tool"], _NO_TOOL)
        return pa.table(columns)

    def _name(self, text: str) -> str | None:
        return text if NAME.takes(text) and not self._names_login(text) else None

    def _account(self, text: str) -> str:
        takes = ACCOUNT.takes(text) and (("@" in text) or not self._names_login(text))
        return text if takes else self._hide(text)

    def _names_login(self, text: str) -> bool:
        # a login such as `dead` may well stand in a random id, which others know by it
        return (
            self._has_logins
            and self._login.search(text) is not None
            and not _RANDOM.fullmatch(text)
        )

    def _hide(self, text: str) -> str:
        return self._names.hidden(text)


def _sessions(
    result: Outgoing, rows: list[dict[str, Any]], told: Mapping[_Key, Told], change: _Changes
) -> None:
    kept = [row for row in rows if (row["agent"], row["session"]) in told]
    for row in kept:
        found = told[(row["agent"], row["session"])]
        row["cwd"] = found.tree
        row["commit"] = found.commit
        row["remote"] = found.address or None
        row["machine_user"] = found.person
        # a version that is no identifier says nothing to anybody
        row["version"] = row["version"] if IDENTIFIER.takes(row["version"] or "") else None
    table = pa.Table.from_pylist(kept, schema=schema_of("session"))
    _keep(result, "session", change.table("session", table))


def _references(rows: pa.Table, resolver: Resolver, change: _Changes) -> pa.Table:
    def value(kind: str, text: str) -> str | None:
        if kind == "worktree":
            return resolver.worktree(text)
        if kind == "remote":
            return resolver.names.address(text)
        if kind == "branch":
            return change.branch(text)
        wanted = REFERENCES.get(kind)
        return text if wanted is not None and wanted.takes(text) else None

    told = zip(rows["kind"].to_pylist(), rows["value"].to_pylist(), strict=True)
    values = pa.array([value(kind, text) for kind, text in told], pa.string())
    return _with(change.table("session_reference", rows), "value", values)


def _edits(
    rows: pa.Table,
    directories: Mapping[_Key, str],
    told: Mapping[_Key, Told],
    resolver: Resolver,
    change: _Changes,
) -> pa.Table:
    names: dict[tuple[_Key, str], str] = {}

    def name(key: _Key, path: str | None) -> str | None:
        if path is None:
            return None
        if (key, path) not in names:
            found = told.get(key)
            names[(key, path)] = (
                resolver.names.file(path)
                if found is None
                else resolver.path(directories.get(key, ""), path, found)
            )
        return names[(key, path)]

    keys = list(zip(rows["agent"].to_pylist(), rows["session"].to_pylist(), strict=True))
    table = change.table("edit", rows)
    for column in ("path", "moved_to"):
        told_by_log = zip(keys, rows[column].to_pylist(), strict=True)
        values = [name(key, path) for key, path in told_by_log]
        table = _with(table, column, pa.array(values, pa.string()))
    return table


def _read(store: Store, name: str) -> pa.Table:
    return store.read(name, AGENTS).drop_columns(["repository"])


def _of(rows: pa.Table, told: Mapping[_Key, Told]) -> pa.Table:
    """The rows of sessions that are told of."""
    keys = zip(rows["agent"].to_pylist(), rows["session"].to_pylist(), strict=True)
    return rows.filter(pa.array([key in told for key in keys], pa.bool_()))


def _keep(result: Outgoing, name: str, rows: pa.Table) -> None:
    """Keep the rows of which every value is of its kind, and count the others."""
    good = np.ones(rows.num_rows, dtype=np.bool_)
    for column, kind in KINDS[name].items():
        good &= _of_kind(kind, rows[column])
    kept = rows.filter(pa.array(good))
    if kept.num_rows < rows.num_rows:
        result.left_out[name] = rows.num_rows - kept.num_rows
    result.tables[name] = kept.select(list(KINDS[name])).cast(schema_of(name))


def _of_kind(kind: Kind, values: pa.ChunkedArray) -> Any:
    nulls = pc.is_null(values).to_numpy(zero_copy_only=False)
    if kind.pattern is not None:
        encoded = values.combine_chunks().dictionary_encode()
        good = pa.array([kind.takes(text) for text in encoded.dictionary.to_pylist()], pa.bool_())
        fits = pc.fill_null(good.take(encoded.indices), False)
    elif kind.largest is None:
        fits = pc.is_valid(values)
    else:
        plain = values.cast(pa.int64()) if values.type == TIMESTAMP else values
        top = plain.type
        if pa.types.is_uint64(top):
            fits = pc.is_valid(plain)
        else:
            largest = min(kind.largest, 2 ** (top.bit_width - 1) - 1)
            within = pc.and_(
                pc.greater_equal(plain, pa.scalar(0, top)),
                pc.less_equal(plain, pa.scalar(largest, top)),
            )
            fits = pc.fill_null(within, False)
    found = fits.to_numpy(zero_copy_only=False)
    return found | nulls if kind.nullable else found


def _mapped(values: pa.Array, change: _Change) -> pa.Array:
    """Change each value that there is, once."""
    encoded = values.dictionary_encode()
    changed = pa.array([change(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def _with(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), name, values)


def _agent(text: str) -> str | None:
    plain = re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:64]
    return plain if AGENT.takes(plain) else None


def _if_of(kind: Kind) -> _Change:
    return lambda text: text if kind.takes(text) else None
