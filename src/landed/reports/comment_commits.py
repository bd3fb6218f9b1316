"""Which commits a pull or merge request adds to the branch that it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landed.errors import UsageError
from landed.records import Project
from landed.sources.git.files import resolve_revision
from landed.sources.git.scratch import Scratch
from landed.store import Store

_CHANGE = """
select * from change where repository = 'forges' and project = ? and number = ?
"""
_LISTED = """
select change_commit."commit", "commit".commit_index
from change_commit
left join "commit"
    on "commit".repository = $repository and "commit"."commit" = change_commit."commit"
where change_commit.repository = 'forges' and project = $project and number = $number
order by ordinal
"""
_LANDED = """
select "commit".commit_index
from change_landing
join "commit" on "commit".repository = change_landing.repository
    and case change_landing.rule
        when 'merge' then "commit".change_index = change_landing.step
        else "commit".commit_index = change_landing.commit_index
    end
where change_landing.repository = $repository and project = $project and number = $number
order by 1
"""
_KNOWN = """
select commit_index from "commit"
where repository = $repository and "commit" in (select unnest($commits::varchar[]))
order by 1
"""
_HEAD = "select head from repository where repository = ?"


@dataclass(frozen=True)
class Brought:
    """The commits that a change adds.

    Attributes:
        commits: their positions in the ledger.
        total: how many there are, those that the ledger does not have too.
    """

    commits: list[int]
    total: int


def find_change(store: Store, project: Project | None, number: int) -> dict[str, Any] | None:
    """Return the row of the change; None where it was not read."""
    if project is None:
        return None
    rows = store.query(_CHANGE, [project.project, number]).to_pylist()
    return rows[0] if rows else None


def commits_of_change(
    store: Store,
    repository: str,
    scratch: Scratch,
    change: dict[str, Any] | None,
    base: str | None,
    head: str | None,
) -> Brought:
    """Return the commits of a change: those on its branch, else those by which it landed.

    Where no forge tells, or `base` or `head` is named: what `head` (HEAD) has and `base` (the
    default branch) has not.

    Raises:
        UsageError: a revision is not there, or none of the commits is.
    """
    if change is not None and base is None and head is None:
        told = _told_by_forge(store, repository, change)
        if told.commits:
            return told
        head = change["head_commit"]
        base = _tip_of(scratch, change["base_ref"])
    return _told_by_git(store, repository, scratch, base, head)


def _told_by_forge(store: Store, repository: str, change: dict[str, Any]) -> Brought:
    asked = {name: change[name] for name in ("project", "number")} | {"repository": repository}
    listed = store.query(_LISTED, asked)["commit_index"].to_pylist()
    known = [commit for commit in listed if commit is not None]
    if known and len(known) == len(listed):
        return Brought(known, len(listed))
    landed = store.query(_LANDED, asked)["commit_index"].to_pylist()
    return Brought(landed, len(landed)) if landed else Brought(known, len(listed))


def _told_by_git(
    store: Store, repository: str, scratch: Scratch, base: str | None, head: str | None
) -> Brought:
    if base is None:
        base = store.query(_HEAD, [repository])["head"][0].as_py()
    ends = []
    for revision in (head or "HEAD", base):
        found = resolve_revision(scratch, revision)
        if found is None:
            raise UsageError(
                f"there is no commit {revision} here: fetch it, or name others with --head and "
                "--base"
            )
        ends.append(found)
    names = scratch.run("rev-list", ends[0], f"^{ends[1]}").decode().split()
    if not names:
        raise UsageError(
            f"{head or 'HEAD'} has no commit that {base} has not: name both with --head and --base"
        )
    known = store.query(_KNOWN, {"repository": repository, "commits": names})
    return Brought(known["commit_index"].to_pylist(), len(names))


def _tip_of(scratch: Scratch, branch: str) -> str | None:
    for name in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
        if name in scratch.refs.targets:
            return name
    return None
