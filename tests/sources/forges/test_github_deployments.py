"""Deployments and releases of GitHub, and how a deployment ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.servers.github_forge import serving
from tests.servers.github_model import Release
from tests.servers.github_samples import (
    HOUR,
    MORNING,
    SHOP,
    deployment,
    oid,
    only,
    reader,
    shop,
)
from tests.servers.kept import Kept

from landed.records import Deployment, ForgeRelease

MINUTE = timedelta(minutes=1)


def test_a_deployment_is_told_with_its_environment_commit_and_outcome() -> None:
    one = deployment(7, "IN_PROGRESS", "SUCCESS", ref="v1.2", creator="github-actions[bot]")
    with serving(shop(deployments=[one])) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "deployments")

    begun = MORNING + 7 * HOUR
    assert told.of(Deployment) == [
        Deployment(
            repository="forges",
            project=f"github:127.0.0.1:{SHOP}",
            deployment="github:7",
            environment="production",
            production=True,
            service=None,
            commit=oid(7),
            ref="v1.2",
            state="success",
            created_at=begun,
            finished_at=begun + 2 * MINUTE,
            updated_at=begun + 2 * MINUTE,
            creator="github-actions[bot]",
            source="github",
        )
    ]


@pytest.mark.parametrize(
    ("states", "state", "minute"),
    [
        (("QUEUED", "IN_PROGRESS", "SUCCESS"), "success", 3),
        (("SUCCESS", "INACTIVE"), "success", 1),
        (("FAILURE", "SUCCESS", "ERROR"), "success", 2),
        (("SUCCESS", "SUCCESS"), "success", 1),
        (("PENDING", "ERROR"), "failure", 2),
        (("FAILURE", "INACTIVE"), "failure", 1),
        (("WAITING",), "pending", None),
        ((), "pending", None),
        (("PENDING", "INACTIVE"), "cancelled", None),
    ],
)
def test_how_a_deployment_ended_follows_from_its_statuses(
    states: tuple[str, ...], state: str, minute: int | None
) -> None:
    with serving(shop(deployments=[deployment(1, *states)])) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "deployments")

    (row,) = told.of(Deployment)
    assert row.state == state
    assert row.finished_at == (None if minute is None else row.created_at + minute * MINUTE)


def test_an_environment_that_nobody_marked_is_not_said_to_be_none_of_production() -> None:
    marks = [True, False, None]
    deployments = [deployment(n, "SUCCESS", production=mark) for n, mark in enumerate(marks, 1)]
    with serving(shop(deployments=deployments)) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "deployments")

    assert [row.production for row in told.of(Deployment)] == [True, None, None]


def test_a_pending_deployment_is_asked_for_until_it_is_over_or_too_old() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    young = deployment(2, "IN_PROGRESS", created_at=now - HOUR, production=True)
    old = deployment(1, "IN_PROGRESS")
    with serving(shop(deployments=[old, young])) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "deployments")
        waiting = told.states["deployments"]
        young.statuses.append(("SUCCESS", now))
        told.read(forge, project, "deployments")
        server.forget()
        told.read(forge, project, "deployments")

    assert waiting and list(waiting["pending"]) == [f"D:{SHOP}:2"]
    assert [(row.state, row.production) for row in told.of(Deployment)] == [
        ("pending", True),
        ("success", True),
    ]
    # nothing is pending, and the list has the same tag: GitHub does not count such a request
    assert [(asked.what, asked.status) for asked in server.asked] == [
        ("GET /repos/acme/shop/deployments", 304)
    ]


def test_later_readings_tell_only_new_deployments() -> None:
    deployments = [deployment(n, "SUCCESS") for n in range(1, 251)]
    with serving(shop(deployments=deployments)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "deployments")
        server.forge.repositories[0].deployments.append(deployment(251, "FAILURE"))
        server.forget()
        pages = list(forge.read(project, "deployments", told.states["deployments"]))

    assert len(told.of(Deployment)) == 250
    assert [len(page.records) for page in pages] == [2]
    assert len(server.asked) == 2


def test_a_reading_of_deployments_goes_on_from_any_page() -> None:
    deployments = [deployment(n, "SUCCESS", "INACTIVE") for n in range(1, 321)]
    with serving(shop(deployments=deployments)) as server, reader(server) as forge:
        project = only(forge)
        whole = Kept()
        whole.read(forge, project, "deployments")
        for pages in range(1, whole.pages):
            told = Kept()
            told.read(forge, project, "deployments", pages=pages)
            told.read(forge, project, "deployments")
            assert (told.rows, told.states) == (whole.rows, whole.states)

        late = Kept()
        late.read(forge, project, "deployments", pages=2)
        server.forge.repositories[0].deployments.append(deployment(321, "SUCCESS"))
        late.read(forge, project, "deployments")
        late.read(forge, project, "deployments")

    assert len(late.of(Deployment)) == 321


def test_many_statuses_are_read_to_the_first_success() -> None:
    one = deployment(1, "QUEUED", "SUCCESS", *["INACTIVE"] * 140)
    with serving(shop(deployments=[one])) as server, reader(server) as forge:
        told = Kept()
        told.read(forge, only(forge), "deployments")

    (row,) = told.of(Deployment)
    assert (row.state, row.finished_at) == ("success", MORNING + HOUR + 2 * MINUTE)


def release(number: int, **given: object) -> Release:
    at = MORNING + number * HOUR
    told: dict[str, object] = {"published_at": at, "name": f"Version {number}"}
    return Release(number, f"v{number}", author="Ana", created_at=at, **(told | given))  # type: ignore[arg-type]


def test_releases_are_told_and_asked_for_in_full_only_where_the_list_changed() -> None:
    releases = [release(n) for n in range(1, 131)]
    releases.append(release(131, name=None, published_at=None, prerelease=True))
    with serving(shop(releases=releases)) as server, reader(server) as forge:
        told = Kept()
        project = only(forge)
        told.read(forge, project, "releases", pages=1)
        told.read(forge, project, "releases")
        rows = told.of(ForgeRelease)
        server.forget()
        told.read(forge, project, "releases")
        again = [asked.status for asked in server.asked]
        releases.append(release(132))
        server.forge.repositories[0].releases = releases
        told.read(forge, project, "releases")

    assert len(rows) == 131
    assert (
        ForgeRelease(
            "forges",
            f"github:127.0.0.1:{SHOP}",
            "v5",
            "Version 5",
            False,
            MORNING + 5 * HOUR,
            "ana",
        )
        in rows
    )
    draft = next(row for row in rows if row.tag == "v131")
    assert (draft.name, draft.prerelease, draft.published_at) == ("v131", True, None)
    assert again == [304]
    assert len(told.of(ForgeRelease)) == 132
