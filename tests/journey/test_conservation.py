"""Every line and every micro-dollar is in exactly one bucket, whatever happened, at any time.

Random histories carry the lines of random sessions, with random requests and deployments beside
them. More examples than a test run takes: HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.histories.random_histories import BuiltHistory, RandomHistory, random_histories
from tests.journey.forge_stories import ForgeStory
from tests.journey.random_forges import tell_forge
from tests.journey.random_sessions import moment, tell_sessions
from tests.journey.stories import Story

from landed.journey import BUCKETS, SUPERSEDED, Journey, read_balance, read_journey
from landed.journey.columns import NEVER, microseconds
from landed.journey.deployed import read_deployments
from landed.journey.history import read_history
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


SERVICES = ({"name": "shop", "paths": ["*.py"]},)


@PROFILE
@given(plan=random_histories(), seed=st.integers(0, 2**32 - 1))
def test_with_requests_and_deployments_nothing_is_lost_either(
    plan: RandomHistory, seed: int
) -> None:
    note(plan.script())
    random = Random(seed)
    with TemporaryDirectory() as directory:
        built = plan.build(Path(directory) / "repo")
        built.show()
        _release(built, random)
        services = random.choice((SERVICES, ()))
        story = ForgeStory(Path(directory), built.history, services=services)
        story.sync()
        tell_sessions(story, random)
        tell_forge(story, built.commits, random)
        story.sync()
        for at in (None, moment(story, random), moment(story, random)):
            with Store.open(story.workspace, read_only=True) as store:
                balance = read_balance(store, story.settings, None, at)
                assert balance.lines.residual == 0
                assert balance.dollars.residual == 0
                assert balance.dollars.cash.residual == 0
                journey = read_journey(store, story.settings, None, at)
                until = NEVER if at is None else microseconds(at)
                _check_live(store, story, journey, until)
            _check_lines(journey)
            _check_requests(story, journey)


def _check_live(store: Store, story: Story, journey: Journey, until: int) -> None:
    """A line is live if one of its carriers is in the last tree of one of the streams.

    Deployments here can be older than the commits that they deploy: of such the journey knows no
    lines yet.
    """
    history = read_history(store, story.repository, until)
    found = read_deployments(store, story.settings, history)
    if not found.tell:
        return
    there: set[int] = set()
    for stream in set(found.effective["stream"].to_pylist()):
        row = [row for row in found.effective.to_pylist() if row["stream"] == stream][-1]
        tree = store.query(
            "with noted as (select line, present from deployed_line "
            'where repository = $id and "commit" = $commit), '
            "standing as (select line from line_interval where repository = $id "
            'and entered <= $step and coalesce("left", 1000000) > $step) '
            "select line, commit_index, coalesce(now.path, path.path) as path "
            "from line join path using (repository, path_index) "
            "left join renamed_path as moved using (repository, path_index) "
            "left join path as now on now.repository = line.repository "
            "and now.path_index = moved.renamed_to "
            "where line.repository = $id and (line in (select line from standing) "
            "or line in (select line from noted where present)) "
            "and line not in (select line from noted where not present)",
            {
                "id": story.repository,
                "commit": row["commit"],
                "step": -1 if row["base_step"] is None else row["base_step"],
            },
        )
        there |= {
            line["line"]
            for line in tree.to_pylist()
            if found.services.covers(row["service"], line["path"])
            and history.exists[line["commit_index"]]
        }
    generated = {line for line in journey.lines["line"].to_pylist() if line is not None}
    owners = _owners(store, story.repository, generated, there)
    for row in journey.lines.to_pylist():
        if row["line"] is not None:
            assert row["live"] == (row["line"] in owners), row


def _check_requests(story: ForgeStory, journey: Journey) -> None:
    reviewed = {row["number"] for row in story.rows["review"] if row["reviewer"] == "ben"}
    for row in journey.lines.to_pylist():
        assert (row["project"] is None) == (row["number"] is None)
        assert not row["reviewed"] or row["number"] in reviewed
        if row["live_seconds"] is not None:
            assert (row["live_seconds"] > 0) <= row["deployed"]
        if row["live_30"] is not None or row["live_90"] is not None:
            assert row["deployed"]
        if row["bucket"] == "untraced" and "request was merged" in row["reason"]:
            assert row["number"] is not None
            assert any(one["state"] == "merged" for one in story.rows["change"])


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
    there = store.query(
        'select line from line_interval where repository = ? and "left" is null', [repository]
    )
    return _owners(store, repository, generated, there["line"].to_pylist())


def _owners(
    store: Store, repository: str, generated: set[int], carriers: Iterable[int]
) -> set[int]:
    """Those `generated` lines of the ledger that these carry on."""
    links = store.query(
        "select line, predecessor from line_link where repository = $id and rank = 0 "
        "union all select line, origin_line from line "
        "where repository = $id and origin_line is not null",
        {"id": repository},
    ).to_pylist()
    before = {row["line"]: row["predecessor"] for row in links}
    found = set()
    for line in carriers:
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
