"""A GitLab that refuses, has lost things, or tells nonsense."""

from __future__ import annotations

import pytest
from tests.servers.gitlab_asking import opened, read, the_project
from tests.servers.gitlab_forge import GitLabServer, Trouble
from tests.servers.gitlab_model import Held, at, sha

from landed.errors import ForgeError, ForgeUnreachable, ProjectGone, TokenRefused, UsageError
from landed.records import Change, TeamMember
from landed.sources.forges import gitlab_findings
from landed.sources.forges.contract import CHANGES, ISSUES, NOUNS
from landed.sources.forges.credentials import AppKey, PersonalToken


def test_a_token_that_is_not_accepted(gitlab: GitLabServer, shop: Held) -> None:
    del shop
    with opened(gitlab.url, credentials=PersonalToken("glpat-bad")) as forge:
        with pytest.raises(TokenRefused, match="connect again") as told:
            list(forge.projects())
        assert "glpat-bad" not in str(told.value) + repr(forge) + repr(PersonalToken("glpat-bad"))


def test_tokens_of_jobs_have_a_header_of_their_own(gitlab: GitLabServer, shop: Held) -> None:
    del shop
    with opened(gitlab.url, credentials=PersonalToken("glcbt-good")) as forge:
        assert len(list(forge.projects())) == 1
    assert gitlab.asked[-1].headers["JOB-TOKEN"] == "glcbt-good"
    assert "Authorization" not in gitlab.asked[-1].headers


def test_what_the_token_may_not_read(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    project = the_project(gitlab)
    gitlab.forbidden = ("/projects/7/merge_requests",)
    with opened(gitlab.url) as forge, pytest.raises(TokenRefused, match="role Reporter"):
        list(forge.read(project, CHANGES, None))


def test_parts_that_the_token_may_not_read_are_counted(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    gitlab.forbidden = tuple(
        f"/projects/7/merge_requests/1/{part}" for part in ("notes", "approvals", "closes_issues")
    )
    held = read(gitlab, CHANGES)
    assert len(held.of(Change)) == 1
    assert held.faults == {"withheld": 3}


def test_a_project_that_is_gone(gitlab: GitLabServer, shop: Held) -> None:
    del shop
    project = the_project(gitlab)
    gitlab.world.projects.clear()
    with opened(gitlab.url) as forge:
        for noun in NOUNS:
            with pytest.raises(ProjectGone, match="deleted or moved"):
                list(forge.read(project, noun, None))
        with pytest.raises(ProjectGone):
            list(forge.projects())


def test_a_feature_that_is_switched_off(gitlab: GitLabServer, shop: Held) -> None:
    shop.project["issues_access_level"] = "disabled"
    gitlab.forbidden = ("/projects/7/issues",)
    held = read(gitlab, ISSUES)
    assert (held.rows, held.state) == ({}, {})


def test_a_request_that_is_deleted_while_it_is_read(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    shop.request(2)
    gitlab.trouble = lambda asked: Trouble(404) if asked.path.endswith("/2/commits") else None
    held = read(gitlab, CHANGES)
    assert [one.number for one in held.of(Change)] == [1]
    assert held.faults == {"gone-meanwhile": 1}


def test_a_renamed_project_is_found(gitlab: GitLabServer, shop: Held) -> None:
    shop.project["path_with_namespace"] = "acme/store"
    moved = Trouble(301, {"Location": f"{gitlab.url}/api/v4/projects/7"})
    gitlab.trouble = lambda asked: moved if asked.path.endswith("acme%2Fshop") else None
    assert the_project(gitlab).name == "acme/store"


def test_the_token_goes_to_nobody_else(gitlab: GitLabServer, shop: Held) -> None:
    del shop
    with GitLabServer().running() as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        gitlab.trouble = lambda _: Trouble(302, {"Location": f"{elsewhere}/api/v4/projects/7"})
        with opened(gitlab.url) as forge, pytest.raises(ForgeError):
            list(forge.projects())
        assert [one for one in other.asked if "Authorization" in one.headers] == []

        shop = gitlab.world.project(7, "acme/shop")
        shop.request(1)
        links = {"Link": f'<{elsewhere}/other/v4/projects/7>; rel="next"'}
        gitlab.trouble = lambda asked: (
            Trouble(200, links, b"[]") if asked.path.endswith("/1/notes") else None
        )
        project = the_project(gitlab)
        other.asked.clear()
        with opened(gitlab.url) as forge, pytest.raises(ForgeUnreachable, match="another server"):
            list(forge.read(project, CHANGES, None))
        assert other.asked == []


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"),
        Trouble(200, {}, b"[1, 2]"),
        Trouble(200, {}, b'"\\ud800"'),
        Trouble(400, {}, b'{"message": "\\u001b[31mno"}'),
    ],
)
def test_answers_of_something_else(gitlab: GitLabServer, shop: Held, trouble: Trouble) -> None:
    shop.request(1)
    project = the_project(gitlab)
    for part in ("acme%2Fshop", "/commits", "/merge_requests", "/approvals"):
        gitlab.trouble = lambda asked, end=part: trouble if asked.path.endswith(end) else None  # type: ignore[misc]
        with opened(gitlab.url) as forge:
            try:
                list(forge.projects())
                list(forge.read(project, CHANGES, None))
            except ForgeUnreachable as told:
                assert str(told).isprintable()


def test_hostile_fields_are_counted(gitlab: GitLabServer, shop: Held) -> None:
    good = dict(shop.request(1))
    for iid, (field, value) in enumerate(
        [
            ("title", None),
            ("title", {"a": 1}),
            ("state", "imagined"),
            ("created_at", "yesterday"),
            ("source_branch", 7),
            ("author", "ana"),
            ("author", {"username": ["ana"]}),
            ("labels", {"a": 1}),
            ("labels", [None, 3, {"title": "x"}, "\ud800", "x"]),
            ("description", "\ud800\x00" * 9),
            ("reviewers", "everybody"),
            ("sha", "; rm"),
        ],
        start=2,
    ):
        shop.request(iid, **{field: value})
    shop.merge_requests += [good | {"iid": 10**30}, good | {"iid": "x"}, good | {"updated_at": "?"}]
    shop.merge_requests[-3]["updated_at"] = at(500)
    shop.commits[1] = [{"id": "short"}, {"id": sha(4), "authored_date": "never"}, {"id": sha(5)}]
    shop.note(1, 1, "ben", 3, created_at="never")
    shop.note(1, 2, "ben", 3, author=None)
    shop.approvals[1] = {"approved_by": ["ben", {"user": None}]}

    held = read(gitlab, CHANGES)

    assert [one.number for one in sorted(held.of(Change), key=lambda one: one.number)] == [
        *(1, 7, 8, 9, 10, 11, 12, 13)
    ]
    assert held.faults.keys() >= {"missing-field", "bad-time", "unknown-state", "bad-commit"}


def test_findings(gitlab: GitLabServer, shop: Held) -> None:
    shop.hooks = []
    low = gitlab.world.project(8, "acme/low")
    low.project["permissions"] = {"project_access": {"access_level": 10}, "group_access": None}
    low.hooks = None
    hooked = gitlab.world.project(9, "acme/hooked")
    hooked.hooks = [{"id": 1}]
    projects = []
    for name in ("acme/shop", "acme/low", "acme/hooked"):
        with opened(gitlab.url) as forge:
            forge._projects = [name]
            projects += list(forge.projects())
    del gitlab.world.projects[9]
    gitlab.world.token = {"scopes": ["read_user"], "expires_at": "2020-01-01"}
    with opened(gitlab.url) as forge:
        found = forge.findings(projects)
    assert [(one.what, one.serious) for one in found] == [
        ("The token for 127.0.0.1 may not read the API", True),
        (
            "The token for 127.0.0.1 may not fetch the code of private projects, so they have no "
            "mirror",
            False,
        ),
        ("The token for 127.0.0.1 expires on 2020-01-01", False),
        ("127.0.0.1 does not show acme/hooked", True),
        ("The token's role in acme/low is too low to see all reviews and deployments", True),
        ("No webhook in acme/shop", False),
        ("The token may not see whether there are webhooks in acme/low", False),
    ]
    gitlab.world.token = {"scopes": ["read_api"], "expires_at": None}
    with opened(gitlab.url) as forge:
        assert [one.serious for one in forge.findings([])] == [False]
    gitlab.world.token = None
    with opened(gitlab.url) as forge:
        assert forge.findings([]) == []
    with opened(gitlab.url, credentials=PersonalToken("bad")) as forge:
        assert [one.serious for one in forge.findings([])] == [True]


@pytest.mark.parametrize(
    "url",
    ["gitlab.acme.example", "ftp://acme.example", "https://me:secret@acme.example", "https://"],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError) as told:
        opened(url)
    assert told.value.exit_code == 2


def test_gitlab_knows_no_apps() -> None:
    with pytest.raises(UsageError, match="token"):
        opened("https://gitlab.acme.example", credentials=AppKey(1, 2, "key"))


def test_a_clear_connection_is_a_finding(
    gitlab: GitLabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(gitlab.url) as forge:
        assert forge.findings([]) == [], "on this machine alone nobody listens"
        monkeypatch.setattr(gitlab_findings, "_LOOPBACK", ())
        (found,) = forge.findings([])
    assert (found.what, found.serious) == ("The token travels to 127.0.0.1 in clear", True)


def test_nonsense_of_every_noun_is_counted(gitlab: GitLabServer, shop: Held) -> None:
    good = shop.request(1, source_project_id=9)
    shop.closes[1] = [{"iid": 4}, {"id": "JIRA-1"}]
    shop.request_pipelines[1] = [{"id": 3, "sha": "x"}, {"id": 4, "sha": sha(4)}]
    shop.pipeline(1, "refs/heads/main")
    shop.pipeline(2, sha(1), ref="refs/merge-requests/1/merge", iid="two")
    shop.pipeline(3, sha(1), updated_at=None)
    shop.deployment(1, sha(1), environment=None)
    shop.deployment(2, sha(1))
    shop.deployed[2] = [{"iid": "x"}, {"iid": 3}, {"iid": 3}]
    shop.releases = [{"tag_name": None, "created_at": at(1)}, {"created_at": at(2)}]
    shop.issue(1, ["bug"], title=None)
    shop.issue(2, ["bug"], created_at="never")
    shop.merge_requests.append({**good, "iid": 2, "updated_at": None})
    faults = {}
    for noun in NOUNS:
        held = read(gitlab, noun)
        faults[noun] = dict(sorted(held.faults.items()))
    assert faults == {
        "changes": {"bad-commit": 1, "missing-field": 2},
        "checks": {"bad-commit": 1, "missing-field": 2},
        "deployments": {"missing-field": 2},
        "releases": {"missing-field": 2},
        "issues": {"bad-time": 1, "missing-field": 1},
    }


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"since": "never"},
        {"since": 3, "seen": []},
        {"since": None, "seen": {"1": 2}},
        {"page": 0},
    ],
)
@pytest.mark.parametrize("noun", NOUNS)
def test_a_state_that_is_none_begins_anew(
    gitlab: GitLabServer, shop: Held, noun: str, state: dict[str, object]
) -> None:
    shop.request(1)
    shop.pipeline(1, sha(1))
    shop.deployment(1, sha(1))
    shop.issue(1, ["bug"])
    shop.releases.append({"tag_name": "v1", "created_at": at(1)})
    assert read(gitlab, noun, state).rows == read(gitlab, noun).rows


def test_an_answer_that_ends_too_early(gitlab: GitLabServer, shop: Held) -> None:
    """A proxy may cut an answer off and call it whole."""
    shop.request(1)
    project = the_project(gitlab)
    first = iter([Trouble(200, {}, b'[{"iid": 1, "ti')])
    gitlab.trouble = lambda _: next(first, None)
    with opened(gitlab.url) as forge:
        pages = list(forge.read(project, CHANGES, None))
    assert sum(len(page.whole) for page in pages) == 1


def test_without_graphql_sizes_are_untold(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    gitlab.trouble = lambda asked: Trouble(404) if asked.path.endswith("graphql") else None
    assert [one.additions for one in read(gitlab, CHANGES).of(Change)] == [None]


def test_a_comment_is_not_sent_on_elsewhere(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    project = the_project(gitlab)
    for trouble in (Trouble(301, {"Location": f"{gitlab.url}/api/v4/user"}), Trouble(502)):
        gitlab.trouble = lambda asked, told=trouble: told if asked.method == "POST" else None  # type: ignore[misc]
        with opened(gitlab.url) as forge, pytest.raises(ForgeUnreachable):
            forge.comment(project, 1, "<!-- landed -->", "<!-- landed --> 40 %")
    assert [asked.method for asked in gitlab.asked].count("POST") == 2


def test_members_that_may_not_be_seen_are_counted(gitlab: GitLabServer) -> None:
    gitlab.world.group("acme", ["ana"])
    gitlab.world.group("acme/secret", ["ben"])
    gitlab.world.groups["acme/odd"] = {"id": "x", "full_path": "acme/odd"}
    gitlab.forbidden = ("/groups/501/members",)
    with opened(gitlab.url, "acme", projects=[]) as forge:
        (page,) = forge.teams()
    assert page.faults == {"withheld": 1, "missing-field": 1}
    # Who is in a group that was not seen whole may still be in it.
    assert page.teams_of == set()
    assert [one.login for one in page.records if isinstance(one, TeamMember)] == ["ana"]


def test_groups_and_projects_that_are_gone_hide_no_others(gitlab: GitLabServer, shop: Held) -> None:
    shop.project["visibility"] = "internal"
    gitlab.world.project(8, "acme/odd", path_with_namespace=None)
    with opened(gitlab.url, "gone", projects=["acme/lost", "acme/shop", "8"]) as forge:
        listed = forge.projects()
        assert next(listed).name == "acme/shop"
        with pytest.raises(ProjectGone, match="acme/lost"):
            list(listed)
