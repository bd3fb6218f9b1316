-- The changes of the projects that one repository is, in the order in which they are counted.
select
    change.project,
    project.name as project_name,
    change.number,
    change.title,
    change.state,
    change.head_ref,
    change.head_commit,
    change.merge_commit,
    change.opened_at,
    change.merged_at
from change
join project on project.repository = 'forges' and project.project = change.project
where change.repository = 'forges' and project.belongs_to = $repository
order by change.project, change.number
