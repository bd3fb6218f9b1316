-- name: alive_by_age
-- title: Lines alive by age
-- category: quality
-- unit: lines alive
-- definition: Lines alive on the default branch at the end of the window, as git blame counts
--   them, by who wrote them and by the time since the stay of their lineage began.
-- inputs: carrier, landed_step, scope
with
aged as (
    select
        carrier.repository,
        carrier.who,
        carrier.agent,
        cast(scope.until_second - step.second as double) / 86400 as days,
        carrier.lines
    from carrier
    join scope on scope.repository = carrier.repository
    join landed_step as step
        on step.repository = carrier.repository and step.step = carrier.stay_entered
    where carrier.departed is null
)
select
    repository,
    who,
    agent,
    case
        when days < 30 then 'under 30 days'
        when days < 90 then '30 to 90 days'
        when days < 365 then '90 days to 1 year'
        when days < 730 then '1 to 2 years'
        when days < 1826 then '2 to 5 years'
        else 'over 5 years'
    end as age,
    sum(lines) as lines
from aged
group by repository, who, agent, age
order by repository, who, agent nulls first, age
