-- The commits of one change in order, and who they say wrote them; those that are no longer in the
-- repository have no subject. $project, $number, $repository.
select
    branch."commit" as "commit",
    branch.authored_at,
    made.subject,
    made.lines_added,
    made.lines_removed,
    told.who,
    told.agent,
    told.grade
from change_commit as branch
left join "commit" as made
    on made.repository = $repository and made."commit" = branch."commit"
left join commit_attribution as told
    on told.repository = $repository and told.commit_index = made.commit_index
where branch.repository = 'forges' and branch.project = $project and branch.number = $number
order by branch.ordinal
