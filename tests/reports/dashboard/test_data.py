"""What everything rests on, over a store of real histories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.server.pages.read_company import ReadCompany, read_company

from landed.config import Settings
from landed.reports.dashboard.data import data_of
from landed.reports.dashboard.look import Look
from landed.store import Store


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ReadCompany:
    return read_company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def look(read: ReadCompany) -> Iterator[Look]:
    settings = Settings(workspace=read.workspace)
    with Store.for_settings(settings) as store:
        yield Look(store, settings)


def test_lines_without_evidence_are_all_given_a_reason(look: Look) -> None:
    page = data_of(look, admin=False)
    assert page.coverage is not None
    without = page.coverage.alive - page.coverage.with_evidence
    assert without > 0
    assert sum(lines for _, lines in page.unexplained) == without


def test_sources_tell_what_was_read(look: Look) -> None:
    told = {source.key: source.told for source in data_of(look, admin=False).sources}
    assert told["history"] == "4 repositories"
    assert told["logs"] == told["telemetry"] == "nothing yet"


def test_what_hinders_most_stands_first(look: Look) -> None:
    gaps = data_of(look, admin=False).gaps
    assert gaps[0].level == "warning"
    assert "no session of an agent is seen" in gaps[0].what
    assert all(gap.command or gap.remedy for gap in gaps)
