-- What calls are worth at list price, and what was paid, by vendor and month (UTC).
-- $first, $last: months to keep; null = all.
with used as (
    select
        price.vendor,
        strftime(found.happened_at, '%Y-%m') as "month",
        count(*) as calls,
        count(*) - count(price.list_microdollars) as unpriced_calls,
        cast(coalesce(sum(price.list_microdollars), 0) as bigint) as list_microdollars
    from model_call as found
    join call_price as price
        on price.repository = found.repository and price.call = found.call
    group by price.vendor, strftime(found.happened_at, '%Y-%m')
),

paid as (
    select
        vendor,
        "month",
        cast(sum(paid_microdollars) as bigint) as paid_microdollars,
        cast(sum(allocated_microdollars) as bigint) as cash_microdollars,
        cast(sum(unallocated_microdollars) as bigint) as unallocated_microdollars,
        cast(sum(case when rule = 'seat' then paid_microdollars else 0 end) as bigint)
            as seats_microdollars,
        cast(sum(case when rule = 'seat' then unallocated_microdollars else 0 end) as bigint)
            as idle_seats_microdollars
    from cash_allocation
    group by vendor, "month"
)

select
    coalesce(used.vendor, paid.vendor) as vendor,
    coalesce(used."month", paid."month") as "month",
    coalesce(used.calls, 0) as calls,
    coalesce(used.unpriced_calls, 0) as unpriced_calls,
    coalesce(used.list_microdollars, 0) as list_microdollars,
    paid.paid_microdollars,
    coalesce(paid.cash_microdollars, 0) as cash_microdollars,
    coalesce(paid.unallocated_microdollars, 0) as unallocated_microdollars,
    coalesce(paid.seats_microdollars, 0) as seats_microdollars,
    coalesce(paid.idle_seats_microdollars, 0) as idle_seats_microdollars
from used
full outer join paid
    on paid.vendor = used.vendor and paid."month" = used."month"
where ($first is null or coalesce(used."month", paid."month") >= $first)
    and ($last is null or coalesce(used."month", paid."month") <= $last)
order by "month", vendor
