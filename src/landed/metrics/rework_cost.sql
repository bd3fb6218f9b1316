-- name: rework_cost
-- title: What mending AI's lines cost
-- category: cost
-- unit: micro-dollars and minutes
-- definition: Turns whose edits took out lines which an agent had generated in another turn less than the
--   rework window before: their tokens and dollars, the minutes that people attended them (from each
--   action of a person to their next one, five at most), and what these minutes cost at
--   cash.hourly_rate. Reviewers' minutes and minutes of checks stand in rework_delivery.
-- inputs: fixing_turn, journey_turn, activity_span, session_scope
-- ratio: list_microdollars / turns
-- quotient: dollars
with
fixing as (
    select distinct
        agent,
        turn
    from fixing_turn
),
action as (
    select
        repository,
        agent,
        turn,
        actor,
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
        ) - started_ms as milliseconds
    from (
        select
            repository,
            person,
            agent,
            session,
            turn,
            actor,
            started_ms,
            max(ended_ms) over (partition by person, agent, session) as last_ms
        from activity_span
    ) as event
    where actor = 'person'
),
attended as (
    select
        action.repository,
        cast(sum(action.milliseconds) as double) / 60000 as minutes
    from action
    inner join fixing on fixing.agent = action.agent and fixing.turn = action.turn
    group by action.repository
),
spent as (
    select
        journey_turn.repository,
        count(*) as turns,
        sum(journey_turn.unpriced_calls) as unpriced_calls,
        sum(journey_turn.calls) as calls,
        sum(
            journey_turn.input_tokens
            + journey_turn.cache_read_tokens
            + journey_turn.cache_write_tokens
            + journey_turn.output_tokens
        ) as tokens,
        sum(journey_turn.list_microdollars) as list_microdollars,
        sum(journey_turn.cash_microdollars) as cash_microdollars
    from journey_turn
    inner join fixing on fixing.agent = journey_turn.agent and fixing.turn = journey_turn.turn
    group by journey_turn.repository
)
select
    spent.repository,
    spent.turns,
    spent.calls,
    spent.unpriced_calls,
    spent.tokens,
    spent.list_microdollars,
    spent.cash_microdollars,
    coalesce(attended.minutes, 0) as attended_minutes,
    coalesce(attended.minutes, 0) * scope.hourly_microdollars / 60 as attended_microdollars
from spent
cross join session_scope as scope
left join attended on attended.repository = spent.repository
order by spent.repository
