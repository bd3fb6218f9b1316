-- What the filter bar offers: the values of each dimension, the most spent on first.
with
kept as (
    select
        coalesce(repository, '') as repository,
        coalesce(team, '') as team,
        coalesce(agent, '') as agent,
        coalesce(model, '') as model,
        coalesce(feature, '') as feature,
        coalesce(list_microdollars, 0) as dollars
    from rollup.spend
),
told as (
    select 'team' as dimension, team as name, sum(dollars) as dollars from (
        select team, dollars from kept
        union all
        -- teams that own code, whether their people run agents or not
        select distinct team, 0 from rollup.contributor where team is not null
    ) as teams
    group by team
    union all
    select 'agent', agent, sum(dollars) from kept group by agent
    union all
    select 'model', model, sum(dollars) from kept group by model
    union all
    select 'feature', feature, sum(dollars) from kept group by feature
)
select dimension, name
from told
order by dimension asc, name = '' asc, dollars desc, name asc
