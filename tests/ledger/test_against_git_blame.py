"""The ledger says of every line at every commit what `git blame` says, on random histories.

More examples than a test run takes: HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from tests.histories.comparing import Seen, assert_equal_to_blame, observe
from tests.histories.random_histories import BuiltHistory, RandomHistory, random_histories
from tests.histories.stays import assert_stays_and_removals_fit

from landed.ledger import running

UNHURRIED = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
PROFILES = {
    "ci": settings(UNHURRIED, max_examples=40, derandomize=True),
    "deep": settings(UNHURRIED, max_examples=3000, print_blob=True),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "ci")]


def contents(built: BuiltHistory, numbers: Sequence[int]) -> dict[str, dict[bytes, bytes]]:
    """Regular files of some commits, by commit id and path."""
    return {
        built.commits[number]: {path: thing.content for path, thing in built.files(number).items()}
        for number in numbers
    }


@PROFILE
@given(plan=random_histories())
def test_every_line_of_every_file_at_every_commit_is_born_where_git_blame_says(
    plan: RandomHistory,
) -> None:
    note(plan.script())
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        built.show()
        workspace = Path(directory) / "workspace"
        seen = observe(built.path, workspace)
        compared = assert_equal_to_blame(built.path, seen, contents(built, range(len(plan.steps))))
        assert_stays_and_removals_fit(workspace, seen)
    event("lines compared", payload=len(str(compared)))


@settings(PROFILE, max_examples=max(12, PROFILE.max_examples // 3))
@given(plan=random_histories(), data=st.data())
def test_a_history_read_in_parts_is_the_history_read_at_once(
    plan: RandomHistory, data: st.DataObject
) -> None:
    note(plan.script())
    cut = data.draw(st.integers(1, len(plan.steps)), label="commits in the first part")
    chunk = data.draw(st.integers(1, 8), label="commits in a chunk")
    with TemporaryDirectory() as directory, patch.object(running, "_CHUNK_COMMITS", chunk):
        built = plan.build(Path(directory) / "repo")
        workspace = Path(directory) / "workspace"
        built.show(cut)
        seen: Seen = observe(built.path, workspace)
        built.show()
        further = observe(built.path, workspace)

        seen |= further
        assert_equal_to_blame(built.path, seen, contents(built, range(len(plan.steps))))
        assert_stays_and_removals_fit(workspace, seen)


@settings(PROFILE, max_examples=max(12, PROFILE.max_examples // 3))
@given(plan=random_histories(), data=st.data())
def test_a_main_line_forwarded_over_commits_that_were_read_is_the_one_read_at_once(
    plan: RandomHistory, data: st.DataObject
) -> None:
    note(plan.script())
    chain = [len(plan.steps) - 1]
    while plan.steps[chain[-1]].parents:
        chain.append(plan.steps[chain[-1]].parents[0])
    stops = data.draw(
        st.lists(st.sampled_from(chain), min_size=1, max_size=3, unique=True), label="main before"
    )
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        workspace = Path(directory) / "workspace"
        built.show()
        tip = built.commits[chain[0]]
        built.history.set_ref("refs/heads/ahead", tip)
        seen: Seen = {}
        for stop in sorted(stops):
            built.history.set_ref("refs/heads/main", built.commits[stop])
            seen |= observe(built.path, workspace)
        built.history.set_ref("refs/heads/main", tip)
        seen |= observe(built.path, workspace)

        assert_equal_to_blame(built.path, seen, contents(built, range(len(plan.steps))))
        assert_stays_and_removals_fit(workspace, seen)
