"""From the metrics of delivery to what a report says of changes, deployments and incidents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from landed.compare import (
    NOBODY,
    Changes,
    compare_amounts,
    compare_rates,
    events_per,
    median_of,
    rate_of,
)
from landed.metrics import DeliveryBench, DeliveryFacts, SessionFacts
from landed.reports.delivery_model import (
    Causes,
    ChangeCounts,
    ChangeFailures,
    Connected,
    DeliveryPart,
    Dora,
    Frequency,
    IncidentRate,
    MonthDeployments,
    Rate,
    Reviewing,
    ReviewLoad,
    StageTime,
    TimeOf,
    Unconnected,
    Unreviewed,
)
from landed.reports.delivery_rework import rework_of
from landed.reports.wording import listed

STAGES = ("to_open", "to_review", "to_approval", "to_merge", "to_deploy")
"""The stages of a change, in order."""
WHOLE = ("until_merge", "until_deploy")
KINDS = ("AI-heavy", "other")
SHARES = ("AI-heavy", "other", "no new lines")

Row = dict[str, Any]


def delivery_of(
    facts: DeliveryFacts, sessions: SessionFacts | None, names: dict[str, str]
) -> DeliveryPart | None:
    """What changes, deployments and incidents came to; None where nothing tells of any.

    `names` has the name to show of each repository. `sessions` tell what rework cost.
    """
    scopes = facts.tables["repository_scope"].to_pylist()
    # release tags stand for deployments; they alone tell nothing that is not told elsewhere
    if not facts.any or not any(row[name] for row in scopes for name in _TOLD):
        return None
    scope = facts.tables["delivery_scope"].to_pylist()[0]
    connected = connected_of(scopes, names)
    states = facts.tables["change_fact"]["state"].to_pylist()
    with DeliveryBench(facts) as bench:
        rows = bench.rows
        leads = rows("change_lead_time")
        return DeliveryPart(
            connected=connected,
            open_changes=states.count("open"),
            changes=change_counts_of(rows("merge_rate")),
            dora=dora_of(rows, leads),
            stages=stage_times_of(leads),
            failures=failures_of(rows("change_failure")),
            reviewing=reviewing_of(rows("review_load"), scope),
            unreviewed=unreviewed_of(rows("unreviewed_lines")),
            incidents=incidents_of(rows("incident_rate")),
            causes=causes_of(rows("incident_causes")),
            months=deployment_months_of(rows("deployments_by_month")),
            rework=rework_of(sessions, rows("rework_delivery"), scope),
            missing=unconnected_of(connected),
        )


_TOLD = ("has_forge", "has_deployments", "has_incidents")
_KNOWN = ("has_forge", "has_checks", "has_reviews", "has_deployments", "has_incidents")


def connected_of(scopes: Sequence[Row], names: dict[str, str]) -> list[Connected]:
    """What is known of each repository, by rows of the relation repository_scope."""
    return [
        Connected(_named(row["repository"], names), *(row[name] for name in _KNOWN))
        for row in scopes
    ]


def _named(repository: str, names: dict[str, str]) -> str:
    return names.get(repository, repository)


def change_counts_of(rows: list[Row]) -> list[ChangeCounts]:
    """Finished and merged changes of either kind."""
    found = []
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        finished, merged = _sum(own, "finished"), _sum(own, "merged")
        if finished:
            found.append(ChangeCounts(kind, finished, merged, rate_of(merged, finished)))
    return found


def dora_of(rows: Callable[[str], list[Row]], leads: list[Row]) -> Dora:
    """The five metrics of DORA; `leads` are rows of change_lead_time, `rows` asks the others."""
    recoveries = rows("failed_deployment_recovery")
    times = [_time_of("all", leads, "until_deploy", "change")]
    times += [
        _time_of(kind, [row for row in leads if row["kind"] == kind], "until_deploy", "change")
        for kind in KINDS
    ]
    recovered = [_time_of("all", recoveries, "recovery", "failed deployment")]
    recovered += [
        _time_of(
            share,
            [row for row in recoveries if row["ai_share"] == share],
            "recovery",
            "failed deployment",
        )
        for share in SHARES
    ]
    return Dora(
        change_lead_time=times,
        deployment_frequency=_frequencies(rows("deployment_frequency")),
        failed_deployment_recovery_time=[one for one in recovered if one.time.number],
        change_fail_rate=_rates(rows("change_fail_rate"), "failed"),
        deployment_rework_rate=_rates(rows("deployment_rework_rate"), "unplanned"),
    )


def _time_of(of: str, rows: list[Row], column: str, noun: str) -> TimeOf:
    return TimeOf(of, median_of(_known(rows, column), noun))


def _known(rows: Sequence[Row], column: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([row[column] for row in rows if row[column] is not None], np.float64)


def _rates(rows: list[Row], column: str) -> list[Rate]:
    found = []
    for share in ("all", *SHARES):
        own = [row for row in rows if share in ("all", row["ai_share"])]
        counted, total = _sum(own, column), _sum(own, "deployments")
        if total:
            found.append(Rate(share, counted, total, rate_of(counted, total, "deployment")))
    return found


def _frequencies(rows: list[Row]) -> list[Frequency]:
    weeks = {row["repository"]: row["weeks"] for row in rows}
    told = sum(weeks.values())
    found = []
    for share in ("all", *SHARES):
        number = _sum([row for row in rows if share in ("all", row["ai_share"])], "deployments")
        if number:
            found.append(Frequency(share, number, told, number / told if told else None))
    return found


def stage_times_of(rows: list[Row]) -> list[StageTime]:
    """How long each stage of a change took."""
    found = [_stage(rows, stage, high_quality=False) for stage in (*STAGES, *WHOLE)]
    good = [row for row in rows if row["high_quality"]]
    found += [_stage(good, stage, high_quality=True) for stage in WHOLE]
    return [one for one in found if one.heavy.number or one.others.number]


def _stage(rows: list[Row], stage: str, *, high_quality: bool) -> StageTime:
    told = [row for row in rows if row[stage] is not None]
    heavy, others = ([row for row in told if row["kind"] == kind] for kind in KINDS)
    return StageTime(
        stage,
        high_quality,
        median_of(_known(heavy, stage)),
        median_of(_known(others, stage)),
        compare_amounts(_changes(told, _known(told, stage))),
    )


def _changes(rows: Sequence[Row], values: np.ndarray[Any, np.dtype[np.float64]]) -> Changes:
    """The rows as changes to compare within repository, author and size band."""
    strata: dict[tuple[str, int, str], int] = {}
    stratum = [
        strata.setdefault((row["repository"], row["person"], row["size_band"]), len(strata))
        for row in rows
    ]
    return Changes(
        value=values,
        heavy=np.array([row["kind"] == "AI-heavy" for row in rows], bool),
        stratum=np.array(stratum, np.int64),
        person=np.array(
            [row["person"] if row["person_known"] else NOBODY for row in rows], np.int64
        ),
    )


def failures_of(rows: list[Row]) -> ChangeFailures:
    """Merged changes that failed."""
    each, failed = list[Row](), list[float]()
    for row in rows:
        each += [row] * row["changes"]
        failed += [1.0] * row["failed"] + [0.0] * (row["changes"] - row["failed"])
    heavy, others = (
        rate_of(_sum(own, "failed"), _sum(own, "changes"))
        for own in ([row for row in rows if row["kind"] == kind] for kind in KINDS)
    )
    matched = compare_rates(_changes(each, np.array(failed, dtype=np.float64)))
    return ChangeFailures(heavy, others, matched)


def reviewing_of(rows: list[Row], scope: Row) -> Reviewing | None:
    """What reviews took; null where none are known. `scope` has the rates."""
    if not rows:
        return None
    loads = []
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        if own:
            loads.append(
                ReviewLoad(
                    kind,
                    changes=len(own),
                    reviewed=_sum(own, "reviewed"),
                    rounds=_sum(own, "rounds"),
                    comments=_sum(own, "comments"),
                    reviewer_minutes=float(sum(row["reviewer_minutes"] for row in own)),
                    minutes_a_change=median_of(_known(own, "reviewer_minutes")),
                    senior_reviewed=sum(1 for row in own if row["senior_reviewers"]),
                    design=_sum(own, "design"),
                    design_without_senior=_sum(own, "design_without_senior"),
                )
            )
    return Reviewing(
        loads,
        compare_amounts(_changes(rows, _known(rows, "reviewer_minutes"))),
        scope["minutes_per_round"],
        scope["minutes_per_comment"],
        scope["minutes_per_hundred_lines"],
    )


def unreviewed_of(rows: list[Row]) -> list[Unreviewed]:
    """By class of authors, AI first; lines that a human changed before their commit are AI's."""
    found = []
    for who, classes in (
        ("ai", ("ai", "mixed")),
        ("human", ("human",)),
        ("automation", ("automation",)),
        ("unknown", ("unknown",)),
    ):
        own = [row for row in rows if row["who"] in classes]
        lines, without = _sum(own, "lines"), _sum(own, "unreviewed_lines")
        if lines:
            found.append(Unreviewed(who, lines, without, without / lines))
    return found


def incidents_of(rows: list[Row]) -> list[IncidentRate]:
    """Incidents and bugs by what brought them."""
    found = []
    for kind in ("incident", "bug"):
        for basis in ("traced", "inferred"):
            both = [row for row in rows if (row["kind"], row["basis"]) == (kind, basis)]
            if not any(row["incidents_high"] for row in both):
                continue
            found += [
                _incident_rate(kind, basis, side, [row for row in both if row["side"] == side])
                for side in ("AI", "others")
            ]
    return found


def _incident_rate(kind: str, basis: str, side: str, rows: list[Row]) -> IncidentRate:
    low, high = (float(sum(row[f"incidents_{end}"] for row in rows)) for end in ("low", "high"))
    lines = _sum(rows, "lines_landed")
    told = [row for row in rows if row["line_days"] is not None]
    days = float(sum(row["line_days"] for row in told)) if told else None
    return IncidentRate(
        kind,
        basis,
        side,
        low,
        high,
        lines,
        days,
        events_per(high, lines, noun=kind),
        events_per(float(sum(row["incidents_high"] for row in told)), days or 0.0, noun=kind),
    )


def causes_of(rows: list[Row]) -> list[Causes]:
    """Incidents and bugs by the rule that tells their cause."""
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["kind"], row["rule"])
        totals[key] = totals.get(key, 0) + row["incidents"]
    order = ("link", "root-cause", "fix", "time", "none")
    keys = sorted(totals, key=lambda key: (key[0] != "incident", order.index(key[1])))
    return [Causes(kind, rule, totals[kind, rule]) for kind, rule in keys]


def deployment_months_of(rows: list[Row]) -> list[MonthDeployments]:
    """Deployments to production by month."""
    return [
        MonthDeployments(
            month,
            *(
                _sum([row for row in rows if row["month"] == month], column)
                for column in ("deployments", "failed", "unplanned")
            ),
        )
        for month in sorted({row["month"] for row in rows})
    ]


def unconnected_of(connected: Sequence[Connected]) -> list[Unconnected]:
    """What is not connected."""
    found = []
    for name, what, how in (
        ("has_forge", "changes (pull or merge requests)", "landed connect github or gitlab"),
        ("has_reviews", "reviews", "landed connect github or gitlab"),
        ("has_checks", "checks", "landed connect github or gitlab"),
        (
            "has_deployments",
            "deployments",
            "landed connect, landed deployment record in the pipeline, or landed deployment import",
        ),
        (
            "has_incidents",
            "incidents and bugs",
            "incidents.labels in landed.toml, or landed incident import",
        ),
    ):
        without = [one.repository for one in connected if not getattr(one, name)]
        if without:
            some = "" if len(without) == len(connected) else f" of {listed(without[:3])}"
            more = " and others" if some and len(without) > 3 else ""
            found.append(Unconnected(f"{what}{some}{more} are not known", how))
    return found


def _sum(rows: Sequence[Row], name: str) -> int:
    return int(sum(row[name] or 0 for row in rows))
