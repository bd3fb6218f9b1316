"""The page Quality, on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.reports.dashboard.changed_shop import fill
from tests.server.running import ANA, Running, running


def page(running: Running, query: str = "period=all") -> str:
    answer = running.browser().get(f"/quality?{query}")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server of one person, with a shop of many changes."""
    with running(tmp_path_factory.mktemp("shop")) as started:
        filled(started)
        yield started


def filled(running: Running) -> Running:
    with running.server.store.writing() as store:
        fill(store, running.server.settings)
    return running


def test_before_anything_is_rolled_up_it_says_so(alone: Running) -> None:
    assert "Nothing to show yet" in page(alone)


def test_it_answers_whether_it_is_holding(shop: Running) -> None:
    text = page(shop)

    for question in (
        "How long do lines stay?",
        "And those of each agent?",
        "What is still there?",
        "Are AI lines reworked more?",
        "Who takes AI’s lines out again?",
        "How old are the lines alive?",
        "Do AI-heavy changes fail more?",
        "How is it delivered?",
        "Where does the time of a change go?",
        "What does reviewing take?",
        "What went to production unreviewed?",
        "What is not connected?",
    ):
        assert question in text
    assert "Failed deployment recovery time" in text
    assert "an association" in text
    assert "landed deployment record in the pipeline" in text
    assert "2.5 times the rework after adoption" in text
    assert "Traceback" not in text


def test_every_figure_leads_to_its_explanation(shop: Running) -> None:
    text = page(shop, "period=all&repository=0123456789abcdef")

    for metric in ("survival", "rework", "change_lead_time", "change_fail_rate", "review_load"):
        assert f"/explain/{metric}?period=all&amp;repository=0123456789abcdef" in text


def test_what_a_filter_does_not_reach_is_said(shop: Running) -> None:
    assert "Not narrowed by model" in page(shop, "period=all&model=large")


def test_what_few_people_did_is_not_shown(company: Running) -> None:
    filled(company)
    narrow = company.server.settings.privacy.model_copy(update={"smallest_group": 9})
    company.server.settings = company.server.settings.model_copy(update={"privacy": narrow})
    answer = company.signed_in("ana", ANA).get("/quality?period=all")

    assert answer.status_code == 200
    assert "Fewer than nine people." in answer.text
    assert "/explain/privacy" in answer.text
    assert "Do AI-heavy changes fail more?" not in answer.text


def test_nobody_sees_it_without_signing_in(company: Running) -> None:
    answer = company.browser().get("/quality")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")
