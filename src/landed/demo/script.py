"""What happens in one made-up repository, as data: commits, requests, and what agents did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from landed.demo.company import Person, Product

Fate = Literal["kept", "refused", "failed", "unused"]
Kind = Literal["feature", "fix", "rewrite", "revert", "bump", "voice"]
Outcome = Literal["merged", "closed", "open"]


@dataclass(frozen=True)
class Edit:
    """One edit of a file by an agent: lines taken out and put in at a place.

    Attributes:
        at: when it was done.
        path: of the file, from the top of the repository.
        place: number of the first line that is taken out or put in, from 1.
        above: the line before that; None at the top of the file.
        removed, added: the lines.
        fate: refused and failed ones changed nothing; unused ones were never committed.
    """

    at: datetime
    path: str
    place: int
    above: str | None
    removed: tuple[str, ...]
    added: tuple[str, ...]
    fate: Fate = "kept"

    @property
    def creates(self) -> bool:
        """It makes the file."""
        return self.place == 1 and self.above is None and not self.removed


@dataclass
class Turn:
    """One prompt and what the agent did about it; `commands` changed files by the shell."""

    at: datetime
    edits: list[Edit] = field(default_factory=list)
    looks: int = 4
    commands: int = 0


@dataclass
class Session:
    """One session of an agent; `product` is None where it ran in no repository."""

    person: Person
    model: str
    product: Product | None
    branch: str
    turns: list[Turn]
    key: str
    context: int = 30_000
    base: Commit | None = None


@dataclass(eq=False)
class Commit:
    """A commit to write; `files` are the texts that it changes, None for a file it takes out."""

    mark: int
    parents: tuple[Commit, ...]
    files: dict[str, str | None]
    author: Person
    authored: datetime
    committer: Person | None
    committed: datetime
    message: str
    sha: str = ""


@dataclass(eq=False)
class Request:
    """A pull request and what became of it.

    Attributes:
        landed: the commits of the main line that it made; the last is the merge.
        agent: an agent wrote most of it; `declared` where a trailer says so, and no log.
        repairs: numbers of requests whose lines it repairs.
    """

    number: int
    product: Product
    author: Person
    kind: Kind
    title: str
    branch: str
    opened: datetime
    agent: bool
    declared: bool = False
    outcome: Outcome = "open"
    ended: datetime | None = None
    reviewer: Person | None = None
    reviewed: datetime | None = None
    rounds: int = 1
    comments: int = 0
    green: bool = True
    commits: list[Commit] = field(default_factory=list)
    landed: list[Commit] = field(default_factory=list)
    repairs: list[int] = field(default_factory=list)
    added: int = 0
    removed: int = 0

    @property
    def merged(self) -> datetime | None:
        """When it was merged; None = it was not."""
        return self.ended if self.outcome == "merged" else None


@dataclass
class Deployment:
    """One attempt to bring a commit to production."""

    number: int
    commit: Commit
    at: datetime
    succeeded: bool
    minutes: int
    creator: Person


@dataclass
class Trouble:
    """An incident or a bug, with the request that caused it and the one that mended it."""

    number: int
    kind: Literal["incident", "bug"]
    title: str
    started: datetime
    resolved: datetime | None
    severity: str | None = None
    caused_by: int | None = None
    mended_by: int | None = None


@dataclass
class History:
    """Everything that happened in one repository."""

    product: Product
    commits: list[Commit] = field(default_factory=list)
    main: list[Commit] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    tags: list[tuple[str, Commit]] = field(default_factory=list)
