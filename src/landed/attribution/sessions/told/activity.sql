-- a person at each prompt; an agent from there on, as long as five minutes do not go by unheard
heard as (
    select agent, session, turn, happened_at from event
    union
    select agent, session, turn, started_at from told_turn
),
spaced as (
    select *, coalesce(happened_at - lag(happened_at) over before > interval 5 minutes, true) as new
    from heard
    window before as (partition by agent, session, turn order by happened_at)
),
numbered as (
    select *, sum(new::integer) over (
        partition by agent, session, turn order by happened_at
    ) as span
    from spaced
),
worked as (
    select agent, session, turn, min(happened_at) as started_at, max(happened_at) as ended_at
    from numbered
    group by agent, session, turn, span
    having max(happened_at) > min(happened_at)
),
acted as (
    select agent, session, turn, 'agent' as actor, started_at, ended_at from worked
    union all
    select agent, session, turn, 'person', started_at, started_at from told_turn
),
found as (
    select agent, session, min(turn) as turn, actor, started_at, max(ended_at) as ended_at
    from acted
    group by agent, session, actor, started_at
)
