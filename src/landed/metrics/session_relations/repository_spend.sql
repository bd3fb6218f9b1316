-- name: repository_spend
-- definition: What the turns of each repository cost in all, also where no line of it got anywhere. The
--   list price is null where turns made calls and none of them has a price; both are null where lines
--   were generated and no turn is known.
-- inputs: journey_line, journey_turn
with
asked as (
    select repository from journey_turn
    union
    select repository from journey_line
),
spent as (
    select
        repository,
        case
            when sum(calls - unpriced_calls) > 0 or sum(list_microdollars) > 0
                then sum(list_microdollars)
        end as all_list,
        sum(cash_microdollars) as all_cash
    from journey_turn
    group by repository
)
select
    asked.repository,
    cast(spent.all_list as bigint) as all_list,
    cast(spent.all_cash as bigint) as all_cash
from asked
left join spent on spent.repository = asked.repository
