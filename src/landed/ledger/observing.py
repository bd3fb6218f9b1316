"""Looking at every file at every commit, as the ledger has it: for proofs, not for daily use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from landed.ledger.exclusion import Exclusion, attribute_rows, exclusions
from landed.ledger.planning import LedgerRequest
from landed.ledger.tree import File, LineIds, Tree
from landed.ledger.update import LedgerUpdate, update_ledger
from landed.sources.git.headers import CommitHeader
from landed.sources.git.names import text_to_path
from landed.sources.git.scratch import Scratch
from landed.store import Store

Birth = tuple[str, bytes, int]
"""A line's birth: commit id, path and line number then."""

FilesObserver = Callable[[str, Mapping[bytes, Sequence[Birth] | None]], None]
"""Called with a commit id and its regular files: their lines' births, or None where opaque."""


def mine(
    repository: Path,
    workspace: Path,
    key: bytes,
    *,
    exclusions: Sequence[Exclusion] | None = None,
    unreachable: bool = False,
    observer: FilesObserver | None = None,
) -> LedgerUpdate:
    """Bring the ledger in `workspace` up to date and show the files of each commit that was read.

    `exclusions` of None are the default rules; an empty sequence leaves nothing out.
    `unreachable` reads commits too that no ref reaches. Holds all lines of all commits in memory:
    for small histories.
    """
    seen: list[tuple[str, dict[bytes, LineIds | None]]] = []

    def note(header: CommitHeader, tree: Tree) -> None:
        files = {
            path: state.lines if isinstance(state, File) else None for path, state in tree.items()
        }
        seen.append((header.commit.decode(), files))

    rules = default_rules() if exclusions is None else exclusions
    request = LedgerRequest(workspace, key, rules, unreachable=unreachable)
    with Scratch.open(repository, workspace, attribute_rows(rules)) as scratch:
        update = update_ledger(scratch, request, lambda: Store.open(workspace), observer=note)
    if observer is not None:
        with Store.open(workspace, read_only=True) as store:
            births = _births(store, update.repository)
        for commit, files in seen:
            observer(
                commit,
                {
                    path: None if lines is None else [births[line] for line in lines.tolist()]
                    for path, lines in files.items()
                },
            )
    return update


def default_rules() -> Sequence[Exclusion]:
    """Return the rules that leave paths out where nothing is configured."""
    return exclusions((), ())


def _births(store: Store, repository: str) -> dict[int, Birth]:
    table = store.query(
        'select line, c."commit", p.path, line_number from line '
        'join "commit" c using (repository, commit_index) '
        "join path p using (repository, path_index) where repository = ?",
        [repository],
    )
    columns = [table[name].to_pylist() for name in table.column_names]
    return {
        line: (commit, text_to_path(path), number)
        for line, commit, path, number in zip(*columns, strict=True)
    }
