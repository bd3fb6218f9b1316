"""A history told in a few lines, turned into the tables that lineage reads.

    story = Story()
    first = story.commit({"cart.py": "one two three\n"}, by="ana")
    story.branch("feature")
    story.commit({"cart.py": "…"}, by="agent", on="feature")
    story.written_by(first, "cart.py")   # the author of each line, as lineage sees it

Differences are taken with difflib, which is enough for small files. Commits are an hour apart.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pyarrow as pa

from landed.attribution.lineage import LineageSettings, LineageSummary, link
from landed.ledger.hashing import LineHasher
from landed.ledger.reformat import layout_links
from landed.records import TABLES
from landed.store import Store

REPOSITORY = "0123456789abcdef"
START = datetime(2025, 1, 1, 12, tzinfo=UTC)
HASHER = LineHasher(b"0123456789abcdef")

File = list[tuple[str, int]]
"""Texts with their line ids."""


@dataclass
class Told:
    """One commit of the story."""

    author: str
    authored: int
    committed: int
    parents: list[int]
    files: dict[str, File]
    reverts: int | None = None
    picked: int | None = None
    added: int = 0
    removed: int = 0


@dataclass
class Story:
    """A history under construction. Commits are named by their number."""

    commits: list[Told] = field(default_factory=list)
    tips: dict[str, int] = field(default_factory=dict)
    lines: list[tuple[int, int, int, str]] = field(default_factory=list)
    removals: list[tuple[int, int, int, int]] = field(default_factory=list)
    layout: list[tuple[int, int, str, int]] = field(default_factory=list)
    paths: dict[str, int] = field(default_factory=dict)

    # Telling -------------------------------------------------------------------------------

    def branch(self, name: str, start: int | None = None) -> None:
        """Begin a branch at a commit, or at the tip of main."""
        self.tips[name] = self.tips["main"] if start is None else start

    def commit(
        self,
        files: Mapping[str, str | None],
        *,
        by: str = "ana",
        on: str = "main",
        authored: int | None = None,
        committed: int | None = None,
        merges: str | None = None,
        reverts: int | None = None,
        picked: int | None = None,
    ) -> int:
        """Change whole files (None: delete) on a branch; return the commit's number.

        `authored` and `committed` are the dates in hours since the start, where they are not the
        commit's number.
        `merges` names a branch that becomes the second parent; files not given come from it
        where only it has changed them.
        """
        number = len(self.commits)
        parents = [self.tips[on]] if on in self.tips else []
        trees = [self.commits[parent].files for parent in parents]
        if merges is not None:
            parents.append(self.tips[merges])
            trees.append(self.commits[parents[1]].files)
        committed = number if committed is None else committed
        told = Told(by, committed if authored is None else authored, committed, parents, {})
        told.reverts, told.picked = reverts, picked
        self.commits.append(told)
        for tree in trees[:1]:
            told.files.update(tree)
        for path, file in trees[1].items() if merges is not None else ():
            earlier = [tree.get(path) for tree in self._trees_before(parents[1])]
            if told.files.get(path) in earlier:
                told.files[path] = file
        for path, text in files.items():
            old = trees[0].get(path, []) if trees else []
            other = trees[1].get(path, []) if len(trees) > 1 else []
            told.files[path] = self._change(number, path, old, other, text or "")
            if text is None:
                del told.files[path]
        self.tips[on] = number
        return number

    def _trees_before(self, commit: int) -> list[dict[str, File]]:
        found = []
        waiting = [*self.commits[commit].parents]
        while waiting:
            before = self.commits[waiting.pop()]
            found.append(before.files)
            waiting.extend(before.parents)
        return found

    def _change(self, commit: int, path: str, old: File, other: File, text: str) -> File:
        texts = text.splitlines()
        new: list[tuple[str, int] | None] = [None] * len(texts)
        hunks = []
        matcher = SequenceMatcher(None, [line for line, _ in old], texts, autojunk=False)
        for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
            if kind == "equal":
                new[from_new:to_new] = old[from_old:to_old]
            else:
                hunks.append((from_old, to_old, from_new, to_new))
        elsewhere = SequenceMatcher(None, [line for line, _ in other], texts, autojunk=False)
        for from_other, from_new, size in elsewhere.get_matching_blocks():
            for step in range(size):
                new[from_new + step] = new[from_new + step] or other[from_other + step]
        number = self.paths.setdefault(path, len(self.paths))
        for place, line in enumerate(texts):
            if new[place] is None:
                new[place] = (line, len(self.lines))
                self.lines.append((commit, number, place + 1, line))
                self.commits[commit].added += 1
        for from_old, to_old, from_new, to_new in hunks if not other else []:
            for place in range(from_old, to_old):
                self.removals.append((commit, number, place + 1, old[place][1]))
                self.commits[commit].removed += 1
            self._link_layout(old[from_old:to_old], [new[at] for at in range(from_new, to_new)])
        return [entry for entry in new if entry is not None]

    def _link_layout(self, old: File, new: Sequence[tuple[str, int] | None]) -> None:
        fresh = [entry for entry in new if entry is not None]
        removed = [text.encode() for text, _ in old]
        for found in layout_links(removed, [text.encode() for text, _ in fresh]):
            rule = "format" if found.regrouped else "indent"
            self.layout.append((fresh[found.new][1], old[found.old][1], rule, found.rank))

    # Asking --------------------------------------------------------------------------------

    def written_by(self, commit: int, path: str) -> list[str]:
        """Return who wrote each line of a file at a commit, by the root of its lineage."""
        return [self.commits[born].author for born in self.born_in(commit, path)]

    def born_in(self, commit: int, path: str) -> list[int]:
        """Return the commit of the first line of each line's lineage, for a file at a commit."""
        roots = self._answer("lineage", "line", "root_line")
        known = dict(roots)
        return [self.lines[known.get(line, line)][0] for _, line in self._file(commit, path)]

    def rules(self, commit: int, path: str) -> list[str | None]:
        """Return the rule that links each line of a file at a commit, None where none does."""
        links = self._answer("line_link", "line", "rule", "rank")
        known = {line: rule for line, rule, rank in links if rank == 0}
        return [known.get(line) for _, line in self._file(commit, path)]

    def links(self) -> list[tuple[str, int, int, str]]:
        """Return (rule, commit, predecessor's commit, text) of every deciding link."""
        links = self._answer("line_link", "line", "predecessor", "rule", "rank")
        return [
            (rule, self.lines[line][0], self.lines[predecessor][0], self.lines[line][3])
            for line, predecessor, rule, rank in links
            if rank == 0
        ]

    def _file(self, commit: int, path: str) -> File:
        return self.commits[commit].files[path]

    def _answer(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        with tempfile.TemporaryDirectory() as directory, Store.open(Path(directory)) as store:
            self.write(store)
            link(store, REPOSITORY)
            rows = store.read(table, REPOSITORY)
        return list(zip(*(rows[column].to_pylist() for column in columns), strict=True))

    def texts(self, commit: int) -> dict[str, str]:
        """Return the text of every file of a commit."""
        files = self.commits[commit].files
        return {path: "".join(f"{text}\n" for text, _ in file) for path, file in files.items()}

    # Writing -------------------------------------------------------------------------------

    def link_into(self, store: Store, settings: LineageSettings | None = None) -> LineageSummary:
        """Write the story as told so far, as mining would, and bring its lineage up to date."""
        self.write(store)
        return link(store, REPOSITORY, settings=settings)

    def write(self, store: Store) -> None:
        """Put the story into the store; links that lineage wrote earlier stay."""
        rows = store.read("line_link", REPOSITORY).to_pylist()
        own = [
            (row["line"], row["predecessor"], row["rule"], row["rank"])
            for row in rows
            if row["rule"] not in ("format", "indent")
        ]
        tables: dict[str, Iterable[tuple[object, ...]]] = {
            "commit": self._commit_rows(),
            "commit_parent": [
                (number, ordinal, parent)
                for number, told in enumerate(self.commits)
                for ordinal, parent in enumerate(told.parents)
            ],
            "commit_reference": self._reference_rows(),
            "path": [(number, path) for path, number in self.paths.items()],
            "line": self._line_rows(),
            "removal": [
                (sequence, line, commit, path, number)
                for sequence, (commit, path, number, line) in enumerate(self.removals)
            ],
            "line_link": self.layout + own,
        }
        for name, values in tables.items():
            store.replace(name, as_table(name, values), REPOSITORY)

    def _commit_rows(self) -> list[tuple[object, ...]]:
        chain = [self.tips["main"]]
        while self.commits[chain[-1]].parents:
            chain.append(self.commits[chain[-1]].parents[0])
        mainline = {commit: place for place, commit in enumerate(chain[::-1])}
        change: dict[int, int] = {}
        for step, place in mainline.items():
            waiting = [step]
            while waiting:
                commit = waiting.pop()
                if commit not in change:
                    change[commit] = place
                    waiting.extend(self.commits[commit].parents)
        return [
            (
                number,
                commit_id(number),
                *(told.author, f"{told.author}@example.com") * 2,
                START + timedelta(hours=told.authored),
                START + timedelta(hours=told.committed),
                "",
                mainline.get(number),
                change.get(number),
                START if number in change else None,
                told.added,
                told.removed,
            )
            for number, told in enumerate(self.commits)
        ]

    def _reference_rows(self) -> list[tuple[object, ...]]:
        return [
            (number, kind, commit_id(target))
            for number, told in enumerate(self.commits)
            for kind, target in (("reverts", told.reverts), ("picked-from", told.picked))
            if target is not None
        ]

    def _line_rows(self) -> Iterable[tuple[object, ...]]:
        texts, tokens, trivial = HASHER.hash_lines([line[3].encode() for line in self.lines])
        for number, (commit, path, place, _) in enumerate(self.lines):
            hashes = int(texts[number]), int(tokens[number]), bool(trivial[number])
            yield number, commit, path, place, *hashes, None


def commit_id(number: int) -> str:
    """The id of a commit of a story."""
    return f"{number:040x}"


def as_table(name: str, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """Rows of a table of the vocabulary, without `repository`, as Arrow."""
    schema = pa.schema([column for column in TABLES[name].schema if column.name != "repository"])
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def code(*names: str) -> str:
    """Text with one distinct, meaningful line for each name."""
    return "".join(f"{name} = compute_{name}(cart)\n" for name in names)
