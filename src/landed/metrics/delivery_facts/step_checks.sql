-- name: step_checks
-- definition: Every run of a check on the steps of one repository's main line, begun up to a time.
-- inputs: check_run, project, commit
select made.mainline_index as step, run.started_at, run.finished_at
from check_run as run
join project on project.repository = 'forges' and project.project = run.project
join "commit" as made on made.repository = $repository and made."commit" = run."commit"
where run.repository = 'forges' and project.belongs_to = $repository
    and made.mainline_index is not null
    and coalesce(run.started_at, run.finished_at, run.updated_at) <= $until
order by made.mainline_index, run.check_id
