"""Which deployments are of production, in which streams, and of what kind each is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.journey.forge_stories import ForgeStory
from tests.journey.stories import DAY, Story, code

from landed.journey.columns import NEVER, microseconds
from landed.journey.deployed import DEPLOYMENT_SCHEMA, Deployments, read_deployments
from landed.journey.history import read_history
from landed.store import Store

HOUR = timedelta(hours=1)


@pytest.fixture
def story(tmp_path: Path) -> ForgeStory:
    """A shop with four commits on its main line."""
    story = ForgeStory(tmp_path)
    for number in range(4):
        story.commit({"cart.py": code(*(f"item_{item}" for item in range(number + 1)))})
    return story


def main(story: Story) -> list[str]:
    """The commits of the main line, oldest first."""
    told = story.history.git("rev-list", "--first-parent", "--reverse", "main")
    return told.decode().split()


def deployments(story: Story, until: int = NEVER) -> Deployments:
    story.sync()
    with Store.open(story.workspace, read_only=True) as store:
        history = read_history(store, story.repository, until)
        return read_deployments(store, story.settings, history)


def kinds(story: Story) -> list[str]:
    found: list[str] = deployments(story).rows["kind"].to_pylist()
    return found


def deploy_all(story: ForgeStory, *commits: str, **more: object) -> None:
    """Deploy these one an hour after another."""
    begin = story.now
    for hour, commit in enumerate(commits):
        story.deploy(commit, at=begin + hour * HOUR, **more)  # type: ignore[arg-type]


def test_what_the_main_line_brings_goes_forward_and_back(story: ForgeStory) -> None:
    first, second, third, fourth = main(story)
    deploy_all(story, second, third, third, fourth, third, fourth, first, second)

    assert kinds(story) == [
        "first",
        "forward",
        "redeploy",
        "forward",
        "rollback",
        "redeploy",
        "rollback",
        "rollback",
    ]


def test_what_forge_and_pipeline_both_tell_is_one_deployment(story: ForgeStory) -> None:
    first, second, _, _ = main(story)
    story.has_pipeline()
    deploy_all(story, first)
    begin = story.now
    story.deploy(first, at=begin + timedelta(minutes=5), environment="Production", by_pipeline=True)
    story.deploy(second, at=begin + DAY, by_pipeline=True)
    story.deploy(first, at=begin + 2 * DAY, by_pipeline=True)
    story.deploy(first, at=begin + 2 * DAY, by_pipeline=True, service="cart")

    rows = deployments(story).rows.to_pylist()

    assert [(row["kind"], row["service"]) for row in rows] == [
        ("first", None),
        ("forward", None),
        ("rollback", None),
        ("first", "cart"),
    ]


def test_a_failed_deployment_is_compared_and_counts_for_nothing_after_it(
    story: ForgeStory,
) -> None:
    first, second, third, _ = main(story)
    deploy_all(story, first)
    story.deploy(third, state="failure", at=story.now + HOUR)
    story.deploy(second, at=story.now + 2 * HOUR)

    rows = deployments(story).rows.to_pylist()

    assert [(row["kind"], row["succeeded"]) for row in rows] == [
        ("first", True),
        ("forward", False),
        ("forward", True),
    ]
    assert [row["previous"] for row in rows] == [None, "github:0", "github:0"]


def test_a_commit_beside_the_main_line_is_a_hotfix_if_it_brings_nothing_newer_of_it(
    story: ForgeStory,
) -> None:
    _, second, third, fourth = main(story)
    story.history.branch("release", second)
    hotfix = story.commit({"fix.py": code("fix")})
    merged = story.history.merge(fourth)
    deploy_all(story, second, hotfix, third, merged)

    rows = deployments(story).rows.to_pylist()

    assert [row["kind"] for row in rows] == ["first", "hotfix", "forward", "forward"]
    assert [row["base_step"] for row in rows] == [1, 1, 2, 1]
    assert [row["reach_step"] for row in rows] == [1, 1, 2, 3]
    assert [row["on_mainline"] for row in rows] == [True, False, True, False]
    assert all(row["known"] for row in rows)


def test_a_commit_ahead_of_a_main_line_that_has_nothing_newer_is_no_hotfix(
    story: ForgeStory,
) -> None:
    *_, fourth = main(story)
    story.history.branch("next", fourth)
    ahead = [story.commit({f"{name}.py": code(name)}) for name in ("tax", "rate")]
    deploy_all(story, fourth, *ahead)

    assert kinds(story) == ["first", "forward", "forward"]


@pytest.mark.parametrize(
    ("branch", "labels"), [("hotfix/tax", ()), ("HOTFIX-tax", ()), ("tax", ("Hotfix",))]
)
def test_a_change_whose_branch_or_label_says_so_is_a_hotfix(
    story: ForgeStory, branch: str, labels: tuple[str, ...]
) -> None:
    _, second, third, _ = main(story)
    story.request(1, [third], branch=branch, labels=labels)
    story.merged(1, third, rule="fast-forward")
    deploy_all(story, second, third)

    assert kinds(story) == ["first", "hotfix"]


def test_a_commit_that_was_not_read_cannot_be_compared(story: ForgeStory) -> None:
    first, second, *_ = main(story)
    deploy_all(story, first)
    for hour in (1, 2):
        story.deploy("d" * 40, known=False, at=story.now + hour * HOUR)
    story.deploy(second, at=story.now + 3 * HOUR)

    found = deployments(story)

    assert found.rows["kind"].to_pylist() == ["first", "unknown", "redeploy", "unknown"]
    assert found.rows["commit_index"].to_pylist()[1] is None
    assert found.effective["commit"].to_pylist() == [first, second]


def test_streams_stand_each_for_itself(tmp_path: Path) -> None:
    services = [{"name": "tax", "paths": ["tax/"], "environments": ["*-tax"]}]
    story = ForgeStory(tmp_path, services=services)
    commit = story.commit({"cart.py": code("total")})
    for environment, service in (
        ("Production", None),
        ("production", "shop"),
        ("prod-tax", None),
        ("prod-tax", "shop"),
        ("production", None),
        ("preview", None),
    ):
        story.deploy(commit, environment=environment, service=service)

    found = deployments(story)

    assert found.rows.schema == DEPLOYMENT_SCHEMA
    assert [(row["stream"], row["service"], row["kind"]) for row in found.rows.to_pylist()] == [
        ("prod-tax/shop", "shop", "first"),
        ("prod-tax/tax", "tax", "first"),
        ("production", None, "first"),
        ("production", None, "redeploy"),
        ("production/shop", "shop", "first"),
    ]
    assert found.elsewhere == ("preview",)


def test_at_an_earlier_time_a_deployment_had_not_ended(story: ForgeStory) -> None:
    first, *_ = main(story)
    begun = story.now
    story.deploy(first, at=begun)
    story.rows["deployment"][0]["finished_at"] = begun + DAY

    def states(at: timedelta) -> list[tuple[str, object]]:
        rows = deployments(story, microseconds(begun + at)).rows.to_pylist()
        return [(row["state"], row["at"]) for row in rows]

    assert states(-HOUR) == []
    assert states(HOUR) == [("pending", begun)]
    assert states(DAY) == [("success", begun + DAY)]
