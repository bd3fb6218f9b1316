"""The comment under a pull request: posted once, then changed in place."""

from __future__ import annotations

import pytest
from tests.servers.github_forge import Trouble, serving
from tests.servers.github_model import Comment
from tests.servers.github_samples import MORNING, change, only, reader, shop

from landed.errors import ForgeUnreachable, ProjectGone

MARKER = "<!-- landed -->"


def test_a_comment_is_posted_once_and_changed_from_then_on() -> None:
    one = change(3, comments=[Comment(n, "ana", MORNING, "hello") for n in range(1, 131)])
    with serving(shop(one)) as server, reader(server) as forge:
        project = only(forge)
        first = forge.comment(project, 3, MARKER, f"{MARKER}\nfirst")
        second = forge.comment(project, 3, MARKER, f"{MARKER}\nsecond")

    own = [comment for comment in one.comments if comment.author == server.forge.viewer]
    assert [comment.body for comment in own] == [f"{MARKER}\nsecond"]
    assert (
        first == second == f"https://github.example/acme/shop/pull/3#issuecomment-{own[0].number}"
    )


def test_the_comment_of_somebody_else_is_never_changed() -> None:
    theirs = Comment(1, "ana", MORNING, f"{MARKER}\nquoted")
    one = change(3, comments=[theirs, Comment(2, "reader", MORNING, "of ours, another one")])
    with serving(shop(one)) as server, reader(server) as forge:
        forge.comment(only(forge), 3, MARKER, f"{MARKER}\nours")

    assert [comment.body for comment in one.comments] == [
        f"{MARKER}\nquoted",
        "of ours, another one",
        f"{MARKER}\nours",
    ]


def test_a_pull_request_that_is_not_there_is_said_to_be_so() -> None:
    with (
        serving(shop()) as server,
        reader(server) as forge,
        pytest.raises(ProjectGone, match="acme/shop has no pull request 3"),
    ):
        forge.comment(only(forge), 3, MARKER, MARKER)


def test_a_comment_whose_answer_is_lost_is_not_posted_twice() -> None:
    one = change(3, comments=[])
    with serving(shop(one)) as server, reader(server) as forge:
        project = only(forge)
        server.trouble(Trouble(on="POST /repos/acme/shop/issues/3/comments", cut=True))
        with pytest.raises(ForgeUnreachable):
            forge.comment(project, 3, MARKER, f"{MARKER}\nfirst")
        forge.comment(project, 3, MARKER, f"{MARKER}\nsecond")

    assert [comment.body for comment in one.comments] == [f"{MARKER}\nsecond"]
