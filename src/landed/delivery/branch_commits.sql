-- The commits on the branches of merged changes, in order: who wrote them when, as the forge says,
-- and where the ledger has them.
select
    branch.project,
    branch.number,
    lower(coalesce(branch.author_email, known.author_email)) as email,
    epoch_us(coalesce(branch.authored_at, known.authored_at)) // 1000000 as authored,
    known.subject,
    known.commit_index
from change_commit as branch
join change using (repository, project, number)
join project using (repository, project)
left join "commit" as known
    on known.repository = project.belongs_to and known."commit" = branch."commit"
where branch.repository = 'forges' and project.belongs_to = $repository
    and change.state = 'merged'
order by branch.project, branch.number, branch.ordinal
