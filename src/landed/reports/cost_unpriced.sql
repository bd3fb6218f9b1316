-- The calls without a list price, by model and reason; parameters as in cost.sql.
select
    found.model,
    found.provider,
    found.agent,
    price.basis as reason,
    count(*) as calls,
    cast(sum(case when price.basis = 'token counts not credible' then 0
        else found.input_tokens + found.cache_read_tokens + found.cache_write_5m_tokens
            + found.cache_write_1h_tokens + found.output_tokens end) as bigint) as tokens,
    cast(sum(found.reported_cost) as bigint) as reported_microdollars
from model_call as found
join call_price as price
    on price.repository = found.repository and price.call = found.call
left join session_place as place
    on place.repository = found.repository
    and place.agent = found.agent
    and place.session = found.session
where price.list_microdollars is null
    and epoch_us(found.happened_at) >= $since
    and epoch_us(found.happened_at) < $until
    and ($repositories is null
        or list_contains($repositories, place.belongs_to)
        or list_contains($tops, place.worktree))
group by found.model, found.provider, found.agent, price.basis
order by calls desc, found.model nulls last, found.provider nulls last, found.agent, reason
