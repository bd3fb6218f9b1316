"""What must be true of a real repository after it was read with its forge."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import orjson
from benchmarks.real_past import Past, Request
from tests.delivery.deployed import TREE

from landed.config import Settings
from landed.errors import GitError
from landed.journey import read_unlinked
from landed.ledger.exclusion import attribute_rows, exclusions
from landed.metrics import Window
from landed.metrics.delivery_facts import read_delivery_facts
from landed.sources.git.blame import blame
from landed.sources.git.names import path_to_text
from landed.sources.git.scratch import Scratch
from landed.sources.git.texts import text_files
from landed.store import Store

SHOWN = 10
SAMPLED_COMMITS = 6
SAMPLED_FILES = 40
SEED = 0


@dataclass(frozen=True)
class Finding:
    """Something that was checked: whether it holds, with what figures, and what breaks it."""

    what: str
    holds: bool
    told: str
    examples: tuple[str, ...] = ()


def check(workspace: Path, clone: Path, past: Past, top: Path) -> list[Finding]:
    """Check everything; `top` holds what the commands printed."""
    settings = Settings(workspace=workspace)
    with Store.for_settings(settings, read_only=True) as store:
        repository = store.query("select repository from repository")["repository"][0].as_py()
        asked = {"repository": repository}
        return [
            _landings(store, asked, past),
            _steps(store, asked, past),
            _lines(store, settings, repository, top),
            _fates(store, settings, repository, top),
            _trees(store, asked, clone, settings),
            _nothing_new(top),
        ]


def _landings(store: Store, asked: dict[str, str], past: Past) -> Finding:
    """Every request that the main line has a commit of must have landed."""
    rows = store.query(
        "select distinct number, rule from change_landing where repository = $repository", asked
    ).to_pylist()
    rules = {row["number"]: row["rule"] for row in rows}
    merged = [one for one in past.requests if one.how != "unmerged"]
    missed = [one for one in merged if one.number not in rules]
    lost = [one for one in missed if one.landing.oid in past.landed]
    told = ", ".join(f"{count:,} {rule}" for rule, count in Counter(rules.values()).most_common())
    elsewhere = f"; {len(missed) - len(lost):,} went to other branches" if missed != lost else ""
    return Finding(
        "merged requests of the default branch have landed",
        not lost,
        f"{len(rules):,} of {len(merged):,} ({told}){elsewhere}",
        _named(lost),
    )


def _named(requests: list[Request]) -> tuple[str, ...]:
    return tuple(f"#{one.number} {one.how} {one.landing.oid[:10]}" for one in requests[:SHOWN])


def _steps(store: Store, asked: dict[str, str], past: Past) -> Finding:
    """A step is one request's, but for those that came together with one merge."""
    rows = store.query(
        "select step, list(number order by number) as numbers, min(commit_index) as tip "
        "from change_landing where repository = $repository group by step having count(*) > 1 "
        "order by step",
        asked,
    ).to_pylist()
    rules = store.query(
        "select step, number, rule from change_landing where repository = $repository", asked
    ).to_pylist()
    apart = {(row["step"], row["number"]): row["rule"] for row in rules}
    shared = [
        row
        for row in rows
        if any(apart[row["step"], number] not in ("merge",) for number in row["numbers"])
    ]
    numbers = sum(len(row["numbers"]) for row in rows)
    return Finding(
        "steps are one request's, or of several that came with one merge",
        not shared,
        f"{len(rows):,} steps brought {numbers:,} requests together",
        tuple(
            f"step {row['step']} {past.main[row['step']][:10]}: "
            + ", ".join(f"#{n} {apart[row['step'], n]}" for n in row["numbers"][:6])
            for row in shared[:SHOWN]
        ),
    )


def _lines(store: Store, settings: Settings, repository: str, top: Path) -> Finding:
    """Lines of requests and of steps without one add up to the lines that landed."""
    facts = read_delivery_facts(store, settings, [repository], Window(), None)
    change, direct = facts.tables["change_fact"], facts.tables["direct_fact"]
    landed = [row for row in change.to_pylist() if row["landed"]]
    of_requests = sum(row["lines"] for row in landed)
    of_steps = sum(direct["lines"].to_pylist())
    report = orjson.loads((top / "report.json").read_bytes())
    told = sum(row["landed"] for row in report["months"])
    return Finding(
        "lines of requests and of other steps are the lines that landed",
        of_requests + of_steps == told,
        f"{of_requests:,} by {len(landed):,} requests + {of_steps:,} by {direct.num_rows:,} steps "
        f"= {of_requests + of_steps:,}; landed {told:,}",
    )


def _fates(store: Store, settings: Settings, repository: str, top: Path) -> Finding:
    """The AI lines that the report says landed are those that the balance has in its buckets."""
    report = orjson.loads((top / "report.json").read_bytes())
    told = sum(group["landed"] for group in report["fate"]["groups"][:1])
    found = read_unlinked(store, settings, [repository])
    buckets = ", ".join(f"{lines:,} {name}" for name, lines in found.buckets.items() if lines)
    return Finding(
        "AI lines that landed are the same in report and balance",
        told == found.landed,
        f"{told:,} and {found.landed:,}; all that were committed: {buckets}",
    )


def _trees(store: Store, asked: dict[str, str], clone: Path, settings: Settings) -> Finding:
    """What stands at deployed commits beside the main line is what git blame shows there."""
    rows = store.query(
        'select "commit", base_index from deployed_commit '
        "where repository = $repository and not on_mainline and known order by 1",
        asked,
    ).to_pylist()
    deployed = store.query(
        "select count(*) as n, count(*) filter (known) as known from deployed_commit "
        "where repository = $repository",
        asked,
    ).to_pylist()[0]
    chooser = random.Random(SEED)
    lines = files = unreadable = 0
    wrong: list[str] = []
    chosen = chooser.sample(rows, min(SAMPLED_COMMITS, len(rows)))
    rules = exclusions(settings.ledger.exclude, settings.ledger.include)
    with Scratch.open(clone, settings.workspace, attribute_rows(rules)) as scratch:
        for row in chosen:
            base = -1 if row["base_index"] is None else row["base_index"]
            tree = Counter(
                (one["commit"], one["path"], one["line_number"])
                for one in store.query(
                    TREE, asked | {"commit": row["commit"], "base": base}
                ).to_pylist()
            )
            paths = text_files(scratch, row["commit"])
            for path in chooser.sample(paths, min(SAMPLED_FILES, len(paths))):
                try:
                    blamed = blame(scratch, row["commit"], path)
                except GitError:  # an object is missing
                    unreadable += 1
                    continue
                files += 1
                for line in blamed:
                    lines += 1
                    birth = line.commit, path_to_text(line.path), line.born_line
                    tree[birth] -= 1
                    if tree[birth] < 0:
                        wrong.append(f"{row['commit'][:10]}:{path_to_text(path)}:{line.line}")
    return Finding(
        "deployed commits beside the main line are what git blame shows",
        not wrong and deployed["known"] == deployed["n"],
        f"{lines - len(wrong):,} of {lines:,} lines of {files} files at {len(chosen)} of "
        f"{len(rows)} such commits; {deployed['known']} of {deployed['n']} deployed are known"
        + (f"; {unreadable} files could not be blamed" if unreadable else ""),
        tuple(wrong[:SHOWN]),
    )


def _nothing_new(top: Path) -> Finding:
    said = (top / "again.txt").read_text().strip()
    return Finding("a second sync finds nothing new", "nothing new" in said, said.splitlines()[-1])
