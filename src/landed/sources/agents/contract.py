"""The contract of every agent reader: what it finds, what it yields, how far it has read.

A reader turns the files that one coding agent leaves on a developer's machine into the records
below. It knows nothing of the store, of prices or of git: it says what the log says. Everything
it yields carries the agent's own identifiers, so that a second reading of the same bytes, a copy
in another file, or a resumed session brings the same keys again and counts once.

Readers are imported by git hooks too: they import the standard library, orjson and rapidfuzz,
nothing heavier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

Microseconds = int
"""A moment: microseconds since 1970, UTC."""

Status = Literal["applied", "refused", "failed"]
DecidedBy = Literal["person", "policy", "automatic"]


@dataclass(frozen=True, slots=True)
class Home:
    """Where one user's files lie: the home directory and the environment that moves parts of it.

    `folders` are working trees that are known, for agents that leave their logs there.
    """

    directory: Path
    environment: Mapping[str, str]
    folders: tuple[Path, ...] = ()

    def path(self, variable: str, default: str) -> Path:
        """The directory that `variable` names, else `default` under the home directory."""
        named = self.environment.get(variable)
        return Path(named).expanduser() if named else self.directory / default


@dataclass(frozen=True, slots=True)
class Log:
    """One thing to read: a file that grows, or a database.

    `stamp` changes whenever there may be something new (sizes and times of change of all files
    that are read for it); an unchanged stamp means that nothing is opened.
    """

    path: Path
    stamp: str


@dataclass(slots=True)
class Session:
    """One conversation with an agent, or one sub-agent's part of it.

    `cwd`, `branch`, `commit` (HEAD) and `remote` are as of its beginning and null where untold.
    `parent` is the session that it was forked from, resumed from, or spawned by. `user` is an
    account or e-mail address where the log names one.
    """

    session: str
    started_at: Microseconds
    ended_at: Microseconds
    cwd: str | None = None
    branch: str | None = None
    commit: str | None = None
    remote: str | None = None
    user: str | None = None
    version: str | None = None
    parent: str | None = None
    sub_agent: bool = False


@dataclass(slots=True)
class Turn:
    """One user prompt and everything until the next; what sub-agents do belongs to it.

    `turn` is unique for the agent: its own id of the prompt, else made from session and number.
    `branch` is the checked-out branch where the log tells it for the turn.
    """

    turn: str
    session: str
    started_at: Microseconds
    ended_at: Microseconds
    branch: str | None = None
    interrupted: bool = False


@dataclass(slots=True)
class Call:
    """One answer of a model: every token once, in the class in which it is billed.

    `call` is the provider's request id where the log has one (other sources of the same call
    know it by that), else the agent's own id. `input_tokens` are those not read from and not
    written to a cache; `reasoning_tokens` are a part of `output_tokens`. `reported_cost` is what
    the agent itself says that the call cost, in micro-dollars.
    """

    call: str
    session: str
    turn: str | None
    at: Microseconds
    model: str | None
    provider: str | None = None
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    web_searches: int = 0
    tier: str | None = None
    speed: str | None = None
    geography: str | None = None
    reported_cost: int | None = None
    sub_agent: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Consecutive lines taken out and put in at one place of a file, without their newlines.

    `old_start` and `new_start` are line numbers from 1 of the first line taken out and put in;
    null where the log gives a fragment whose place in the file is not known. Where nothing is
    taken out, `old_start` is the line before which the new lines stand.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    old_start: int | None = None
    new_start: int | None = None


@dataclass(slots=True)
class Edit:
    """One change of one file that an agent proposed.

    `edit` is unique for the agent: its id of the tool call, with the path where one call changes
    several files. `path` is as in the log, absolute where the log allows it. `changes` are the
    minimal difference (see `landed.sources.agents.differences`); of a refused or failed edit,
    what was proposed. `before` is the whole file before the edit where the log has it ('' for a
    file that was not there), None where it is unknown or unchanged since the session's previous
    edit of that path: from it follows what others changed in between.
    `shell` is true for a command that may change files and leaves no patch: such an edit has no
    changes and its path is the working directory.
    """

    edit: str
    session: str
    turn: str | None
    at: Microseconds
    path: str
    tool: str
    status: Status
    kind: Literal["create", "update", "delete", "rename", "shell"] = "update"
    changes: tuple[Change, ...] = ()
    before: str | None = None
    moved_to: str | None = None
    decided_by: DecidedBy | None = None
    changed_by_user: bool = False
    call: str | None = None


@dataclass(slots=True)
class Decision:
    """A tool call that was let through or refused, by whom."""

    decision: str
    session: str
    turn: str | None
    at: Microseconds
    tool: str
    accepted: bool
    decided_by: DecidedBy | None


@dataclass(slots=True)
class Activity:
    """A person's action (an instant: prompt, decision, interruption) or a span of agent work.

    A span joins the agent's events that are at most five minutes apart.
    """

    session: str
    turn: str | None
    by: Literal["person", "agent"]
    started_at: Microseconds
    ended_at: Microseconds


@dataclass(slots=True)
class Reference:
    """What a session names in git: a commit it made, a branch, a pull request, a worktree."""

    session: str
    kind: Literal["commit", "branch", "pull-request", "worktree", "remote"]
    value: str
    at: Microseconds
    turn: str | None = None


@dataclass(slots=True)
class Reading:
    """What one reading of a log found, and from where the next one goes on.

    `state` is the reader's own, of JSON values; None asks for reading from the beginning. Faults
    count, by kind, what could not be understood: `torn-line`, `not-json`, `not-an-object`,
    `missing-field`, `bad-time`, `unreadable-file` and the like. They are of this reading only.
    """

    sessions: list[Session] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    state: dict[str, Any] | None = None

    def fault(self, kind: str, count: int = 1) -> None:
        """Count something that could not be understood."""
        self.faults[kind] = self.faults.get(kind, 0) + count


class AgentReader(Protocol):
    """One agent's logs. A plug-in is an object like this behind an entry point.

    Entry points of the group `landed.agents` name a class without parameters, or a function
    that returns a reader.
    """

    agent: str
    """The agent's name, such as `claude-code`: lower case, as people write it."""

    def locate(self, home: Home) -> Iterator[Log]:
        """Yield what there is to read under `home`, cheaply: names, sizes and times only."""
        ...

    def read(self, log: Log, state: dict[str, Any] | None) -> Iterator[Reading]:
        """Yield what is new since `state`, in parts of bounded size; each part's state resumes.

        Never raises for what a log holds; faults count it. Where the file is not the one that
        `state` speaks of (it shrank, or begins otherwise), it is read from the beginning: keys
        make that harmless.
        """
        ...
