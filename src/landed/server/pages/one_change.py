"""The page of one change: its way, its lines and what became of them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from landed.reports import wording
from landed.reports.dashboard.one_change import LinesBy, OneChange, one_change_of
from landed.reports.delivery_words import RULE_WORDS
from landed.rollups import Filter
from landed.server.accounts.looking import looked
from landed.server.pages.listing import Column
from landed.server.pages.looking import looking
from landed.server.pages.rendering import render

router = APIRouter(include_in_schema=False)

LARGEST = 2**31
"""Numbers of changes stay below."""
_LINES = (
    Column("who", "Written by", "own", kind="wide"),
    Column("grade", "How we know", "grade_word", kind="text"),
    Column("lines", "Lines", "count"),
    Column("standing", "Still there", "count"),
    Column("reworked", "Reworked", "count"),
    Column("replaced", "Replaced later", "count"),
)
_COMMITS = (
    Column("subject", "Commit", "own", kind="wide"),
    Column("authored_at", "Made", "moment", kind="text"),
    Column("lines_added", "Added", "count"),
    Column("lines_removed", "Removed", "count"),
    Column("who", "It says", "own", kind="text"),
)
_CHECKS = (
    Column("name", "Check", kind="wide"),
    Column("state", "Last", "own", kind="text"),
    Column("runs", "Runs", "count"),
    Column("seconds", "Time", "duration"),
)
_SAID = {
    "approved": "approved",
    "changes-requested": "asked for changes",
    "commented": "reviewed",
    "dismissed": "reviewed, dismissed later",
}
_MOST_SAID = 12


@router.get("/changes/{project:path}/{number}")
def one_change(request: Request, project: str, number: str) -> HTMLResponse:
    """One pull or merge request; 404 where there is no such change."""
    if not (number.isascii() and number.isdigit() and len(number) < 12 and int(number) < LARGEST):
        raise HTTPException(404)
    with looking(request) as at:
        if not at.ready:
            return render(request, "not_yet.html", viewer=at.viewer, title="Change")
        page = one_change_of(at.look, project, int(number))
        # who may not see the whole list may see of its changes those of their own
        decision = at.look.asking(Filter()).decision("changes")
        as_of = at.look.as_of
    if page is None:
        raise HTTPException(404)
    if not decision.shown and page.own is None:
        return render(request, "change_hidden.html", viewer=at.viewer, why=decision.why or "")
    if page.author is not None:
        looked(request, at.viewer, [page.author], figure="change")
    facts = page.facts
    return render(
        request,
        "change.html",
        viewer=at.viewer,
        page=page,
        facts=facts,
        as_of=as_of,
        answer=_answer(facts),
        marks=_marks(facts),
        parts=_parts(page.lines),
        came=sum(one.lines for one in page.lines),
        said=_said(page),
        told=_told(facts),
        rules=RULE_WORDS,
        line_columns=_LINES,
        commit_columns=_COMMITS,
        check_columns=_CHECKS,
    )


def _answer(facts: dict[str, Any]) -> str:
    lines = facts["lines"]
    if not lines:
        return ""
    share = wording.percent_between(facts["ai_low"] / lines, facts["ai_high"] / lines)
    told = f"AI wrote {share} of its {wording.count(lines, 'line')}"
    if facts["state"] != "merged":
        return f"{told}."
    left = f"{wording.count(facts['live_lines'] or 0)} are there today"
    reworked = facts["reworked_lines"]
    return f"{told}; {left}{f', {wording.count(reworked)} were reworked' if reworked else ''}."


def _marks(facts: dict[str, Any]) -> list[tuple[str, str]]:
    state = "draft" if facts["state"] == "open" and facts["draft"] else facts["state"]
    told = [(state, "good" if state == "merged" else "")]
    told += [(word, "bad") for word in ("reverted", "failed") if facts[word]]
    told += [(word, "") for word in ("hotfix", "revert", "automation") if facts[word]]
    return told


def _parts(lines: list[LinesBy]) -> list[dict[str, Any]]:
    """What became of the lines, for a bar."""
    named = (
        ("standing", "Still there", "tone-live"),
        ("reworked", "Reworked", "tone-reworked"),
        ("replaced", "Replaced later", "tone-replaced"),
    )
    sums = [(label, sum(getattr(one, name) for one in lines), tone) for name, label, tone in named]
    return [{"label": label, "value": value, "tone": tone} for label, value, tone in sums if value]


def _said(page: OneChange) -> list[dict[str, Any]]:
    """What reviewers said, in order; comments of one reviewer in a row are told once."""
    found: list[dict[str, Any]] = []
    for one in page.said:
        words = _SAID.get(one.state or "", "reviewed") if one.what == "review" else "commented"
        before = found[-1] if found else None
        if before and words == "commented" == before["words"] and before["who"] == one.reviewer:
            before["times"] += 1
            continue
        found.append(
            {
                "who": one.reviewer,
                "words": words,
                "at": one.at,
                "late": not one.in_time,
                "times": 1,
            }
        )
    return found[:_MOST_SAID]


def _told(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Facts in words: those that are known."""
    told: list[tuple[str, str]] = []
    if facts["additions"] is not None:
        told.append(("Lines", f"+{facts['additions']:,} −{facts['deletions'] or 0:,}"))
    if facts["files"] is not None:
        told.append(("Files", wording.count(facts["files"])))
    if facts["reviewed"] is not None:
        senior = f", {facts['senior_reviewers']} senior" if facts["senior_reviewers"] else ""
        told.append(("Reviewers", f"{facts['reviewers'] or 0}{senior}"))
        told.append(("Rounds of review", wording.count(facts["rounds"] or 0)))
        comments = (facts["line_comments"] or 0) + (facts["discussion_comments"] or 0)
        told.append(("Comments", wording.count(comments)))
    if facts["green"] is not None:
        told.append(("Checks", "green" if facts["green"] else "red"))
    if facts["incidents"]:
        told.append(("Its share of incidents", f"{facts['incidents']:.2g}"))
    if facts["design"]:
        told.append(("Touches", "the design"))
    return told
