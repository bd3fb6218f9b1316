-- name: cost_per_delivery
-- title: What a landed change and a deployment cost
-- category: cost
-- unit: micro-dollars each
-- definition: Changes that landed lines which agents generated, and deployments (releases, where these
--   stand for them) that first brought such lines to production. Twice each: direct, the dollars of
--   those lines; fully loaded, all dollars of the same time. Until a forge is connected a change is
--   one step of the default branch. Deployments leave out repositories of which nothing says what is
--   in production.
-- inputs: journey_line, journey_turn
-- ratio: all_list / number
-- quotient: dollars
-- by: kind
with
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
),
asked as (
    select repository from journey_turn
    union
    select repository from journey_line
),
kinds as (
    select 1 as place, 'change' as kind
    union all
    select 2 as place, 'deployment' as kind
),
delivered as (
    select
        repository,
        'change' as kind,
        count(distinct change) as number,
        sum(list_microdollars) as direct_list,
        sum(cash_microdollars) as direct_cash
    from journey_line
    where bucket <> 'superseded' and merged and change is not null
    group by repository
    union all
    select
        repository,
        'deployment' as kind,
        count(distinct deployed_second) as number,
        sum(list_microdollars) as direct_list,
        sum(cash_microdollars) as direct_cash
    from journey_line
    where bucket <> 'superseded' and deployed and deployed_second is not null
    group by repository
),
unseen as (
    select distinct
        repository,
        'deployment' as kind
    from journey_line
    where deployed is null
)
select
    asked.repository,
    kinds.kind,
    coalesce(delivered.number, 0) as number,
    case when spent.all_list is not null then coalesce(delivered.direct_list, 0) end as direct_list,
    coalesce(delivered.direct_cash, 0) as direct_cash,
    spent.all_list,
    coalesce(spent.all_cash, 0) as all_cash
from asked
cross join kinds
left join spent on spent.repository = asked.repository
left join delivered
    on delivered.repository = asked.repository and delivered.kind = kinds.kind
left join unseen on unseen.repository = asked.repository and unseen.kind = kinds.kind
where unseen.repository is null
order by asked.repository, kinds.place
