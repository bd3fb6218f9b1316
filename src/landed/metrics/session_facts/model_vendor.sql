-- name: model_vendor
-- definition: Who is paid for the calls of each model of each agent; of several vendors the one of most
--   calls.
-- inputs: model_call, call_price
with
counted as (
    select
        model_call.agent,
        model_call.model,
        call_price.vendor,
        count(*) as calls
    from model_call
    inner join call_price
        on call_price.repository = model_call.repository and call_price.call = model_call.call
    where model_call.model is not null and call_price.vendor <> 'unknown'
    group by model_call.agent, model_call.model, call_price.vendor
),
ordered as (
    select
        agent,
        model,
        vendor,
        row_number() over (
            partition by agent, model
            order by calls desc, vendor asc
        ) as place
    from counted
)
select
    agent,
    model,
    vendor
from ordered
where place = 1
order by agent, model
