"""The story that the full company tells, as its histories have it."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from landed.config import Settings
from landed.demo.company import CULPRIT, PEOPLE, PRODUCTS, TEAMS, members
from landed.demo.extras import loose_sessions
from landed.demo.historian import Historian
from landed.demo.production import Producing
from landed.demo.script import History, Request
from landed.demo.settings_file import write_settings

END = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def histories() -> dict[str, History]:
    found = {}
    for product in PRODUCTS:
        history = Historian(product, 1, END, round(1000 * product.weight)).tell()
        Producing(history, 1, END).produce()
        found[product.name] = history
    return found


def requests(histories: dict[str, History]) -> list[Request]:
    everything = [request for history in histories.values() for request in history.requests]
    return sorted(everything, key=lambda request: request.opened)


def test_forty_people_in_six_teams_one_of_them_too_small_to_be_shown() -> None:
    sizes = Counter(person.team for person in PEOPLE)

    assert len(PEOPLE) == len({person.login for person in PEOPLE}) == 40
    assert len({person.name for person in PEOPLE}) == 40
    assert set(sizes) == set(TEAMS)
    assert [team for team, people in sizes.items() if people < 5] == ["security"]


def test_twelve_repositories_take_all_the_work() -> None:
    assert len({product.name for product in PRODUCTS}) == 12
    assert sum(product.weight for product in PRODUCTS) == pytest.approx(1)


def test_agents_take_over_more_and_more(histories: dict[str, History]) -> None:
    landed = [one for one in requests(histories) if one.merged is not None and one.kind != "bump"]
    sixth = len(landed) // 6

    def share(some: list[Request]) -> float:
        return sum(one.added for one in some if one.agent) / sum(one.added for one in some)

    assert share(landed[:sixth]) < 0.3
    assert 0.5 < share(landed[-sixth:]) < 0.8


def test_one_team_leads_and_one_rejects(histories: dict[str, History]) -> None:
    by_team: dict[str, Counter[bool]] = {team: Counter() for team in TEAMS}
    for request in requests(histories):
        if request.author.team:
            by_team[request.author.team][request.agent] += 1
    share = {team: counts[True] / counts.total() for team, counts in by_team.items()}

    assert max(share, key=lambda team: share[team]) == "growth"
    assert share["billing"] < 0.1


def test_voice_checkout_never_ships(histories: dict[str, History]) -> None:
    voice = [request for request in requests(histories) if request.kind == "voice"]

    assert len(voice) > 8
    assert {request.outcome for request in voice} == {"closed"}
    assert len({request.author for request in voice}) >= 5


def test_an_agents_change_brings_production_down_and_is_taken_back(
    histories: dict[str, History],
) -> None:
    history = histories[CULPRIT]
    (outage,) = (trouble for trouble in history.troubles if trouble.severity == "sev1")
    culprit = next(one for one in history.requests if one.number == outage.caused_by)
    around = [one for one in history.deployments if one.at >= outage.started][:1]

    assert culprit.agent
    assert culprit.author in members("storefront") or culprit.author in PEOPLE
    assert around[0].commit.committed < culprit.landed[-1].committed


def test_everything_happens_in_order_and_before_the_end(histories: dict[str, History]) -> None:
    for history in histories.values():
        times = [commit.committed for commit in history.main]
        assert times == sorted(times)
        assert max(commit.committed for commit in history.commits) <= END
        for request in history.requests:
            assert request.commits[0].authored <= request.opened
            assert request.ended is None or request.opened < request.ended <= END
        assert all(attempt.at < END for attempt in history.deployments)


def test_there_is_something_of_everything(histories: dict[str, History]) -> None:
    kinds = Counter((request.kind, request.outcome) for request in requests(histories))
    sessions = [session for history in histories.values() for session in history.sessions]
    edits = [edit for one in sessions for turn in one.turns for edit in turn.edits]
    loose = loose_sessions(1, END, 400, PRODUCTS)

    for kind in ("feature", "fix", "rewrite", "bump", "revert"):
        assert kinds[kind, "merged"] > 0, kind  # type: ignore[index]
    assert kinds["feature", "open"] + kinds["rewrite", "open"] + kinds["fix", "open"] > 0
    assert {edit.fate for edit in edits} == {"kept", "refused", "failed", "unused"}
    assert {session.person.tool for session in sessions} == {"claude-code", "codex", "gemini-cli"}
    assert any(session.product is None for session in loose)
    assert any(turn.commands for session in loose for turn in session.turns)


def test_the_settings_name_people_seats_and_budgets(tmp_path: Path) -> None:
    path = tmp_path / "landed.toml"
    write_settings(path, tmp_path, END, 1, {"claude-code": [100.0] * 18})
    settings = Settings.load(config=path)
    teams = Counter(person.team for person in settings.people)
    holders = {seat.holder for seat in settings.cash.seats}
    idle = [one.email for one in PEOPLE if one.starts is None and one.email in holders]

    assert tomllib.loads(path.read_text())["workspace"] == "workspace"
    assert settings.workspace == tmp_path / "workspace"
    assert not settings.sessions.own_home
    assert teams == Counter(person.team for person in PEOPLE)
    assert {budget.team for budget in settings.budgets} == {None, *TEAMS}
    assert len(settings.cash.invoices) == 18 + 6
    assert idle
