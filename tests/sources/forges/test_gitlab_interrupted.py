"""Reading a GitLab that changes, limits, fails and breaks off: nothing lost, nothing twice."""

from __future__ import annotations

import random

import pytest
from tests.servers.gitlab_asking import opened, read, the_project
from tests.servers.gitlab_forge import Asked, GitLabServer, Trouble, touch
from tests.servers.gitlab_model import Held, at, sha
from tests.servers.kept import Kept

from landed.errors import ForgeUnreachable, RateLimited
from landed.records import Change
from landed.sources.forges import gitlab_walking
from landed.sources.forges.contract import CHANGES, CHECKS, NOUNS


def filled(shop: Held) -> None:
    """Ten of everything, many changed in the same millisecond."""
    for number in range(1, 11):
        shop.request(number, updated_at=at(50 if number in (3, 4, 5, 6, 7) else number))
        shop.note(number, number, "ben", number, type="DiffNote")
        shop.pipeline(number, sha(number), updated_at=at(9))
        shop.deployment(number, sha(number), updated_at=at(9 + number // 4))
        shop.deployed[number] = [{"iid": number}]
        shop.issue(number, ["bug"], updated_at=at(9 + number // 4))
        shop.releases.append({"tag_name": f"v{number}", "created_at": at(number)})


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("noun", NOUNS)
def test_every_page_is_a_place_to_go_on_from(
    gitlab: GitLabServer, shop: Held, noun: str, inclusive: bool
) -> None:
    filled(shop)
    gitlab.inclusive = inclusive
    project = the_project(gitlab)
    whole = read(gitlab, noun)
    assert len(whole.rows) >= 10
    for stop in range(1, whole.pages):
        with opened(gitlab.url) as forge:
            held = Kept()
            held.read(forge, project, noun, pages=stop)
        with opened(gitlab.url) as forge:
            held.take(forge.read(project, noun, held.state))
        assert held.rows == whole.rows, f"stopped after {stop} pages"


def test_what_moves_while_it_is_read_is_not_skipped(gitlab: GitLabServer, shop: Held) -> None:
    """Somebody touches a request that was read whenever a list is asked for."""
    for number in range(1, 31):
        shop.request(number, updated_at=at(number))
    touched = iter(shop.merge_requests[:20])

    def meddle(asked: Asked) -> None:
        if asked.path.endswith("/merge_requests") and asked.place > 2:
            request = next(touched, None)
            if request:
                touch(request, 1000 + asked.place)
                request["title"] = "Touched"

    gitlab.trouble = meddle
    held = read(gitlab, CHANGES)
    assert len(held.of(Change)) == 30
    told = {one.number for one in held.of(Change) if one.title == "Touched"}
    assert told == {one["iid"] for one in shop.merge_requests if one["title"] == "Touched"}
    assert len(told) > 5


def test_what_moves_out_of_a_crowded_moment_is_not_skipped(
    gitlab: GitLabServer, shop: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import gave one time to more than are remembered; some move on while we turn pages."""
    monkeypatch.setattr(gitlab_walking, "REMEMBERED", 2)
    for number in range(1, 21):
        shop.request(number, updated_at=at(5))
    order = iter([shop.merge_requests[place] for place in (0, 1, 4, 5, 9)])

    def meddle(asked: Asked) -> None:
        if asked.query.get("page") not in (None, "1") and (request := next(order, None)):
            touch(request, 100 + asked.place)

    gitlab.trouble = meddle
    assert [
        one.number for one in sorted(read(gitlab, CHANGES).of(Change), key=lambda one: one.number)
    ] == [*range(1, 21)]


def test_what_shows_up_late_is_read_after_all(gitlab: GitLabServer, shop: Held) -> None:
    """A transaction that took long writes a time that readers have passed."""
    shop.request(1, updated_at=at(50))
    held = read(gitlab, CHANGES)
    shop.request(2, updated_at=at(49))
    with opened(gitlab.url) as forge:
        held.take(forge.read(the_project(gitlab), CHANGES, held.state))
    assert [one.number for one in held.of(Change)] == [1, 2]


def test_interrupted_at_random_it_ends_in_the_same_rows(gitlab: GitLabServer, shop: Held) -> None:
    filled(shop)
    whole = {noun: read(gitlab, noun) for noun in NOUNS}
    project = the_project(gitlab)
    chance = random.Random(11)
    gitlab.trouble = lambda _: (
        Trouble(torn=True)
        if chance.random() < 0.2
        else Trouble(500)
        if chance.random() < 0.2
        else None
    )
    for noun in NOUNS:
        held, finished, runs = Kept(), False, 0
        while not finished:
            runs += 1
            assert runs < 200
            with opened(gitlab.url) as forge:
                try:
                    held.take(forge.read(project, noun, held.state))
                    finished = True
                except ForgeUnreachable:
                    continue
        assert held.rows == whole[noun].rows


def test_one_failure_is_nothing(gitlab: GitLabServer, shop: Held) -> None:
    filled(shop)
    whole = read(gitlab, CHANGES)
    failing: set[str] = set()

    def once(asked: Asked) -> Trouble | None:
        question = f"{asked.path}{sorted(asked.query.items())}"
        if question in failing:
            return None
        failing.add(question)
        kind = asked.place % 3
        return Trouble(502, body=b"<html>") if kind == 0 else Trouble(torn=kind == 1, status=503)

    pauses: list[float] = []
    project = the_project(gitlab)
    gitlab.trouble = once
    with opened(gitlab.url, sleep=pauses.append) as forge:
        held = Kept().take(forge.read(project, CHANGES, None))
    assert held.rows == whole.rows
    assert set(pauses) == {1.0}


def test_a_server_that_is_down(gitlab: GitLabServer, shop: Held) -> None:
    filled(shop)
    project = the_project(gitlab)
    gitlab.trouble = lambda asked: Trouble(503) if asked.path.endswith("/4/notes") else None
    held = Kept()
    pauses: list[float] = []
    with opened(gitlab.url, sleep=pauses.append) as forge, pytest.raises(ForgeUnreachable) as told:
        held.take(forge.read(project, CHANGES, None))
    assert "the next run goes on from there" in str(told.value)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    gitlab.trouble = lambda _: None
    with opened(gitlab.url) as forge:
        held.take(forge.read(project, CHANGES, held.state))
    assert held.rows == read(gitlab, CHANGES).rows


def test_nobody_listens() -> None:
    gone = GitLabServer()
    with gone.running():
        pass
    with opened(gone.url) as forge, pytest.raises(ForgeUnreachable, match="cannot be reached"):
        list(forge.projects())


def test_it_waits_as_long_as_is_wanted(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    answers = iter([Trouble(429, {"Retry-After": "7"}), Trouble(429, {"Retry-After": "5"})])
    gitlab.trouble = lambda _: next(answers, None)
    pauses: list[float] = []
    with opened(gitlab.url, sleep=pauses.append) as forge:
        assert len(list(forge.projects())) == 1
    assert pauses == [7.0, 5.0]


def test_it_pauses_before_the_limit_is_passed(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    limits = {
        "RateLimit-Limit": "600",
        "RateLimit-Remaining": "0",
        "RateLimit-Reset": "2000000010",
        "Date": "Wed, 18 May 2033 03:33:20 GMT",
    }
    body = b'{"id": 7, "path_with_namespace": "acme/shop"}'
    first = iter([Trouble(200, limits, body)])
    gitlab.trouble = lambda _: next(first, None)
    pauses: list[float] = []
    with opened(gitlab.url, sleep=pauses.append) as forge:
        project = next(iter(forge.projects()))
        assert pauses == []
        list(forge.read(project, CHECKS, None))
    assert [round(pause) for pause in pauses] in ([11], [10])


@pytest.mark.parametrize("asked_for", ["3600", "soon", "-5"])
def test_it_does_not_wait_for_ever(gitlab: GitLabServer, shop: Held, asked_for: str) -> None:
    del shop
    gitlab.trouble = lambda _: Trouble(429, {"Retry-After": asked_for})
    waited: list[float] = []
    with (
        opened(gitlab.url, wait_minutes=2, sleep=waited.append) as forge,
        pytest.raises(RateLimited),
    ):
        list(forge.projects())
    assert sum(waited) <= 120
