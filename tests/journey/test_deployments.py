"""When lines were in production, as deployments tell: stays begin and end with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.journey.forge_stories import ForgeStory
from tests.journey.stories import DAY, Story, code

from landed.errors import ConfigurationError

HOUR = timedelta(hours=1)
STAYS = ("deployed_at", "retired_at", "live", "live_seconds")


@pytest.fixture
def story(tmp_path: Path) -> ForgeStory:
    """A shop with one commit, before any agent came."""
    story = ForgeStory(tmp_path)
    story.commit({"readme.md": "The shop sells things.\n"})
    return story


def one_line(story: ForgeStory, path: str = "cart.py", name: str = "total") -> str:
    """An agent writes one line, which is committed on the current branch."""
    edit = story.edit(path, 1, turn=f"t-{path}-{name}")
    commit = story.commit({path: code(name)}, f"Add {path}")
    story.carried(edit, commit, path, 1)
    return commit


def stays(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in STAYS)


def test_a_line_is_live_from_the_deployment_on_that_succeeded(story: ForgeStory) -> None:
    commit = one_line(story)
    story.deploy(commit, state="failure", at=story.now)
    story.deploy(commit, environment="staging", at=story.now)
    story.deploy(commit, state="pending", at=story.now)
    deployed_at = story.now + DAY
    story.deploy(commit, at=deployed_at)

    row = story.only(deployed_at + DAY)

    assert row["bucket"] == "live"
    assert stays(row) == (deployed_at, None, True, 86_400)
    assert story.only(deployed_at - HOUR)["bucket"] == "merged"


def test_deployments_count_and_tags_do_not_where_both_are_known(story: ForgeStory) -> None:
    first = story.history.resolve("main")
    commit = one_line(story)
    story.history.tag("v1.0", commit)
    assert story.buckets() == {"live": 1}

    story.deploy(first)

    assert story.buckets() == {"merged": 1}


def test_the_default_branch_is_production_until_deployments_are_known(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path, production="default-branch")
    first = story.commit({"readme.md": "Shop\n"})
    one_line(story)
    assert story.buckets() == {"live": 1}

    story.deploy(first)

    assert story.buckets() == {"merged": 1}


def test_a_deployment_dated_ahead_has_not_been_made(story: ForgeStory) -> None:
    commit = one_line(story)
    story.deploy(commit, at=datetime.now(UTC) + timedelta(days=2))

    assert story.buckets() == {"merged": 1}


def test_a_rollback_ends_a_stay_and_a_redeployment_begins_another(story: ForgeStory) -> None:
    before = story.history.resolve("main")
    commit = one_line(story)
    begin = story.now
    for day, deployed in enumerate((before, commit, before, commit, commit)):
        story.deploy(deployed, at=begin + day * DAY)

    row = story.only(begin + 5 * DAY)

    assert stays(row) == (begin + DAY, None, True, 3 * 86_400)
    assert stays(story.only(begin + 2.5 * DAY)) == (
        begin + DAY,
        begin + 2 * DAY,
        False,
        86_400,
    )
    assert story.only(begin + 2.5 * DAY)["bucket"] == "merged"


@pytest.mark.parametrize(
    ("gone", "back", "told"),
    [
        (10, 20, (True, None)),
        (20, 31, (False, None)),
        (None, None, (True, None)),
    ],
)
def test_a_line_is_live_after_30_days_if_it_is_there_then(
    story: ForgeStory, gone: int | None, back: int | None, told: tuple[bool, bool | None]
) -> None:
    before = story.history.resolve("main")
    commit = one_line(story)
    begin = story.now
    story.deploy(commit, at=begin)
    if gone is not None and back is not None:
        story.deploy(before, at=begin + gone * DAY)
        story.deploy(commit, at=begin + back * DAY)

    row = story.only(begin + 40 * DAY)

    assert (row["live_30"], row["live_90"]) == told
    assert story.only(begin + 29 * DAY)["live_30"] is None
    assert story.only(begin + 90 * DAY)["live_90"] is True


def test_tags_end_and_begin_stays_as_well(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.commit({"readme.md": "Shop\n"})
    edit = story.edit("cart.py", 1)
    commit = story.commit({"cart.py": code("total")})
    story.carried(edit, commit, "cart.py", 1)
    begin = story.now

    def release(tag: str, day: int) -> datetime:
        story.history.tag(tag, message=tag, when=begin + day * DAY)
        return begin + day * DAY

    first = release("v1.0", 0)
    reverted = story.history.revert(commit, when=begin + 9 * DAY)
    release("v1.1", 10)
    story.history.revert(reverted, when=begin + 34 * DAY)
    release("v1.2", 35)

    row = story.only(begin + 45 * DAY)

    assert stays(row) == (first, None, True, 20 * 86_400)
    assert (row["bucket"], row["live_30"]) == ("live", False)


def test_a_line_that_was_deleted_before_the_deployment_never_counts(story: ForgeStory) -> None:
    one_line(story)
    after = story.commit({"cart.py": None})
    story.deploy(after)

    row = story.only()

    assert (row["bucket"], row["deployed"], row["live_seconds"]) == ("reworked", False, 0)


def test_a_hotfix_on_a_release_branch_is_live_and_lands_once(story: ForgeStory) -> None:
    released = one_line(story)
    begin = story.now
    story.deploy(released, at=begin)
    story.commit({"new.py": code("feature")})
    fix = one_line(story, "fix.py", "patch")
    story.history.branch("release", released)
    picked = story.history.cherry_pick(fix)
    story.deploy(picked, at=begin + DAY)

    rows = {row["path"]: row for row in story.lines(begin + 2 * DAY).to_pylist()}

    assert {path: row["bucket"] for path, row in rows.items()} == {
        "cart.py": "live",
        "fix.py": "live",
    }
    assert rows["fix.py"]["deployed_at"] == begin + DAY
    assert rows["fix.py"]["change"] == 3
    assert rows["cart.py"]["deployed_at"] == begin


def test_a_branch_can_be_deployed_before_it_is_merged(story: ForgeStory) -> None:
    before = story.history.resolve("main")
    story.history.branch("feature")
    head = one_line(story)
    story.request(1, [head])
    begin = story.now
    story.deploy(head, at=begin)

    row = story.only(begin + HOUR)
    assert (row["bucket"], row["merged_at"], row["number"]) == ("live", None, 1)

    story.deploy(before, at=begin + DAY)
    row = story.only(begin + DAY + HOUR)
    assert (row["bucket"], row["deployed"], row["retired_at"]) == ("reworked", True, begin + DAY)

    story.history.checkout("main")
    merge = story.history.merge("feature", when=begin + 2 * DAY)
    story.merged(1, merge, at=begin + 2 * DAY)
    story.deploy(merge, at=begin + 3 * DAY)

    row = story.only(begin + 4 * DAY)
    assert stays(row) == (begin, None, True, 2 * 86_400)
    assert row["merged_at"] == begin + 2 * DAY


SERVICES = (
    {"name": "shop", "paths": ["shop/"], "environments": ["prod-shop"]},
    {"name": "tax", "paths": ["tax/**", "rates.py"]},
    {"name": "other", "paths": ["**"], "repositories": ["somewhere-else"]},
)


def test_each_service_brings_the_lines_in_its_paths(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path, services=SERVICES)
    for path in ("shop/cart.py", "tax/rate.py", "rates.py", "readme.py"):
        one_line(story, path)
    head = story.history.resolve("main")
    begin = story.now
    story.deploy(head, environment="PROD-shop", at=begin)

    def live(at: datetime) -> set[str]:
        rows = story.lines(at).to_pylist()
        return {row["path"] for row in rows if row["live"]}

    assert live(begin + HOUR) == {"shop/cart.py"}

    story.deploy(head, service="tax", at=begin + DAY)
    assert live(begin + DAY + HOUR) == {"shop/cart.py", "tax/rate.py", "rates.py"}

    story.deploy(head, at=begin + 2 * DAY)
    assert live(begin + 2 * DAY + HOUR) == {
        "shop/cart.py",
        "tax/rate.py",
        "rates.py",
        "readme.py",
    }


def test_a_line_is_where_its_file_is_called_now(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path, services=SERVICES)
    one_line(story, "old/cart.py")
    story.history.rename("old/cart.py", "shop/cart.py")
    story.history.commit("Move")
    head = story.commit({"shop/cart.py": code("total", "tax")})
    story.deploy(head, service="shop")

    assert story.buckets() == {"live": 1}


def test_a_path_that_is_no_glob_is_refused(tmp_path: Path) -> None:
    story = ForgeStory(tmp_path, services=[{"name": "shop", "paths": ["shop/[a"]}])
    one_line(story)

    with pytest.raises(ConfigurationError, match=r"the path 'shop/\[a' of the service shop"):
        story.only()


def test_one_environment_ends_no_stay_in_another(story: ForgeStory) -> None:
    before = story.history.resolve("main")
    commit = one_line(story)
    begin = story.now
    story.deploy(commit, environment="production-eu", at=begin)
    story.deploy(commit, environment="production-us", at=begin + DAY)
    story.deploy(before, environment="production-eu", at=begin + 2 * DAY)
    assert stays(story.only(begin + 3 * DAY)) == (begin, None, True, 3 * 86_400)

    story.deploy(before, environment="production-us", at=begin + 3 * DAY)
    assert stays(story.only(begin + 4 * DAY)) == (begin, begin + 3 * DAY, False, 3 * 86_400)


def test_stays_that_touch_in_one_moment_are_one(story: ForgeStory) -> None:
    before = story.history.resolve("main")
    commit = one_line(story)
    begin = story.now
    story.deploy(commit, environment="production-eu", at=begin)
    story.deploy(before, environment="production-eu", at=begin + DAY)
    story.deploy(commit, environment="production-us", at=begin + DAY)
    story.deploy(before, environment="production-us", at=begin + 2 * DAY)

    assert stays(story.only(begin + 3 * DAY)) == (begin, begin + 2 * DAY, False, 2 * 86_400)


# What is missing --------------------------------------------------------------------------


def why(story: ForgeStory) -> str:
    (missing,) = story.read(story.now + DAY).missing
    return missing.what


def test_where_no_environment_is_production_those_that_are_known_are_named(
    story: ForgeStory,
) -> None:
    commit = one_line(story)
    for name in ("staging", "qa\x1b[31m"):
        story.deploy(commit, environment=name)

    told = why(story)

    assert "(only to qa?[31m, staging)" in told
    assert "production_environments" in told


def test_of_many_environments_some_are_named(story: ForgeStory) -> None:
    commit = one_line(story)
    for number in range(7):
        story.deploy(commit, environment=f"review-{number}")

    assert "review-4 and 2 more)" in why(story)


def test_an_environment_that_the_forge_marks_is_production(story: ForgeStory) -> None:
    commit = one_line(story)
    story.deploy(commit, environment="customers", production=True)

    assert story.buckets() == {"live": 1}


def test_deployments_that_all_failed_tell_that_none_succeeded(story: ForgeStory) -> None:
    commit = one_line(story)
    story.deploy(commit, state="failure")

    assert why(story).startswith("no deployment to production had succeeded by then")


def test_a_deployment_whose_tree_is_not_known_says_what_to_fetch(story: ForgeStory) -> None:
    one_line(story)
    story.deploy("d" * 40, known=False)

    row = story.only()
    assert (row["bucket"], row["live_30"], row["live_seconds"]) == ("merged", None, None)
    assert "fetch the branches that they lie on" in why(story)


def test_a_tree_that_is_not_known_ends_no_stay(story: ForgeStory) -> None:
    commit = one_line(story)
    story.deploy(commit)
    story.deploy("d" * 40, known=False, at=story.now + HOUR)

    assert story.buckets() == {"live": 1}
