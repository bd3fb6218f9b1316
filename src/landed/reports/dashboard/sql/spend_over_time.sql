-- Calls, tokens and dollars of each span of time.
select
    span.place,
    cast(sum(spend.calls) as bigint) as calls,
    cast(sum(spend.unpriced_calls) as bigint) as unpriced_calls,
    cast(
        sum(
            spend.input_tokens + spend.cache_read_tokens + spend.cache_write_tokens
            + spend.output_tokens
        ) as bigint
    ) as tokens,
    cast(sum(spend.list_microdollars) as bigint) as list,
    cast(sum(spend.cash_microdollars) as bigint) as cash
from span
inner join spend
    on spend.started_second >= span.first_second and spend.started_second <= span.last_second
group by span.place
order by span.place
