"""Asking metrics of the roll-ups: the metric's own statement over what a filter leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import pyarrow as pa

from landed.errors import UsageError
from landed.metrics.bench import whole_numbers
from landed.metrics.registry import metric, statements
from landed.rollups.filters import Filter
from landed.rollups.relations import RELATIONS, Relation
from landed.store import Store

VERSION = 2
"""Roll-ups of another version are built anew before they are asked."""

_DERIVED = ("session_relations", "relations")
_OF_SINGLE_COMMITS = frozenset({"lines_added"})
"""Metrics that ask in which commit a line was born, whatever became of it."""
_HEADER = re.compile(r"\A(?:--[^\n]*\n)+")


class Rollups:
    """What the filter leaves of everything, and every metric over it, as of when it was rolled up.

    The same statements that a report runs over single lines run here over lines in groups of equal
    story, and give the same figures.
    """

    def __init__(self, store: Store, asked: Filter | None = None) -> None:
        """Look at what `asked` leaves (null = everything); the store stays the caller's."""
        self._store = store
        self.asked = asked or Filter()

    @property
    def built(self) -> bool:
        """There are roll-ups that this version understands."""
        if "state" not in self._store.rollups():
            return False
        (state,) = self._store.query("select version from rollup.state").to_pylist()
        return bool(state["version"] == VERSION)

    def looking_at(self, asked: Filter) -> Rollups:
        """The same roll-ups under another filter."""
        return Rollups(self._store, asked)

    @staticmethod
    def answers(name: str) -> bool:
        """Whether roll-ups answer the metric `name`; others are asked of the store itself."""
        if name in _OF_SINGLE_COMMITS:
            return False
        try:
            _needed(metric(name).inputs)
        except UsageError:
            return False
        return True

    def run(self, name: str) -> pa.Table:
        """The rows of the metric `name`.

        Raises:
            UsageError: it needs what is not rolled up.
        """
        if name in _OF_SINGLE_COMMITS:
            raise UsageError(f"{name} is of single commits, which are not rolled up: landed report")
        found = metric(name)
        return self.answer(found.sql, found.inputs)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """As `run`, as one dictionary a row."""
        rows: list[dict[str, Any]] = self.run(name).to_pylist()
        return rows

    def answer(
        self,
        sql: str,
        relations: Sequence[str],
        parameters: dict[str, Any] | None = None,
        *,
        beside: Mapping[str, pa.Table] | None = None,
    ) -> pa.Table:
        """The rows of a select statement over these relations, each as the filter leaves it.

        `beside` are tables that the statement finds by their names.
        """
        parts, given = [], dict(parameters or {})
        for name in _needed(tuple(relations)):
            if name in RELATIONS:
                selection, own = self._relation(name).selection(name, self.asked)
                given |= own
            else:
                selection = _statement_of(name)
            parts.append(f"{name} as (\n{selection}\n)")
        return whole_numbers(self._store.query(_with(parts, sql), given, beside=beside))

    def ignored(self, name: str) -> tuple[str, ...]:
        """What the filter restricts and the metric `name` does not know: not by team, say."""
        return self.ignored_of(metric(name).inputs)

    def ignored_of(self, relations: Sequence[str]) -> tuple[str, ...]:
        """The same of a statement over these relations."""
        found: dict[str, None] = {}
        for relation in _needed(tuple(relations)):
            if relation in RELATIONS and not _is_scope(relation):
                found |= dict.fromkeys(self._relation(relation).ignored(self.asked))
        return tuple(found)

    @cached_property
    def teams_own_code(self) -> bool:
        """Teams own files, by CODEOWNERS: so lines of the ledger are known by team."""
        (state,) = self._store.query("select teams_own_code from rollup.state").to_pylist()
        return bool(state["teams_own_code"])

    def _relation(self, name: str) -> Relation:
        relation = RELATIONS[name]
        if relation.owned and self.asked.team:
            return relation.knowing(teams_own_code=self.teams_own_code)
        return relation


def _is_scope(relation: str) -> bool:
    """It tells of the window or of what is connected, and narrows nothing."""
    return relation.endswith("scope") or relation in (
        "model_vendor",
        "person_team",
        "landed_step",
        "commit_fact",
    )


@cache
def _needed(relations: tuple[str, ...]) -> tuple[str, ...]:
    """These relations and all that they are made from, each after those."""
    found: dict[str, None] = {}
    for name in relations:
        if name not in RELATIONS:
            found |= dict.fromkeys(_needed(_inputs_of(name)))
        found[name] = None
    return tuple(found)


def _inputs_of(name: str) -> tuple[str, ...]:
    for folder in _DERIVED:
        if name in statements(folder):
            return statements(folder)[name].inputs
    raise UsageError(f"the relation {name} is not rolled up")


@cache
def _statement_of(name: str) -> str:
    for folder in _DERIVED:
        if name in statements(folder):
            return statements(folder)[name].sql
    raise UsageError(f"the relation {name} is not rolled up")


def _with(parts: list[str], sql: str) -> str:
    """The statement, with the parts before its own."""
    if not parts:
        return sql
    body = _HEADER.sub("", sql).lstrip()
    ahead = ",\n".join(parts)
    if body[:4].lower() == "with":
        return f"with {ahead},\n{body[4:].lstrip()}"
    return f"with {ahead}\n{body}"
