"""Whatever goes wrong while GitHub is read, nothing is lost, nothing is doubled, and it is said."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.servers.github_forge import Trouble, serving
from tests.servers.github_model import Commit
from tests.servers.github_samples import MORNING, change, deployment, oid, only, reader, shop
from tests.servers.kept import Kept

from landed.errors import ForgeError, ForgeUnreachable, RateLimited, TokenRefused
from landed.records import Change
from landed.sources.forges.credentials import AppKey, PersonalToken

NOUNS = ("changes", "checks", "deployments", "releases", "issues")


def busy() -> Any:
    """A repository of several pages of everything."""
    return shop(
        *(change(number, closes=[number]) for number in range(1, 81)),
        deployments=[deployment(number, "SUCCESS") for number in range(1, 151)],
    )


WENT_WRONG = {"errors": [{"message": "Something went wrong while executing your query."}]}


@pytest.mark.parametrize(
    ("on", "failure"),
    [
        *(
            (on, failure)
            for on in ("changes", "outcomes", "GET /repos")
            for failure in ({"status": 500}, {"status": 503}, {"cut": True}, {"torn": True})
        ),
        ("changes", {"status": 502}),
        ("outcomes", {"status": 504}),
        ("changes", {"body": WENT_WRONG}),
        ("outcomes", {"body": {"data": None}}),
    ],
)
def test_an_answer_that_fails_is_asked_for_again(on: str, failure: dict[str, Any]) -> None:
    with serving(busy()) as server:
        whole, told = Kept(), Kept()
        pauses: list[float] = []
        with reader(server, pauses=pauses) as forge:
            project = only(forge)
            for noun in NOUNS:
                whole.read(forge, project, noun)
            assert pauses == []
            server.trouble(Trouble(on=on, skip=1, times=3, **failure))
            for noun in NOUNS:
                told.read(forge, project, noun)

    assert told.rows == whole.rows
    assert told.faults == {}
    assert len(pauses) == 3


def test_a_page_that_is_torn_again_and_again_yields_nothing_of_it() -> None:
    with serving(busy()) as server:
        told = Kept()
        with reader(server) as forge:
            project = only(forge)
            server.trouble(Trouble(on="changes", skip=1, times=9, torn=True))
            with pytest.raises(ForgeUnreachable, match=r"127\.0\.0\.1 was asked 5 times for pull"):
                told.read(forge, project, "changes")
            assert len(told.of(Change)) == 25
            server.at_ease()
            told.read(forge, project, "changes")

    assert len(told.of(Change)) == 80


def test_a_page_too_heavy_for_the_forge_is_asked_for_in_halves() -> None:
    with serving(busy()) as server:
        told = Kept()
        with reader(server) as forge:
            project = only(forge)
            server.trouble(Trouble(on="changes", times=999, status=502, heavier_than=6))
            told.read(forge, project, "changes")
            sizes = [asked.variables["size"] for asked in server.questions("changes")]

    assert len(told.of(Change)) == 80
    assert sizes[:4] == [25, 12, 6, 6]
    assert set(sizes[3:]) == {6}


def test_a_forge_that_does_not_answer_is_named_with_what_was_asked_for() -> None:
    with serving(busy()) as server, reader(server) as forge:
        project = only(forge)
    pauses: list[float] = []
    with (
        reader(server, pauses=pauses) as forge,
        pytest.raises(ForgeUnreachable, match=r"127\.0\.0\.1 .*repository acme/shop"),
    ):
        list(forge.read(project, "changes", None))

    assert pauses == sorted(pauses)
    assert len(pauses) == 4


@pytest.mark.parametrize("noun", NOUNS)
def test_a_token_that_is_not_accepted_is_said_to_be_so(noun: str) -> None:
    with serving(busy()) as server:
        told = Kept()
        with reader(server) as forge:
            project = only(forge)
            server.tokens.clear()
            with pytest.raises(TokenRefused, match="does not accept the token") as refused:
                told.read(forge, project, noun)

    assert server.token not in str(refused.value)
    assert "landed connect github" in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "ghp_1\nx: y", "gh p", "ghp_ü"])
def test_what_cannot_be_a_token_is_refused_unshown(text: str) -> None:
    with serving(shop()) as server:
        with pytest.raises(TokenRefused) as refused:
            reader(server, credentials=PersonalToken(text))
        assert server.asked == []

    assert text.strip() == "" or text not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    shown = repr((PersonalToken("ghp_secret"), AppKey(1, 2, "-----BEGIN secret")))

    assert "secret" not in shown


def test_a_right_that_is_missing_is_named() -> None:
    with serving(busy()) as server, reader(server) as forge:
        server.forge.hidden.add("deployments")
        project = only(forge)
        with pytest.raises(TokenRefused, match="deployments=read"):
            list(forge.read(project, "deployments", None))


def test_what_a_forge_says_of_a_refusal_is_shown_without_control_characters() -> None:
    with serving(busy()) as server, reader(server) as forge:
        project = only(forge)
        said = "no \x1b[2Jright\nfor you"
        server.trouble(Trouble(on="GET /repos", status=403, message=said))
        with pytest.raises(TokenRefused, match=r"no \[2Jright for you"):
            list(forge.read(project, "releases", None))


def test_a_refusal_of_graphql_is_no_missing_data() -> None:
    refusal = {"type": "SAML_FAILURE", "message": "Resource protected by SAML enforcement"}
    with serving(busy()) as server, reader(server) as forge:
        project = only(forge)
        server.trouble(Trouble(on="changes", body={"data": None, "errors": [refusal]}))
        with pytest.raises(TokenRefused, match="SAML"):
            list(forge.read(project, "changes", None))


def test_a_server_too_old_for_a_question_is_said_to_be_so() -> None:
    unknown = {
        "message": "Field 'fullDatabaseId' doesn't exist on type 'IssueComment'",
        "extensions": {"code": "undefinedField"},
    }
    pauses: list[float] = []
    with serving(busy()) as server, reader(server, pauses=pauses) as forge:
        project = only(forge)
        server.trouble(Trouble(on="changes", body={"errors": [unknown]}))
        with pytest.raises(ForgeError, match="Enterprise Server, update it"):
            list(forge.read(project, "changes", None))

    assert pauses == []


@pytest.mark.parametrize("on", ["changes", "GET /repos"])
def test_the_pause_that_a_forge_asks_for_is_kept(on: str) -> None:
    pauses: list[float] = []
    with serving(busy()) as server, reader(server, pauses=pauses) as forge:
        told = Kept()
        project = only(forge)
        server.trouble(Trouble.secondary_limit(17, on=on))
        told.read(forge, project, "changes")
        told.read(forge, project, "deployments")

    assert pauses == [17.0]
    assert len(told.of(Change)) == 80


def test_a_used_up_limit_is_waited_for() -> None:
    pauses: list[float] = []
    with serving(busy()) as server, reader(server, pauses=pauses) as forge:
        told = Kept()
        project = only(forge)
        server.trouble(Trouble.primary_limit(120, on="changes"))
        told.read(forge, project, "changes")

    (pause,) = pauses
    assert 115 <= pause <= 122
    assert len(told.of(Change)) == 80


def test_a_limit_that_graphql_tells_in_its_answer_is_waited_for() -> None:
    pauses: list[float] = []
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    with serving(busy()) as server, reader(server, pauses=pauses) as forge:
        told = Kept()
        project = only(forge)
        server.trouble(Trouble(on="changes", body=limited))
        told.read(forge, project, "changes")

    assert pauses == [60.0]
    assert len(told.of(Change)) == 80


def test_the_last_request_of_the_hour_is_followed_by_a_pause_and_not_by_a_refusal() -> None:
    pauses: list[float] = []
    with serving(busy()) as server, reader(server, pauses=pauses, wait_minutes=90) as forge:
        told = Kept()
        project = only(forge)
        server.remaining = 2
        told.read(forge, project, "changes")

    assert len(pauses) == 1
    assert 3590 < pauses[0] < 3602
    assert {asked.status for asked in server.asked} == {200}


def test_refusals_without_end_end_the_run() -> None:
    pauses: list[float] = []
    with serving(busy()) as server, reader(server, pauses=pauses, wait_minutes=0.1) as forge:
        project = only(forge)
        server.trouble(Trouble.secondary_limit(0, on="changes", times=999))
        with pytest.raises(RateLimited):
            list(forge.read(project, "changes", None))

    assert pauses == [1.0] * 6


def test_a_longer_pause_than_allowed_ends_the_run_and_the_next_one_goes_on() -> None:
    pauses: list[float] = []
    with serving(busy()) as server:
        told = Kept()
        with reader(server, pauses=pauses, wait_minutes=2) as forge:
            project = only(forge)
            server.trouble(Trouble.secondary_limit(100, on="changes", skip=1))
            server.trouble(Trouble.secondary_limit(100, on="changes", skip=2))
            with pytest.raises(RateLimited, match="a pause of 2 minutes"):
                told.read(forge, project, "changes")
        assert pauses == [100.0]
        assert 0 < len(told.of(Change)) < 80
        with reader(server) as forge:
            told.read(forge, project, "changes")

    assert len(told.of(Change)) == 80


def test_what_an_answer_leaves_out_is_counted() -> None:
    with serving(busy()) as server, reader(server) as forge:
        project = only(forge)
        partial = {
            "data": {
                "repository": {
                    "pullRequests": {
                        "pageInfo": {"hasNextPage": False, "endCursor": None},
                        "nodes": [None, {"number": 3}],
                    }
                }
            },
            "errors": [{"type": "FORBIDDEN", "path": ["repository", 0], "message": "no"}],
        }
        server.trouble(Trouble(on="changes", body=partial))
        (page,) = forge.read(project, "changes", None)

    assert page.records == []
    assert page.faults == {"graphql-forbidden": 1, "withheld": 1, "missing-field": 1}


def test_ten_interruptions_at_random_end_in_the_same_rows() -> None:
    chance = random.Random(4)
    forge_data = busy()
    for number in range(81, 200):
        forge_data.repositories[0].pull_requests.append(change(number))
    forge_data.repositories[0].pull_requests[5].commits = [
        Commit(oid(5, place), "ana@acme.example", MORNING) for place in range(120)
    ]
    with serving(forge_data) as server:
        whole, told = Kept(), Kept()
        with reader(server) as forge:
            project = only(forge)
            for noun in NOUNS:
                whole.read(forge, project, noun)
        for _ in range(10):
            kind = chance.choice(({"status": 500}, {"cut": True}, {"torn": True}))
            server.trouble(Trouble(skip=chance.randint(1, 4), times=5, **kind))
            with reader(server) as forge, pytest.raises(ForgeUnreachable):
                for noun in NOUNS:
                    told.read(forge, project, noun)
            server.at_ease()
        with reader(server) as forge:
            for noun in NOUNS:
                told.read(forge, project, noun)

    assert told.rows == whole.rows
    assert told.faults == whole.faults == {}
