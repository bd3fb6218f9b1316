"""What a person wants to know about a store: what it holds, and whether it is sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from landed.records import AGENTS
from landed.store.base import Store
from landed.store.checks import duplicated_keys, row_counts


@dataclass(frozen=True)
class RepositoryHealth:
    """A repository the store knows, its last run, and what went wrong, counted by kind."""

    repository: str
    name: str
    path: str | None
    commits: int
    lines: int
    last_run_at: datetime | None
    last_mode: str | None
    problems: dict[str, int]


@dataclass(frozen=True)
class AgentHealth:
    """An agent of whose logs something was read, and what could not be understood, by kind.

    `logs` are those that were read at any time, whether they are there still or not.
    """

    agent: str
    logs: int
    sessions: int
    edits: int
    last_read_at: datetime | None
    last_event_at: datetime | None
    problems: dict[str, int]


@dataclass(frozen=True)
class Captured:
    """A person whose use of an agent was seen in a repository; `outside` stands for none.

    `complete_since` is the day from which all their AI tools are declared to be captured.
    """

    person: str
    agent: str
    repository: str
    first_at: datetime
    last_at: datetime
    complete_since: date | None


@dataclass(frozen=True)
class StoreHealth:
    """A store's schema, size on disk in bytes, rows by table, repositories, broken keys.

    Attributes:
        agents: whose logs were read.
        captured: whose tools are seen, where and since when.
        unpriced_models: calls without a list price, by model; an empty name where it is untold.
        unmatched_identities: accounts, logins and authors that belong to nobody known.
        unread_repositories: sessions in repositories that were not read, by the folder's name.
    """

    schema_version: int
    bytes: int
    rows: dict[str, int]
    repositories: tuple[RepositoryHealth, ...]
    duplicated_keys: dict[str, int]
    agents: tuple[AgentHealth, ...] = ()
    captured: tuple[Captured, ...] = ()
    unpriced_models: dict[str, int] = field(default_factory=dict)
    unmatched_identities: int = 0
    unread_repositories: dict[str, int] = field(default_factory=dict)


def inspect(store: Store) -> StoreHealth:
    """Read the health of an open store; checks every key, which reads every table once."""
    problems = _problems(store)
    return StoreHealth(
        schema_version=store.schema_version,
        bytes=store.path.stat().st_size,
        rows=row_counts(store),
        repositories=tuple(_repositories(store, problems)),
        duplicated_keys=duplicated_keys(store),
        agents=tuple(_agents(store, problems)),
        captured=tuple(Captured(**row) for row in store.query(_CAPTURED).to_pylist()),
        unpriced_models=_counted(store, _UNPRICED),
        unmatched_identities=int(store.query(_UNMATCHED)["identities"][0].as_py()),
        unread_repositories=_counted(store, _UNREAD),
    )


Problems = dict[str, dict[str, dict[str, int]]]
"""How often, by repository, source and kind."""


def _problems(store: Store) -> Problems:
    found: Problems = {}
    for row in store.query(_PROBLEMS).to_pylist():
        sources = found.setdefault(row["repository"], {})
        sources.setdefault(row["source"], {})[row["kind"]] = row["occurrences"]
    return found


def _agents(store: Store, problems: Problems) -> list[AgentHealth]:
    told = problems.get(AGENTS, {})
    return [
        AgentHealth(**row, problems=told.get(row["agent"], {}))
        for row in store.query(_AGENTS).to_pylist()
    ]


def _counted(store: Store, query: str) -> dict[str, int]:
    rows = store.query(query)
    return dict(zip(rows["name"].to_pylist(), rows["count"].to_pylist(), strict=True))


def _by_kind(sources: dict[str, dict[str, int]]) -> dict[str, int]:
    """The problems of one repository, whatever their source."""
    kinds: dict[str, int] = {}
    for found in sources.values():
        for kind, count in found.items():
            kinds[kind] = kinds.get(kind, 0) + count
    return dict(sorted(kinds.items()))


def _repositories(store: Store, problems: Problems) -> list[RepositoryHealth]:
    return [
        RepositoryHealth(
            repository=row["repository"],
            name=row["name"] or row["repository"],
            path=row["path"],
            commits=row["commits"],
            lines=row["lines"],
            last_run_at=row["finished_at"],
            last_mode=row["mode"],
            problems=_by_kind(problems.get(row["repository"], {})),
        )
        for row in store.query(_REPOSITORIES).to_pylist()
    ]


_PROBLEMS = """
select repository, source, kind, cast(sum(count) as bigint) as occurrences
from problem
group by repository, source, kind
order by repository, source, kind
"""

_AGENTS = """
with
logs as (
    select agent, count(*) as logs, max(read_at) as last_read_at
    from agent_log where repository = 'agents' group by agent
),
sessions as (
    select agent, count(*) as sessions, max(ended_at) as last_event_at
    from session where repository = 'agents' group by agent
),
edits as (
    select agent, count(*) as edits from edit where repository = 'agents' group by agent
)
select
    agent,
    coalesce(logs.logs, 0) as logs,
    coalesce(sessions.sessions, 0) as sessions,
    coalesce(edits.edits, 0) as edits,
    logs.last_read_at,
    sessions.last_event_at
from logs
full join sessions using (agent)
left join edits using (agent)
order by agent
"""

_CAPTURED = """
select
    capture.person, capture.agent, coalesce(min(location.name), capture.belongs_to) as repository,
    min(capture.first_at) as first_at, max(capture.last_at) as last_at,
    min(capture.complete_since) as complete_since
from capture
left join location on location.repository = capture.belongs_to
where capture.repository = 'agents'
group by capture.person, capture.agent, capture.belongs_to
order by capture.person, repository, capture.agent
"""

_UNPRICED = """
select coalesce(call.model, '') as name, count(*) as count
from call_price as price
join model_call as call on call.repository = price.repository and call.call = price.call
where price.repository = 'agents' and price.list_microdollars is null
group by call.model
order by count desc, name
"""

_UNMATCHED = """
select count(*) as identities from identity
where repository = 'agents' and how in ('suggested', 'unmatched')
"""

_UNREAD = """
select name, count(*) as count from session_place
where repository = 'agents' and how = 'inside'
group by name
order by count desc, name
"""

_REPOSITORIES = """
with
place as (
    select repository, min(name) as name, min(path) as path from location group by repository
),
born as (
    select repository, count(*) as lines from line group by repository
),
last_run as (
    select repository, finished_at, mode
    from run
    qualify row_number() over (partition by repository order by finished_at desc, run) = 1
)
select
    repository.repository, place.name, place.path, repository.commits,
    coalesce(born.lines, 0) as lines, last_run.finished_at, last_run.mode
from repository
left join place on place.repository = repository.repository
left join born on born.repository = repository.repository
left join last_run on last_run.repository = repository.repository
order by place.name nulls last, repository.repository
"""
