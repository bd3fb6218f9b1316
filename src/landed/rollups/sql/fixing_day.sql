-- Turns of agents by day (UTC), and those of them that mended what agents had generated, with what
-- these took; as the metric fixing_share counts them, which is the sum over all days.
with
turn_time as (
    select
        repository,
        agent,
        turn,
        min(person) as person,
        cast(floor(min(started_ms) / 86400000) as bigint) * 86400 as started_second,
        sum(ended_ms - started_ms) as milliseconds
    from activity_span
    where actor = 'agent' and turn is not null
    group by repository, agent, turn
),
fixing as (
    select distinct agent, turn from fixing_turn
)
select
    turn_time.repository,
    turn_time.agent,
    turn_time.person,
    person_team.team,
    turn_time.started_second,
    count(*) as turns,
    count(fixing.turn) as fixing_turns,
    cast(sum(turn_time.milliseconds) as bigint) as worked_ms,
    cast(sum(case when fixing.turn is not null then turn_time.milliseconds else 0 end) as bigint)
        as fixing_ms
from turn_time
left join fixing on fixing.agent = turn_time.agent and fixing.turn = turn_time.turn
left join person_team on person_team.person = turn_time.person
group by
    turn_time.repository, turn_time.agent, turn_time.person, person_team.team,
    turn_time.started_second
order by turn_time.started_second, turn_time.repository, turn_time.agent, turn_time.person
