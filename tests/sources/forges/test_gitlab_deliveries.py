"""Reading a GitLab: deployments, releases, incidents and teams; writing comments."""

from __future__ import annotations

from tests.servers.gitlab_asking import opened, read, read_on, the_project, when
from tests.servers.gitlab_forge import GitLabServer, touch
from tests.servers.gitlab_model import Held, at, sha, user

from landed.records import (
    Account,
    Deployment,
    DeploymentChange,
    ForgeRelease,
    Incident,
    IncidentLink,
    TeamMember,
)
from landed.sources.forges.contract import DEPLOYMENTS, ISSUES, RELEASES


def test_deployments_and_what_was_in_them(gitlab: GitLabServer, shop: Held) -> None:
    shop.environments = [
        {"id": 1, "name": "production", "tier": "production"},
        {"id": 2, "name": "review/x", "tier": "development"},
        {"id": 3, "name": "eu", "tier": "other"},
    ]
    shop.deployment(1, sha(5))
    shop.deployment(2, sha(6), environment={"name": "review/x"})
    shop.deployment(3, sha(7), environment={"name": "eu"}, deployable=None)
    shop.deployment(4, sha(8), status="failed")
    shop.deployment(5, sha(9), status="blocked")
    shop.deployment(6, sha(9), status="canceled")
    shop.deployment(7, "main")
    shop.deployed[1] = [{"iid": 3, "project_id": 7}, {"iid": 4, "project_id": 8}, {"iid": 5}]

    told = read(gitlab, DEPLOYMENTS)

    assert [
        (one.deployment, one.environment, one.production, one.state, one.finished_at)
        for one in told.of(Deployment)
    ] == [
        ("gitlab:1", "production", True, "success", when(3)),
        ("gitlab:2", "review/x", False, "success", when(4)),
        ("gitlab:3", "eu", None, "success", when(6)),
        ("gitlab:4", "production", True, "failure", when(6)),
        ("gitlab:5", "production", True, "pending", None),
        ("gitlab:6", "production", True, "cancelled", None),
    ]
    assert {(one.commit, one.creator, one.source) for one in told.of(Deployment)} >= {
        (sha(5), "ana", "gitlab")
    }
    assert [(one.deployment, one.number) for one in told.of(DeploymentChange)] == [
        ("gitlab:1", 3),
        ("gitlab:1", 5),
    ]
    assert told.faults == {"bad-commit": 1}
    asked = [one.path for one in gitlab.asked if one.path.endswith("/2/merge_requests")]
    assert asked == [], "short-lived environments are not asked about"


def test_releases_are_read_from_the_page_that_was_last(gitlab: GitLabServer, shop: Held) -> None:
    for number in range(7):
        made = {"created_at": at(number), "released_at": at(number + 1), "author": user("ana")}
        shop.releases.append({"tag_name": f"v{number}", "name": f"Release {number}", **made})
    shop.releases[6]["upcoming_release"] = True
    held = read(gitlab, RELEASES)
    assert held.of(ForgeRelease)[0] == ForgeRelease(
        *("forges", "gitlab:127.0.0.1:7", "v0", "Release 0", False, when(1), "ana")
    )
    assert [one.prerelease for one in held.of(ForgeRelease)] == [False] * 6 + [True]
    gitlab.asked.clear()
    shop.releases.append({"tag_name": "v7", "created_at": at(20), "released_at": None})
    read_on(gitlab, RELEASES, held)
    assert len(held.of(ForgeRelease)) == 8
    assert [one.query.get("page") for one in gitlab.asked][1:] == ["3"]


def test_issues_that_are_incidents_or_bugs(gitlab: GitLabServer, shop: Held) -> None:
    body = f"Root cause: {sha(55)}\nDeployment: 12\nfixed by !9"
    shop.issue(1, ["Incident::major", "severity::1"], description=body)
    shop.issue(2, ["bug"], state="closed", closed_at=at(50), description="caused by !3")
    shop.issue(3, ["question"])
    shop.issue(4, [], issue_type="incident", severity="CRITICAL")
    shop.closed_by[2] = [
        {"iid": 8, "references": {"full": "acme/shop!8"}},
        {"iid": 2, "references": {"full": "acme/lib!2"}},
    ]

    held = read(gitlab, ISSUES)

    assert [
        (one.incident, one.kind, one.severity, one.started_at, one.resolved_at)
        for one in held.of(Incident)
    ] == [
        ("gitlab:1", "incident", "1", when(1), None),
        ("gitlab:2", "bug", None, when(2), when(50)),
        ("gitlab:4", "incident", "critical", when(4), None),
    ]
    assert [(one.incident, one.kind, one.target, one.rule) for one in held.of(IncidentLink)] == [
        ("gitlab:1", "caused-by-commit", sha(55), "root-cause"),
        ("gitlab:1", "caused-by-deployment", "12", "mention"),
        ("gitlab:1", "fixed-by-change", "9", "mention"),
        ("gitlab:2", "caused-by-change", "3", "root-cause"),
        ("gitlab:2", "fixed-by-change", "8", "closes"),
        ("gitlab:2", "fixed-by-change", "acme/lib#2", "closes"),
    ]

    shop.issues[1]["labels"] = ["question"]
    touch(shop.issues[1], 300)
    read_on(gitlab, ISSUES, held)
    assert [one.kind for one in held.of(Incident)] == ["incident", "none", "incident"]
    assert {one.incident for one in held.of(IncidentLink)} == {"gitlab:1"}


def test_other_labels_are_read_from_the_beginning(gitlab: GitLabServer, shop: Held) -> None:
    shop.issue(1, ["incident"])
    shop.issue(2, ["bug"])
    held = read(gitlab, ISSUES)
    other = {**(held.state or {}), "labels": [["p1"], []]}
    again = read(gitlab, ISSUES, other)
    assert [one.kind for one in again.of(Incident)] == ["incident", "bug"]


def test_members_of_groups_are_teams(gitlab: GitLabServer) -> None:
    gitlab.world.project(7, "acme/shop")
    gitlab.world.group("acme", ["ana", "group_9_bot_a1b2"])
    gitlab.world.group("acme/platform", ["ben", "cleo", "dora", "emil"])
    gitlab.world.group("acme/platform/data", ["ben"])
    gitlab.world.members["acme"][0] |= {"public_email": "Ana@Acme.example"}
    with opened(gitlab.url, "acme", "gone") as forge:
        pages = list(forge.teams())
    assert [page.teams_of for page in pages] == [{"acme"}, set()]
    assert pages[1].faults == {"withheld": 1}
    records = pages[0].records
    assert [(one.team, one.login) for one in records if isinstance(one, TeamMember)] == [
        ("acme", "ana"),
        ("acme", "group_9_bot_a1b2"),
        ("platform", "ben"),
        ("platform", "cleo"),
        ("platform", "dora"),
        ("platform", "emil"),
        ("platform/data", "ben"),
    ]
    accounts = {one.login: one for one in records if isinstance(one, Account)}
    assert accounts["ana"].email == "ana@acme.example"
    assert (accounts["ana"].kind, accounts["group_9_bot_a1b2"].kind) == ("user", "bot")


def test_a_comment_is_posted_once_and_then_changed(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(3)
    shop.note(3, 1, "mallory", 5, body="<!-- landed --> not ours")
    project, marker = the_project(gitlab), "<!-- landed -->"
    with opened(gitlab.url) as forge:
        first = forge.comment(project, 3, marker, f"{marker} 40 % by agents")
        assert first.startswith(f"{gitlab.url}/acme/shop/-/merge_requests/3#note_9")
        second = forge.comment(project, 3, marker, f"{marker} 60 %")
    assert second == first
    assert [note["body"] for note in shop.notes[3]] == [
        "<!-- landed --> not ours",
        "<!-- landed --> 60 %",
    ]


def test_what_closed_an_issue_may_be_withheld(gitlab: GitLabServer, shop: Held) -> None:
    shop.issue(2, ["bug"], state="closed", closed_at=at(50))
    gitlab.forbidden = ("/projects/7/issues/2/closed_by",)
    held = read(gitlab, ISSUES)
    assert [one.kind for one in held.of(Incident)] == ["bug"]
    assert held.faults == {"withheld": 1}


def test_what_was_deployed_may_be_withheld(gitlab: GitLabServer, shop: Held) -> None:
    shop.deployment(1, sha(5))
    gitlab.forbidden = ("/projects/7/deployments/1", "/projects/7/environments")
    held = read(gitlab, DEPLOYMENTS)
    assert [one.production for one in held.of(Deployment)] == [None]
    assert held.faults == {"withheld": 1}
