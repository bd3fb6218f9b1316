"""What became of the lines that landed, and what stands for production."""

from __future__ import annotations

from collections.abc import Sequence

from landed.metrics import Facts, Workbench
from landed.reports.groups import memberships
from landed.reports.model import Fate, GroupFate

BUCKETS = ("live", "merged", "reworked", "replaced")


def fate_of(bench: Workbench, facts: Sequence[Facts], *, deployments: bool = False) -> Fate:
    """The fate of each group's lines, by release tags; `deployments` where real ones are known."""
    rows = bench.rows("fate")
    authors = [((row["who"], row["agent"], row["grade"]), row["landed"]) for row in rows]
    groups = []
    for member in memberships(authors):
        own = [row for row in rows if member.holds(row["who"], row["agent"], row["grade"])]
        amounts = {bucket: sum(row[bucket] for row in own) for bucket in ("landed", *BUCKETS)}
        groups.append(GroupFate(group=member.group, **amounts))
    basis, note = _basis(facts, deployments)
    return Fate(basis, note, groups)


def _basis(facts: Sequence[Facts], deployments: bool) -> tuple[str, str]:
    live = [f"{f.window.name} {f.window.live_tag}" for f in facts if f.window.live_tag]
    if not live and deployments:
        return "none", (
            "no release tags, so this goes as far as the default branch; what deployments brought "
            "to production stands above"
        )
    if not live:
        if any(repository.tags for repository in facts):
            return "none", (
                "no tag looks like a final version, so nothing can be called live: "
                "choose the tags that were shipped with --releases GLOB"
            )
        return "none", (
            "no release tags and no deployments are known, so nothing can be called live: "
            "lines on the default branch count as merged"
        )
    meaning = (
        "by release tags; what deployments brought to production stands above"
        if deployments
        else "tags stand for deployments"
    )
    if len(facts) == 1:
        return "release", f"live: alive in release {facts[0].window.live_tag}; {meaning}"
    lacking = [f.window.name for f in facts if not f.window.live_tag]
    if lacking:
        return "some", (
            f"live: alive in the newest release ({', '.join(live)}); {meaning}; "
            f"without a release: {', '.join(lacking)}"
        )
    return "release", f"live: alive in the newest release ({', '.join(live)}); {meaning}"
