"""What is said of one pull or merge request: who wrote it, how sure that is, what it cost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landed.compare import Figure, share_of
from landed.config import Settings
from landed.journey import read_journey
from landed.metrics import Window
from landed.metrics.delivery_changes import HEAVY_SHARE, SIZE_BANDS
from landed.metrics.delivery_facts import read_delivery_facts
from landed.records import Project
from landed.reports.comment_commits import commits_of_change, find_change
from landed.reports.model import Authored, Range
from landed.reports.tallies import NO_EVIDENCE, range_of
from landed.sources.git.scratch import Scratch
from landed.store import Store

_TEST_PARTS = frozenset(
    {"test", "tests", "__tests__", "testing", "spec", "specs", "e2e", "testdata", "androidtest"}
)
_TEST_FILE = re.compile(
    r"(test_.*|.*[_.-](test|tests|spec|specs)\.[^.]+|.*(Test|Tests|Spec)\.[A-Za-z]+|conftest\.py)"
)


@dataclass(frozen=True)
class AgentLines:
    """Lines that an agent wrote; `models` are those that are told, most lines first."""

    agent: str | None
    models: tuple[str, ...]
    lines: int


@dataclass(frozen=True)
class Cost:
    """What the change's generated lines cost, in micro-dollars; null list = nothing is priced.

    `generated_lines` are those of the added lines that agents' logs on this machine tell of, in
    `turns`.
    """

    generated_lines: int
    turns: int
    list_microdollars: int | None
    cash_microdollars: int


@dataclass(frozen=True)
class Checks:
    """How many checks on its head succeeded (or had nothing to say), failed, or are not done."""

    succeeded: int
    failed: int
    pending: int


@dataclass(frozen=True)
class Similar:
    """What became of merged changes of the same repository, as AI-heavy and in the same size band.

    `reworked` is the share of their lines that were gone within `window_days`; sizes are changed
    lines, `below` null for the largest ones.
    """

    heavy: bool
    size_from: int
    size_below: int | None
    window_days: int
    reworked: Figure


@dataclass(frozen=True)
class ChangeComment:
    """Everything that is said of a change; no names of people and no code.

    Attributes:
        number: its number; null where only commits were named.
        noun: pull request or merge request.
        commits: commits that it adds; `missing_commits` of them are not here.
        added: lines that it adds, paths that the rules leave out not among them.
        test_lines: of these, lines in paths of tests.
        ai: AI's part, without and with declared evidence.
        authorship: lines by who, agent and grade, most first.
        agents: AI's lines by agent, declared ones too.
        sessions: how many sessions of agents the evidence names.
        evidence_share: share of the lines with any evidence; null without lines.
        inferred: lines about which there is only circumstantial evidence.
        cost: null where no log tells of its lines.
        checks: null where no forge tells of any.
        similar: null where it adds no line.
    """

    number: int | None
    noun: str
    commits: int
    missing_commits: int
    added: int
    test_lines: int
    ai: Range
    authorship: list[Authored]
    agents: list[AgentLines]
    sessions: int
    evidence_share: float | None
    inferred: int
    cost: Cost | None
    checks: Checks | None
    similar: Similar | None

    def as_json(self) -> dict[str, Any]:
        """The content of `landed comment --json`, but the text."""
        return asdict(self)


def change_comment(
    store: Store,
    settings: Settings,
    repository: str,
    scratch: Scratch,
    project: Project | None,
    number: int,
    *,
    base: str | None = None,
    head: str | None = None,
) -> ChangeComment:
    """Tell of a change as the ledger, the sessions and the forge know it now.

    Where the forge was not read, its commits are those of `head` (HEAD) that `base` (the default
    branch) has not.

    Raises:
        UsageError: the commits are not here.
    """
    change = find_change(store, project, number)
    brought = commits_of_change(store, repository, scratch, change, base, head)
    asked = {"repository": repository, "commits": brought.commits}
    lines = store.query(_sql("comment_lines"), asked)
    rows = _tallied(lines)
    counted = [row for row in rows if row["grade"] != "inferred"]
    added = lines.num_rows
    known = sum(row["lines"] for row in rows if row["grade"] not in NO_EVIDENCE)
    told = range_of([*counted, *_unknown(rows)])
    return ChangeComment(
        number=number,
        noun="merge request" if project and project.forge == "gitlab" else "pull request",
        commits=brought.total,
        missing_commits=brought.total - len(brought.commits),
        added=added,
        test_lines=sum(map(is_test_path, lines["path"].to_pylist())),
        ai=told,
        authorship=[Authored(**row) for row in rows],
        agents=_agents(lines),
        sessions=_sessions(lines),
        evidence_share=known / added if added else None,
        inferred=sum(row["lines"] for row in rows if row["grade"] == "inferred"),
        cost=_cost(store, settings, repository, lines),
        checks=_checks(store, project, change),
        similar=_similar(store, settings, repository, project, number, told, added),
    )


def is_test_path(path: str) -> bool:
    """Whether a path looks like one of tests, as its folders and its name are usually called."""
    *folders, name = path.split("/")
    return not _TEST_PARTS.isdisjoint(map(str.lower, folders)) or bool(_TEST_FILE.fullmatch(name))


def _tallied(lines: pa.Table) -> list[dict[str, Any]]:
    """Lines by who, agent and grade, most first."""
    keys = zip(*(lines[name].to_pylist() for name in ("who", "agent", "grade")), strict=True)
    found = Counter(keys)
    order = sorted(found, key=lambda key: (-found[key], key[0], key[1] or "", key[2]))
    return [
        {"who": who, "agent": agent, "grade": grade, "lines": found[who, agent, grade]}
        for who, agent, grade in order
    ]


def _unknown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is only inferred counts as unknown."""
    return [row | {"who": "unknown"} for row in rows if row["grade"] == "inferred"]


def _of_ai(lines: pa.Table) -> pa.Table:
    written = pc.is_in(lines["who"], pa.array(["ai", "mixed"]))
    return lines.filter(pc.and_(written, pc.not_equal(lines["grade"], "inferred")))


def _agents(lines: pa.Table) -> list[AgentLines]:
    models: dict[str | None, Counter[str | None]] = {}
    own = _of_ai(lines)
    for agent, model in zip(own["agent"].to_pylist(), own["model"].to_pylist(), strict=True):
        models.setdefault(agent, Counter())[model] += 1
    found = [
        AgentLines(
            agent,
            tuple(
                model
                for model, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or ""))
                if model is not None
            ),
            counts.total(),
        )
        for agent, counts in models.items()
    ]
    return sorted(found, key=lambda one: (-one.lines, one.agent or ""))


def _sessions(lines: pa.Table) -> int:
    own = _of_ai(lines)
    pairs = zip(own["agent"].to_pylist(), own["session"].to_pylist(), strict=True)
    return len({pair for pair in pairs if pair[1] is not None})


def _cost(store: Store, settings: Settings, repository: str, lines: pa.Table) -> Cost | None:
    """What the generated lines cost that these lines are, or begin the lineages of."""
    wanted = pa.concat_arrays(
        [lines[name].combine_chunks().cast(pa.int32()) for name in ("line", "root_line")]
    )
    generated = read_journey(store, settings, [repository]).lines
    generated = generated.filter(pc.is_in(generated["line"], pc.unique(wanted)))
    if not generated.num_rows:
        return None
    names = ("agent", "session", "turn")
    turns = set(zip(*(generated[name].to_pylist() for name in names), strict=True))
    listed, cash = (
        pc.sum(generated[f"{kind}_microdollars"]).as_py() or 0 for kind in ("list", "cash")
    )
    return Cost(generated.num_rows, len(turns), listed or None, cash)


def _checks(store: Store, project: Project | None, change: dict[str, Any] | None) -> Checks | None:
    if project is None or change is None or change["head_commit"] is None:
        return None
    asked = {"project": project.project, "commits": [change["head_commit"]]}
    rows = store.query(_sql("comment_checks"), asked).to_pylist()
    states = {row["state"]: row["checks"] for row in rows}
    if not states:
        return None
    return Checks(
        succeeded=states.get("success", 0) + states.get("neutral", 0),
        failed=states.get("failure", 0) + states.get("cancelled", 0),
        pending=states.get("pending", 0),
    )


def _similar(
    store: Store,
    settings: Settings,
    repository: str,
    project: Project | None,
    number: int,
    ai: Range,
    added: int,
) -> Similar | None:
    """Compare with merged changes, and with steps of the default branch that no change made."""
    if not added:
        return None
    window = Window(rework_days=settings.rework_window_days)
    tables = read_delivery_facts(store, settings, [repository], window, None).tables
    facts = [*tables["change_fact"].to_pylist(), *tables["direct_fact"].to_pylist()]
    key = None if project is None else (project.project, number)
    own = [row for row in facts if key is not None and (row["project"], row["number"]) == key]
    heavy = ai.with_declared >= HEAVY_SHARE * added
    band = own[0]["size_band"] if own else _band(added)
    chosen = [
        row
        for row in facts
        if row not in own
        and row["state"] == "merged"
        and row["landed"]
        and not row["automation"]
        and (row["heavy"], row["size_band"]) == (heavy, band)
        and row["watched_lines"]
    ]
    watched = np.array([row["watched_lines"] for row in chosen], np.int64)
    reworked = np.array([row["reworked_lines"] for row in chosen], np.int64)
    names = [name for name, _ in SIZE_BANDS]
    place = names.index(band) if band in names else len(names)
    return Similar(
        heavy=heavy,
        size_from=SIZE_BANDS[place - 1][1] if place else 0,
        size_below=SIZE_BANDS[place][1] if place < len(names) else None,
        window_days=settings.rework_window_days,
        reworked=share_of(np.minimum(reworked, watched), watched, "change"),
    )


def _band(changed: int) -> str:
    return next((name for name, limit in SIZE_BANDS if changed < limit), "XL")


def authored_by(rows: Sequence[Authored], whos: Collection[str]) -> int:
    """How many lines of `rows` these wrote; what is only inferred is nobody's."""
    return sum(row.lines for row in rows if row.who in whos and row.grade not in NO_EVIDENCE)


def _sql(name: str) -> str:
    return resources.files("landed.reports").joinpath(f"{name}.sql").read_text("utf-8")
