-- name: cost_per_change
-- title: What a landed change took
-- category: return
-- unit: turns and micro-dollars a change
-- definition: For each change that landed lines which agents generated: those lines, the turns that
--   generated them, their dollars, and whether one turn generated them all. The first-try share is the
--   share of changes with one turn. A change is a pull or merge request; where no forge tells of one,
--   a step of the default branch.
-- inputs: journey_line
-- ratio: first_try / changes
select
    repository,
    project,
    number,
    case when number is null then change end as step,
    1 as changes,
    sum(lines) as lines,
    count(distinct agent || ' ' || coalesce(turn, session)) as turns,
    sum(list_microdollars) as list_microdollars,
    sum(cash_microdollars) as cash_microdollars,
    case when count(distinct agent || ' ' || coalesce(turn, session)) = 1 then 1 else 0 end
        as first_try
from journey_line
where bucket <> 'superseded' and merged and (change is not null or number is not null)
group by repository, project, number, case when number is null then change end
order by repository, project nulls first, number nulls first, step
