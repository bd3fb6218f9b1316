-- name: landed_step
-- definition: The steps of each main line (its first-parent chain): when each was taken, and the
--   first chosen release at or after it. One step is one change: a merge with all it brings, or
--   a commit made on the main line itself.
-- inputs: commit_fact, release_step
with
step as (
    select repository, mainline_index as step, landed_second as second, landed_month as month,
        landed_quarter as quarter
    from commit_fact
    where mainline_index is not null
),
target as (
    select repository, step, min(position) as position
    from release_step
    where step is not null
    group by repository, step
)
select
    step.repository,
    step.step,
    step.second,
    step.month,
    step.quarter,
    min(target.position) over (
        partition by step.repository
        order by step.step
        rows between current row and unbounded following
    ) as release_position
from step
left join target on target.repository = step.repository and target.step = step.step
