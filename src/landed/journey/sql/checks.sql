-- The commits on which checks of one repository's projects ran by a time, and whether the latest run
-- of every one succeeded or had nothing to say, and one at least succeeded.
with
run as (
    select
        check_run."commit",
        check_run.state,
        row_number() over (
            partition by check_run.project, check_run."commit", check_run.kind, check_run.name
            order by
                coalesce(check_run.started_at, check_run.updated_at) desc,
                check_run.updated_at desc,
                check_run.check_id desc
        ) as place
    from check_run
    join project
        on project.repository = check_run.repository and project.project = check_run.project
    where check_run.repository = 'forges' and project.belongs_to = $repository
        and coalesce(check_run.finished_at, check_run.updated_at) <= $until
)
select
    "commit",
    bool_and(state in ('success', 'neutral')) and bool_or(state = 'success') as green
from run
where place = 1
group by "commit"
order by "commit"
