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
turn_minutes as (
    select
        repository,
        agent,
        turn,
        cast(sum(ended_ms - started_ms) as double) / 60000 as minutes
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
    turn_minutes.repository,
    turn_minutes.agent,
    count(*) as turns,
    sum(case when fixing.turn is not null then 1 else 0 end) as fixing_turns,
    sum(turn_minutes.minutes) as minutes,
    sum(case when fixing.turn is not null then turn_minutes.minutes else 0 end)
        as fixing_minutes
from turn_minutes
left join fixing on fixing.agent = turn_minutes.agent and fixing.turn = turn_minutes.turn
group by turn_minutes.repository, turn_minutes.agent
order by turn_minutes.repository nulls first, turn_minutes.agent
