"""Signs that a contribution failed: reverts, hotfixes, and rollbacks of what brought it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from landed.config import Settings
from landed.journey.columns import NONE, Flags
from landed.journey.contributions import Contributions
from landed.journey.deployed import HOTFIX, ROLLBACK
from landed.journey.fixes import read_removals
from landed.journey.incidents import Ledger
from landed.journey.services import any_matches
from landed.journey.statements import statement
from landed.store import Store


@dataclass(frozen=True)
class Failures:
    """What tells of failure, one row for each contribution, in columns.

    Attributes:
        reverts: it says that it reverts another contribution, whether known or not.
        reverted: another contribution that landed says that it reverts this one.
        hotfix: its branch or a label calls it a hotfix, or a hotfix deployment brought it first.
        pointed_at: a hotfix took out lines of it, or a rollback took it out of production.
    """

    reverts: Flags
    reverted: Flags
    hotfix: Flags
    pointed_at: Flags


def read_failures(store: Store, settings: Settings, ledger: Ledger) -> Failures:
    """Read the signs of failure as they stood at the history's time."""
    contributions = ledger.contributions
    reverts, reverted = _reverts(store, contributions)
    hotfix = _hotfixes(store, settings, ledger)
    pointed_at = np.zeros(len(contributions), dtype=np.bool_)
    for code in _rolled_back(ledger):
        pointed_at[code] = True
    for code in _fixed(store, ledger, hotfix):
        pointed_at[code] = True
    return Failures(reverts, reverted, hotfix, pointed_at)


def _reverts(store: Store, contributions: Contributions) -> tuple[Flags, Flags]:
    history = contributions.history
    asked = {"repository": history.repository}
    reverts, reverted = (np.zeros(len(contributions), dtype=np.bool_) for _ in range(2))
    pairs: list[tuple[int, int]] = []
    for row in store.query(statement("change_references"), asked).to_pylist():
        if row["kind"] == "reverts":
            code = contributions.change_of(row["project"], row["number"])
            pairs.append((code, contributions.meant(row["project"], row["target"])))
    for row in store.query(statement("commit_references"), asked).to_pylist():
        if row["kind"] == "reverts":
            code = int(contributions.of_commit[row["commit_index"]])
            commit = contributions.commit_named(row["target"])
            pairs.append((code, NONE if commit == NONE else int(contributions.of_commit[commit])))
    for code, target in pairs:
        # a branch that takes back a commit of its own reverts nothing
        if code != NONE and code != target:
            reverts[code] = True
            if target != NONE and contributions.landed[code]:
                reverted[target] = True
    titles = contributions.changes["title"].to_pylist()
    for code, title in enumerate(titles):
        reverts[code] |= title.startswith('Revert "')
    return reverts, reverted


def _hotfixes(store: Store, settings: Settings, ledger: Ledger) -> Flags:
    contributions = ledger.contributions
    found = np.zeros(len(contributions), dtype=np.bool_)
    branches, labels = settings.reviews.hotfix_branches, settings.reviews.hotfix_labels
    for code, branch in enumerate(contributions.changes["head_ref"].to_pylist()):
        found[code] = any_matches(branch, branches)
    asked = {"repository": contributions.history.repository}
    for row in store.query(statement("change_labels"), asked).to_pylist():
        code = contributions.change_of(row["project"], row["number"])
        if code != NONE and any_matches(row["label"], labels):
            found[code] = True
    hurried = np.array(
        [kind == HOTFIX for kind in ledger.deployments.rows["kind"].to_pylist()] + [False]
    )
    return np.asarray(found | hurried[ledger.deliveries.first])


def _rolled_back(ledger: Ledger) -> Iterator[int]:
    """What rollbacks took out: brought since the commit that they went back to, or an older one."""
    rows = ledger.deployments.rows.to_pylist()
    for place, row in enumerate(rows):
        if not row["succeeded"] or row["kind"] != ROLLBACK:
            continue
        for before in range(place - 1, -1, -1):
            former = rows[before]
            if former["stream"] != row["stream"] or former["commit"] == row["commit"]:
                break
            if _older(former["base_step"], row["base_step"]) and former["on_mainline"]:
                break
            taken_out = ledger.deliveries.of(before)
            step = ledger.contributions.step[taken_out]
            stays = (step != NONE) & (
                step <= (NONE if row["base_step"] is None else row["base_step"])
            )
            yield from taken_out[~stays].tolist()


def _older(step: int | None, other: int | None) -> bool:
    return step is not None and other is not None and step <= other


def _fixed(store: Store, ledger: Ledger, hotfix: Flags) -> Iterator[int]:
    """The contributions whose lines hotfixes that landed took out."""
    contributions = ledger.contributions
    codes = np.flatnonzero(hotfix & contributions.landed).tolist()
    fixes = [contributions.commits_of(code) for code in codes]
    removals = read_removals(store, contributions, ledger.lines, fixes)
    for code, fix in zip(codes, fixes, strict=True):
        owners = removals.introduced(fix)
        for culprit in np.unique(ledger.held.landed[owners]).tolist():
            if culprit not in (NONE, code):
                yield culprit
