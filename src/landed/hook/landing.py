"""Which lines of a commit agents generated lately, one generated line once in any history.

A generated line that is in a commit is free again where that commit is no ancestor of the new one
and

- is on no branch or tag any more (it was amended, or taken back by a reset), or
- has the author and author date of the new one (a cherry-pick, or a rebase), or
- the line comes in a run of three (a squash, or a re-application).
"""

from __future__ import annotations

from collections.abc import Iterable

from landed.hook.commits import Commit
from landed.hook.matching import Block, Found, match
from landed.hook.place import Place
from landed.hook.recent import KEPT_SECONDS, Generation, Recent
from landed.sources.agents.contract import Microseconds

_MOST_COMMITS = 20_000
_MOST_HELD = 8


def land(
    place: Place, recent: Recent, commit: Commit, until: Microseconds | None = None
) -> list[tuple[Found, Generation]]:
    """Return the lines of a commit that agents generated, and remember that it has them.

    Only what was generated before `until` counts, if that is given.
    """
    if not commit.added:
        return []
    telling = {line for added in commit.added.values() for line in added.telling()}
    roots = place.worktrees()
    candidates: list[tuple[Generation, str, bool]] = []
    for one in sorted(recent.generations, key=lambda one: one.at, reverse=True):
        if telling.isdisjoint(one.hashes) or (until is not None and one.at >= until):
            continue
        root = max((root for root in roots if one.path.startswith(f"{root}/")), default=None)
        if root is not None and (root == place.root or one.used):
            candidates.append((one, one.path[len(root) + 1 :], root == place.root))
    held = _Held(place, recent, commit, (one for one, _, _ in candidates))
    blocks = [held.block(one, path, here) for one, path, here in candidates]
    landed = [(found, candidates[found.block][0]) for found in match(commit.added, blocks)]
    for found, one in landed:
        indexes = one.used.setdefault(commit.commit, [])
        if found.within not in indexes:
            indexes.append(found.within)
        while len(one.used) > _MOST_HELD:
            del one.used[next(iter(one.used))]
    if landed:
        recent.written[commit.commit] = commit.written
    return landed


class _Held:
    """Which of the commits that have generated lines keep them from the new commit."""

    def __init__(
        self, place: Place, recent: Recent, commit: Commit, candidates: Iterable[Generation]
    ) -> None:
        known = {used for one in candidates for used in one.used} - {commit.commit}
        keeping = known & _reachable(place, commit.commit) if known else frozenset[str]()
        others = {used for used in known - keeping if recent.written.get(used) != commit.written}
        rest = ("--branches", "--tags", "--remotes", "--glob=refs/stash")
        self.keeping = frozenset(keeping)
        self.weak = frozenset(others & _reachable(place, *rest) if others else ())

    def block(self, one: Generation, path: str, here: bool) -> Block:
        """Return the lines of a generation that the new commit may have.

        What was generated in another worktree comes here through a commit only.
        """
        closed, weak = set(one.gone), set[int]()
        through: set[int] = set()
        for used, indexes in one.used.items():
            through.update(indexes)
            if used in self.keeping:
                closed.update(indexes)
            elif used in self.weak:
                weak.update(indexes)
        if not here:
            closed.update(set(range(len(one.hashes))) - through)
            weak = through
        return Block(
            path,
            [None if index in closed else line for index, line in enumerate(one.hashes)],
            frozenset(weak),
        )


def _reachable(place: Place, *tips: str) -> set[str]:
    """Return the commits behind `tips` that are recent enough to hold a line that is remembered."""
    since = f"--since={KEPT_SECONDS + 24 * 3600}.seconds.ago"
    listed = place.git("rev-list", f"--max-count={_MOST_COMMITS}", since, *tips)
    return set(listed.decode().split())
