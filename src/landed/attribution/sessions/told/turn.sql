last_event as (
    select agent, turn, max(happened_at) as happened_at from event group by agent, turn
),
found as (
    select told_turn.agent, told_turn.turn, told_turn.session, told_turn.started_at,
        greatest(told_turn.ended_at, coalesce(last_event.happened_at, told_turn.ended_at))
            as ended_at,
        null::varchar as branch, false as interrupted
    from told_turn
    left join last_event using (agent, turn)
)
