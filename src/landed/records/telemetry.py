"""What live telemetry told: kept apart, so that an agent's own log can take its place at any time.

A session, turn, call or decision that only telemetry tells also stands in the table of that name,
until a log tells of the session. These rows hold numbers, times and identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

import pyarrow as pa

from landed.records.schema import TIMESTAMP, table
from landed.records.sessions import (
    AgentName,
    DecidedBy,
    Moment,
    OptionalSession,
    Partition,
    SessionId,
    TurnId,
)

Item = Annotated[str, pa.string(), "what telemetry names it by: the same when it is told again"]
Service = Annotated[str, pa.string(), "service that sent it"]


@table(name="telemetry_session", key=("repository", "agent", "session"))
@dataclass(frozen=True)
class TelemetrySession:
    """A session that telemetry tells of."""

    repository: Partition
    agent: AgentName
    session: SessionId
    started_at: Annotated[datetime, TIMESTAMP, "first event told"]
    ended_at: Annotated[datetime, TIMESTAMP, "last event told"]
    user: Annotated[str | None, pa.string(), "account or e-mail address told"]
    version: Annotated[str | None, pa.string(), "version of the agent"]


@table(name="telemetry_turn", key=("repository", "agent", "turn"))
@dataclass(frozen=True)
class TelemetryTurn:
    """A turn that telemetry tells of."""

    repository: Partition
    agent: AgentName
    turn: Annotated[str, pa.string(), "turn: the agent's own id, or session and moment"]
    session: SessionId
    started_at: Annotated[datetime, TIMESTAMP, "first event told"]
    ended_at: Annotated[datetime, TIMESTAMP, "last event told"]


@table(name="telemetry_call", key=("repository", "item"))
@dataclass(frozen=True)
class TelemetryCall:
    """A call of a model that telemetry tells of."""

    repository: Partition
    item: Item
    agent: AgentName
    session: OptionalSession
    turn: TurnId
    happened_at: Moment
    request: Annotated[
        str | None, pa.string(), "id by which the agent's own log knows the call; null = untold"
    ]
    model: Annotated[str | None, pa.string(), "model as telemetry names it"]
    provider: Annotated[str | None, pa.string(), "who served it, where telemetry tells"]
    input_tokens: Annotated[int, pa.int64(), "as in model_call"]
    cache_read_tokens: Annotated[int, pa.int64(), "as in model_call"]
    cache_write_5m_tokens: Annotated[int, pa.int64(), "as in model_call"]
    cache_write_1h_tokens: Annotated[int, pa.int64(), "as in model_call"]
    output_tokens: Annotated[int, pa.int64(), "as in model_call"]
    reasoning_tokens: Annotated[int, pa.int64(), "as in model_call"]
    web_searches: Annotated[int, pa.int64(), "as in model_call"]
    tier: Annotated[str | None, pa.string(), "as in model_call"]
    speed: Annotated[str | None, pa.string(), "as in model_call"]
    reported_cost: Annotated[int | None, pa.int64(), "micro-dollars by the agent's own account"]
    sub_agent: Annotated[bool, pa.bool_(), "made by a sub-agent"]


@table(name="telemetry_decision", key=("repository", "agent", "decision"))
@dataclass(frozen=True)
class TelemetryDecision:
    """A decision about a tool call that telemetry tells of."""

    repository: Partition
    agent: AgentName
    decision: Annotated[str, pa.string(), "the agent's own id of the tool call, or one made here"]
    session: SessionId
    turn: TurnId
    happened_at: Moment
    tool: Annotated[str, pa.string(), "tool, as the agent names it"]
    accepted: Annotated[bool, pa.bool_(), "let through"]
    decided_by: DecidedBy


@table(name="telemetry_edit", key=("repository", "agent", "edit"))
@dataclass(frozen=True)
class TelemetryEdit:
    """An edit that telemetry tells of: how many lines, never which; those only a log tells."""

    repository: Partition
    agent: AgentName
    edit: Annotated[str, pa.string(), "the agent's own id of the tool call, or one made here"]
    session: SessionId
    turn: TurnId
    happened_at: Moment
    tool: Annotated[str, pa.string(), "tool, as the agent names it"]
    applied: Annotated[bool, pa.bool_(), "the tool succeeded"]
    lines_added: Annotated[int | None, pa.int64(), "lines put in; null = not told, or cut short"]
    lines_removed: Annotated[int | None, pa.int64(), "lines taken out; null as before"]


@table(name="telemetry_sum", key=("repository", "series", "started_at", "told_at"))
@dataclass(frozen=True)
class TelemetrySum:
    """A point of a metric: what a series has added since a start, or since its point before."""

    repository: Partition
    series: Annotated[str, pa.string(), "digest of resource, scope, name and attributes"]
    started_at: Annotated[datetime, TIMESTAMP, "start of the sum; 1970 = untold"]
    told_at: Annotated[datetime, TIMESTAMP, "when the sum was this"]
    agent: AgentName
    session: OptionalSession
    family: Annotated[
        str, pa.string(), "family of metrics; of several that tell of one session the first counts"
    ]
    model: Annotated[str | None, pa.string(), "model as the metric names it"]
    counts: Annotated[
        str,
        pa.string(),
        "input, prompt (all input), cache_read, cache_write, output, thoughts (output beside it), "
        "reasoning (inside of it), dollars, lines_added, lines_removed, commits, pull_requests "
        "or active_seconds",
    ]
    delta: Annotated[bool, pa.bool_(), "added since the start; false: total since the start"]
    value: Annotated[float, pa.float64(), "the sum"]


@table(name="telemetry_count", key=("repository", "item"))
@dataclass(frozen=True)
class TelemetryCount:
    """Telemetry of which only the number is kept: by export, of metrics by series and day."""

    repository: Partition
    item: Item
    service: Service
    signal: Annotated[str, pa.string(), "logs, metrics or traces"]
    name: Annotated[str, pa.string(), "name of the event, metric or span"]
    day: Annotated[date, pa.date32(), "day on which it happened, in UTC"]
    count: Annotated[int, pa.int64(), "how many"]
    known: Annotated[bool, pa.bool_(), "of an agent that Landed knows; false: of something else"]


@table(name="telemetry_check", key=("repository", "agent", "session", "counts"))
@dataclass(frozen=True)
class TelemetryCheck:
    """What the sums of a session say beside what its single calls add up to."""

    repository: Partition
    agent: AgentName
    session: SessionId
    counts: Annotated[str, pa.string(), "input, cache_read, cache_write or output"]
    by_sums: Annotated[int, pa.int64(), "tokens by the metrics"]
    by_calls: Annotated[int, pa.int64(), "tokens of the calls in model_call"]


@table(name="told_team", key=("repository", "user"))
@dataclass(frozen=True)
class ToldTeam:
    """The team that telemetry names for somebody: set by the company on its machines."""

    repository: Partition
    user: Annotated[str, pa.string(), "account or e-mail address, as in session"]
    team: Annotated[str, pa.string(), "team, else department or cost centre"]
    told_at: Annotated[datetime, TIMESTAMP, "when it was last told"]
