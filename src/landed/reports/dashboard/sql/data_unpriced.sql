-- Calls without a list price by model, the most first.
select coalesce(model, '') as model, cast(sum(unpriced_calls) as bigint) as calls
from rollup.spend
where unpriced_calls > 0
group by model
order by calls desc, model
limit 50
