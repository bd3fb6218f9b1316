-- Each agent: how much of it was read, and by how many people's tools it is seen.
with
logs as (
    select agent, count(*) as logs, max(read_at) as last_read_at from agent_log group by agent
),
sessions as (
    select agent, count(*) as sessions, max(ended_at) as last_at from session group by agent
),
captured as (
    select
        agent,
        count(distinct person) as people,
        count(distinct case when complete_since is not null then person end) as complete,
        min(first_at) as first_at
    from capture
    group by agent
)
select
    sessions.agent,
    sessions.sessions,
    coalesce(logs.logs, 0) as logs,
    logs.last_read_at,
    sessions.last_at,
    coalesce(captured.people, 0) as people,
    coalesce(captured.complete, 0) as complete,
    captured.first_at
from sessions
left join logs on logs.agent = sessions.agent
left join captured on captured.agent = sessions.agent
order by sessions.sessions desc, sessions.agent
