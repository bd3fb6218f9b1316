"""Reading a GitLab: projects, and merge requests with all that belongs to them."""

from __future__ import annotations

from tests.servers.gitlab_asking import opened, read, read_on, the_project, when
from tests.servers.gitlab_forge import GitLabServer, touch
from tests.servers.gitlab_model import Held, at, sha, user
from tests.servers.kept import Kept

from landed.records import (
    Account,
    Change,
    ChangeCommit,
    ChangeLabel,
    ChangeReference,
    ChangeSignal,
    CheckRun,
    Review,
    ReviewComment,
    ReviewRequest,
)
from landed.sources.forges.contract import CHANGES, CHECKS


def test_projects_of_groups_and_by_name(gitlab: GitLabServer, shop: Held) -> None:
    shop.project["visibility"] = "public"
    gitlab.world.group("acme", [])
    for number in range(20, 27):
        gitlab.world.project(number, f"acme/part/tool-{number}", archived=number == 20)
    with opened(gitlab.url, "acme") as forge:
        found = list(forge.projects())
    assert [project.name for project in found][:2] == ["acme/shop", "acme/part/tool-20"]
    assert len(found) == 8
    first = found[0]
    assert first.project == "gitlab:127.0.0.1:7"
    assert first.address == f"{gitlab.url}/acme/shop.git"
    assert (first.private, first.archived, found[1].archived) == (False, False, True)


def test_a_merge_request_with_all_that_belongs_to_it(gitlab: GitLabServer, shop: Held) -> None:
    request = shop.request(
        3,
        title="Carts, by robo",
        description="Closes #4, acme/docs#5.\n\nWritten by robo.",
        labels=["feature", "robo::made"],
        reviewers=[user("ben"), user("cleo")],
        draft=True,
    )
    shop.closes[3] = [
        {"iid": 4, "references": {"full": "acme/shop#4"}},
        {"iid": 6, "references": {"full": "acme/ops#6"}},
    ]
    shop.sizes[3] = {"additions": 12, "deletions": 3, "fileCount": 2}
    shop.note(3, 1, "ben", 40, type="DiffNote", resolvable=True)
    shop.note(3, 2, "ben", 41, type="DiffNote", resolvable=True)
    shop.note(3, 3, "ana", 42, type="DiffNote", resolvable=True)
    shop.note(3, 4, "dora", 43)
    shop.note(3, 5, "ana", 44, system=True, body="marked this merge request as **draft**")

    told = read(gitlab, CHANGES)

    assert told.of(Change) == [
        Change(
            repository="forges",
            project="gitlab:127.0.0.1:7",
            number=3,
            title="Carts, by robo",
            state="open",
            draft=True,
            author="ana",
            author_kind="user",
            head_ref="topic-3",
            head_commit=request["sha"],
            fork=False,
            base_ref="main",
            merge_commit=None,
            opened_at=when(30),
            merged_at=None,
            closed_at=None,
            updated_at=when(35),
            merged_by=None,
            additions=12,
            deletions=3,
            files=2,
            commits=2,
        )
    ]
    commits = sorted(told.of(ChangeCommit), key=lambda commit: commit.ordinal)
    assert [commit.commit for commit in commits] == [sha(300), sha(301)]
    assert commits[0].author_email == "ana@acme.example"
    assert [label.label for label in told.of(ChangeLabel)] == ["feature", "robo::made"]
    assert [(one.kind, one.target) for one in told.of(ChangeReference)] == [
        ("closes", "4"),
        ("closes", "acme/docs#5"),
        ("closes", "acme/ops#6"),
    ]
    assert [signal.rule for signal in told.of(ChangeSignal)] == ["robo-label", "robo-request-body"]
    assert [(one.comment, one.author, one.place) for one in told.of(ReviewComment)] == [
        ("1", "ben", "line"),
        ("2", "ben", "line"),
        ("3", "ana", "line"),
        ("4", "dora", "discussion"),
    ]
    # Ben's two notes on the code are one review; the author's own answer is none.
    assert [(one.review, one.reviewer, one.state) for one in told.of(Review)] == [
        ("notes:1", "ben", "commented")
    ]
    assert [one.reviewer for one in told.of(ReviewRequest)] == ["cleo"]
    assert [account.login for account in told.of(Account)] == ["ana", "ben", "cleo", "dora"]
    assert told.faults == {}


def test_how_a_merge_request_was_merged(gitlab: GitLabServer, shop: Held) -> None:
    merged = {"state": "merged", "merged_at": at(90), "merge_user": user("ben")}
    shop.request(1, **merged, merge_commit_sha=sha(1), squash_commit_sha=sha(2))
    shop.request(2, **merged, squash_commit_sha=sha(2))
    shop.request(3, **merged)
    shop.request(4, merge_commit_sha=sha(9))
    shop.request(5, state="closed", closed_at=at(70))
    shop.request(6, state="merged", merged_by=user("cleo"))
    shop.request(7, state="locked", source_project_id=None)

    told = {change.number: change for change in read(gitlab, CHANGES).of(Change)}

    assert told[1].merge_commit == sha(1)
    assert told[2].merge_commit == sha(2)
    assert told[3].merge_commit == sha(301)
    assert (told[3].merged_at, told[3].closed_at, told[3].merged_by) == (when(90), when(90), "ben")
    assert (told[4].state, told[4].merge_commit) == ("open", None)
    assert (told[5].state, told[5].merged_at, told[5].closed_at) == ("closed", None, when(70))
    # Requests from before GitLab kept times of merges.
    assert (told[6].merged_at, told[6].merged_by) == (when(65), "cleo")
    assert (told[7].state, told[7].fork) == ("open", True)


def test_approvals_and_what_became_of_them(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    system = {"system": True}
    shop.note(1, 1, "ben", 20, **system, body="approved this merge request")
    shop.note(1, 2, "ben", 21, **system, body="unapproved this merge request")
    shop.note(1, 3, "cleo", 22, **system, body="requested changes")
    shop.note(1, 4, "cleo", 23, type="DiffNote")
    shop.note(1, 5, "ben", 30, **system, body="approved this merge request")
    shop.note(1, 6, "dora", 31, **system, body="approved this merge request")
    shop.approvals[1] = {
        "approved_by": [
            {"user": user("ben")},
            {"user": user("mender"), "approved_at": at(33)},
            {"user": user("emil")},
        ]
    }

    told = read(gitlab, CHANGES)

    assert [
        (one.review, one.reviewer, one.state, one.submitted_at)
        for one in sorted(told.of(Review), key=lambda one: one.submitted_at)
    ] == [
        ("approval:1:emil", "emil", "approved", when(15)),
        ("note:1", "ben", "dismissed", when(20)),
        ("note:3", "cleo", "changes-requested", when(22)),
        ("note:5", "ben", "approved", when(30)),
        ("note:6", "dora", "dismissed", when(31)),
        ("approval:1:mender", "mender", "approved", when(33)),
    ]
    assert told.faults == {"untimed-approval": 1}
    kinds = {account.login: account.kind for account in told.of(Account)}
    assert (kinds["mender"], kinds["emil"]) == ("bot", "user")


def test_a_push_may_take_approvals_back(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1)
    shop.request(2)
    for number, who in enumerate(("ben", "cleo", "dora"), start=1):
        shop.note(1, number, who, 20, system=True, body="approved this merge request")
        shop.note(2, number + 10, who, 20, system=True, body="approved this merge request")
    body = "reset approvals from @ben and @Cleo by pushing to the branch"
    shop.note(1, 4, "ana", 25, system=True, body=body)
    shop.approvals[1] = {"approved_by": [{"user": user("dora")}]}
    shop.approvals[2] = {"approved_by": []}
    told = {(one.number, one.reviewer): one.state for one in read(gitlab, CHANGES).of(Review)}
    assert told == {
        (1, "ben"): "dismissed",
        (1, "cleo"): "dismissed",
        (1, "dora"): "approved",
        (2, "ben"): "dismissed",
        (2, "cleo"): "dismissed",
        (2, "dora"): "dismissed",
    }


def test_later_readings_ask_for_what_changed(gitlab: GitLabServer, shop: Held) -> None:
    for iid in range(1, 12):
        shop.request(iid, labels=["old"])
    held = read(gitlab, CHANGES)
    assert len(held.of(Change)) == 11
    gitlab.asked.clear()

    shop.merge_requests[4] |= {"title": "Renamed", "labels": []}
    touch(shop.merge_requests[4], 500)
    shop.request(12)
    touch(shop.merge_requests[-1], 501)
    read_on(gitlab, CHANGES, held)

    assert len(held.of(Change)) == 12
    assert [one.title for one in held.of(Change) if one.number == 5] == ["Renamed"]
    assert [one.number for one in held.of(ChangeLabel) if one.number == 5] == []
    asked = [one.path for one in gitlab.asked if one.path.endswith("/commits")]
    assert sorted(asked) == [f"/projects/7/merge_requests/{iid}/commits" for iid in (12, 5)]

    gitlab.asked.clear()
    read_on(gitlab, CHANGES, held)
    assert [one.path for one in gitlab.asked][1:] == ["/projects/7/merge_requests"]


def test_pipelines_are_checks(gitlab: GitLabServer, shop: Held) -> None:
    shop.pipeline(1, sha(5))
    shop.pipeline(2, sha(6), status="failed", name="Nightly")
    shop.pipeline(3, sha(7), status="running")
    shop.pipeline(4, sha(8), status="skipped")
    shop.pipeline(5, sha(9), status="imagined")
    shop.pipeline(6, sha(60), ref="refs/merge-requests/3/merge", status="canceled")
    shop.parents[sha(60)] = [sha(1), sha(301)]
    shop.pipeline(7, sha(70), ref="refs/merge-requests/3/train")

    told = read(gitlab, CHECKS)

    assert [
        (one.check_id, one.commit, one.name, one.state, one.finished_at)
        for one in told.of(CheckRun)
    ] == [
        ("pipeline:1", sha(5), "pipeline", "success", when(5)),
        ("pipeline:2", sha(6), "Nightly", "failure", when(6)),
        ("pipeline:3", sha(7), "pipeline", "pending", None),
        ("pipeline:4", sha(8), "pipeline", "neutral", when(8)),
        # A pipeline on the result that a merge would have checks the branch's tip.
        ("pipeline:6", sha(301), "pipeline", "cancelled", when(10)),
        ("pipeline:7", sha(70), "pipeline", "success", when(11)),
    ]
    assert told.faults == {"unknown-state": 1}


def test_a_fork_has_its_pipelines_elsewhere(gitlab: GitLabServer, shop: Held) -> None:
    shop.request(1, source_project_id=99)
    shop.request_pipelines[1] = [
        {"id": 31, "sha": sha(101), "ref": "topic-1", "status": "success", "created_at": at(9)}
    ]
    assert [(one.check_id, one.commit) for one in read(gitlab, CHANGES).of(CheckRun)] == [
        ("pipeline:31", sha(101))
    ]


def test_changes_again_with_their_checks(gitlab: GitLabServer, shop: Held) -> None:
    merged = {"state": "merged", "merged_at": at(40), "merge_commit_sha": sha(77)}
    for iid in (1, 2, 3):
        shop.request(iid, **merged)
        shop.request_pipelines[iid] = [shop.pipeline(iid, sha(iid * 100 + 1))]
    shop.pipeline(8, sha(77))
    project = the_project(gitlab)
    with opened(gitlab.url) as forge:
        told = Kept().take(forge.read_again(project, [1, 3, 44]))
    assert [one.number for one in told.of(Change)] == [1, 3]
    assert [one.check_id for one in told.of(CheckRun)] == ["pipeline:1", "pipeline:3", "pipeline:8"]


def test_a_server_below_a_path(shop: Held) -> None:
    """As many run it: https://code.acme.example/gitlab."""
    with GitLabServer("/code/gitlab").running() as below:
        below.world.projects[7] = shop
        for iid in range(1, 8):
            shop.request(iid)
            shop.note(iid, iid, "ben", 20, type="DiffNote")
        shop.sizes[1] = {"additions": 4, "deletions": 0, "fileCount": 1}
        for address in (below.url, f"{below.url}/", f"{below.url}/api/v4"):
            with opened(address) as forge:
                project = next(iter(forge.projects()))
                told = Kept().take(forge.read(project, CHANGES, None))
            assert [one.number for one in told.of(Change)] == [*range(1, 8)]
            assert told.of(Change)[0].additions == 4
            assert len(told.of(Review)) == 7
