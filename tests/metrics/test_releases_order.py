"""The order of releases: where they stand on the main line, whichever branch was tagged."""

from __future__ import annotations

from datetime import UTC, datetime

from landed.metrics.releases import choose_releases


def tag(name: str, commit: int, base: int, landed: int | None) -> dict[str, object]:
    """A row of `release` with its commit's change_index."""
    return {
        "tag": name,
        "commit_index": commit,
        "base_index": base,
        "change_index": landed,
        "released_at": datetime(2026, 1, 1 + commit, tzinfo=UTC),
        "on_mainline": base == landed,
    }


def test_a_release_on_a_branch_that_was_merged_stands_where_it_was_merged() -> None:
    rows = [
        tag("v1.0", 1, base=10, landed=10),
        tag("v2.0", 2, base=20, landed=20),
        tag("v3.0", 3, base=12, landed=30),
    ]
    chosen = choose_releases(rows, None, until_step=40)
    assert [step.tag for step in chosen.steps] == ["v1.0", "v2.0", "v3.0", None]


def test_a_release_of_a_branch_that_was_never_merged_stands_where_the_branch_began() -> None:
    rows = [
        tag("v1.0", 1, base=10, landed=10),
        tag("v2.0", 2, base=20, landed=20),
        tag("v1.0.1", 3, base=10, landed=None),
    ]
    chosen = choose_releases(rows, None, until_step=40)
    assert [step.tag for step in chosen.steps] == ["v1.0", "v1.0.1", "v2.0", None]
    assert chosen.live is not None
    assert chosen.live.tag == "v2.0"
