"""What agents generated in this repository lately, by hashes, and which commits took it in.

It is kept in one file of the git directory, readable by its owner only, and holds no text: paths,
agents' own identifiers, times and hashes of lines. What is older than two weeks is forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from landed.hook.commits import line_hash
from landed.sources.agents.contract import Edit, Microseconds

KEPT_SECONDS = 14 * 24 * 3600
FILE = "recent.json"
_FORM = 1
_SEEN = 20


@dataclass(slots=True)
class Generation:
    """Lines that one edit put in at one place of a file (an absolute path).

    `gone` are indexes of lines that the agent took out again; `used` says which lines are in
    which commits.
    """

    agent: str
    edit: str
    session: str
    model: str | None
    at: Microseconds
    path: str
    hashes: list[int]
    gone: list[int] = field(default_factory=list)
    used: dict[str, list[int]] = field(default_factory=dict)

    def closed(self) -> set[int]:
        """Return the indexes of lines that are in a commit, or were taken out again."""
        return set(self.gone).union(*self.used.values())

    def is_waiting(self) -> bool:
        """Whether there are lines that no commit has yet."""
        return len(self.closed()) < len(self.hashes)


@dataclass(slots=True)
class Recent:
    """All that the hook remembers of a repository.

    `since` is the moment before which edits are not looked at; `logs` has for each log its stamp
    and the reader's state; `written` the author's address and date of the commits in `used`;
    `seen` the last commits that the hook was run for, and when they were made. `earliest` is the
    time of the first edit that was taken in since this was loaded.
    """

    since: Microseconds
    logs: dict[str, dict[str, Any]] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)
    generations: list[Generation] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Microseconds] = field(default_factory=dict)
    earliest: Microseconds | None = None

    def see(self, commit: str, made_at: Microseconds) -> None:
        """Remember that the hook was run for a commit."""
        self.seen[commit] = made_at
        while len(self.seen) > _SEEN:
            del self.seen[next(iter(self.seen))]

    def overtaken(self) -> list[str]:
        """Return the commits seen that are younger than an edit that was only now taken in.

        Some agents write their logs when a turn ends, after the commits made in it.
        """
        if self.earliest is None:
            return []
        return [commit for commit, made_at in self.seen.items() if made_at >= self.earliest]

    def take_edits(self, agent: str, edits: Iterable[Edit], models: Mapping[str, str]) -> None:
        """Take in edits, in order of time, that name files by absolute paths.

        `models` are those of the calls and, as `session/…`, of the sessions.
        """
        known = {(one.agent, one.edit) for one in self.generations}
        standing = _Standing(self.generations)
        for edit in sorted(edits, key=lambda edit: edit.at):
            if (agent, edit.edit) in known or edit.at < self.since:
                continue
            model = models.get(edit.call or "") or models.get(f"session/{edit.session}")
            path = edit.path
            if edit.moved_to is not None:
                standing.move(edit.path, edit.moved_to)
                path = edit.moved_to
            for change in edit.changes:
                standing.take_out(path, map(_hash, change.removed))
                if change.added and not edit.changed_by_user:
                    hashes = [_hash(line) for line in change.added]
                    self.generations.append(
                        Generation(agent, edit.edit, edit.session, model, edit.at, path, hashes)
                    )
                    standing.put_in(self.generations[-1])
                    self.earliest = min(edit.at, self.earliest or edit.at)

    def forget(self, now: Microseconds) -> None:
        """Forget what is too old, and commits that nothing refers to any more."""
        oldest = now - KEPT_SECONDS * 1_000_000
        self.since = max(self.since, oldest)
        self.generations = [one for one in self.generations if one.at >= oldest]
        commits = {commit for one in self.generations for commit in one.used}
        self.written = {
            commit: written for commit, written in self.written.items() if commit in commits
        }


class _Standing:
    """Where the generated lines stand that are in no commit and were not taken out, by path."""

    def __init__(self, generations: Iterable[Generation]) -> None:
        self.files: dict[str, list[Generation]] = {}
        self.lines: dict[str, dict[int, list[tuple[Generation, int]]]] = {}
        for one in generations:
            self.files.setdefault(one.path, []).append(one)

    def put_in(self, one: Generation) -> None:
        self.files.setdefault(one.path, []).append(one)
        if one.path in self.lines:
            self._add(self.lines[one.path], one)

    def take_out(self, path: str, removed: Iterable[int]) -> None:
        """Mark the latest of the lines that an edit took out again as gone."""
        if path not in self.lines:
            self.lines[path] = {}
            for one in self.files.get(path, ()):
                self._add(self.lines[path], one)
        for line in removed:
            if places := self.lines[path].get(line):
                generation, index = places.pop()
                generation.gone.append(index)

    def move(self, old: str, new: str) -> None:
        for one in self.files.pop(old, []):
            one.path = new
            self.files.setdefault(new, []).append(one)
        self.lines.pop(old, None)
        self.lines.pop(new, None)

    def _add(self, lines: dict[int, list[tuple[Generation, int]]], one: Generation) -> None:
        closed = one.closed()
        for index, line in enumerate(one.hashes):
            if index not in closed:
                lines.setdefault(line, []).append((one, index))


def load_recent(directory: Path) -> Recent | None:
    """Return what was remembered; None where nothing was, or it cannot be used."""
    try:
        kept = orjson.loads((directory / FILE).read_bytes())
        if kept.pop("form") != _FORM:
            return None
        kept["generations"] = [Generation(**one) for one in kept["generations"]]
        return Recent(**kept)
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None


def save_recent(directory: Path, recent: Recent) -> None:
    """Remember, whole or not at all.

    Raises:
        OSError: the file cannot be written.
    """
    kept = {name: getattr(recent, name) for name in Recent.__slots__ if name != "earliest"}
    text = orjson.dumps({"form": _FORM, **kept})
    temporary = directory / f".{FILE}-{os.getpid()}"
    with open(temporary, "wb", opener=_private) as file:
        file.write(text)
    temporary.replace(directory / FILE)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hash(line: str) -> int:
    return line_hash(line.encode("utf-8", "surrogatepass"))
