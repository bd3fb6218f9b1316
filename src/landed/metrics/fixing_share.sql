-- name: fixing_share
-- title: Time on fixing AI's mistakes
-- category: productivity
-- unit: share of minutes
-- definition: Minutes of turns whose edits replaced lines that an agent had generated in an earlier turn
--   less than the rework window before, over the minutes of all turns. A turn's minutes run from its
--   prompt to its last event, gaps over five minutes cut.
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
)
select
    turn_minutes.repository,
    turn_minutes.agent,
    count(*) as turns,
    sum(case when fixing_turn.turn is not null then 1 else 0 end) as fixing_turns,
    sum(turn_minutes.minutes) as minutes,
    sum(case when fixing_turn.turn is not null then turn_minutes.minutes else 0 end)
        as fixing_minutes
from turn_minutes
left join fixing_turn
    on
        fixing_turn.repository = turn_minutes.repository
        and fixing_turn.agent = turn_minutes.agent
        and fixing_turn.turn = turn_minutes.turn
group by turn_minutes.repository, turn_minutes.agent
order by turn_minutes.repository, turn_minutes.agent
