"""The pull or merge requests that a line came by: reviews, checks, and how each landed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from landed.config import Settings
from landed.journey.columns import NEVER, limit_of
from landed.journey.statements import statement
from landed.metrics.registry import statements
from landed.reports.why_lineage import Lineage
from landed.store import Store

_OPEN_FIRST = ("open", "merged", "closed")
_MERGED_FIRST = ("merged", "open", "closed")
_FAILED = ("failure", "cancelled")


@dataclass(frozen=True)
class ChecksShown:
    """What checks came to: green, red, pending, silent (none had anything to say) or none.

    `failing` are the names of those that failed or were cancelled.
    """

    state: str
    failing: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewsShown:
    """What others than the author said; programs are left out, and nobody is named.

    `reviewers` are people who reviewed or commented on the code, `comments` those on the code and
    in the discussion, both before the merge. `verdict` is approved, changes-requested or none: by
    the last word of each reviewer. `later` are reviews and comments after the merge.
    """

    reviewers: int
    comments: int
    approvals: int
    verdict: str
    later: int


@dataclass(frozen=True)
class Request:
    """A pull or merge request that a line came by.

    `made_in`: the line was written on its branch; `landed_with`: the line came to the default
    branch with it. They are two where requests are stacked. Neither: it carried the line on, moved
    or laid out anew. `landed_by` is merge, squash, rebase, fast-forward or subject; null where it
    has not landed. `author` is the git author where the account is known to be theirs, else what
    the account shows.
    """

    project: str
    number: int
    title: str
    author: str | None
    state: str
    draft: bool
    base: str
    opened_at: datetime
    merged_at: datetime | None
    closed_at: datetime | None
    made_in: bool
    landed_with: bool
    landed_by: str | None
    reviews: ReviewsShown
    checks: ChecksShown


@dataclass(frozen=True)
class Requests:
    """The requests of a line, the one it was made in first.

    `checks` are those of the commit that brought a line without any; null where none did so.
    """

    requests: tuple[Request, ...]
    checks: ChecksShown | None


def requests_of_line(
    store: Store, settings: Settings, repository: str, lineage: Lineage
) -> Requests | None:
    """Return the requests that a line came by; None where no forge tells of the repository."""
    asked = {"repository": repository}
    if not store.query(statement("forges"), asked)["projects"][0].as_py():
        return None
    rows = store.query(
        _sql("why_requests"),
        asked
        | {
            "commits": list(lineage.commits),
            "step": lineage.step,
            "own_step": lineage.own_step,
        },
    ).to_pylist()
    chosen = _chosen(rows, lineage)
    brought_by = [] if chosen else _step_commit(store, repository, lineage.step)
    tips = [row[name] for row in chosen for name in ("head_commit", "merge_commit") if row[name]]
    checks = _Checks.of(store, repository, [*tips, *brought_by])
    made, landed = _made(rows, lineage), _landed(rows)
    return Requests(
        tuple(
            Request(
                project=row["project_name"],
                number=row["number"],
                title=row["title"],
                author=row["author"],
                state=row["state"],
                draft=row["draft"],
                base=row["base_ref"],
                opened_at=row["opened_at"],
                merged_at=row["merged_at"],
                closed_at=row["closed_at"],
                made_in=row is made,
                landed_with=row is landed,
                landed_by=row["rule"],
                reviews=_reviews(store, settings, repository, row),
                checks=checks.first([row["head_commit"], row["merge_commit"]]),
            )
            for row in chosen
        ),
        checks.first(brought_by) if brought_by else None,
    )


def _chosen(rows: Sequence[dict[str, Any]], lineage: Lineage) -> list[dict[str, Any]]:
    """The one it was made in, the one it landed with, and the one that carried the line on."""
    carried = _merging(row for row in rows if row["carries"])
    found: list[dict[str, Any]] = []
    for row in (_made(rows, lineage), _landed(rows), carried):
        if row is not None and not any(row is other for other in found):
            found.append(row)
    return found


def _landed(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    return _merging(row for row in rows if row["lands"])


def _merging(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Of changes that landed with one step the one that it merged, else the first by number."""
    ordered = sorted(rows, key=lambda row: (not row["merges"], row["project"], row["number"]))
    return ordered[0] if ordered else None


def _made(rows: Sequence[dict[str, Any]], lineage: Lineage) -> dict[str, Any] | None:
    """The change on whose branch a line was written.

    Of those that landed with its step the smallest that bears its commits, else the one that it
    landed with; without one, of those that bear its commits by what became of them.
    """
    own = [row for row in rows if row["lands"] and row["bears"]]
    if own:
        return min(own, key=lambda row: (row["commits"], row["project"], row["number"]))
    landed = _landed(rows)
    if landed is not None:
        return landed
    order = _OPEN_FIRST if lineage.step is None else _MERGED_FIRST
    bearing = [row for row in rows if row["bears"] and row["state"] in order]
    # rows come in the order in which they were opened
    return min(bearing, key=lambda row: order.index(row["state"]), default=None)


def _step_commit(store: Store, repository: str, step: int | None) -> list[str]:
    query = 'select "commit" from "commit" where repository = ? and mainline_index = ?'
    found: list[str] = store.query(query, [repository, step])["commit"].to_pylist()
    return found


def _reviews(
    store: Store, settings: Settings, repository: str, row: dict[str, Any]
) -> ReviewsShown:
    said = store.query(
        f"select * from ({statements('delivery_facts')['voices'].sql}) as voices "
        "where project = $project and number = $number order by said_at, person, what",
        {
            "repository": repository,
            "until": limit_of(NEVER),
            "bots": [name.lower() for name in settings.forges.bots],
            "project": row["project"],
            "number": row["number"],
        },
    ).to_pylist()
    in_time = [voice for voice in said if voice["in_time"]]
    verdicts = {
        voice["person"]: voice["state"]
        for voice in in_time
        if voice["what"] == "review" and voice["state"] != "commented"
    }
    approvals = sum(state == "approved" for state in verdicts.values())
    against = "changes-requested" in verdicts.values()
    return ReviewsShown(
        reviewers=len({voice["person"] for voice in in_time if voice["what"] != "discussion"}),
        comments=sum(voice["what"] != "review" for voice in in_time),
        approvals=approvals,
        verdict="changes-requested" if against else "approved" if approvals else "none",
        later=len(said) - len(in_time),
    )


@dataclass(frozen=True)
class _Checks:
    """The latest run of each check, by the commit that it ran on."""

    states: dict[str, list[tuple[str, str]]]

    @classmethod
    def of(cls, store: Store, repository: str, commits: Sequence[str]) -> _Checks:
        found: dict[str, list[tuple[str, str]]] = {}
        asked = {"repository": repository, "commits": list(commits)}
        for row in store.query(_sql("why_checks"), asked).to_pylist():
            found.setdefault(row["commit"], []).append((row["name"], row["state"]))
        return cls(found)

    def first(self, commits: Iterable[str | None]) -> ChecksShown:
        """What the checks of the first of these commits on which any ran came to."""
        runs = next((self.states[one] for one in commits if one in self.states), [])
        states = {state for _, state in runs}
        failing = tuple(sorted({name for name, state in runs if state in _FAILED}))
        if not runs:
            return ChecksShown("none")
        if failing:
            return ChecksShown("red", failing)
        if "pending" in states:
            return ChecksShown("pending")
        return ChecksShown("green" if "success" in states else "silent")


def _sql(name: str) -> str:
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
