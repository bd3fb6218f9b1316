-- name: checks
-- definition: Every run of a check on the commits of each change of the projects that one
--   repository is, begun up to a time. Of a change none of whose branch's commits was checked,
--   the runs on the commit by which it was merged.
-- inputs: check_run, change, change_commit, project
with
branch as (
    select project, number, "commit", false as merges
    from change_commit
    where repository = 'forges'
    union
    select project, number, head_commit as "commit", false as merges
    from change
    where repository = 'forges' and head_commit is not null
    union
    select project, number, merge_commit as "commit", true as merges
    from change
    where repository = 'forges' and merge_commit is not null
),
placed as (
    select project, number, "commit", bool_and(merges) as merges
    from branch
    group by project, number, "commit"
),
found as (
    select placed.project, placed.number, placed.merges, run.check_id, run.name, run.state,
        run.started_at, run.finished_at
    from placed
    join project on project.repository = 'forges' and project.project = placed.project
    join check_run as run
        on run.repository = 'forges' and run.project = placed.project
        and run."commit" = placed."commit"
    where project.belongs_to = $repository
        and coalesce(run.started_at, run.finished_at, run.updated_at) <= $until
),
checked as (
    select project, number, bool_and(merges) as merges from found group by project, number
)
select found.project, found.number, found.name, found.state, found.started_at, found.finished_at
from found
join checked on checked.project = found.project and checked.number = found.number
where found.merges = checked.merges
order by found.project, found.number, found.name, found.started_at nulls last, found.check_id
