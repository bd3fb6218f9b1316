-- Every priced or unpriced call with its vendor, month (UTC), person and weight.
select
    found.call,
    price.vendor,
    strftime(found.happened_at, '%Y-%m') as "month",
    place.person,
    price.list_microdollars,
    price.basis,
    least(greatest(found.input_tokens, 0), 1000000000)
        + least(greatest(found.cache_read_tokens, 0), 1000000000)
        + least(greatest(found.cache_write_5m_tokens, 0), 1000000000)
        + least(greatest(found.cache_write_1h_tokens, 0), 1000000000)
        + least(greatest(found.output_tokens, 0), 1000000000) as tokens
from model_call as found
join call_price as price
    on price.repository = found.repository and price.call = found.call
left join session_place as place
    on place.repository = found.repository
    and place.agent = found.agent
    and place.session = found.session
order by found.call
