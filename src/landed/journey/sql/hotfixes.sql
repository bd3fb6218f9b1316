-- The commits by which the changes of one repository came, with the branch and labels of each.
with
change_here as (
    select change.*
    from change
    join project on project.repository = change.repository and project.project = change.project
    where change.repository = 'forges' and project.belongs_to = $repository
),
label as (
    select project, number, list(label order by label) as labels
    from change_label
    where repository = 'forges'
    group by project, number
),
commits as (
    select project, number, merge_commit as "commit" from change_here
    union
    select project, number, head_commit from change_here
    union
    select project, number, "commit" from change_landing where repository = $repository
)
select commits."commit", change_here.head_ref, coalesce(label.labels, []) as labels
from commits
join change_here
    on change_here.project = commits.project and change_here.number = commits.number
left join label on label.project = commits.project and label.number = commits.number
where commits."commit" is not null
order by commits."commit", change_here.project, change_here.number
