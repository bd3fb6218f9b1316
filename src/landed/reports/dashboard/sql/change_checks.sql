-- The runs of checks on one change: each check with its last state, how often it ran, how long in
-- all. $project, $number; runs are the rows of the statement checks.
select
    name,
    arg_max(state, coalesce(finished_at, started_at)) as state,
    count(*) as runs,
    cast(sum(date_diff('second', started_at, finished_at)) as bigint) as seconds
from runs
where project = $project and number = $number
group by name
order by name
