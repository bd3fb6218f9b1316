"""Why a line left, and who took it out: what the commit that removed it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from landed.journey.columns import NONE, Flags, Integers, among, flags, integers
from landed.journey.history import History
from landed.journey.statements import statement
from landed.store import Store

REASONS = ("revert", "fix", "deletion", "rewrite")
WHO = ("ai", "human", "automation", "unknown")
_REVERT, _FIX, _DELETION, _REWRITE = range(len(REASONS))
_UNKNOWN = WHO.index("unknown")
_FIX_SUBJECT = re.compile(r"\s*(?:bug|hot)?-?fix(?:e[sd])?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Departures:
    """One row for each line that was asked about.

    Attributes:
        reason: place in `REASONS`; `NONE` where the commit is not known.
        removed_by: place in `WHO`; `NONE` where the commit is not known.
    """

    reason: Integers
    removed_by: Integers


def says_fix(subject: str) -> bool:
    """Whether a subject begins with fix, fixes, fixed, bugfix or hotfix, conventional or not."""
    return _FIX_SUBJECT.match(subject) is not None


def read_departures(store: Store, history: History, line: Integers, commit: Integers) -> Departures:
    """Tell of each `line` why `commit` took it out; commits may be `NONE`.

    A revert goes before a fix, a fix before the rest. A line is deleted where the same hunk puts
    nothing in its place, else rewritten.
    """
    reason = np.full(len(line), NONE, dtype=np.int32)
    removed_by = np.full(len(line), NONE, dtype=np.int32)
    known = commit != NONE
    if known.any():
        takers, place = np.unique(commit[known], return_inverse=True)
        reason[known] = np.where(
            _replaced(store, history, line[known], commit[known]), _REWRITE, _DELETION
        )
        reason[known] = np.where(_fixes(history, takers)[place], _FIX, reason[known])
        reason[known] = np.where(_reverts(store, history, takers)[place], _REVERT, reason[known])
        removed_by[known] = _authors(store, history, takers)[place]
    return Departures(reason, removed_by)


def _replaced(store: Store, history: History, line: Integers, commit: Integers) -> Flags:
    """Whether something took each line's place, as where it is not told how the line left."""
    rows = store.query(
        statement("departures"),
        {"repository": history.repository, "lines": line.tolist(), "commits": commit.tolist()},
    )
    told = _pairs(integers(rows, "line"), integers(rows, "commit_index"))
    order = np.argsort(told)
    place = among(_pairs(line, commit), told[order])
    replaced = np.append(flags(rows, "replaced")[order], True)
    return np.asarray(replaced[place])


def _pairs(line: Integers, commit: Integers) -> np.ndarray:
    return line.astype(np.int64) << 32 | commit


def _fixes(history: History, commits: Integers) -> Flags:
    subjects = history.subjects.take(commits).to_pylist()
    return np.array([says_fix(subject) for subject in subjects], dtype=np.bool_)


def _reverts(store: Store, history: History, commits: Integers) -> Flags:
    rows = store.query(statement("reverting"), {"repository": history.repository})
    return np.isin(commits, integers(rows, "commit_index"))


def _authors(store: Store, history: History, commits: Integers) -> Integers:
    """Who wrote each commit: what decides for it, else who wrote most of its lines."""
    rows = store.query(
        statement("authors"), {"repository": history.repository, "commits": commits.tolist()}
    )
    found = np.full(len(commits), _UNKNOWN, dtype=np.int32)
    for row in rows.to_pylist():
        who = "ai" if row["who"] == "mixed" else row["who"]
        if who in (None, "unknown"):
            who = max(WHO[:-1], key=lambda kind: row[f"{kind}_lines"])
            who = who if row[f"{who}_lines"] else "unknown"
        found[among(np.array([row["commit_index"]]), commits)] = WHO.index(who)
    return found
