"""Pull requests of GitHub become changes with everything that hangs on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tests.servers.github_forge import serving
from tests.servers.github_model import Check, Comment, Commit, PullRequest, Status
from tests.servers.github_model import Review as Reviewed
from tests.servers.github_samples import HOUR, MORNING, change, oid, only, reader, shop
from tests.servers.kept import Kept

from landed.records import (
    Account,
    AccountEmail,
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
from landed.sources.forges.signals import Place, SignalMatch

MANY = 130
"""More than one page of whatever hangs on a change."""


def kept(*changes: PullRequest, **given: object) -> Kept:
    """What a first reading of these pull requests tells."""
    told = Kept()
    with serving(shop(*changes)) as server, reader(server, **given) as forge:  # type: ignore[arg-type]
        told.read(forge, only(forge), "changes")
    return told


def test_a_pull_request_is_told_with_all_that_hangs_on_it() -> None:
    told = kept(
        change(
            4,
            body="Fixes #31 and reverts #2",
            labels=["size/S", "backend"],
            closes=[31, 32],
            requested_users=["Cara"],
            requested_teams=["platform"],
        )
    )

    (row,) = told.of(Change)
    opened, merged = MORNING + 4 * HOUR, MORNING + 4.5 * HOUR
    assert (row.project, row.number, row.title) == ("github:127.0.0.1:1296269", 4, "Change 4")
    assert (row.state, row.draft, row.fork) == ("merged", False, False)
    assert (row.author, row.author_kind, row.merged_by) == ("ana", "user", "ben")
    assert (row.head_ref, row.head_commit, row.base_ref) == ("feature/4", oid(4, 1), "main")
    assert row.merge_commit == oid(4, 99)
    assert (row.opened_at, row.merged_at, row.closed_at) == (opened, merged, merged)
    assert (row.additions, row.deletions, row.files, row.commits) == (40, 4, 1, 2)
    assert [(one.ordinal, one.commit, one.author) for one in told.of(ChangeCommit)] == [
        (0, oid(4, 0), "ana"),
        (1, oid(4, 1), "ana"),
    ]
    assert [one.label for one in told.of(ChangeLabel)] == ["backend", "size/S"]
    assert {(one.kind, one.target) for one in told.of(ChangeReference)} == {
        ("closes", "31"),
        ("closes", "32"),
        ("reverts", "2"),
    }
    assert {(one.reviewer, one.team) for one in told.of(ReviewRequest)} == {
        ("cara", False),
        ("platform", True),
    }
    (review,) = told.of(Review)
    assert (review.review, review.number, review.state) == ("7000000004", 4, "approved")
    assert (review.reviewer, review.submitted_at, review.commit) == ("ben", merged, oid(4, 1))
    assert [(one.place, one.comment, one.author) for one in told.of(ReviewComment)] == [
        ("line", "8000000004", "ben"),
        ("discussion", "9000000004", "ana"),
    ]
    assert told.faults == {}


def test_checks_of_the_tip_and_of_the_merge_commit_come_along() -> None:
    one = change(1)
    assert one.merge_commit
    one.commits[-1].checks += [Check(2, "lint", "TIMED_OUT", MORNING, MORNING + HOUR)]
    one.commits[-1].checks += [Check(3, "docs", None, MORNING, None, status="IN_PROGRESS")]
    one.merge_commit.statuses = [Status("ci/build", "ERROR", MORNING)]

    told = kept(one)

    assert {(run.check_id, run.commit, run.kind, run.state) for run in told.of(CheckRun)} == {
        ("check:40000000001", oid(1, 1), "check", "success"),
        ("check:2", oid(1, 1), "check", "failure"),
        ("check:3", oid(1, 1), "check", "pending"),
        (f"status:ci/build@{oid(1, 99)}", oid(1, 99), "status", "failure"),
    }
    pending = next(run for run in told.of(CheckRun) if run.state == "pending")
    assert (pending.started_at, pending.finished_at, pending.updated_at) == (MORNING, None, MORNING)


def test_bodies_and_comments_are_in_no_record() -> None:
    secret = "the customer is Globex"
    told = kept(
        change(
            1,
            body=f"Closes #3\n\n{secret}",
            comments=[Comment(1, "ana", MORNING, secret)],
            reviews=[
                Reviewed(2, "ben", "COMMENTED", MORNING, None, [Comment(3, "ben", MORNING, secret)])
            ],
        )
    )

    assert len(told.of(ReviewComment)) == 2
    assert [one.target for one in told.of(ChangeReference)] == ["3"]
    assert not [text for text in told.texts() if "Globex" in text]


def test_signals_are_asked_for_by_place_and_kept_once_for_each_rule() -> None:
    asked: list[tuple[Place, str]] = []

    def match(place: Place, text: str) -> Iterable[SignalMatch]:
        asked.append((place, text))
        if "copilot" in text:
            yield SignalMatch("copilot-agent", "ai", "copilot", None, "declared", None)
        if place == "label":
            yield SignalMatch("label", "ai", "other", "m-1", "inferred", "s-1")

    told = kept(
        change(
            1,
            author="copilot-swe-agent[bot]",
            head_ref="copilot/fix-1",
            body="A body",
            labels=["written-by-ai"],
        ),
        match_signals=match,
    )

    assert asked == [
        ("author", "copilot-swe-agent[bot]"),
        ("branch", "copilot/fix-1"),
        ("request-body", "A body"),
        ("label", "written-by-ai"),
    ]
    assert {(one.rule, one.place, one.agent, one.model) for one in told.of(ChangeSignal)} == {
        ("copilot-agent", "author", "copilot", None),
        ("label", "label", "other", "m-1"),
    }


def test_programs_are_told_from_people() -> None:
    told = kept(
        change(1, author="dependabot[bot]"),
        change(2, author="Acme-Robot"),
        change(3, author=None),
        change(4),
    )

    assert [(row.number, row.author, row.author_kind) for row in told.of(Change)] == [
        (1, "dependabot[bot]", "bot"),
        (2, "acme-robot", "bot"),
        (3, None, "unknown"),
        (4, "ana", "user"),
    ]


def test_accounts_and_their_addresses_are_kept_but_no_address_of_the_forge_itself() -> None:
    one = change(1)
    one.commits = [
        Commit(oid(1), "Ana@Acme.example", MORNING, author="Ana"),
        Commit(oid(2), "123+Ben@users.noreply.github.com", MORNING),
        Commit(oid(3), "9+copilot-swe-agent[bot]@users.noreply.github.com", MORNING),
        Commit(oid(4), "stranger@example.org", MORNING),
        Commit(oid(5), "5+cara@users.noreply.github.com", MORNING, author="cara"),
    ]
    with serving(shop(one)) as server:
        server.forge.names["Ana"] = "Ana Lovelace"
        told = Kept()
        with reader(server) as forge:
            told.read(forge, only(forge), "changes")

    assert [commit.author for commit in told.of(ChangeCommit)] == [
        "ana",
        "ben",
        "copilot-swe-agent[bot]",
        None,
        "cara",
    ]
    assert {(row.login, row.name) for row in told.of(Account)} >= {("ana", "Ana Lovelace")}
    assert [(row.login, row.email) for row in told.of(AccountEmail)] == [
        ("ana", "ana@acme.example")
    ]


def test_what_is_longer_than_a_page_is_told_to_its_end() -> None:
    one = change(1)
    one.commits = [Commit(oid(1, place), "ana@acme.example", MORNING) for place in range(MANY)]
    one.commits[-1].checks = [Check(place, f"test {place}", "SUCCESS") for place in range(MANY)]
    one.comments = [Comment(place, "ana", MORNING) for place in range(MANY)]
    one.reviews = [
        Reviewed(
            place,
            "ben",
            "COMMENTED",
            MORNING,
            None,
            [Comment(1000 * place + each, "ben", MORNING) for each in range(1, 31)],
        )
        for place in range(1, 41)
    ]
    one.labels = [f"label {place}" for place in range(MANY)]
    one.requested_users = [f"user{place}" for place in range(MANY)]
    one.closes = list(range(1, MANY))

    told = kept(one)

    assert [row.ordinal for row in told.of(ChangeCommit)] == [
        row.ordinal for row in sorted(told.of(ChangeCommit), key=lambda row: row.commit)
    ]
    counts = {
        kind: len(told.of(kind))
        for kind in (ChangeCommit, CheckRun, Review, ReviewComment, ChangeLabel, ReviewRequest)
    }
    assert counts == {
        ChangeCommit: MANY,
        CheckRun: MANY,
        Review: 40,
        ReviewComment: MANY + 40 * 30,
        ChangeLabel: MANY,
        ReviewRequest: MANY,
    }
    assert len(told.of(ChangeReference)) == MANY - 1


def test_a_second_reading_asks_one_question_and_a_later_one_tells_only_news() -> None:
    changes = [change(number) for number in range(1, 61)]
    with serving(shop(*changes)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "changes")
        first = len(server.questions("changes"))
        server.forget()

        told.read(forge, project, "changes")
        again = [(one.what, one.variables["size"]) for one in server.asked]

        server.forget()
        changes[2].title = "Renamed"
        changes[2].updated_at = MORNING + timedelta(days=30)
        news = [page.records for page in forge.read(project, "changes", told.states["changes"])]

    assert first == 3
    assert again == [("changes", 5)]
    told_again = [row.number for records in news for row in records if isinstance(row, Change)]
    assert told_again == [3, 60]


def test_labels_and_requests_that_are_gone_leave_no_rows() -> None:
    one = change(1, labels=["wip"], requested_users=["cara"])
    with serving(shop(one)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "changes")
        one.labels, one.requested_users = [], []
        one.updated_at += HOUR
        told.read(forge, only(forge), "changes")

    assert (told.of(ChangeLabel), told.of(ReviewRequest)) == ([], [])
    assert len(told.of(Change)) == 1


def test_a_reading_goes_on_from_any_page_at_which_it_was_interrupted() -> None:
    changes = [change(number) for number in range(1, 131)]
    with serving(shop(*changes)) as server:
        whole = Kept()
        with reader(server) as forge:
            whole.read(forge, only(forge), "changes")
        for pages in range(1, whole.pages):
            told = Kept()
            with reader(server) as forge:
                told.read(forge, only(forge), "changes", pages=pages)
            assert len(told.of(Change)) == 25 * pages
            with reader(server) as forge:
                told.read(forge, only(forge), "changes")

            assert told.rows == whole.rows
            assert told.states == whole.states
            assert told.pages == whole.pages


def test_what_changes_while_a_reading_is_interrupted_is_told_by_the_next_one() -> None:
    changes = [change(number) for number in range(1, 61)]
    with serving(shop(*changes)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "changes", pages=1)
        changes[0].title = "Changed meanwhile"
        changes[0].updated_at = MORNING + timedelta(days=30)
        server.forge.repositories[0].pull_requests.append(change(61))
        told.read(forge, project, "changes")
        told.read(forge, project, "changes")

        whole = Kept()
        whole.read(forge, project, "changes")

    assert told.rows == whole.rows
    assert len(told.of(Change)) == 61


def test_a_cursor_that_the_forge_does_not_know_begins_the_reading_again() -> None:
    changes = [change(number) for number in range(1, 41)]
    with serving(shop(*changes)) as server, reader(server) as forge:
        told = Kept()
        told.states["changes"] = {"cursor": "bm90IG91cnM=", "newest": None, "done": None}
        told.read(forge, only(forge), "changes")

    assert len(told.of(Change)) == 40


def test_single_changes_are_told_whole_and_those_that_are_gone_are_left_out() -> None:
    changes = [change(number) for number in range(1, 31)]
    with serving(shop(*changes)) as server, reader(server) as forge:
        pages = list(forge.read_again(only(forge), [3, 900, *range(10, 22), 3]))

    assert [sorted(page.whole) for page in pages] == [[3, *range(10, 19)], [19, 20, 21]]
    assert [page.faults for page in pages] == [{}, {}]


def test_what_cannot_be_understood_is_counted_and_left_out() -> None:
    odd = change(2)
    odd.reviews.append(Reviewed(1, "ben", "DISMISSED", None))
    odd.reviews.append(Reviewed(2, "reader", "PENDING", None))
    odd.commits[-1].checks.append(Check(7, "no outcome", None))
    told = kept(change(1), odd, change(3, title="half a \ud83d character"))

    assert told.faults == {"missing-field": 1, "unknown-state": 1}
    assert [row.title for row in told.of(Change)] == ["Change 1", "Change 2", "half a ? character"]
    assert len(told.of(Review)) == 3
