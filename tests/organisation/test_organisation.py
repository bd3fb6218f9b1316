"""Three repositories, 200 requests, 234 deployments and eight troubles, told exactly.

The forge is the test server of GitHub's API, git is fetched from a real git server; every expected
figure comes from the texts and times of the script (`truth`, `expected`), not from the product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from tests.organisation import expected
from tests.organisation.plan import END, NAMES, troubles
from tests.organisation.truth import Line, Truth, buckets, dollars
from tests.organisation.world import TOKEN_VARIABLE, build_world
from tests.servers.github_forge import TOKEN
from typer.testing import CliRunner

from landed.cli import app

LAST_DAY = "2026-11-20"


@dataclass(frozen=True)
class Told:
    """What the commands say of the whole organisation, and what is true of it."""

    report: dict[str, Any]
    balances: dict[str, dict[str, Any]]
    changes: list[dict[str, Any]]
    again: list[dict[str, Any]]
    mirrored: list[dict[str, Any]]
    mirrored_again: list[dict[str, Any]]
    truths: dict[str, Truth]
    lines: dict[str, list[Line]]

    @property
    def all_lines(self) -> list[Line]:
        """Every line that an agent with logs wrote."""
        return [line for lines in self.lines.values() for line in lines]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    top, home = tmp_path_factory.mktemp("world"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, build_world(top, home) as world:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv(TOKEN_VARIABLE, TOKEN)
        clones = [str(clone) for clone in world.clones]
        report = says("report", *clones, "--until", LAST_DAY)
        yield Told(
            report,
            {name: says("balance", str(world.code / name), "--at", "2026-11-21") for name in NAMES},
            says("changes", *clones, "--state", "all", "--limit", "0")["changes"],
            says("sync", *clones),
            says("sync", "--connected", "--workspace", str(top / "mirrored")),
            says("sync", "--connected", "--offline", "--workspace", str(top / "mirrored")),
            world.truths,
            {name: truth.lines() for name, truth in world.truths.items()},
        )


def says(*arguments: str) -> Any:
    """What a command says as JSON."""
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def test_the_script_holds_what_it_promises(told: Told) -> None:
    requests = [landed.request for truth in told.truths.values() for landed in truth.requests()]
    made = expected.deployments(told.truths.values())

    assert len(requests) == 200
    assert {request.method for request in requests} == {
        "merge",
        "squash",
        "rebase",
        "fast-forward",
        "stacked",
        "closed",
        "open",
    }
    assert made["rolled back"] == 2
    assert made["hotfixes"] == 1
    assert {line.bucket for line in told.all_lines} == {
        "rejected",
        "live",
        "reworked",
        "replaced",
        "rewritten_in_review",
        "closed",
        "unmerged",
        "discarded",
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_line_and_every_dollar_is_in_its_bucket(told: Told, name: str) -> None:
    balance, lines = told.balances[name], told.lines[name]

    assert {k: v for k, v in balance["lines"]["buckets"].items() if v} == buckets(lines)
    assert balance["lines"]["residual"] == balance["dollars"]["residual"] == 0
    spread = {k: v for k, v in balance["dollars"]["buckets"].items() if v}
    assert spread == dollars(lines)
    assert balance["dollars"]["spent"] == told.truths[name].spent()


def test_the_funnel(told: Told) -> None:
    stages = told.report["journeys"]["stages"]

    assert {
        stage["stage"]: (stage["lines"], stage["cost"]["list_microdollars"]) for stage in stages
    } == expected.funnel(told.all_lines)


@pytest.mark.parametrize("days", [30, 90])
def test_what_is_in_production_so_many_days_later(told: Told, days: int) -> None:
    row = next(row for row in told.report["journeys"]["lasting"] if row["name"] == f"live_{days}")

    assert (row["counted"], row["total"]) == expected.lasting(told.all_lines, days)


def test_why_lines_were_reworked(told: Told) -> None:
    rows = told.report["journeys"]["buckets"]
    reasons = Counter(
        (line.bucket, line.reason) for line in told.all_lines if line.bucket == "reworked"
    )

    assert {
        (row["bucket"], row["reason"]): row["lines"] for row in rows if row["bucket"] == "reworked"
    } == reasons


def test_every_request_is_listed_with_its_lines(told: Told) -> None:
    listed = {(row["repository"], row["number"]): row for row in told.changes}

    assert len(told.changes) == 200
    for name, truth in told.truths.items():
        for request, agent, hand in expected.landings(truth):
            row = listed[f"acme/{name}", request.number]
            assert (row["lines"], row["ai_high"]) == (agent + hand, agent), (name, request.number)


@pytest.mark.parametrize(("of", "agents"), [("all", None), ("AI-heavy", True), ("other", False)])
def test_change_lead_time(told: Told, of: str, agents: bool | None) -> None:
    rows = told.report["delivery"]["dora"]["change_lead_time"]
    time = next(row["time"] for row in rows if row["of"] == of)
    times = [
        seconds
        for truth in told.truths.values()
        for seconds in expected.lead_times(truth, agents=agents)
    ]

    assert time["number"] == len(times)
    assert time["estimate"] == expected.median_of(times)


def test_the_deployments(told: Told) -> None:
    dora = told.report["delivery"]["dora"]
    made = expected.deployments(told.truths.values())
    overall = {name: rows[0] for name, rows in dora.items()}

    assert {row["of"] for row in overall.values()} == {"all"}
    assert overall["deployment_frequency"]["deployments"] == made["successes"]
    assert overall["change_fail_rate"]["total"] == made["attempts"]
    failed = sum(map(expected.failed, told.truths.values()))
    assert overall["change_fail_rate"]["counted"] == failed
    assert overall["failed_deployment_recovery_time"]["time"]["number"] == failed
    unplanned = made["rolled back"] + made["hotfixes"]
    assert overall["deployment_rework_rate"]["counted"] == unplanned


@pytest.mark.parametrize(
    ("basis", "rules"),
    [("traced", ("link", "root-cause", "deployment", "fix")), ("inferred", ("time",))],
)
def test_incidents_by_who_brought_them_about(
    told: Told, basis: str, rules: tuple[str, ...]
) -> None:
    rows = [
        row
        for row in told.report["delivery"]["incidents"]
        if (row["kind"], row["basis"]) == ("incident", basis)
    ]
    by_agents = sum(expected.shares_of_agents(truth, rules) for truth in told.truths.values())
    number = sum(1 for one in troubles() if one.kind == "incident" and one.rule in rules)

    assert {row["side"]: row["high"] for row in rows} == {
        "AI": pytest.approx(by_agents),
        "others": pytest.approx(number - by_agents),
    }


def test_what_reviewing_took(told: Told) -> None:
    loads = {row["kind"]: row for row in told.report["delivery"]["reviewing"]["loads"]}

    for kind, agents in (("AI-heavy", True), ("other", False)):
        finished = [
            one for truth in told.truths.values() for one in expected.finished(truth, agents)
        ]
        reviewed = [request for request in finished if request.reviewed is not None]
        assert loads[kind]["changes"] == len(finished)
        assert loads[kind]["reviewed"] == len(reviewed)
        assert loads[kind]["comments"] == 2 * len(reviewed)


def test_the_yield(told: Told) -> None:
    row = told.report["journeys"]["yield_30"]

    assert (row["shipped"], row["mature"], row["too_young"]) == expected.yielded(told.all_lines)


def test_what_a_line_a_change_and_a_deployment_cost(told: Told) -> None:
    journeys, lines = told.report["journeys"], told.all_lines
    spent = sum(truth.spent() for truth in told.truths.values())
    stages = expected.funnel(lines)
    per_line = {row["stage"]: (row["direct"], row["loaded"]) for row in journeys["cost_per_line"]}

    for stage in ("accepted", "committed", "merged", "deployed", "live"):
        number, cost = stages[stage]
        assert per_line[stage] == (pytest.approx(cost / number), pytest.approx(spent / number))
    changes = {expected.landed_with(line.request) for line in lines if line.merged}
    deployments = {(line.repository, line.deployed) for line in lines if line.deployed}
    for name, made, stage in (
        ("changes", changes, "merged"),
        ("deployments", deployments, "deployed"),
    ):
        told_of = journeys[name]
        assert told_of[name] == len(made)
        assert told_of["loaded"]["list_microdollars"] == round(spent / len(made))
        assert told_of["direct"]["list_microdollars"] == round(
            expected.direct(lines, stage) / len(made)
        )


def test_what_was_wasted(told: Told) -> None:
    waste = told.report["journeys"]["waste"]
    spent = dollars(told.all_lines)

    assert {name: waste[name] for name in ("rejected", "discarded", "closed")} == {
        name: spent[name] for name in ("rejected", "discarded", "closed")
    }
    # every reworked line of the script was reverted or fixed
    assert (waste["undone"], waste["churn"]) == (spent["reworked"], 0)
    assert waste["total"]["list_microdollars"] == sum(
        spent[name] for name in ("rejected", "discarded", "closed", "reworked")
    )


def test_unreviewed_lines_of_agents_in_production(told: Told) -> None:
    (row,) = (row for row in told.report["delivery"]["unreviewed"] if row["who"] == "ai")
    standing = [expected.standing(truth) for truth in told.truths.values()]

    assert row["lines"] == sum(lines for lines, _ in standing)
    assert row["unreviewed"] == sum(unreviewed for _, unreviewed in standing)


def test_nothing_is_told_twice(told: Told) -> None:
    assert [row["mode"] for row in told.again] == ["unchanged"] * 3
    assert [trouble for row in told.again for trouble in row["troubles"]] == []
    assert END.isoformat() > LAST_DAY


def test_what_has_no_clone_is_read_from_its_mirror(told: Told) -> None:
    names = [f"acme/{name}" for name in NAMES]

    assert sorted(row["name"] for row in told.mirrored) == sorted(names)
    assert {row["mode"] for row in told.mirrored} == {"full"}
    # no fewer commits than the clones have: heads of requests are among them
    for row in told.mirrored:
        truth = told.truths[row["name"].removeprefix("acme/")]
        assert row["commits"] == len(truth.repository.commits)
    assert {row["mode"] for row in told.mirrored_again} == {"unchanged"}
