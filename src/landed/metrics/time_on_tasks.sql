-- name: time_on_tasks
-- title: Time on AI tasks
-- category: productivity
-- unit: minutes
-- definition: Attended: from each action of a person (prompt, decision, interruption) to their next one
--   in that session, after the last one to the session's last event, at most five minutes each;
--   sessions side by side count once for each person. Unattended: time in which a person's agents
--   worked and the person attended none. One row for all repositories that were asked for.
-- inputs: activity_span
with
attended as (
    select
        person,
        started_ms,
        least(
            coalesce(
                lead(started_ms) over (
                    partition by person, agent, session
                    order by started_ms
                ),
                last_ms
            ),
            started_ms + 300000
        ) as ended_ms
    from (
        select
            person,
            agent,
            session,
            actor,
            started_ms,
            max(ended_ms) over (partition by person, agent, session) as last_ms
        from activity_span
    ) as event
    where actor = 'person'
),
both_kinds as (
    select 'attended' as kind, person, started_ms, ended_ms from attended
    union all
    select 'all' as kind, person, started_ms, ended_ms from attended
    union all
    select 'all' as kind, person, started_ms, ended_ms from activity_span
    where actor = 'agent'
),
reach as (
    select
        kind,
        person,
        started_ms,
        ended_ms,
        max(ended_ms) over (
            partition by kind, person
            order by started_ms, ended_ms
            rows between unbounded preceding and 1 preceding
        ) as reached_ms
    from both_kinds
),
covered as (
    select
        kind,
        person,
        sum(
            case
                when reached_ms is null or started_ms >= reached_ms then ended_ms - started_ms
                when ended_ms > reached_ms then ended_ms - reached_ms
                else 0
            end
        ) as milliseconds
    from reach
    group by kind, person
)
select
    cast(null as varchar) as repository,
    count(distinct person) as people,
    cast(sum(case when kind = 'attended' then milliseconds else 0 end) as double) / 60000
        as attended_minutes,
    cast(
        sum(case when kind = 'all' then milliseconds else -milliseconds end) as double
    ) / 60000 as unattended_minutes
from covered
having count(*) > 0
