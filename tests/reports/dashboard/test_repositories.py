"""Repositories and their files over roll-ups of real histories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.pages.read_company import LATIN_TEXT, ReadCompany, read_company

from landed.config import Settings
from landed.reports.dashboard.files import count_entries, entries_of, file_of
from landed.reports.dashboard.look import Look
from landed.reports.dashboard.repositories import may_show, repositories_of, repository_of
from landed.rollups import Filter
from landed.store import Store


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def look(read: ReadCompany) -> Iterator[Look]:
    settings = Settings(workspace=read.workspace)
    with Store.for_settings(settings) as store:
        yield Look(store, settings)


def test_lines_of_files_add_up_to_those_of_the_repository(read: ReadCompany, look: Look) -> None:
    page = repository_of(look, read.ids["till"])
    assert page is not None
    standing = page.repository.standing
    assert standing is not None
    files = entries_of(look, read.ids["till"])
    assert standing.alive == sum(file.alive for file in files) == 12
    assert standing.ai.with_declared == sum(file.ai for file in files) == 12
    assert standing.ai.without_declared == 0
    assert (page.release_count, page.releases[0].tag) == (1, "v1.0.0")


def test_facts_of_few_people_are_hidden(read: ReadCompany, look: Look) -> None:
    found = {one.name: one for one in repositories_of(look).repositories}
    assert found["small"].hidden == "fewer than five people"
    assert found["small"].standing is None
    assert found["small"].flow is None
    assert found["shop"].hidden is None
    assert may_show(look, read.ids["tiny"]) is not None


def test_a_folder_is_the_sum_of_its_files(read: ReadCompany, look: Look) -> None:
    shop = read.ids["shop"]
    top = {entry.name: entry for entry in entries_of(look, shop, rows=100)}
    inside = entries_of(look, shop, "src/cart/", rows=100)
    assert top["src"].files == len(inside) == 7
    assert top["src"].alive == sum(file.alive for file in inside)
    assert count_entries(look, shop, "src/cart/") == 7


def test_parts_of_the_list_follow_each_other(read: ReadCompany, look: Look) -> None:
    shop = read.ids["shop"]
    every = [entry.path for entry in entries_of(look, shop, "src/cart/", order="name", rows=100)]
    parts = [
        entry.path
        for skipped in (0, 3, 6)
        for entry in entries_of(look, shop, "src/cart/", order="name", skipped=skipped, rows=3)
    ]
    assert parts == every


def test_a_path_that_is_no_text_stands_where_it_lies(read: ReadCompany, look: Look) -> None:
    file = file_of(look, read.ids["shop"], LATIN_TEXT)
    assert file is not None
    assert file.alive == 1
    assert LATIN_TEXT in {entry.path for entry in entries_of(look, read.ids["shop"], rows=100)}


def test_other_repositories_are_left_out_by_the_filter(read: ReadCompany, look: Look) -> None:
    only = look.asking(Filter(repository=(read.ids["till"],), model=("opus",)))
    page = repositories_of(only)
    assert [one.name for one in page.repositories] == ["till"]
    assert page.ignored == ("model",)
    assert repository_of(look, "nothing") is None
