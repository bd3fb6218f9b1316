-- name: fixing_share
-- title: Time on fixing AI's mistakes
-- category: productivity
-- unit: share of minutes
-- definition: Minutes that agents worked in turns whose edits took out lines which an agent had
--   generated in another turn less than the rework window before, over the minutes they worked in
--   all turns. Gaps over five minutes are no work.
-- inputs: activity_span, fixing_turn
-- ratio: fixing_minutes / minutes
with
turn_time as (
    select
        repository,
        agent,
        turn,
        sum(ended_ms - started_ms) as milliseconds
    from activity_span
    where actor = 'agent' and turn is not null
    group by repository, agent, turn
),
fixing as (
    select distinct
        agent,
        turn
    from fixing_turn
)
select
    turn_time.repository,
    turn_time.agent,
    count(*) as turns,
    sum(case when fixing.turn is not null then 1 else 0 end) as fixing_turns,
    cast(sum(turn_time.milliseconds) as double) / 60000 as minutes,
    cast(
        sum(case when fixing.turn is not null then turn_time.milliseconds else 0 end) as double
    ) / 60000 as fixing_minutes
from turn_time
left join fixing on fixing.agent = turn_time.agent and fixing.turn = turn_time.turn
group by turn_time.repository, turn_time.agent
order by turn_time.repository nulls first, turn_time.agent
