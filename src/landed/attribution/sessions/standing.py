"""What stands in the tables of agents' logs because only telemetry tells it, and how it gives way.

A log says more than telemetry, and wins whenever it comes. So before rows of logs are written for
some sessions, the rows that stand for telemetry are taken out (`withdraw`), and afterwards those
that are still needed are put in again (`stand_in`), all in one transaction: the outcome does not
depend on what came first.

- A session that no log tells stands with everything telemetry told of it.
- Of a session that a log tells, calls stand that the log does not have (another call by its id,
  else by its tokens), and turns, decisions and activity from a minute after the log's end on.
- What an agent says a call cost is kept where its log does not say so.
- Rows of telemetry are known by being wholly what telemetry tells; calls by their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources

import pyarrow as pa

from landed.records import AGENTS, TABLES
from landed.store import Store

CALL_PREFIX = "telemetry:"
"""How the names of calls begin that only telemetry tells."""

Sessions = frozenset[tuple[str, str]]
"""Sessions by agent and id."""

_STATEMENTS = {
    "session": ("session",),
    "turn": ("turn",),
    "tool_decision": ("tool_decision",),
    "activity": ("activity",),
    "model_call": ("model_call", "added", "of_sums"),
    "telemetry_check": ("added", "telemetry_check"),
}
_TIME = {"turn": "started_at", "tool_decision": "happened_at", "activity": "started_at"}
_TURNS_HAVE_IDS = "claude-code"
_UNKNOWN_TO_LOGS = """
left join session as logged on logged.repository = $repository
    and logged.agent = found.agent and logged.session = found.session
where (logged.session is null or found.{time} > logged.ended_at + interval 1 minute{or_else})
"""
_FILL_USER = """
select session.* exclude (repository) replace (told."user" as "user")
from session
join telemetry_session as told using (repository, agent, session)
where session."user" is null and told."user" like '%@%'
    and (agent, session) in (select (unnest($agents), unnest($sessions)))
"""
_FILL_COST = """
select call.* exclude (repository) replace (told.reported_cost as reported_cost)
from model_call as call
join telemetry_call as told on told.repository = call.repository and told.request = call.call
where call.reported_cost is null and told.reported_cost is not null
    and (told.agent, told.session) in (select (unnest($agents), unnest($sessions)))
qualify row_number() over (partition by call.call order by told.item) = 1
"""

_ALONE = f"""
select '{CALL_PREFIX}' || item as call, told.agent, told.session, told.turn, told.happened_at,
    told.model, told.provider, told.input_tokens, told.cache_read_tokens,
    told.cache_write_5m_tokens, told.cache_write_1h_tokens, told.output_tokens,
    told.reasoning_tokens, told.web_searches, told.tier, told.speed, null::varchar as geography,
    told.reported_cost, told.sub_agent
from telemetry_call as told
semi join named using (item)
anti join model_call as logged on logged.call = told.request
anti join model_call as standing on standing.call = '{CALL_PREFIX}' || told.item
where told.session is null
"""


@contextmanager
def logs_first(store: Store, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    """Let rows that logs tell take the place of what stands for telemetry.

    `tables` are the rows, by table, that the caller settles inside of this; all within a
    transaction of the caller's.
    """
    sessions = _told_sessions(store, tables)
    withdraw(store, sessions)
    if "model_call" in tables:
        _withdraw_alone(store, tables["model_call"])
    yield
    stand_in(store, sessions)


def _told_sessions(store: Store, tables: Mapping[str, pa.Table]) -> Sessions:
    """Return the sessions that rows of logs concern and of which telemetry tells.

    Telemetry may tell a call of another session than the log does, and tells what sub-agents do of
    the session that they belong to.
    """
    if not store.query("select 1 from telemetry_call limit 1").num_rows and not (
        store.query("select 1 from telemetry_session limit 1").num_rows
    ):
        return frozenset()
    named: set[tuple[str, str]] = set()
    for rows in tables.values():
        for column in {"session", "parent"} & set(rows.column_names):
            pairs = rows.select(["agent", column]).group_by(["agent", column]).aggregate([])
            named.update(zip(pairs["agent"].to_pylist(), pairs[column].to_pylist(), strict=True))
    calls = tables["model_call"]["call"] if "model_call" in tables else []
    rows = store.query(
        "select agent, session from telemetry_session semi join named using (agent, session) "
        "union select agent, session from telemetry_call semi join named using (agent, session) "
        "union select agent, session from telemetry_call semi join called using (request) "
        "where session is not null",
        beside={
            "named": _named(frozenset(one for one in named if one[1] is not None)),
            "called": pa.table({"request": pa.array(calls, pa.string())}),
        },
    )
    return frozenset(zip(rows["agent"].to_pylist(), rows["session"].to_pylist(), strict=True))


def withdraw(store: Store, sessions: Sessions) -> None:
    """Take out what stands for telemetry of the sessions, within the caller's transaction."""
    if not sessions:
        return
    for table in ("session", *_TIME):
        columns = [column for column in TABLES[table].schema.names if column != "repository"]
        same = " and ".join(
            f'stored."{column}" is not distinct from found."{column}"' for column in columns
        )
        _take_out(
            store,
            table,
            f'{_told(table)} select {_keys(table)} from "{table}" as stored join found on {same} '
            "where stored.repository = $repository",
            sessions,
        )
    _take_out(
        store,
        "model_call",
        f"select call as key_call from model_call as stored where stored.repository = $repository "
        f"and starts_with(call, '{CALL_PREFIX}') "
        "and (agent, session) in (select (unnest($agents), unnest($sessions)))",
        sessions,
    )


def stand_in(store: Store, sessions: Sessions) -> None:
    """Put in what only telemetry tells of the sessions, within the caller's transaction.

    Expects that `withdraw` was called for them before their rows changed.
    """
    if not sessions:
        return
    found = {table: _ask(store, _standing(table), sessions) for table in ("model_call", *_TIME)}
    found["session"] = _ask(store, _standing("session"), sessions)
    for table, rows in found.items():
        if rows.num_rows:
            store.append(table, rows, AGENTS)
    known = _ask(store, _FILL_USER, sessions)
    if known.num_rows:
        store.merge("session", known, AGENTS)
    priced = _ask(store, _FILL_COST, sessions)
    if priced.num_rows:
        store.merge("model_call", priced, AGENTS)
    _check(store, sessions)


def stand_alone(store: Store, items: Iterable[str]) -> None:
    """Put in the calls among `items` that belong to no session and that no log tells."""
    named = pa.table({"item": pa.array(list(items), pa.string())})
    rows = store.query(_ALONE, beside={"named": named}) if named.num_rows else named
    if rows.num_rows:
        store.append("model_call", rows, AGENTS)


def _withdraw_alone(store: Store, calls: pa.Table) -> None:
    """Take out calls without a session that logs tell now."""
    told = store.query(
        f"select '{CALL_PREFIX}' || item as call from telemetry_call "
        "semi join called using (request) where session is null",
        beside={"called": calls.select(["call"]).rename_columns(["request"])},
    )
    if told.num_rows:
        _replace_by_nothing(store, "model_call", told)


def _check(store: Store, sessions: Sessions) -> None:
    """Set what the sums tell of the sessions beside what their calls add up to."""
    rows = _ask(store, f"{_told('telemetry_check')} select * from found", sessions)
    store.replace_within("telemetry_check", rows, AGENTS, _named(sessions))


def _standing(table: str) -> str:
    if table == "model_call":
        return f"{_told(table)} select * from found"
    columns = [column for column in TABLES[table].key if column != "repository"]
    keys = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(
        f'found."{column}"' for column in TABLES[table].schema.names if column != "repository"
    )
    condition = ""
    if table in _TIME:
        has_ids = f" or found.agent = '{_TURNS_HAVE_IDS}'" if table == "turn" else ""
        condition = _UNKNOWN_TO_LOGS.format(time=_TIME[table], or_else=has_ids)
    known = f'select {keys} from "{table}" where repository = $repository'
    return (
        f"{_told(table)} select {chosen} from found anti join ({known}) using ({keys})" + condition
    )


@cache
def _told(table: str) -> str:
    """Return the relation `found` of everything that telemetry tells for a table."""
    folder = resources.files("landed.attribution.sessions.told")
    parts = ("told", *_STATEMENTS[table])
    return "\n".join(folder.joinpath(f"{part}.sql").read_text("utf-8") for part in parts)


def _keys(table: str) -> str:
    columns = [column for column in TABLES[table].key if column != "repository"]
    return ", ".join(f'stored."{column}" as "key_{column}"' for column in columns)


def _take_out(store: Store, table: str, statement: str, sessions: Sessions) -> None:
    keys = _ask(store, statement, sessions)
    if not keys.num_rows:
        return
    names = [name.removeprefix("key_") for name in keys.column_names]
    _replace_by_nothing(store, table, keys.rename_columns(names))


def _replace_by_nothing(store: Store, table: str, within: pa.Table) -> None:
    kept = [field for field in TABLES[table].schema if field.name != "repository"]
    store.replace_within(table, pa.schema(kept).empty_table(), AGENTS, within)


def _ask(store: Store, statement: str, sessions: Sessions) -> pa.Table:
    """Ask for what concerns the sessions: `$agents` and `$sessions`, and `$repository`."""
    ordered = sorted(sessions)
    named = {
        "agents": [agent for agent, _ in ordered],
        "sessions": [session for _, session in ordered],
        "repository": AGENTS,
    }
    told = {name: value for name, value in named.items() if f"${name}" in statement}
    return store.query(statement, told)


def _named(sessions: Sessions) -> pa.Table:
    return pa.table(
        {
            "agent": pa.array([agent for agent, _ in sessions], pa.string()),
            "session": pa.array([session for _, session in sessions], pa.string()),
        }
    )
