-- name: cost_per_delivery
-- title: What a landed change and a deployment cost
-- category: cost
-- unit: micro-dollars each
-- definition: Changes that landed lines which agents generated, and deployments (releases, where these
--   stand for them) that first brought such lines to production. Twice each: direct, the dollars of
--   those lines, and for changes those of the lines in changes that were closed unmerged too
--   (abandoned); fully loaded, all dollars of the same time. A change is a pull or merge request; where
--   no forge tells of one, a step of the default branch. Deployments leave out repositories of which
--   nothing says what is in production.
-- inputs: journey_line, repository_spend
-- ratio: all_list / number
-- quotient: dollars
-- by: kind
with
kinds as (
    select 1 as place, 'change' as kind
    union all
    select 2 as place, 'deployment' as kind
),
landed as (
    select
        repository,
        case when merged then coalesce(project || ' ' || number, 'step ' || change) end as request,
        case when merged then 0 else list_microdollars end as abandoned_list,
        list_microdollars,
        cash_microdollars
    from journey_line
    where
        bucket <> 'superseded'
        and (
            (merged and (change is not null or number is not null))
            or (bucket = 'closed' and number is not null)
        )
),
delivered as (
    select
        repository,
        'change' as kind,
        count(distinct request) as number,
        sum(list_microdollars) as direct_list,
        sum(cash_microdollars) as direct_cash,
        sum(abandoned_list) as abandoned_list
    from landed
    group by repository
    union all
    select
        repository,
        'deployment' as kind,
        count(distinct deployed_second) as number,
        sum(list_microdollars) as direct_list,
        sum(cash_microdollars) as direct_cash,
        0 as abandoned_list
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
    spent.repository,
    kinds.kind,
    coalesce(delivered.number, 0) as number,
    case when spent.all_list is not null then coalesce(delivered.direct_list, 0) end as direct_list,
    coalesce(delivered.direct_cash, 0) as direct_cash,
    case when spent.all_list is not null then coalesce(delivered.abandoned_list, 0) end
        as abandoned_list,
    spent.all_list,
    coalesce(spent.all_cash, 0) as all_cash
from repository_spend as spent
cross join kinds
left join delivered
    on delivered.repository = spent.repository and delivered.kind = kinds.kind
left join unseen on unseen.repository = spent.repository and unseen.kind = kinds.kind
where unseen.repository is null
order by spent.repository, kinds.place
