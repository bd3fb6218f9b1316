"""Issues of GitHub become incidents and bugs by their labels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.servers.github_forge import serving
from tests.servers.github_model import Issue
from tests.servers.github_samples import HOUR, MORNING, SHOP, oid, only, reader, shop
from tests.servers.kept import Kept

from landed.records import Incident, IncidentLink


def issue(number: int, *labels: str, **given: Any) -> Issue:
    """An issue that was reported `number` hours after `MORNING`, and last changed then."""
    at = MORNING + number * HOUR
    told: dict[str, Any] = {"created_at": at, "updated_at": at, "labels": list(labels)}
    return Issue(number, f"Issue {number}", **(told | given))


def kinds(told: Kept) -> dict[int | None, str]:
    """Kind of each incident by number."""
    return {row.number: row.kind for row in told.of(Incident)}


def test_labels_say_what_is_an_incident_and_what_a_bug() -> None:
    issues = [
        issue(1, "Incident", closed_at=MORNING + 3 * HOUR),
        issue(2, "kind/bug", "backend"),
        issue(3, "bug", "incident"),
        issue(4, "question"),
        issue(5),
    ]
    with serving(shop(issues=issues)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "issues")

    assert kinds(told) == {1: "incident", 2: "bug", 3: "incident"}
    assert told.of(Incident)[0] == Incident(
        repository="forges",
        project=f"github:127.0.0.1:{SHOP}",
        incident="github:1",
        number=1,
        kind="incident",
        title="Issue 1",
        severity=None,
        service=None,
        environment=None,
        started_at=MORNING + HOUR,
        resolved_at=MORNING + 3 * HOUR,
        updated_at=MORNING + HOUR,
        source="github",
    )


def test_causes_and_repairs_are_linked_and_the_body_is_not_kept() -> None:
    issues = [
        issue(
            1,
            "incident",
            body=f"Checkout of Globex fails.\n\nroot cause: {oid(5)}\nCaused by #12",
            closed_by_changes=[14],
        ),
        issue(2, "bug", closed_by_commit=oid(6)),
    ]
    with serving(shop(issues=issues)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "issues")

    links = {(row.incident, row.kind, row.target, row.rule) for row in told.of(IncidentLink)}
    assert links == {
        ("github:1", "caused-by-commit", oid(5), "root-cause"),
        ("github:1", "caused-by-change", "12", "root-cause"),
        ("github:1", "fixed-by-change", "14", "closes"),
        ("github:2", "fixed-by-commit", oid(6), "closes"),
    }
    assert not [text for text in told.texts() if "Globex" in text]


def test_an_issue_that_loses_its_label_is_none_any_more() -> None:
    one = issue(1, "incident", body="Caused by #12")
    with serving(shop(issues=[one, issue(2, "bug")])) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "issues")
        one.labels, one.former_labels = [], ["incident"]
        one.updated_at = MORNING + timedelta(days=900)
        told.read(forge, project, "issues")

    assert kinds(told) == {1: "none", 2: "bug"}
    assert told.of(IncidentLink) == []


def test_an_issue_that_gets_its_label_late_is_told_then() -> None:
    one = issue(1)
    with serving(shop(issues=[one], labels=["bug"])) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "issues")
        assert kinds(told) == {}
        one.labels, one.updated_at = ["bug"], MORNING + timedelta(days=900)
        told.read(forge, project, "issues")

    assert kinds(told) == {1: "bug"}


def test_a_second_reading_asks_one_question() -> None:
    issues = [issue(number, "bug") for number in range(1, 71)]
    with serving(shop(issues=issues)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "issues")
        server.forget()
        pages = list(forge.read(project, "issues", told.states["issues"]))

    assert len(told.of(Incident)) == 70
    assert [asked.what for asked in server.asked] == ["issues"]
    assert [page.records for page in pages] == [[]]


def test_a_reading_of_issues_goes_on_from_any_page() -> None:
    issues = [issue(number, "bug", "incident") for number in range(1, 171)]
    with serving(shop(issues=issues)) as server, reader(server) as forge:
        project = only(forge)
        whole = Kept()
        whole.read(forge, project, "issues")
        for pages in range(1, whole.pages):
            told = Kept()
            told.read(forge, project, "issues", pages=pages)
            told.read(forge, project, "issues")
            assert told.rows == whole.rows


def test_a_label_that_is_lost_during_the_first_reading_is_met_by_the_next_one() -> None:
    issues = [issue(number, "bug") for number in range(1, 121)]
    with serving(shop(issues=issues)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "issues", pages=1)
        now = MORNING + timedelta(days=900)
        issues[0].labels, issues[0].former_labels = [], ["bug"]
        issues[0].updated_at = now
        issues[119].updated_at = now + HOUR
        told.read(forge, project, "issues")
        told.read(forge, project, "issues")

    assert kinds(told)[1] == "none"
    assert len(kinds(told)) == 120


def test_other_labels_in_the_settings_read_everything_again() -> None:
    issues = [issue(1, "outage"), issue(2, "bug"), issue(3, "defect")]
    with serving(shop(issues=issues)) as server:
        told = Kept()
        with reader(server, incident_labels=["outage"]) as forge:
            told.read(forge, only(forge), "issues")
        with reader(server, incident_labels=["sev*"], bug_labels=["defect"]) as forge:
            told.read(forge, only(forge), "issues")

    assert kinds(told) == {1: "none", 2: "none", 3: "bug"}


def test_other_labels_in_the_settings_survive_an_interruption() -> None:
    issues = [issue(number, "outage") for number in range(1, 61)]
    with serving(shop(issues=issues)) as server:
        told = Kept()
        with reader(server, incident_labels=["outage"]) as forge:
            told.read(forge, only(forge), "issues")
        with reader(server, incident_labels=["sev*"]) as forge:
            told.read(forge, only(forge), "issues", pages=1)
            told.read(forge, only(forge), "issues")

    assert set(kinds(told).values()) == {"none"}


def test_a_project_without_such_labels_is_asked_for_its_labels_only() -> None:
    with serving(shop(issues=[issue(1, "question")])) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "issues")

    assert kinds(told) == {}
    assert [asked.what for asked in server.asked] == ["named", "labelNames"]
