"""The edits of one repository, in the order in which they happened, as replay needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from landed.store import Store

Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
SECOND = 1_000_000

_EDITS = """
select edit.edit, edit.agent, edit.name, edit.session, edit.turn,
    epoch_us(edit.happened_at) as happened_at, edit.path as raw_path, edit.moved_to, edit.kind,
    edit.status, edit.changed_by_user, edit.before_lines, edit.lines_added,
    coalesce(place.worktree, session_place.worktree, '') as worktree, place.path,
    session_place.person, session."commit" as head
from edit
join edit_place as place on place.repository = edit.repository and place.edit = edit.edit
left join session_place
    on session_place.repository = edit.repository and session_place.agent = edit.agent
    and session_place.session = edit.session
left join session
    on session.repository = edit.repository and session.agent = edit.agent
    and session.session = edit.session
where edit.repository = 'agents' and place.belongs_to is not distinct from $belongs_to
order by edit.happened_at, edit.session, edit.name, edit.edit
"""
_LINES = """
select edit_line.edit, change, added, ordinal, line_number, text_hash, token_hash, trivial
from edit_line
join edit_place as place on place.repository = edit_line.repository and place.edit = edit_line.edit
where edit_line.repository = 'agents' and place.belongs_to is not distinct from $belongs_to
"""
_BEFORE = """
select edit_before.edit, line_number, text_hash, trivial
from edit_before
join edit_place as place
    on place.repository = edit_before.repository and place.edit = edit_before.edit
where edit_before.repository = 'agents' and place.belongs_to is not distinct from $belongs_to
"""


@dataclass(frozen=True, slots=True)
class Change:
    """Consecutive lines taken out and put in at one place.

    `old` and `new` are the line numbers, from 1, of the first line taken out and put in; None
    where the place is not known. `first` to `stop` are the generated lines that it put in.
    """

    old: int | None
    new: int | None
    removed: Hashes
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Found:
    """A whole file as an edit found it."""

    text: Hashes
    trivial: Flags


@dataclass(frozen=True, slots=True)
class Edit:
    """One proposed change of a file.

    `at` is microseconds, `path` from the top of the repository (of a file in none, as in the
    log), `worktree` the top of the working tree as in the log or ''. `first` to `stop` are its
    generated lines. `head` is HEAD when its session began.
    """

    number: int
    edit: int
    agent: str
    name: str
    session: str
    turn: str | None
    at: int
    worktree: str
    path: str
    inside: bool
    moved_to: str | None
    kind: str
    status: str
    changed_by_user: bool
    person: str | None
    head: str | None
    changes: tuple[Change, ...]
    before: Found | None
    first: int
    stop: int

    @property
    def second(self) -> int:
        """When it happened in whole seconds, as git counts."""
        return self.at // SECOND

    @property
    def file(self) -> tuple[str, str]:
        """The file that it changed: working tree and path."""
        return self.worktree, self.path

    def same_turn(self, other: Edit) -> bool:
        """Tell whether both belong to one known turn."""
        return self.turn is not None and (self.agent, self.turn) == (other.agent, other.turn)


@dataclass(frozen=True)
class Generated:
    """All lines that the edits proposed, one row each, in columns.

    `edit` is the position of the edit, `ordinal` that among the edit's + lines.
    """

    edit: Numbers
    ordinal: Numbers
    text: Hashes
    token: Hashes
    trivial: Flags

    def __len__(self) -> int:
        return len(self.edit)


@dataclass(frozen=True)
class Edits:
    """The edits in order, and the lines that they put in."""

    edits: tuple[Edit, ...]
    generated: Generated


def read_edits(store: Store, belongs_to: str | None) -> Edits:
    """Read the edits that belong to a repository; None: those that belong to none."""
    given = {"belongs_to": belongs_to}
    rows = store.query(_EDITS, given)
    ids = rows["edit"].to_numpy()
    by_id = np.argsort(ids)
    lines = _ordered(store.query(_LINES, given), ids, by_id, "ordinal", "added", "change")
    before = _ordered(store.query(_BEFORE, given), ids, by_id, "line_number")
    edits, generated = _Assembly(lines, before).assemble(rows.to_pylist())
    return Edits(tuple(edits), generated)


def _ordered(
    rows: pa.Table, ids: Hashes, by_id: Numbers, *keys: str
) -> dict[str, npt.NDArray[np.generic]]:
    """Return the rows as columns, by position of their edit, then by `keys`, the last first."""
    columns = {
        name: (rows[name].fill_null(-1) if name == "line_number" else rows[name]).to_numpy()
        for name in rows.column_names
    }
    at = by_id[np.searchsorted(ids[by_id], columns["edit"])] if len(ids) else columns["edit"]
    order = np.lexsort((*(columns[key] for key in keys), at))
    ordered = {name: values[order] for name, values in columns.items()}
    ordered["at"] = at[order].astype(np.int64)
    return ordered


class _Assembly:
    """Gives each edit its changes and the file that it found."""

    def __init__(
        self,
        lines: dict[str, npt.NDArray[np.generic]],
        before: dict[str, npt.NDArray[np.generic]],
    ) -> None:
        self._lines = lines
        self._before = before
        self._added = lines["added"].astype(np.bool_)
        # the number of a generated line is the number of + lines before it
        self._piece: Numbers = np.cumsum(self._added) - self._added

    def assemble(self, rows: Sequence[dict[str, object]]) -> tuple[list[Edit], Generated]:
        count = len(rows)
        lines, before = self._lines, self._before
        starts = np.searchsorted(lines["at"], np.arange(count + 1)).tolist()
        begins = np.searchsorted(before["at"], np.arange(count + 1)).tolist()
        edits = []
        for number, row in enumerate(rows):
            start, stop = starts[number], starts[number + 1]
            changes = tuple(self._changes(start, stop))
            first = int(self._piece[start]) if start < len(self._piece) else int(self._added.sum())
            found = self._found(row, begins[number], begins[number + 1])
            edits.append(
                _edit(number, row, changes, found, first, int(self._added[start:stop].sum()))
            )
        added = np.flatnonzero(self._added)
        generated = Generated(
            edit=lines["at"][added].astype(np.int64),
            ordinal=lines["ordinal"][added].astype(np.int64),
            text=lines["text_hash"][added].astype(np.uint64),
            token=lines["token_hash"][added].astype(np.uint64),
            trivial=lines["trivial"][added].astype(np.bool_),
        )
        return edits, generated

    def _changes(self, start: int, stop: int) -> list[Change]:
        lines = self._lines
        change = lines["change"][start:stop]
        bounds = [start, *(np.flatnonzero(change[1:] != change[:-1]) + start + 1).tolist(), stop]
        found = []
        for low, high in pairwise(bounds):
            if low == high:
                continue
            middle = low + int((~self._added[low:high]).sum())
            found.append(
                Change(
                    self._number(low, middle),
                    self._number(middle, high),
                    lines["text_hash"][low:middle].astype(np.uint64),
                    int(self._piece[low]),
                    int(self._piece[low]) + high - middle,
                )
            )
        return found

    def _number(self, low: int, high: int) -> int | None:
        """Return the line number of the first of these lines; None where there is none known."""
        if low == high:
            return None
        number = int(self._lines["line_number"][low])
        return number if number > 0 else None

    def _found(self, row: dict[str, object], start: int, stop: int) -> Found | None:
        if row["before_lines"] is None and start == stop:
            return None
        before = self._before
        return Found(
            before["text_hash"][start:stop].astype(np.uint64),
            before["trivial"][start:stop].astype(np.bool_),
        )


def _edit(
    number: int,
    row: dict[str, object],
    changes: tuple[Change, ...],
    found: Found | None,
    first: int,
    count: int,
) -> Edit:
    names = ("edit", "agent", "name", "session", "turn", "worktree", "moved_to", "kind", "status")
    given = {name: row[name] for name in (*names, "changed_by_user", "person", "head")}
    path = row["path"]
    return Edit(
        number=number,
        at=row["happened_at"],  # type: ignore[arg-type]
        path=path if path is not None else row["raw_path"],  # type: ignore[arg-type]
        inside=path is not None,
        changes=changes,
        before=found,
        first=first,
        stop=first + count,
        **(given | {"moved_to": _moved(row)}),  # type: ignore[arg-type]
    )


def _moved(row: dict[str, object]) -> str | None:
    """Return the new path of a renamed file in the form of its old one."""
    target, raw, path = row["moved_to"], str(row["raw_path"]), row["path"]
    if target is None or path is None:
        return None if target is None else str(target)
    before = raw.removesuffix(str(path))
    if before and str(target).startswith(before):
        return str(target)[len(before) :]
    return str(target)
