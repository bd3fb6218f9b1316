-- Every turn with what its calls cost and what kind of changes it made.
with
spent as (
    select
        call.agent,
        call.turn,
        count(*) as calls,
        count(*) filter (where price.list_microdollars is null) as unpriced_calls,
        sum(call.input_tokens) as input_tokens,
        sum(call.cache_read_tokens) as cache_read_tokens,
        sum(call.cache_write_5m_tokens + call.cache_write_1h_tokens) as cache_write_tokens,
        sum(call.output_tokens) as output_tokens,
        sum(price.list_microdollars) as list_microdollars,
        sum(price.cash_microdollars) as cash_microdollars
    from model_call as call
    left join call_price as price on price.repository = 'agents' and price.call = call.call
    where call.repository = 'agents' and call.turn is not null and call.happened_at <= $until
    group by call.agent, call.turn
),
changed as (
    select
        agent,
        turn,
        bool_or(kind = 'shell') as shell,
        bool_or(kind <> 'shell' and status = 'applied' and lines_removed > 0) as removed
    from edit
    where repository = 'agents' and turn is not null and happened_at <= $until
    group by agent, turn
)
select
    case
        when place.belongs_to is not null then place.belongs_to
        when place.how = 'inside' then 'unread'
        else 'outside'
    end as repository,
    turn.agent,
    turn.session,
    turn.turn,
    place.person,
    place.feature,
    coalesce(turn.branch, session.branch) as branch,
    turn.started_at,
    least(turn.ended_at, $until) as ended_at,
    case
        when changed.removed then 'removal'
        when changed.shell then 'untraced_code'
        else 'non_code'
    end as kind,
    cast(coalesce(spent.calls, 0) as integer) as calls,
    cast(coalesce(spent.unpriced_calls, 0) as integer) as unpriced_calls,
    cast(coalesce(spent.input_tokens, 0) as bigint) as input_tokens,
    cast(coalesce(spent.cache_read_tokens, 0) as bigint) as cache_read_tokens,
    cast(coalesce(spent.cache_write_tokens, 0) as bigint) as cache_write_tokens,
    cast(coalesce(spent.output_tokens, 0) as bigint) as output_tokens,
    cast(coalesce(spent.list_microdollars, 0) as bigint) as list_microdollars,
    cast(coalesce(spent.cash_microdollars, 0) as bigint) as cash_microdollars
from turn
left join spent on spent.agent = turn.agent and spent.turn = turn.turn
left join changed on changed.agent = turn.agent and changed.turn = turn.turn
left join session
    on session.repository = 'agents' and session.agent = turn.agent
    and session.session = turn.session
left join session_place as place
    on place.repository = 'agents' and place.agent = turn.agent and place.session = turn.session
where turn.repository = 'agents'
    and (turn.started_at <= $until or spent.turn is not null or changed.turn is not null)
order by turn.agent, turn.turn
