"""Human by capture: all of a person's AI tools are read, and none shows the lines of a commit.

A commit by such a person is taken to be human where none of their turns since their commit before
it has run a command that may have changed files: what a command writes leaves no trace. Lines of
which a log, a record or the commit itself says otherwise are not: whatever says so is stronger.
"""

from __future__ import annotations

import pyarrow as pa

from landed.attribution.evidence import whole_commits
from landed.attribution.generated.births import Commits
from landed.attribution.generated.edits import Edit
from landed.attribution.matching import Statement
from landed.store import Store

SOURCE = "capture"
_CAPTURED = """
select person, min(complete_since) as day, epoch(min(complete_since)) as since
from capture
where repository = 'agents' and belongs_to = $1 and complete_since is not null
group by person order by person
"""


def capture_evidence(
    store: Store, repository: str, commits: Commits, edits: tuple[Edit, ...]
) -> list[pa.Table]:
    """Return the statements about commits, one table for each person."""
    found = []
    for row in store.query(_CAPTURED, [repository]).to_pylist():
        person = row["person"].lower()
        commands = sorted(
            edit.second
            for edit in edits
            if edit.kind == "shell"
            and edit.status == "applied"
            and (edit.person is None or edit.person.lower() == person)
        )
        chosen = [
            commit
            for commit in range(len(commits))
            if commits.person[commit] == person
            and min(commits.authored[commit], commits.committed[commit]) >= row["since"]
            and not _has_command(commits, commit, commands)
        ]
        statement = Statement(
            "human", None, None, "declared", SOURCE, f"all tools since {row['day']}", None
        )
        found.append(whole_commits(chosen, statement))
    return found


def _has_command(commits: Commits, commit: int, commands: list[int]) -> bool:
    """Tell whether a command ran between a person's commit and the one of theirs before it."""
    until = commits.committed[commit]
    if not commands or commands[0] > until:
        return False
    since = _previous(commits, commit)
    return any(since <= at <= until for at in commands)


def _previous(commits: Commits, commit: int) -> int:
    """Return when the same person made the last commit that this one builds on; 0 for none."""
    person = commits.person[commit]
    latest = 0
    seen = {commit}
    waiting = [commit]
    while waiting:
        for parent in commits.graph.parents(waiting.pop()):
            if parent in seen:
                continue
            seen.add(parent)
            if commits.person[parent] == person:
                latest = max(latest, commits.committed[parent])
            else:
                waiting.append(parent)
    return latest
