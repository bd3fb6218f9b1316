-- Who worked at what in which part of a week: the Monday with which it begins, or the first of the
-- month where a month begins within the week. Programs are nobody; null = it is not known who.
with
worked as (
    select 'sessions' as population, person, repository, team, agent, model, feature, started_second
    from spend
    union all
    select 'commits', person, repository, team, null, null, null, started_second
    from contributor
    union all
    select 'changes', author, repository, team, agent, null, null, second
    from (
        select author, repository, team, agent, automation,
            unnest([opened_second, merged_second, closed_second, deployed_second]) as second
        from change_fact
        union all
        select author, repository, team, agent, automation, merged_second as second
        from direct_fact
    ) as changed
    where not coalesce(automation, false)
),
placed as (
    select distinct
        population, person, repository, team, agent, model, feature,
        cast(floor(started_second / 86400) as integer) as day
    from worked
    where started_second is not null
)
select distinct
    population,
    person,
    coalesce(repository, '') as repository,
    coalesce(team, '') as team,
    coalesce(agent, '') as agent,
    coalesce(model, '') as model,
    coalesce(feature, '') as feature,
    greatest(
        day - (day + 3) % 7,
        cast(date_diff('day', date '1970-01-01', date_trunc('month', date '1970-01-01' + day)) as integer)
    ) as day
from placed
order by population, day, repository, team, agent, model, feature, person
