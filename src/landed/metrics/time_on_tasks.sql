-- name: time_on_tasks
-- title: Time on AI tasks
-- category: productivity
-- unit: minutes
-- definition: Attended: from each action of a person (prompt, decision, interruption) to the next event
--   in which they act, at most five minutes, sessions side by side counted once for each person.
--   Unattended: time in which agents worked and nobody attended.
-- inputs: activity_span
with
attended as (
    select
        repository,
        person,
        started_ms,
        least(
            coalesce(
                lead(started_ms) over (
                    partition by repository, person, agent, session
                    order by started_ms
                ),
                started_ms + 300000
            ),
            started_ms + 300000
        ) as ended_ms
    from activity_span
    where actor = 'person'
),
both_kinds as (
    select 'attended' as kind, repository, person, started_ms, ended_ms from attended
    union all
    select 'all', repository, person, started_ms, ended_ms from attended
    union all
    select 'all', repository, person, started_ms, ended_ms from activity_span
    where actor = 'agent'
),
reach as (
    select
        kind,
        repository,
        person,
        started_ms,
        ended_ms,
        max(ended_ms) over (
            partition by kind, repository, person
            order by started_ms, ended_ms
            rows between unbounded preceding and 1 preceding
        ) as reached_ms
    from both_kinds
),
covered as (
    select
        kind,
        repository,
        person,
        sum(
            case
                when reached_ms is null or started_ms >= reached_ms then ended_ms - started_ms
                when ended_ms > reached_ms then ended_ms - reached_ms
                else 0
            end
        ) as milliseconds
    from reach
    group by kind, repository, person
)
select
    repository,
    count(distinct person) as people,
    cast(sum(case when kind = 'attended' then milliseconds else 0 end) as double) / 60000
        as attended_minutes,
    cast(
        sum(case when kind = 'all' then milliseconds else -milliseconds end) as double
    ) / 60000 as unattended_minutes
from covered
group by repository
order by repository
