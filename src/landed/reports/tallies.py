"""Rows of metrics added up into the records of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from landed.metrics import Answers, Facts
from landed.reports.groups import is_ai
from landed.reports.model import (
    AgeLines,
    AiFile,
    Authored,
    Coverage,
    MonthLines,
    Range,
    RepositoryPart,
    ReworkBy,
    ReworkedFile,
)

NO_EVIDENCE = ("none", "inferred")
AGES = (
    "under 30 days",
    "30 to 90 days",
    "90 days to 1 year",
    "1 to 2 years",
    "2 to 5 years",
    "over 5 years",
)
"""The bands of the metric alive_by_age, the youngest first."""

Rows = list[dict[str, Any]]


def range_of(rows: Sequence[dict[str, Any]]) -> Range:
    """The AI lines among `rows` (who, grade, lines), without and with declared ones."""
    total = sum(row["lines"] for row in rows)
    ai = sum(row["lines"] for row in rows if is_ai(row["who"]))
    declared = sum(row["lines"] for row in rows if is_ai(row["who"]) and row["grade"] == "declared")
    without = ai - declared
    return Range(without, ai, without / total if total else None, ai / total if total else None)


def summed(
    rows: Sequence[dict[str, Any]], keys: Sequence[str], amounts: Sequence[str]
) -> list[dict[str, Any]]:
    """`rows` added up over everything but `keys`, in order of first appearance."""
    totals: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        total = totals.setdefault(
            key, {name: row[name] for name in keys} | dict.fromkeys(amounts, 0)
        )
        for amount in amounts:
            total[amount] += row[amount]
    return list(totals.values())


def authored(rows: Rows) -> list[Authored]:
    """Lines by who, agent and grade, most first."""
    total = summed(rows, ("who", "agent", "grade"), ("lines",))
    total.sort(key=lambda row: (-row["lines"], row["who"], row["agent"] or "", row["grade"]))
    return [Authored(**row) for row in total]


def coverage_of(rows: Rows) -> Coverage:
    """Evidence coverage from the rows of the metric coverage."""
    alive = sum(row["lines"] for row in rows)
    known = sum(row["lines"] for row in rows if row["grade"] not in NO_EVIDENCE)
    return Coverage(
        alive=alive,
        with_evidence=known,
        evidence_share=known / alive if alive else None,
        inferred_only=sum(row["lines"] for row in rows if row["grade"] == "inferred"),
        ai=range_of(rows),
        authorship=authored(rows),
    )


def repository_part(facts: Facts, coverage_rows: Rows, excluded_paths: int) -> RepositoryPart:
    """What a report says of one repository alone."""
    window = facts.window
    coverage = coverage_of([row for row in coverage_rows if row["repository"] == window.repository])
    return RepositoryPart(
        repository=window.repository,
        name=window.name,
        branch=window.branch,
        head=facts.record["head"],
        shallow=facts.record["shallow"],
        first_commit_at=facts.record["first_commit_at"],
        last_commit_at=facts.record["last_commit_at"],
        commits=facts.record["commits"],
        changes=facts.record["mainline_length"],
        alive=coverage.alive,
        with_evidence=coverage.with_evidence,
        evidence_share=coverage.evidence_share,
        ai=coverage.ai,
        excluded_paths=excluded_paths,
        live_release=window.live_tag,
    )


def months_of(bench: Answers) -> list[MonthLines]:
    """Lines born and landed by month."""
    added = [row | {"added": row["lines"], "landed": 0} for row in bench.rows("lines_added")]
    landed = [row | {"added": 0, "landed": row["lines"]} for row in bench.rows("lines_landed")]
    total = summed(added + landed, ("month", "who", "agent", "grade"), ("added", "landed"))
    total.sort(key=lambda row: (row["month"], row["who"], row["agent"] or "", row["grade"]))
    return [MonthLines(**row) for row in total]


def rework_by_of(rows: Rows) -> list[ReworkBy]:
    """Lines reworked by who wrote and who removed them, most first, of the metric rework_by."""
    keys = ("who", "agent", "by_who", "by_agent")
    total = summed(rows, keys, ("lines", "reverted"))
    total.sort(key=lambda row: (-row["lines"], *(row[key] or "" for key in keys)))
    return [ReworkBy(**row) for row in total]


def ages_of(rows: Rows) -> list[AgeLines]:
    """Lines alive by who and age, the youngest first, of the metric alive_by_age."""
    total = summed(rows, ("who", "agent", "age"), ("lines",))
    total.sort(key=lambda row: (AGES.index(row["age"]), row["who"], row["agent"] or ""))
    return [AgeLines(**row) for row in total]


def ai_files_of(bench: Answers, names: dict[str, str]) -> list[AiFile]:
    """Files with most AI lines alive; `names` gives each repository's name."""
    return [
        AiFile(**row | {"repository": names[row["repository"]]})
        for row in bench.rows("hot_files_ai")
    ]


def reworked_files_of(bench: Answers, names: dict[str, str]) -> list[ReworkedFile]:
    """Files with most lines reworked; `names` gives each repository's name."""
    return [
        ReworkedFile(**row | {"repository": names[row["repository"]]})
        for row in bench.rows("hot_files_rework")
    ]
