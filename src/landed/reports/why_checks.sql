-- The latest run of each check on some commits of the projects that a repository is.
-- $repository, $commits.
select run."commit", run.name, run.state
from check_run as run
join project on project.repository = run.repository and project.project = run.project
where run.repository = 'forges' and project.belongs_to = $repository
    and run."commit" in (select unnest($commits::varchar[]))
qualify row_number() over (
    partition by run.project, run."commit", run.kind, run.name
    order by
        coalesce(run.started_at, run.updated_at) desc, run.updated_at desc, run.check_id desc
) = 1
order by run."commit", run.name
