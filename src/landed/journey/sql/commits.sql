-- The commits of one repository in their order: when they were made and when they landed.
select commit_index, "commit", subject, committed_at, mainline_index, change_index
from "commit"
where repository = $repository
order by commit_index
