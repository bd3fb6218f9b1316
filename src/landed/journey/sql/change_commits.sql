-- The commits on the branches of one repository's changes.
select change_commit.project, change_commit.number, change_commit."commit"
from change_commit
join project
    on project.repository = change_commit.repository and project.project = change_commit.project
where change_commit.repository = 'forges' and project.belongs_to = $repository
order by change_commit.project, change_commit.number, change_commit.ordinal
