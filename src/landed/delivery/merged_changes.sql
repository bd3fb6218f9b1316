-- The merged changes of one repository's projects, with where the ledger has their commits.
select
    change.project,
    change.number,
    change.head_ref,
    change.base_ref,
    change.fork,
    change.merged_at,
    coalesce(change.commits, 0) as commits,
    merged.commit_index as merge_index,
    head.commit_index as head_index
from change
join project
    on project.repository = change.repository and project.project = change.project
left join "commit" as merged
    on merged.repository = project.belongs_to and merged."commit" = change.merge_commit
left join "commit" as head
    on head.repository = project.belongs_to and head."commit" = change.head_commit
where change.repository = 'forges' and project.belongs_to = $repository
    and change.state = 'merged' and change.merged_at is not null
order by change.project, change.number
