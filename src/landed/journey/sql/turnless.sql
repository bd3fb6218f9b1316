-- Calls that no turn made, one row for each session that they belong to, if any, and day (UTC).
select
    case
        when place.belongs_to is not null then place.belongs_to
        when place.how = 'inside' then 'unread'
        else 'outside'
    end as repository,
    call.agent,
    call.session,
    cast(null as varchar) as turn,
    place.person,
    place.feature,
    cast(null as varchar) as branch,
    min(call.happened_at) as started_at,
    max(call.happened_at) as ended_at,
    'no_session' as kind,
    cast(count(*) as integer) as calls,
    cast(count(*) filter (where price.list_microdollars is null) as integer) as unpriced_calls,
    cast(sum(call.input_tokens) as bigint) as input_tokens,
    cast(sum(call.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(call.cache_write_5m_tokens + call.cache_write_1h_tokens) as bigint)
        as cache_write_tokens,
    cast(sum(call.output_tokens) as bigint) as output_tokens,
    cast(coalesce(sum(price.list_microdollars), 0) as bigint) as list_microdollars,
    cast(coalesce(sum(price.cash_microdollars), 0) as bigint) as cash_microdollars
from model_call as call
left join call_price as price on price.repository = 'agents' and price.call = call.call
left join session_place as place
    on place.repository = 'agents' and place.agent = call.agent and place.session = call.session
where call.repository = 'agents' and call.turn is null and call.happened_at <= $until
group by
    place.belongs_to, place.how, call.agent, call.session, place.person, place.feature,
    cast(call.happened_at as date)
order by call.agent, call.session nulls first, started_at
