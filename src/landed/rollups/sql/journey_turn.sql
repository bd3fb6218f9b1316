-- Turns of one session, repository, kind and day (UTC) in one row; `turns` says how many.
with
main_model as (
    select
        agent,
        turn,
        arg_min(model, (-output_tokens, model)) as model
    from (
        select agent, turn, model, sum(output_tokens) as output_tokens
        from call_group
        where turn is not null and model is not null
        group by agent, turn, model
    ) as used
    group by agent, turn
)
select
    journey_turn.repository,
    journey_turn.agent,
    journey_turn.session,
    journey_turn.person,
    journey_turn.team,
    journey_turn.feature,
    journey_turn.branch,
    journey_turn.kind,
    main_model.model,
    min(journey_turn.started_second) as started_second,
    max(journey_turn.ended_second) as ended_second,
    cast(sum(journey_turn.turns) as bigint) as turns,
    cast(sum(journey_turn.calls) as bigint) as calls,
    cast(sum(journey_turn.unpriced_calls) as bigint) as unpriced_calls,
    cast(sum(journey_turn.input_tokens) as bigint) as input_tokens,
    cast(sum(journey_turn.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(journey_turn.cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(journey_turn.output_tokens) as bigint) as output_tokens,
    cast(sum(journey_turn.list_microdollars) as bigint) as list_microdollars,
    cast(sum(journey_turn.cash_microdollars) as bigint) as cash_microdollars
from journey_turn
left join main_model
    on main_model.agent = journey_turn.agent and main_model.turn = journey_turn.turn
group by
    journey_turn.repository, journey_turn.agent, journey_turn.session, journey_turn.person,
    journey_turn.team, journey_turn.feature, journey_turn.branch, journey_turn.kind,
    main_model.model, floor(journey_turn.started_second / 86400)
order by started_second, journey_turn.repository, journey_turn.agent, journey_turn.session
