-- Calls of models in groups: by the turn that made them, else by session and day, and by model.
select
    call.agent,
    call.turn,
    case when call.turn is null then call.session end as session,
    case when call.turn is null then cast(floor(epoch(call.happened_at) / 86400) as bigint) end as day,
    call.model,
    price.vendor,
    count(*) as calls,
    count(*) filter (where price.list_microdollars is null) as unpriced_calls,
    cast(sum(call.input_tokens) as bigint) as input_tokens,
    cast(sum(call.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(call.cache_write_5m_tokens + call.cache_write_1h_tokens) as bigint)
        as cache_write_tokens,
    cast(sum(call.output_tokens) as bigint) as output_tokens,
    cast(sum(call.reasoning_tokens) as bigint) as reasoning_tokens,
    cast(coalesce(sum(price.list_microdollars), 0) as bigint) as list_microdollars,
    cast(coalesce(sum(price.cash_microdollars), 0) as bigint) as cash_microdollars
from model_call as call
left join call_price as price on price.repository = 'agents' and price.call = call.call
where call.repository = 'agents' and call.happened_at <= $until
group by all
