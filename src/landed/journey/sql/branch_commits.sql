-- The commits on the branches of changes that the ledger knows.
select change_commit.project, change_commit.number, change_commit.ordinal, made.commit_index
from change_commit
join project on project.repository = 'forges' and project.project = change_commit.project
join "commit" as made
    on made.repository = $repository and made."commit" = change_commit."commit"
where change_commit.repository = 'forges' and project.belongs_to = $repository
order by change_commit.project, change_commit.number, change_commit.ordinal
