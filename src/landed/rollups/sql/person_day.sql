-- Minutes that each person attended agents, and that agents worked alone, by the day (UTC) on which
-- they began; as the metric time_on_tasks counts them, which is the sum over all days.
with
attended as (
    select
        person,
        started_ms,
        least(
            coalesce(
                lead(started_ms) over (partition by person, agent, session order by started_ms),
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
fresh as (
    select
        kind,
        person,
        cast(floor(started_ms / 86400000) as bigint) * 86400 as started_second,
        case
            when reached_ms is null or started_ms >= reached_ms then ended_ms - started_ms
            when ended_ms > reached_ms then ended_ms - reached_ms
            else 0
        end as milliseconds
    from reach
)
select
    fresh.person,
    person_team.team,
    fresh.started_second,
    cast(sum(case when kind = 'attended' then milliseconds else 0 end) as bigint) as attended_ms,
    cast(sum(case when kind = 'all' then milliseconds else -milliseconds end) as bigint)
        as unattended_ms
from fresh
left join person_team on person_team.person = fresh.person
group by fresh.person, person_team.team, fresh.started_second
order by fresh.started_second, fresh.person
