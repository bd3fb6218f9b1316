"""The comment under a pull or merge request, as Markdown: the answer first, then how sure it is."""

from __future__ import annotations

from collections.abc import Iterator

from landed import __version__
from landed.delivery.one_change import MARKER
from landed.reports.comment import AgentLines, ChangeComment, Checks, Cost, Similar, authored_by
from landed.reports.groups import AI_CLASSES
from landed.reports.markdown_layout import plain, table
from landed.reports.money import dollars
from landed.reports.wording import (
    GRADES,
    count,
    figure,
    listed,
    percent,
    percent_range,
    printable,
)

_NAME = 60
_AGENTS = 6


def comment_markdown(found: ChangeComment, docs: str | None = None) -> str:
    """Return the whole comment with its hidden marker; `docs` is the address of the documentation.

    Names come from notes, trailers and logs of strangers: they can neither act in Markdown nor
    call anybody.
    """
    return "\n".join([MARKER, "", *_rows(found, docs)]) + "\n"


def _rows(found: ChangeComment, docs: str | None) -> Iterator[str]:
    yield f"**{_answer(found)}**"
    yield ""
    if found.added:
        yield from _evidence(found)
        yield from _agents(found.agents)
        yield f"- **Sessions**: {_sessions(found)}"
        yield f"- **Cost**: {_cost(found.cost)}"
        yield f"- **Tests**: {_tests(found)}"
    if found.checks is not None:
        yield f"- **Checks**: {_checks(found.checks)}"
    if found.similar is not None:
        yield f"- **Similar changes**: {_similar(found.similar)}"
    yield f"- **How sure**: {_sure(found)}"
    yield ""
    how = f"[How this is measured]({docs})" if docs else "How this is measured: `landed explain`"
    yield f"<sub>Landed {__version__}. {how}. No evidence of AI is no evidence of a human.</sub>"


def _answer(found: ChangeComment) -> str:
    if not found.added:
        return f"This {found.noun} adds no line that counts"
    lines = count(found.added, "added line")
    if not found.ai.with_declared:
        return f"Nothing says that AI wrote any of the {lines} of this {found.noun}"
    return f"AI wrote {percent_range(found.ai)} of the {lines} of this {found.noun}"


def _evidence(found: ChangeComment) -> Iterator[str]:
    rows = []
    for grade in ("recorded", "matched", "similar", "declared"):
        lines = sum(
            row.lines for row in found.authorship if row.who in AI_CLASSES and row.grade == grade
        )
        if lines:
            rows.append((f"AI, {grade}: {GRADES[grade]}", lines))
    rows += [
        ("human", authored_by(found.authorship, ["human"])),
        ("automation", authored_by(found.authorship, ["automation"])),
    ]
    rows.append(("unknown", found.added - sum(lines for _, lines in rows)))
    yield from table(
        ("Written by", "Lines", "Share"),
        [(who, count(lines), percent(lines / found.added)) for who, lines in rows if lines],
        numbers=(1, 2),
    )


def _agents(agents: list[AgentLines]) -> Iterator[str]:
    if not agents:
        return
    rows = [
        (_safe(one.agent or "untold"), _safe(listed(one.models)) or "untold", count(one.lines))
        for one in agents[:_AGENTS]
    ]
    rest = agents[_AGENTS:]
    if rest:
        rows.append((f"{len(rest)} more", "", count(sum(one.lines for one in rest))))
    yield from table(("Agent", "Model", "Lines"), rows, numbers=(2,))


def _sessions(found: ChangeComment) -> str:
    if not found.sessions:
        return "none is named by the evidence"
    turns = f", {count(found.cost.turns, 'turn')}" if found.cost is not None else ""
    return f"{count(found.sessions, 'session')} of agents{turns}"


def _cost(cost: Cost | None) -> str:
    if cost is None:
        return "not known here: no agent's log tells of these lines"
    lines = count(cost.generated_lines, "generated line")
    if cost.list_microdollars is None:
        return f"none of the calls behind its {lines} has a price"
    cash = f", {dollars(cost.cash_microdollars)} cash" if cost.cash_microdollars else ""
    return f"its {lines} cost {dollars(cost.list_microdollars)} list{cash}"


def _tests(found: ChangeComment) -> str:
    if not found.test_lines:
        return "none of the added lines is in a path of tests"
    share = percent(found.test_lines / found.added)
    return f"{count(found.test_lines)} of the added lines ({share}) are in paths of tests"


def _checks(checks: Checks) -> str:
    parts = [
        f"{count(number)} {what}"
        for number, what in (
            (checks.succeeded, "succeeded"),
            (checks.failed, "failed"),
            (checks.pending, "not done yet"),
        )
        if number
    ]
    return listed(parts)


def _similar(similar: Similar) -> str:
    kind = "mostly by AI" if similar.heavy else "mostly by others"
    sizes = (
        f"{similar.size_from:,} changed lines or more"
        if similar.size_below is None
        else f"{similar.size_from:,} to {similar.size_below - 1:,} changed lines"
    )
    told = figure(similar.reworked)
    if similar.reworked.estimate is None:
        return f"merged ones {kind}, {sizes}: {told}"
    changes = count(similar.reworked.changes, "change")
    return (
        f"of merged ones {kind}, {sizes}, {told} of the lines were reworked within "
        f"{similar.window_days} days ({changes}; an association)"
    )


def _sure(found: ChangeComment) -> str:
    if not found.added:
        sure = "there is nothing to tell"
    else:
        sure = f"there is evidence for {percent(found.evidence_share)} of the added lines"
    if found.inferred:
        sure += f"; {count(found.inferred, 'line')} with circumstantial evidence only count unknown"
    if found.missing_commits:
        sure += f"; {found.missing_commits:,} of {count(found.commits, 'commit')} are not here"
    return sure


def _safe(text: str) -> str:
    """A name that comes from a stranger, short, inert in Markdown, and calling nobody."""
    short = text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"
    return plain(printable(short)).replace("@", "&#64;").replace("://", ":&#8203;//")
