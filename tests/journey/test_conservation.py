"""Every line and every micro-dollar is in exactly one bucket, whatever happened, at any time.

Random histories carry the lines of random sessions. More examples than a test run takes:
HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.histories.random_histories import BuiltHistory, RandomHistory, random_histories
from tests.journey.random_sessions import moment, tell_sessions
from tests.journey.stories import Story

from landed.journey import BUCKETS, SUPERSEDED, Journey, read_balance, read_journey
from landed.store import Store

UNHURRIED = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
PROFILES = {
    "ci": settings(UNHURRIED, max_examples=10, derandomize=True),
    "deep": settings(UNHURRIED, max_examples=120, print_blob=True),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "ci")]
STAGES = ("accepted", "committed", "merged", "deployed", "live")
DELIVERED = {"live": 5, "merged": 3, "reworked": 3, "replaced": 3}
"""How many stages at least a line of a bucket has passed."""


@PROFILE
@given(plan=random_histories(), seed=st.integers(0, 2**32 - 1))
def test_nothing_is_lost_and_nothing_is_counted_twice(plan: RandomHistory, seed: int) -> None:
    note(plan.script())
    random = Random(seed)
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        built.show()
        _release(built, random)
        production = random.choice(("releases", "releases", "default-branch"))
        story = Story(Path(directory), built.history, production=production)
        story.sync()
        tell_sessions(story, random)
        story.sync()
        with Store.open(story.workspace, read_only=True) as store:
            for at in (None, moment(story, random), moment(story, random)):
                whole = read_balance(store, story.settings, None, at)
                here = read_balance(store, story.settings, [story.repository], at)

                for balance in (whole, here):
                    assert balance.lines.residual == 0
                    assert balance.dollars.residual == 0
                    assert balance.dollars.cash.residual == 0
                assert whole.dollars.buckets["other_repositories"] == 0
                assert whole.lines.generated >= here.lines.generated
            now = read_journey(store, story.settings)
            carried = {line for line in now.lines["line"].to_pylist() if line is not None}
            standing = _standing(store, story.repository, carried)
        for at in (None, moment(story, random)):
            _check_lines(story.journey(at))
        _check_standing(now, standing, everything_live=production == "default-branch")


def _release(built: BuiltHistory, random: Random) -> None:
    for number in range(random.randint(0, 3)):
        built.history.tag(f"v1.{number}", random.choice(built.commits))


def _check_lines(journey: Journey) -> None:
    rows = journey.lines.to_pylist()
    assert len({(row["edit"], row["ordinal"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["bucket"] in (*BUCKETS, SUPERSEDED)
        passed = [row[stage] for stage in STAGES]
        assert passed == sorted(passed, reverse=True), f"a stage was left out: {row}"
        assert sum(passed) >= DELIVERED.get(row["bucket"], 0)
        assert (row["bucket"] == "live") == row["live"]
        assert (row["bucket"] == "rejected") == (not row["accepted"])
        assert (row["bucket"] == "untraced") <= (row["reason"] is not None)
        if row["bucket"] == SUPERSEDED:
            assert row["list_microdollars"] == row["cash_microdollars"] == 0


def _standing(store: Store, repository: str, generated: set[int]) -> set[int]:
    """Those `generated` lines of the ledger that stand on the main line, carrier by carrier."""
    links = store.query(
        "select line, predecessor from line_link where repository = $id and rank = 0 "
        "union all select line, origin_line from line "
        "where repository = $id and origin_line is not null",
        {"id": repository},
    ).to_pylist()
    before = {row["line"]: row["predecessor"] for row in links}
    there = store.query(
        'select line from line_interval where repository = ? and "left" is null', [repository]
    )
    found = set()
    for line in there["line"].to_pylist():
        while line not in generated and line in before:
            line = before[line]
        found.add(line)
    return found & generated


def _check_standing(journey: Journey, standing: set[int], *, everything_live: bool) -> None:
    for row in journey.lines.to_pylist():
        if row["line"] is None:
            continue
        if everything_live:
            assert (row["bucket"] == "live") == (row["line"] in standing)
        elif row["line"] in standing:
            assert row["bucket"] in ("live", "merged") and row["left_at"] is None
        else:
            assert row["bucket"] != "merged"
