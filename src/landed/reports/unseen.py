"""What a report could not see, in plain words, and how to add it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landed.metrics import Facts
from landed.reports.delivery_model import DeliveryPart
from landed.reports.journeys_model import JourneysPart
from landed.reports.model import Coverage, Notice
from landed.reports.wording import count

SESSIONS = Notice(
    None,
    "no-sessions",
    1,
    "no agent's log on this machine tells of these repositories: what was prompted, paid for, or "
    "generated and never committed is not seen",
    "landed doctor lists the agents whose logs are looked for; sessions.homes and sessions.paths "
    "in landed.toml say where else they lie",
)
CASH = Notice(
    None,
    "no-cash",
    1,
    "nothing paid is known: dollars are list prices, not what was spent",
    "enter seats and invoices under [cash] in landed.toml, or landed invoice import FILE.csv",
)
FORGES = Notice(
    None,
    "no-forge",
    1,
    "pull requests, reviews, checks and deployments are not connected: a change is one step of the "
    "main line",
    "landed connect github, landed connect gitlab, or landed deployment record in a pipeline",
)
_FETCH_NOTES = "git fetch origin '+refs/notes/*:refs/notes/*'"
_NOTES_CUT = frozenset({"unreadable-note", "unreadable-notes"})
"""Problems with notes that fetching them whole can solve."""
_COUNTED = {
    "unknown-commit": (
        "record about a commit",
        "records about commits",
        "that the ledger does not have: no branch or tag reaches them, as after a rebase, a "
        "squash or a deleted branch. Fetching notes does not help; a branch that still has them "
        "does",
    ),
    "unresolved-key": (
        "entry of notes",
        "entries of notes",
        "with a key that names nobody: whoever wrote the note left its session out. The lines "
        "have no evidence from it, and no fetch brings it",
    ),
}
"""Problems told by their number: of one, of several, and why."""


def notices_of(
    facts: Sequence[Facts],
    problems: Sequence[dict[str, Any]],
    excluded: Mapping[str, int],
    coverage: Coverage,
    journeys: JourneysPart | None,
    delivery: DeliveryPart | None,
) -> list[Notice]:
    """Everything the report could not see; the largest gaps in evidence first."""
    noted = any(row["source"] == "git-ai" for row in problems) or any(
        row.grade == "recorded" for row in coverage.authorship
    )
    found = list(_gaps(coverage, noted))
    for repository in facts:
        found.extend(_of_repository(repository, excluded.get(repository.window.repository, 0)))
    names = {repository.window.repository: repository.window.name for repository in facts}
    found.extend(
        Notice(
            names[row["repository"]],
            f"{row['source']}:{row['kind']}",
            row["count"],
            _in_words(row),
            f"fetch the notes whole: {_FETCH_NOTES}" if row["kind"] in _NOTES_CUT else None,
        )
        for row in problems
    )
    if journeys is None:
        return [*found, SESSIONS, *_unconnected(delivery)]
    found.extend(Notice(None, "journey", 1, what, None) for what in journeys.missing)
    return [*found, *([] if journeys.economics.months else [CASH]), *_unconnected(delivery)]


def _unconnected(delivery: DeliveryPart | None) -> list[Notice]:
    """What of delivery is not connected."""
    if delivery is None:
        return [FORGES]
    return [Notice(None, "delivery", 1, one.what, one.how) for one in delivery.missing]


def _gaps(coverage: Coverage, noted: bool) -> list[Notice]:
    """What the evidence lacks; `noted` where there are notes, so that fetching them is no news."""
    found = []
    configure = "name people who use no AI and signals of your own in landed.toml"
    unknown = sum(row.lines for row in coverage.authorship if row.who == "unknown")
    if unknown:
        share = 100 * unknown / coverage.alive
        found.append(
            Notice(
                None,
                "unknown",
                unknown,
                f"{unknown:,} lines alive ({share:.0f} %) have no evidence: unknown is not human",
                configure if noted else f"fetch notes ({_FETCH_NOTES}), or {configure}",
            )
        )
    declared = coverage.ai.with_declared - coverage.ai.without_declared
    if declared:
        found.append(
            Notice(
                None,
                "declared",
                declared,
                f"{declared:,} AI lines alive rest on a commit's word about itself (declared)",
                "a human may have written some of them; git-ai or Agent Trace notes record it "
                "line by line",
            )
        )
    if coverage.inferred_only:
        found.append(
            Notice(
                None,
                "inferred",
                coverage.inferred_only,
                f"{coverage.inferred_only:,} lines alive have only inferred evidence: "
                "counted as unknown",
                None,
            )
        )
    return found


def _of_repository(facts: Facts, excluded: int) -> list[Notice]:
    found = []
    name = facts.window.name
    if facts.record["shallow"]:
        found.append(
            Notice(
                name,
                "shallow",
                1,
                "the clone is shallow: lines older than its history count for the commits at "
                "its edge",
                "fetch the rest: git fetch --unshallow",
            )
        )
    if excluded:
        found.append(
            Notice(
                name,
                "excluded",
                excluded,
                f"{excluded:,} {'path' if excluded == 1 else 'paths'} at the tip left out: lock, "
                "vendored, generated or minified files",
                "ledger.include in landed.toml brings them back",
            )
        )
    return found


def _in_words(row: dict[str, Any]) -> str:
    """One kind of problem: how many there are of it, where, and why."""
    more = row["subjects"] - 1
    where = f"{row['subject']}, and {more:,} more like it" if more else row["subject"]
    if row["kind"] in _COUNTED:
        one, several, why = _COUNTED[row["kind"]]
        return f"{count(row['count'], one, several)} ({where}) {why}"
    times = "once" if row["count"] == 1 else f"{row['count']:,} times"
    return f"{str(row['detail']).rstrip('.')} ({times}; {where})"
