-- name: commits
-- definition: The commits of one repository: when they were made, when and with which change they
--   entered the main line, who made them, and whether their message says that they revert another.
-- inputs: commit, commit_attribution, commit_reference
with
revert as (
    select distinct commit_index
    from commit_reference
    where repository = $repository and kind = 'reverts'
)
select
    made.commit_index,
    made.mainline_index,
    made.change_index,
    made.committed_at,
    made.landed_at,
    coalesce(author.who, 'unknown') as who,
    author.agent,
    coalesce(author.grade, 'none') as grade,
    revert.commit_index is not null as reverts
from "commit" as made
left join commit_attribution as author
    on author.repository = $repository and author.commit_index = made.commit_index
left join revert on revert.commit_index = made.commit_index
where made.repository = $repository
