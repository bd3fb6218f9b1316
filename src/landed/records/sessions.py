"""What agents did: sessions, turns, model calls, edits, as their own logs tell it.

These rows belong to a machine's agents, not to one repository: they stand in the partition
`agents`, and `session_place` and `edit_place` say which repository they concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pyarrow as pa

from landed.records.schema import TIMESTAMP, table

AGENTS = "agents"
"""The partition of all rows that belong to no one repository."""

Partition = Annotated[str, pa.string(), "always `agents`"]
AgentName = Annotated[str, pa.string(), "agent, such as claude-code"]
SessionId = Annotated[str, pa.string(), "session, the agent's own id"]
OptionalSession = Annotated[str | None, pa.string(), "session, the agent's own id; null = untold"]
TurnId = Annotated[str | None, pa.string(), "turn it belongs to; null = untold"]
EditId = Annotated[int, pa.uint64(), "edit: keyed hash of the agent and its own id of the edit"]
DecidedBy = Annotated[
    str | None, pa.string(), "person, policy (a rule refused) or automatic (no one was asked)"
]
Moment = Annotated[datetime, TIMESTAMP, "when"]


@table(name="session", key=("repository", "agent", "session"))
@dataclass(frozen=True)
class Session:
    """One conversation with an agent, or one sub-agent's part of it."""

    repository: Partition
    agent: AgentName
    session: SessionId
    started_at: Annotated[datetime, TIMESTAMP, "first event"]
    ended_at: Annotated[datetime, TIMESTAMP, "last event"]
    cwd: Annotated[str | None, pa.string(), "working directory, as in the log"]
    branch: Annotated[str | None, pa.string(), "branch checked out at the beginning"]
    commit: Annotated[str | None, pa.string(), "HEAD at the beginning, where the log tells it"]
    remote: Annotated[str | None, pa.string(), "repository address, as in the log"]
    user: Annotated[str | None, pa.string(), "account or e-mail address that the log names"]
    machine_user: Annotated[str, pa.string(), "login of the user under whose home the log lies"]
    version: Annotated[str | None, pa.string(), "version of the agent"]
    parent: Annotated[
        str | None, pa.string(), "session it was forked or resumed from, or spawned by"
    ]
    sub_agent: Annotated[bool, pa.bool_(), "spawned by another session's turn"]


@table(name="turn", key=("repository", "agent", "turn"))
@dataclass(frozen=True)
class Turn:
    """One user prompt and everything until the next; what sub-agents do belongs to it."""

    repository: Partition
    agent: AgentName
    turn: Annotated[str, pa.string(), "turn: the agent's own id, or session and number"]
    session: SessionId
    started_at: Annotated[datetime, TIMESTAMP, "the prompt"]
    ended_at: Annotated[datetime, TIMESTAMP, "last event"]
    branch: Annotated[str | None, pa.string(), "branch checked out"]
    interrupted: Annotated[bool, pa.bool_(), "the person stopped it"]


@table(name="model_call", key=("repository", "call"))
@dataclass(frozen=True)
class ModelCall:
    """One answer of a model: every token once, in the class in which it is billed."""

    repository: Partition
    call: Annotated[str, pa.string(), "the provider's request id, else the agent's own id"]
    agent: AgentName
    session: OptionalSession
    turn: TurnId
    happened_at: Moment
    model: Annotated[str | None, pa.string(), "model as the source names it; null where untold"]
    provider: Annotated[str | None, pa.string(), "who served it, where the source tells"]
    input_tokens: Annotated[int, pa.int64(), "input read from no cache and written to none"]
    cache_read_tokens: Annotated[int, pa.int64(), "input read from a cache"]
    cache_write_5m_tokens: Annotated[int, pa.int64(), "input written to a cache of five minutes"]
    cache_write_1h_tokens: Annotated[int, pa.int64(), "input written to a cache of one hour"]
    output_tokens: Annotated[int, pa.int64(), "output, reasoning included"]
    reasoning_tokens: Annotated[int, pa.int64(), "the part of the output that is reasoning"]
    web_searches: Annotated[int, pa.int64(), "searches billed by the request"]
    tier: Annotated[str | None, pa.string(), "service tier, such as standard, batch, priority"]
    speed: Annotated[str | None, pa.string(), "standard or fast"]
    geography: Annotated[str | None, pa.string(), "where it was run, if that is billed"]
    reported_cost: Annotated[int | None, pa.int64(), "micro-dollars by the agent's own account"]
    sub_agent: Annotated[bool, pa.bool_(), "made by a sub-agent"]


@table(name="edit", key=("repository", "edit"))
@dataclass(frozen=True)
class Edit:
    """One change of one file that an agent proposed."""

    repository: Partition
    edit: EditId
    agent: AgentName
    name: Annotated[str, pa.string(), "the agent's own id of the edit"]
    session: SessionId
    turn: TurnId
    happened_at: Moment
    path: Annotated[str, pa.string(), "path as in the log; of a shell edit, the directory"]
    moved_to: Annotated[str | None, pa.string(), "new path of a file that was renamed"]
    tool: Annotated[str, pa.string(), "tool that made it, as the agent names it"]
    kind: Annotated[str, pa.string(), "create, update, delete, rename or shell"]
    status: Annotated[str, pa.string(), "applied, refused or failed"]
    decided_by: DecidedBy
    changed_by_user: Annotated[bool, pa.bool_(), "the person altered the proposal first"]
    lines_added: Annotated[int, pa.int32(), "+ lines of the minimal difference"]
    lines_removed: Annotated[int, pa.int32(), "- lines of the minimal difference"]
    before_lines: Annotated[
        int | None,
        pa.int32(),
        "lines of the file before, where edit_before has them all; null = not told, or as the "
        "session's previous edit of the path left it",
    ]


@table(name="edit_line", key=("repository", "edit", "added", "ordinal"))
@dataclass(frozen=True)
class EditLine:
    """A line that an edit put in or took out, as keyed hashes."""

    repository: Partition
    edit: EditId
    added: Annotated[bool, pa.bool_(), "true: put in; false: taken out"]
    ordinal: Annotated[int, pa.int32(), "position among the edit's lines of that side, from 0"]
    change: Annotated[int, pa.int32(), "number of the contiguous change within the edit, from 0"]
    line_number: Annotated[
        int | None,
        pa.int32(),
        "line number from 1: after the edit for + lines, before it for - lines; null = not known",
    ]
    text_hash: Annotated[int, pa.uint64(), "as in the table line"]
    token_hash: Annotated[int, pa.uint64(), "as in the table line"]
    trivial: Annotated[bool, pa.bool_(), "fewer than three letters or digits"]


@table(name="edit_before", key=("repository", "edit", "line_number"))
@dataclass(frozen=True)
class EditBefore:
    """A line of the file as an edit found it, where the log holds the whole file."""

    repository: Partition
    edit: EditId
    line_number: Annotated[int, pa.int32(), "line number from 1"]
    text_hash: Annotated[int, pa.uint64(), "as in the table line"]
    trivial: Annotated[bool, pa.bool_(), "fewer than three letters or digits"]


@table(name="tool_decision", key=("repository", "agent", "decision"))
@dataclass(frozen=True)
class ToolDecision:
    """A tool call that was let through or refused, and by whom."""

    repository: Partition
    agent: AgentName
    decision: Annotated[str, pa.string(), "the agent's own id of the tool call"]
    session: SessionId
    turn: TurnId
    happened_at: Moment
    tool: Annotated[str, pa.string(), "tool, as the agent names it"]
    accepted: Annotated[bool, pa.bool_(), "let through"]
    decided_by: DecidedBy


@table(name="activity", key=("repository", "agent", "session", "actor", "started_at"))
@dataclass(frozen=True)
class Activity:
    """A person's action (an instant), or a span of agent work without a gap over five minutes."""

    repository: Partition
    agent: AgentName
    session: SessionId
    turn: TurnId
    actor: Annotated[str, pa.string(), "person or agent"]
    started_at: Annotated[datetime, TIMESTAMP, "start"]
    ended_at: Annotated[datetime, TIMESTAMP, "end; equal to the start for a person's action"]


@table(name="session_reference", key=("repository", "agent", "session", "kind", "value"))
@dataclass(frozen=True)
class SessionReference:
    """What a session names in git: a commit it made, a branch, a pull request, a worktree."""

    repository: Partition
    agent: AgentName
    session: SessionId
    turn: TurnId
    kind: Annotated[str, pa.string(), "commit, branch, pull-request, worktree or remote"]
    value: Annotated[str, pa.string(), "commit id (may be short), name or address"]
    happened_at: Moment


@table(name="agent_log", key=("repository", "agent", "path"), local=True)
@dataclass(frozen=True)
class AgentLog:
    """How far a log was read, so that the next run reads only what is new."""

    repository: Partition
    agent: AgentName
    path: Annotated[str, pa.string(), "file or database"]
    stamp: Annotated[str, pa.string(), "sizes and times of change when last read"]
    state: Annotated[str, pa.string(), "JSON, owned by the agent's reader"]
    read_at: Annotated[datetime, TIMESTAMP, "when it was last read"]
