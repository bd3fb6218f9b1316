-- Each file of one repository: the team that owns it, its lines alive by who wrote them, and those that landed and were
-- reworked within the window for rework.
with
standing as (
    select
        path_index,
        sum(lines) as alive,
        sum(case when who in ('ai', 'mixed') then lines else 0 end) as ai,
        sum(case when who in ('ai', 'mixed') and grade = 'declared' then lines else 0 end)
            as ai_declared,
        sum(case when who = 'human' then lines else 0 end) as human,
        sum(case when who = 'automation' then lines else 0 end) as automation
    from carrier
    where departed is null
    group by path_index
),
landed as (
    select
        stay.path_index,
        sum(stay.lines) as landed,
        sum(case when stay.died and stay.exit_day <= scope.rework_days then stay.lines else 0 end)
            as reworked
    from observed_stay as stay
    cross join scope
    where stay.entered_in_window
    group by stay.path_index
)
select
    $repository as repository,
    path.path,
    path.team,
    cast(sum(standing.alive) as bigint) as alive,
    cast(sum(standing.ai) as bigint) as ai,
    cast(sum(standing.ai_declared) as bigint) as ai_declared,
    cast(sum(standing.human) as bigint) as human,
    cast(sum(standing.automation) as bigint) as automation,
    cast(coalesce(sum(landed.landed), 0) as bigint) as landed,
    cast(coalesce(sum(landed.reworked), 0) as bigint) as reworked
from path
left join standing on standing.path_index = path.path_index
left join landed on landed.path_index = path.path_index
group by path.path, path.team
having sum(standing.alive) > 0
order by path.path
