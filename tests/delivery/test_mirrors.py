"""Mirrors of connections' projects: fetched from a real git server, found again, moved along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.delivery.deployed import START, table_of
from tests.histories.builder import History, lines
from tests.histories.served import GitServer, serve

from landed.config import ConnectionSettings, ForgeSettings, Settings
from landed.delivery.mirrors import MirrorsUpdated, mirror_of, update_mirrors
from landed.records import FORGES, TABLES
from landed.sources.git.scratch import Scratch
from landed.sources.git.tips import find_tips
from landed.store import Store

SECRET = "glpat-of-acme"
REPOSITORY = "0123456789abcdef"


class Organisation:
    """A forge with repositories, and a workspace that knows them as projects."""

    def __init__(self, server: GitServer, workspace: Path) -> None:
        self.server = server
        connection = ConnectionSettings(
            forge="gitlab",
            url=f"http://127.0.0.1:{server.port}",
            organisations=("acme",),
            token="environment:ACME_TOKEN",
        )
        self.settings = Settings(workspace=workspace, connections=(connection,))
        self.projects: dict[int, dict[str, Any]] = {}

    def add(self, number: int, name: str, *, private: bool = True, **told: Any) -> History:
        """Make a repository at the forge, and tell of it."""
        history = History(self.server.root / f"{name}.git", bare=True)
        history.write("cart.py", lines(f"shop = {number}"))
        history.commit(f"Begin {name}")
        self.tell(number, name, private=private, **told)
        return history

    def tell(self, number: int, name: str, **told: Any) -> None:
        """Tell of a project as it is now."""
        self.projects[number] = (
            dict.fromkeys(TABLES["project"].schema.names)
            | {
                "project": f"gitlab:127.0.0.1:{number}",
                "forge": "gitlab",
                "host": "127.0.0.1",
                "name": name,
                "address": self.server.address(name),
                "private": True,
                "archived": False,
                "state": "present",
                "seen_at": START,
                "how": "unmatched",
            }
            | told
        )
        with Store.open(self.settings.workspace) as store:
            rows = table_of("project", list(self.projects.values()))
            store.replace("project", rows, FORGES)

    def update(self, **asked: Any) -> MirrorsUpdated:
        return update_mirrors(self.settings, lambda: Store.open(self.settings.workspace), **asked)

    def mirror(self, **asked: str) -> Path | None:
        with Store.open(self.settings.workspace) as store:
            return mirror_of(store, self.settings, **asked)

    def problems(self) -> list[tuple[str, str]]:
        with Store.open(self.settings.workspace) as store:
            rows = store.read("problem", FORGES).to_pylist()
        return [(row["source"], row["kind"]) for row in rows]


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    monkeypatch.setenv("ACME_TOKEN", SECRET)
    with serve(tmp_path / "forge", secret=SECRET) as server:
        yield Organisation(server, tmp_path / "workspace")


def test_projects_that_are_repositories_are_fetched_and_found_by_id_remote_and_name(
    acme: Organisation,
) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY, how="remote")
    acme.add(2, "acme/other")

    updated = acme.update()

    place = acme.settings.workspace / f"mirrors/127.0.0.1+{acme.server.port}/acme/shop.git"
    assert list(updated.fetched) == ["gitlab:127.0.0.1:1"]
    assert acme.mirror(repository=REPOSITORY) == place
    assert acme.mirror(remote=f"127.0.0.1:{acme.server.port}/acme/shop") == place
    assert acme.mirror(project="ACME/shop") == place
    assert acme.mirror(project="acme/other") is None
    assert acme.mirror(repository="f" * 16) is None


def test_a_project_without_a_clone_is_fetched_by_name_and_read_from_its_mirror(
    acme: Organisation,
) -> None:
    history = acme.add(2, "acme/other")

    acme.update(projects=["acme/other"])

    mirror = acme.mirror(project="acme/other")
    assert mirror is not None
    with Scratch.open(mirror, acme.settings.workspace) as scratch:
        assert find_tips(scratch).head.decode() == history.resolve("main")
        assert scratch.location.name == "acme/other"


def test_a_project_without_commits_has_no_mirror_to_read_until_it_has_some(
    acme: Organisation,
) -> None:
    history = History(acme.server.root / "acme/new.git", bare=True)
    acme.tell(3, "acme/new")
    acme.update(projects=["acme/new"])
    assert acme.mirror(project="acme/new") is None

    history.write("cart.py", lines("total"))
    history.commit("Begin")
    acme.update(projects=["acme/new"])
    assert acme.mirror(project="acme/new") is not None


def test_what_was_fetched_lately_is_not_asked_for(acme: Organisation) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    acme.update()
    asked = len(acme.server.asked)

    again = acme.update(fresh_after=timedelta(minutes=15))

    assert (again.fresh, again.fetched, len(acme.server.asked)) == (1, {}, asked)


def test_one_that_fails_stops_no_other_and_is_a_problem_until_it_works(acme: Organisation) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    acme.add(2, "acme/gone", belongs_to="f" * 16)
    acme.tell(2, "acme/elsewhere", belongs_to="f" * 16)

    broken = acme.update()
    problems = acme.problems()
    acme.tell(2, "acme/gone", belongs_to="f" * 16)
    acme.update()

    assert list(broken.fetched) == ["gitlab:127.0.0.1:1"]
    assert [trouble.kind for trouble in broken.troubles] == ["gone"]
    assert problems == [("mirror", "gone")]
    assert acme.problems() == []


def test_a_token_that_is_refused_is_told_but_what_is_open_needs_none(
    acme: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    acme.add(2, "acme/open", belongs_to="f" * 16, private=False)
    monkeypatch.delenv("ACME_TOKEN")
    no_token = acme.update()
    monkeypatch.setenv("ACME_TOKEN", "wrong")
    refused = acme.update()
    acme.server.secret = None
    monkeypatch.delenv("ACME_TOKEN")
    opened = acme.update()

    assert sorted(trouble.kind for trouble in no_token.troubles) == [
        "not-configured",
        "token-refused",
    ]
    assert [trouble.kind for trouble in refused.troubles] == ["token-refused"] * 2
    assert list(opened.fetched) == ["gitlab:127.0.0.1:2"]


def test_a_token_is_not_sent_to_another_host_that_the_forge_names(acme: Organisation) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    address = f"http://localhost:{acme.server.port}/acme/shop.git"
    acme.tell(1, "acme/shop", belongs_to=REPOSITORY, address=address)

    updated = acme.update()

    assert [trouble.kind for trouble in updated.troubles] == ["token-refused"]
    assert not any(allowed for _, _, allowed in acme.server.asked)


def test_the_mirror_of_a_renamed_project_moves_along_and_names_may_be_swapped(
    acme: Organisation,
) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    acme.add(2, "acme/store", belongs_to="f" * 16)
    first = acme.update()
    (acme.server.root / "acme" / "shop.git").rename(acme.server.root / "acme" / "swap.git")
    (acme.server.root / "acme" / "store.git").rename(acme.server.root / "acme" / "shop.git")
    (acme.server.root / "acme" / "swap.git").rename(acme.server.root / "acme" / "store.git")
    acme.tell(1, "acme/store", belongs_to=REPOSITORY)
    acme.tell(2, "acme/shop", belongs_to="f" * 16)

    second = acme.update()

    assert {made.mode for made in first.fetched.values()} == {"made"}
    assert {made.mode for made in second.fetched.values()} == {"unchanged"}
    moved = acme.mirror(repository=REPOSITORY)
    assert moved is not None and moved.name == "store.git"


def test_mirrors_can_be_switched_off(acme: Organisation) -> None:
    acme.add(1, "acme/shop", belongs_to=REPOSITORY)
    acme.settings = acme.settings.model_copy(update={"forges": ForgeSettings(mirrors=False)})

    assert acme.update() == MirrorsUpdated()
    assert acme.server.asked == []
