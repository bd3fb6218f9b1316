"""Holds the stays and removals of the ledger against the files that it showed."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from tests.histories.blame import BirthOfLine
from tests.histories.comparing import Seen
from tests.histories.rows import read_last

from landed.sources.git.names import text_to_path
from landed.store import Store

Stay = tuple[int, int, int]
"""Line id, step of the main line at which it entered, and at which it left."""

_STAYS = """
select line, entered, coalesce("left", 2147483647)
from line_interval where repository = ? order by line, entered
"""
_BIRTHS = """
select line, c."commit", p.path, line_number
from line
join "commit" c using (repository, commit_index)
join path p using (repository, path_index)
where repository = ?
"""
_MAIN_LINE = """
select "commit" from "commit"
where repository = ? and mainline_index is not null order by mainline_index
"""
_REMOVALS = """
select c."commit", p.path, r.line_number, r.line
from removal r
join "commit" c using (repository, commit_index)
join path p using (repository, path_index)
where repository = ?
"""
_PARENTS = """
select c."commit", p."commit"
from commit_parent e
join "commit" c using (repository, commit_index)
join "commit" p on p.repository = e.repository and p.commit_index = e.parent_index
where e.repository = ?
"""


class Ledger:
    """What a workspace holds of the repository that was read last: main line and removals."""

    def __init__(self, workspace: Path) -> None:
        with Store.open(workspace, read_only=True) as store:
            self.stays: list[Stay] = _rows(store, _STAYS)
            self.births: dict[int, BirthOfLine] = {
                line: (commit, text_to_path(path), number)
                for line, commit, path, number in _rows(store, _BIRTHS)
            }
            self.main_line: list[str] = [row[0] for row in _rows(store, _MAIN_LINE)]
            self.removals = _rows(store, _REMOVALS)
            self.parents: dict[str, list[str]] = defaultdict(list)
            for child, parent in _rows(store, _PARENTS):
                self.parents[child].append(parent)


def assert_stays_and_removals_fit(workspace: Path, seen: Seen) -> None:
    """The lines that stand on the main line after each step are those of the step's files.

    No line id stands there twice, no two stays of a line overlap, and whatever a commit is said
    to have removed stood in one of its parents at that place.
    """
    ledger = Ledger(workspace)
    standing: dict[int, set[int]] = defaultdict(set)
    last: dict[int, int] = {}
    for line, entered, left in ledger.stays:
        assert last.get(line, 0) <= entered < left, f"stays of line {line} overlap or are empty"
        last[line] = left
        for step in range(entered, min(left, len(ledger.main_line))):
            standing[step].add(line)
    for step, commit in enumerate(ledger.main_line):
        ours = Counter(ledger.births[line] for line in standing[step])
        expected = Counter(
            birth for births in seen[commit].values() if births is not None for birth in births
        )
        assert ours == expected, (
            f"step {step} ({commit}) of the main line: the stays hold {list(ours - expected)[:3]} "
            f"too much and lack {list(expected - ours)[:3]}"
        )
    for commit, path, number, line in ledger.removals:
        held = [(seen[parent].get(text_to_path(path)) or []) for parent in ledger.parents[commit]]
        assert any(
            len(births) >= number and births[number - 1] == ledger.births[line] for births in held
        ), f"{commit} is said to remove line {number} of {path}, which stood in no parent"


def _rows(store: Store, query: str) -> list[tuple]:  # type: ignore[type-arg]
    table = store.query(query, [read_last(store)])
    columns = [table[name].to_pylist() for name in range(table.num_columns)]
    return list(zip(*columns, strict=True))
