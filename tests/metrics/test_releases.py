"""Which tags are releases, and in which order they stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from landed.errors import UsageError
from landed.metrics import choose_releases
from landed.metrics.releases import NEWEST, looks_final


def tag(name: str, step: int | None, day: int = 1, *, commit: int | None = None) -> dict[str, Any]:
    return {
        "tag": name,
        "commit_index": step if commit is None else commit,
        "base_index": step,
        "released_at": datetime(2025, 1, day, tzinfo=UTC),
        "on_mainline": commit is None,
    }


@pytest.mark.parametrize("name", ["v1.2", "1.2.3", "V2.0.0", "shop-1.2.3", "release-3.1", "v1_4"])
def test_final_versions_are_known_by_their_look(name: str) -> None:
    assert looks_final(name)


@pytest.mark.parametrize("name", ["v1.2rc1", "1.2.3-beta.1", "nightly", "v2", "v1.0.dev0", "1.0a1"])
def test_other_tags_are_not(name: str) -> None:
    assert not looks_final(name)


def test_releases_stand_in_the_order_of_the_main_line_then_of_their_date() -> None:
    rows = [
        tag("v2.0", 50, 3),
        tag("v1.0", 10, 1),
        tag("v1.0.1", 10, 9, commit=70),
        tag("v1.5", 30, 2),
    ]
    chosen = choose_releases(rows, "v*", until_step=60)
    assert [step.tag for step in chosen.steps] == ["v1.0", "v1.0.1", "v1.5", "v2.0", None]
    assert chosen.live is not None and chosen.live.tag == "v2.0"
    assert chosen.tags_beside == ["v1.0.1"]


def test_two_tags_on_one_commit_are_one_release() -> None:
    chosen = choose_releases([tag("v1.0", 10), tag("stable", 10)], "*", until_step=10)
    assert [step.tag for step in chosen.steps] == ["stable", None]


def test_tags_beyond_the_window_or_off_the_history_are_left_out() -> None:
    rows = [tag("v1.0", 10), tag("v2.0", 90), tag("v0.0", None, commit=3)]
    assert [step.tag for step in choose_releases(rows, "v*", until_step=50).steps] == ["v1.0", None]


def test_without_a_pattern_the_newest_final_versions_are_taken() -> None:
    rows = [tag(f"v1.{number}", number) for number in range(40)] + [tag("v1.40rc1", 40)]
    chosen = choose_releases(rows, None, until_step=99)
    assert chosen.first_is_cut
    pairs = chosen.pairs()
    assert len(pairs) == NEWEST + 1
    assert pairs[0][0] is not None and pairs[0][0].tag == "v1.27" and pairs[0][1].tag == "v1.28"
    assert chosen.live is not None and chosen.live.tag == "v1.39"


def test_a_pattern_that_matches_nothing_names_some_tags() -> None:
    rows = [tag(f"v1.{number}", number, number + 1) for number in range(7)]
    with pytest.raises(UsageError, match=r"r\* matches no tag; there are v1\.6, .* and 2 more"):
        choose_releases(rows, "r*", until_step=9)


def test_a_pattern_in_a_repository_without_tags_says_so() -> None:
    with pytest.raises(UsageError, match="the repository has none"):
        choose_releases([], "v*", until_step=9)
