"""Which feature of the product a session worked for.

In this order: the configuration's rules; an issue key in the branch or the pull request; the scope
of the conventional commits that came from the session; the top folder with most of its lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import pyarrow as pa

from landed.config import FeatureSettings, Settings
from landed.ledger.exclusion import Exclusion, excluding
from landed.records import AGENTS, TABLES
from landed.store import Store

_SCOPE = re.compile(r"[a-z]+\(([^()]{1,60})\)!?: ", re.IGNORECASE)
_BRANCHES = """
    select agent, session, branch from session where repository = $1 and branch is not null
    union
    select agent, session, branch from turn where repository = $1 and branch is not null
    union
    select agent, session, value from session_reference
    where repository = $1 and kind in ('branch', 'pull-request')
"""
_PATHS = """
    select edit.agent, edit.session, edit_place.path, sum(edit.lines_added) as lines
    from edit
    inner join edit_place on edit_place.repository = $1 and edit_place.edit = edit.edit
    where edit.repository = $1 and edit_place.path is not null and edit.status = 'applied'
    group by edit.agent, edit.session, edit_place.path
"""
_SUBJECTS = """
    select distinct edit.agent, edit.session, "commit".subject
    from generated_line
    inner join edit on edit.repository = $1 and edit.edit = generated_line.edit
    inner join line
        on line.repository = generated_line.repository and line.line = generated_line.line
    inner join "commit"
        on "commit".repository = line.repository and "commit".commit_index = line.commit_index
    where "commit".subject like '%(%): %' or "commit".subject like '%(%)!: %'
"""


def assign_features(store: Store, settings: Settings) -> None:
    """Give every session its feature and the rule that told it; null where no rule tells."""
    rows = store.read("session_place", AGENTS)
    told = _Told(store, settings)
    features = []
    rules = []
    columns = [rows[name].to_pylist() for name in ("agent", "session", "name")]
    for agent, session, name in zip(*columns, strict=True):
        feature, rule = told.feature((agent, session), name)
        features.append(feature)
        rules.append(rule)
    found = {
        "feature": pa.array(features, pa.string()),
        "feature_rule": pa.array(rules, pa.string()),
    }
    if all(rows[name].combine_chunks().equals(values) for name, values in found.items()):
        return
    for name, values in found.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    store.replace("session_place", rows.cast(TABLES["session_place"].schema), AGENTS)


_Key = tuple[str, str]


class _Told:
    """What is known of all sessions, by agent and session."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._issue = re.compile(settings.issue_key)
        self._rules = [(rule, _selecting(rule.paths)) for rule in settings.features]
        self._branches = _grouped(store.query(_BRANCHES, [AGENTS]).to_pylist(), "branch")
        self._subjects = _grouped(store.query(_SUBJECTS, [AGENTS]).to_pylist(), "subject")
        self._lines: dict[_Key, Counter[str]] = {}
        for row in store.query(_PATHS, [AGENTS]).to_pylist():
            key = (row["agent"], row["session"])
            self._lines.setdefault(key, Counter())[row["path"]] += int(row["lines"])

    def feature(self, key: _Key, repository: str) -> tuple[str | None, str | None]:
        branches = sorted(self._branches.get(key, ()))
        lines = self._lines.get(key, Counter())
        for rule, selects in self._rules:
            if _holds(rule, selects, branches, lines, repository):
                return rule.name, "configuration"
        for branch in branches:
            found = self._issue.search(branch)
            if found:
                return found[0], "issue-key"
        scope = _most_common(
            match[1].strip()
            for subject in self._subjects.get(key, ())
            if (match := _SCOPE.match(subject))
        )
        if scope:
            return scope, "scope"
        folders: Counter[str] = Counter()
        for path, count in lines.items():
            folder, slash, _ = path.partition("/")
            if slash:
                folders[folder] += count
        best = min(folders, key=lambda name: (-folders[name], name), default=None)
        return (best, "folder") if best is not None else (None, None)


def _holds(
    rule: FeatureSettings,
    selects: Callable[[str], bool],
    branches: Sequence[str],
    lines: Counter[str],
    repository: str,
) -> bool:
    """Tell whether every condition that a rule makes holds."""
    if rule.repositories and not any(fnmatchcase(repository, g) for g in rule.repositories):
        return False
    if rule.branches and not any(fnmatchcase(b, g) for b in branches for g in rule.branches):
        return False
    if rule.paths:
        inside = sum(count for path, count in lines.items() if selects(path))
        return bool(lines) and 2 * inside > sum(lines.values())
    return True


def _selecting(patterns: Sequence[str]) -> Callable[[str], bool]:
    return excluding([Exclusion(pattern, "feature") for pattern in patterns])


def _grouped(rows: Iterable[dict[str, Any]], name: str) -> dict[_Key, set[str]]:
    found: dict[_Key, set[str]] = {}
    for row in rows:
        found.setdefault((row["agent"], row["session"]), set()).add(row[name])
    return found


def _most_common(values: Iterable[str]) -> str | None:
    counted = Counter(values)
    return min(counted, key=lambda value: (-counted[value], value), default=None)
