"""Which commits the branches of a clone end in, noted at each run.

The ledger reads commits that no ref reaches as well: old versions of branches, branches that were
deleted. Only the refs tell these from branches that stand.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase

import pyarrow as pa

from landed.records import TABLES
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.store import Store

_BRANCHES = ("refs/heads/", "refs/remotes/")

_KNOWN = """
select ref, "commit", gone_at from branch_tip where repository = $repository and place = $place
"""


def note_branches(
    store: Store,
    repository: str,
    scratch: Scratch,
    more: Sequence[str] = (),
    *,
    now: datetime | None = None,
) -> None:
    """Bring `branch_tip` up to date with the refs of the clone that `scratch` borrows from.

    `more` are globs of refs that count as branches too, such as `refs/pull/*/head`. Tips that
    branches no longer end in are kept, with the time at which that was first seen.
    """
    place = str(scratch.location.git_dir)
    known = store.query(_KNOWN, {"repository": repository, "place": place}).to_pylist()
    gone = {(row["ref"], row["commit"]): row["gone_at"] for row in known}
    tips = _tips(scratch, more)
    moment = now or datetime.now(UTC)
    wanted = {tip: None if tip in tips else gone[tip] or moment for tip in gone}
    wanted |= dict.fromkeys(tips)
    changed = sorted(tip for tip in wanted if tip not in gone or wanted[tip] != gone[tip])
    if changed:
        rows = [
            {"repository": repository, "place": place, "ref": ref, "commit": commit}
            | {"gone_at": wanted[ref, commit]}
            for ref, commit in changed
        ]
        table = pa.Table.from_pylist(rows, TABLES["branch_tip"].schema)
        store.merge("branch_tip", table, repository)


def _tips(scratch: Scratch, more: Sequence[str]) -> set[tuple[str, str]]:
    refs = scratch.refs
    tips = {
        (path_to_text(os.fsencode(name)), commit.decode())
        for name, commit in refs.targets.items()
        if name.startswith(_BRANCHES) or any(fnmatchcase(name, glob) for glob in more)
    }
    if refs.detached is not None:
        tips.add(("HEAD", refs.detached.decode()))
    return tips
