"""What is in the trees of deployed commits, in lines of the ledger.

A deployed commit of the main line needs nothing noted: the ledger tells what stands there. One
beside it (a release branch, a cherry-picked hotfix) is noted by how its tree differs from the main
line where its first-parent chain leaves it. That is told from the nearest earlier commit of the
chain whose tree is known: a release, one that was deployed before, else the main line.

Only production is looked into: previews of every change would cost a blame each and say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from landed.config import Settings
from landed.delivery.rows import plain_rows
from landed.delivery.statements import statement
from landed.errors import GitError
from landed.ledger.blamed import Moved, Step, moved_between, standing_at
from landed.ledger.known_births import KnownBirths
from landed.ledger.tree import LineIds
from landed.progress import Progress, quiet
from landed.sources.git.scratch import Scratch
from landed.store import Store

SOURCE = "deployments"
_NONE = -1
_RELEASES = """
    select c."commit", min(tag) as tag
    from release join "commit" as c using (repository, commit_index)
    where repository = ? and not on_mainline and tag not in (
        select subject from problem where repository = ? and kind = 'unreadable-release'
    )
    group by c."commit"
"""
_UNREAD, _UNREADABLE, _UNFOUND = "unknown-commit", "unreadable-commit", "untraced-lines"
_SENTENCES = {
    _UNREAD: "This commit was deployed and is in no branch that was read. Fetch it into the clone "
    "(git fetch origin COMMIT:refs/heads/deployed), or let forges.mirrors fetch its branch.",
    _UNREADABLE: "This commit was deployed, but objects of it are missing. Fetch it again.",
    _UNFOUND: "Lines that stand twice in this deployed commit, or that the ledger does not have; "
    "each counts once at most.",
}


@dataclass(frozen=True)
class DeployedUpdate:
    """What was noted: deployed commits in all, how many of them are known, how many are new."""

    commits: int
    known: int
    looked_into: int


def note_deployed(
    store: Store,
    repository: str,
    scratch: Scratch,
    settings: Settings,
    *,
    progress: Progress = quiet,
) -> DeployedUpdate:
    """Bring `deployed_commit` and `deployed_line` of one repository up to date.

    Expects the ledger, `project.belongs_to` and full ids in `deployment` where they are known.
    `scratch` must have been opened with the attributes of the ledger's rules. Writes its own rows
    of `problem`; each commit is written once it is known, so that an interruption loses one at
    most.
    """
    noting = _Noting(store, repository, scratch, settings)
    return noting.run(progress)


class _Noting:
    def __init__(self, store: Store, repository: str, scratch: Scratch, settings: Settings) -> None:
        self._store = store
        self._repository = repository
        self._scratch = scratch
        self._globs = settings.production_environments
        self._problems: dict[tuple[str, str], int] = {}
        chains = store.query(statement("chains"), {"repository": repository})
        self._ids: list[str] = chains["commit"].to_pylist()
        self._index = {name: at for at, name in enumerate(self._ids)}
        self._step = _integers(chains["mainline_index"])
        self._parent = _integers(chains["parent_index"])

    def run(self, progress: Progress) -> DeployedUpdate:
        wanted = self._wanted()
        stored = {row["commit"]: row for row in self._read("deployed_commit")}
        rows = {name: self._row(name) for name in wanted}
        for name, row in rows.items():
            before = stored.get(name)
            if before is not None and not row["on_mainline"]:
                row["known"] = before["known"] and before["base_index"] == row["base_index"]
        self._write(rows.values(), stored.keys() - rows.keys())
        waiting = sorted(
            row["commit_index"]
            for name, row in rows.items()
            if wanted[name] and not row["known"] and row["commit_index"] is not None
        )
        for done, index in enumerate(waiting):
            progress("comparing deployed commits with the main line", done, len(waiting))
            rows[self._ids[index]]["known"] = self._look_into(index, rows)
        for name, production in wanted.items():
            if production and rows[name]["commit_index"] is None:
                self._problems.setdefault((_UNREAD, name), 1)
        self._write_problems(wanted)
        known = sum(row["known"] for row in rows.values())
        return DeployedUpdate(len(rows), known, len(waiting))

    def _wanted(self) -> dict[str, bool]:
        """Return each deployed commit; True: to production."""
        found: dict[str, bool] = {}
        asked = self._store.query(
            statement("deployed_commits"), {"repository": self._repository}
        ).to_pylist()
        for row in asked:
            name = row["commit"]
            production = row["production"] or any(
                fnmatchcase(environment.casefold(), glob.casefold())
                for environment in row["environments"]
                for glob in self._globs
            )
            found[name] = production
        return found

    def _row(self, name: str) -> dict[str, Any]:
        index = self._index.get(name)
        base = _NONE if index is None else self._base(index)
        on_mainline = index is not None and self._step[index] != _NONE
        return {
            "commit": name,
            "commit_index": index,
            "base_index": None if base == _NONE else base,
            "on_mainline": on_mainline,
            "known": on_mainline,
        }

    def _base(self, index: int) -> int:
        """The step at which a first-parent chain leaves the main line."""
        while index != _NONE and self._step[index] == _NONE:
            index = self._parent[index]
        return _NONE if index == _NONE else self._step[index]

    def _look_into(self, index: int, rows: dict[str, dict[str, Any]]) -> bool:
        """Note how the tree of a commit beside the main line differs from it; True: it is known."""
        name = self._ids[index]
        chain: list[Step] = []
        present, absent = _no_lines(), _no_lines()
        at = index
        while at != _NONE and self._step[at] == _NONE:
            found = self._known_side(at, rows)
            if found is not None:
                present, absent = found
                break
            above = self._parent[at]
            chain.append(Step(self._ids[at], None if above == _NONE else self._ids[above]))
            at = above
        base = self._base(index)
        main = _no_lines() if base == _NONE else standing_at(self._store, self._repository, base)
        standing = np.union1d(np.setdiff1d(main, absent, assume_unique=True), present)
        try:
            came, went, unfound = self._moved(chain, standing.astype(np.int32))
        except GitError:
            self._problems[_UNREADABLE, name] = 1
            return False
        if unfound:
            self._problems[_UNFOUND, name] = unfound
        now = np.union1d(np.setdiff1d(standing, went, assume_unique=True), came)
        self._write_lines(
            name,
            np.setdiff1d(now, main, assume_unique=True),
            np.setdiff1d(main, now, assume_unique=True),
        )
        return True

    def _moved(self, chain: Sequence[Step], standing: LineIds) -> Moved:
        if not chain:
            return Moved(_no_lines(), _no_lines(), 0)
        return moved_between(self._store, self._scratch, self._births, chain, standing)

    def _known_side(
        self, index: int, rows: dict[str, dict[str, Any]]
    ) -> tuple[LineIds, LineIds] | None:
        """Return how a commit differs from the main line (present, absent), if that is known."""
        name = self._ids[index]
        if name in rows and rows[name]["known"]:
            return self._lines("deployed_line", "commit", name)
        if name in self._tags:
            return self._lines("release_line", "tag", self._tags[name])
        return None

    @cached_property
    def _births(self) -> KnownBirths:
        return KnownBirths(self._store, self._repository)

    @cached_property
    def _tags(self) -> dict[str, str]:
        """The releases beside the main line, whose trees the ledger knows, by commit."""
        rows = self._store.query(_RELEASES, [self._repository, self._repository]).to_pylist()
        return {row["commit"]: row["tag"] for row in rows}

    def _lines(self, table: str, column: str, name: str) -> tuple[LineIds, LineIds]:
        rows = self._store.query(
            f'select line, present from {table} where repository = ? and "{column}" = ? '
            "order by line",
            [self._repository, name],
        )
        lines = np.asarray(rows["line"]).astype(np.int32)
        present = np.asarray(rows["present"]).astype(np.bool_)
        return lines[present], lines[~present]

    def _read(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._store.read(table, self._repository).to_pylist()
        return found

    def _write(self, rows: Iterable[dict[str, Any]], gone: Iterable[str]) -> None:
        """Write what is known so far; commits that nothing deploys any more go with their lines."""
        told = list(rows)
        stale = [*gone, *(row["commit"] for row in told if row["on_mainline"] or not row["known"])]
        store = self._store
        with store.transaction():
            store.replace("deployed_commit", plain_rows("deployed_commit", told), self._repository)
            store.replace_within(
                "deployed_line",
                plain_rows("deployed_line", []),
                self._repository,
                pa.table({"commit": pa.array(stale, pa.string())}),
            )

    def _write_lines(self, name: str, present: LineIds, absent: LineIds) -> None:
        lines = np.concatenate([present, absent]).astype(np.int32)
        of_commit = pa.DictionaryArray.from_arrays(
            np.zeros(len(lines), dtype=np.int32), pa.array([name], pa.string())
        )
        flags = np.repeat([True, False], [len(present), len(absent)])
        row = self._row(name) | {"known": True}
        with self._store.transaction():
            self._store.replace_within(
                "deployed_line",
                pa.table({"commit": of_commit, "line": lines, "present": flags}),
                self._repository,
                pa.table({"commit": [name]}),
            )
            self._store.merge(
                "deployed_commit", plain_rows("deployed_commit", [row]), self._repository
            )

    def _write_problems(self, wanted: dict[str, bool]) -> None:
        """Put this run's problems in the place of those of earlier runs that it has overtaken.

        Lines that could not be placed stay a problem of their commit for as long as it counts.
        """
        within = [
            (SOURCE, row["kind"], row["subject"])
            for row in self._read("problem")
            if row["source"] == SOURCE
            and not (row["kind"] == _UNFOUND and row["subject"] in wanted)
        ]
        within += [(SOURCE, kind, subject) for kind, subject in self._problems]
        rows = [
            {
                "source": SOURCE,
                "kind": kind,
                "subject": subject,
                "count": count,
                "detail": _SENTENCES[kind],
            }
            for (kind, subject), count in sorted(self._problems.items())
        ]
        if not within:
            return
        columns = [pa.array(values, pa.string()) for values in zip(*within, strict=True)]
        self._store.replace_within(
            "problem",
            plain_rows("problem", rows),
            self._repository,
            pa.table(dict(zip(("source", "kind", "subject"), columns, strict=True))),
        )


def _no_lines() -> LineIds:
    return np.empty(0, dtype=np.int32)


def _integers(column: pa.ChunkedArray) -> list[int]:
    values: list[int] = column.fill_null(_NONE).to_pylist()
    return values
