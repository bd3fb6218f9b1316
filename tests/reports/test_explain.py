"""A figure and the sums behind it are those that the report shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.shop import Shop, build_shop

from landed.metrics import Window, metric, read_session_facts
from landed.reports.explain import Explained, Quotient, as_json, explained, explanation
from landed.reports.journeys import journeys_of
from landed.reports.journeys_model import JourneysPart
from landed.store import Store
from landed.sync import sync


@pytest.fixture
def shop(tmp_path: Path, home: Path) -> Shop:
    """The shop with its logs, read once."""
    made = build_shop(tmp_path / "shop", home)
    sync(made.path, made.settings())
    return made


def here(shop: Shop, name: str) -> Explained:
    """What a metric comes to in the shop."""
    settings = shop.settings()
    with Store.for_settings(settings, read_only=True) as store:
        (repository,) = store.repositories_in("location")
        return explained(store, settings, metric(name), {repository: "shop"})


def reported(shop: Shop) -> JourneysPart:
    """What the report says of the shop."""
    settings = shop.settings()
    with Store.for_settings(settings, read_only=True) as store:
        (repository,) = store.repositories_in("location")
        facts = read_session_facts(store, settings, [repository], Window())
    part = journeys_of(facts, {repository: "shop"})
    assert part is not None
    return part


def test_one_over_the_other_is_what_the_report_shows(shop: Shop) -> None:
    part = reported(shop)

    for ratio in part.ratios:
        (figure,) = here(shop, ratio.name).figures or [Quotient(None, None, None, None)]
        assert figure.value == ratio.share
        assert (figure.numerator or 0, figure.denominator or 0) == (ratio.counted, ratio.total)
    assert part.effort is not None
    assert here(shop, "fixing_share").figures[0].value == part.effort.fixing.share
    (funnel,) = here(shop, "funnel").figures
    assert funnel == Quotient(None, 39, 60, 0.65)
    assert funnel.value == part.stages[-1].share
    (waste,) = here(shop, "waste").figures
    assert waste.numerator == part.waste.total.list_microdollars == 159_591
    (survived,) = here(shop, "outcome_by_model").figures
    assert survived.numerator == sum(found.standing for found in part.outcomes)
    assert survived.denominator == sum(found.settled for found in part.outcomes)


def test_a_cost_has_one_figure_a_stage(shop: Shop) -> None:
    part = reported(shop)

    lines = here(shop, "cost_per_line").figures
    change, deployment = here(shop, "cost_per_delivery").figures

    assert [(found.of, found.value) for found in lines] == [
        (cost.stage, cost.loaded) for cost in part.cost_per_line
    ]
    assert part.changes is not None and part.deployments is not None
    assert round(change.value or 0) == part.changes.loaded.list_microdollars
    assert deployment.value == part.deployments.loaded.list_microdollars == 831_225


def test_first_tries_are_of_the_changes_that_landed(shop: Shop) -> None:
    (found,) = here(shop, "cost_per_change").figures

    assert (found.numerator, found.denominator) == (6, 6)


def test_every_metric_is_explained_in_lines_that_fit(shop: Shop) -> None:
    for name in ("cost_per_line", "yield", "session_outcome", "survival", "break_even"):
        lines = list(explanation(metric(name), here(shop, name)))
        assert max(len(line) for line in lines) <= 79
        assert f"formula   landed/metrics/{name}.sql" in lines


def test_what_is_not_there_is_said_and_no_figure_is_nothing(shop: Shop) -> None:
    text = "\n".join(explanation(metric("break_even"), here(shop, "break_even")))

    assert "          not known" in text
    assert "missing   what was paid" in text
    assert "cash.hourly_rate" in text
    assert "no rows: nothing of this kind was seen" in text
    young = "\n".join(explanation(metric("yield"), here(shop, "yield")))
    assert "0 ÷ 0 = –" in young
    idle = here(shop, "idle_seats")
    assert idle.missing == ["seats: tell them as cash.seats in landed.toml"]


def test_what_a_figure_of_delivery_lacks_is_named(shop: Shop) -> None:
    found = here(shop, "change_fail_rate")

    assert (found.rows, found.figures) == ([], [])
    assert found.missing == [
        "deployments: landed connect, landed deployment record in a pipeline, or import them"
    ]
    text = "\n".join(explanation(metric("change_fail_rate"), found))
    assert "figure    failed ÷ deployments, for each ai_share" in text
    assert "no rows: nothing of this kind was seen" in text


def test_the_evidence_mix_adds_up(shop: Shop) -> None:
    found = here(shop, "lines_landed")

    assert sum(found.grades.values()) == found.lines
    (mix,) = [
        line
        for line in explanation(metric("lines_landed"), found)
        if line.startswith("          ") and "matched" in line
    ]
    assert "matched" in mix and "%" in mix


def test_figures_are_written_by_what_they_are() -> None:
    found = Explained(["shop"], [], 0, 0, {}, None, [], [])

    def told(name: str, quotient: Quotient) -> str:
        lines = list(explanation(metric(name), replace(found, figures=[quotient])))
        return lines[lines.index("In shop:") + 1].strip()

    assert told("waste", Quotient(None, 1, 3, 1 / 3)) == "1 ÷ 3 = 33.3 %"
    assert told("cost_per_line", Quotient("live", 30_000, 3, 10_000)) == "live 30,000 ÷ 3 = 1.0 ¢"
    assert told("break_even", Quotient(None, 45, 2, 22.5)) == "45 ÷ 2 = 22.5 minutes"
    assert told("acceptance", Quotient(None, 0, 0, None)) == "0 ÷ 0 = –"
    rate = Quotient("incident, traced, AI", 3, 40_000, 0.000075)
    assert told("incident_rate", rate) == "incident, traced, AI 3 ÷ 40,000 = 0.075 for 1,000"
    weekly = Quotient("other", 12, 8, 1.5)
    assert told("deployment_frequency", weekly) == "other 12 ÷ 8 = 1.50"


def test_a_long_answer_is_cut_and_hostile_names_cannot_act() -> None:
    rows = [{"repository": "\x1b[2J", "lines": number} for number in range(20)]
    found = Explained(["sh\x1bop"], [], 0, 0, {}, 3, [], rows)

    text = "\n".join(explanation(metric("buckets"), found))

    assert "\x1b" not in text
    assert "8 more rows; --json has all" in text
    assert "3 calls without a list price left out" in text


def test_json_has_the_metric_and_what_it_comes_to(shop: Shop) -> None:
    content = as_json(metric("ship_rate"), here(shop, "ship_rate"))

    assert content["ratio"] == ("deployed", "committed")
    assert content["here"]["figures"][0]["numerator"] == 39
    assert content["here"]["figures"][0]["denominator"] == 53
    assert as_json(metric("ship_rate"), None)["here"] is None
